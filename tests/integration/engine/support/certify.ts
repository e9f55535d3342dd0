import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { type CertifiedCopies, createCertifiedCopies } from '../../../../src/main/engine/certified-copies.ts';
import type { Clock } from '../../../../src/main/engine/clock.ts';
import { loadResources } from '../../../../src/main/engine/resources.ts';
import type { ScannedPage } from '../../../../src/main/pdf/scanned-pdf.ts';
import type { KeySource } from '../../../../src/main/signing/port.ts';
import { openStore, type Store } from '../../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../../src/main/store/key-vault.ts';

const RESOURCES = path.join(import.meta.dirname, '../../../../resources');
export const AUTHORITY = 'Ủy ban nhân dân xã Bảo Lâm';
export const OFFICER = 'Nông Thị Mẫu';

export function openCounterStore(dataDir: string): Promise<Store> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'key')) });
}

export async function certifierOver(
  store: Store,
  openKey: (uri: string) => KeySource,
  clock: Clock = { now: () => new Date() },
): Promise<CertifiedCopies> {
  const resources = await loadResources(RESOURCES);
  return createCertifiedCopies({
    store,
    openKey,
    clock,
    resources,
    producer: 'test',
    book: { volume: '01' },
  });
}

export async function* scans(pages: number): AsyncGenerator<ScannedPage> {
  const image = await sharp({ create: { width: 413, height: 585, channels: 3, background: '#f4f1ea' } })
    .jpeg()
    .toBuffer();
  for (let i = 0; i < pages; i++) yield { image, dpi: 50 };
}

export function factsFor(id: string, document = 'Bằng tốt nghiệp THPT số 123') {
  return {
    id,
    requester: 'Hoàng Văn Thử',
    document,
    originalCompared: true,
    officer: { name: OFFICER, title: ['TM. ỦY BAN NHÂN DÂN', 'CHỦ TỊCH'] },
    authority: { name: AUTHORITY },
  };
}
