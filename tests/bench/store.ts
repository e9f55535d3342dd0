import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore } from '../../src/main/store/index.ts';
import { fileKeyVault } from '../../src/main/store/key-vault.ts';

const PAGES = 40;
/** About an A4 page at 300 dpi in colour. */
const PAGE_BYTES = 700_000;

/**
 * What keeping a page costs: encrypted, synced, renamed, its row committed (WAL, synchronous FULL); reading it back;
 * opening the store with these pages in it. Milliseconds, by the median where there are many.
 */
export async function benchStore(): Promise<Record<string, number>> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'counter-bench-store-'));
  const open = () => openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
  try {
    const store = await open();
    const keep: number[] = [];
    const read: number[] = [];
    const hashes: string[] = [];
    for (let i = 0; i < PAGES; i += 1) {
      const bytes = randomBytes(PAGE_BYTES);
      const start = performance.now();
      const object = await store.vault.putBytes(bytes);
      store.transaction(() => store.objects.add(object, new Date().toISOString()));
      keep.push(performance.now() - start);
      hashes.push(object.hash);
    }
    for (const hash of hashes) {
      const start = performance.now();
      await store.vault.read(hash);
      read.push(performance.now() - start);
    }
    await store.close();
    const start = performance.now();
    const again = await open();
    const openMs = performance.now() - start;
    await again.close();
    return { 'store.keepPageMs': median(keep), 'store.readPageMs': median(read), 'store.openMs': openMs };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
