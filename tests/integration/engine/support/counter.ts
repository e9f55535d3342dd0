import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { signBatch } from '../../../../src/cli/batch.ts';
import { connectClient } from '../../../../src/cli/session.ts';
import type { Client } from '../../../../src/contract/client.ts';
import type { EventName, EventPayload } from '../../../../src/contract/events.ts';
import type { Applicant, DossierView, ScanSettings } from '../../../../src/contract/model.ts';
import type { Clock } from '../../../../src/main/engine/clock.ts';
import { type EngineOptions, openEngine } from '../../../../src/main/engine/composition.ts';
import type { Engine } from '../../../../src/main/engine/engine.ts';
import { type Log, silentLog } from '../../../../src/main/engine/log.ts';
import { openStore, type Store } from '../../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../../src/main/store/key-vault.ts';
import { issueTestIdentity, type TestIdentity } from '../../../../src/simulators/certificates.ts';
import { type ProvinceSimulator, startProvinceSimulator } from '../../../../src/simulators/province/index.ts';
import {
  generatePaper,
  type Paper,
  type ScannerSimulator,
  startScannerSimulator,
} from '../../../../src/simulators/scanner/index.ts';
import { PLAIN_APPLICANT } from '../../../support/plain.ts';

const RESOURCES = path.join(import.meta.dirname, '../../../../resources');
const CLIENT = { id: 'counter-test', secret: 'test-secret' };
export const UNIT = { code: 'H14.22.05', name: 'UBND xã Bảo Lâm', parent: 'Tỉnh Cao Bằng', place: 'Bảo Lâm' };
export const CLERK = 'Nông Thị Mẫu';
export const PIN = 'mat-khau-thu';

/** Two required papers and several that only some have to hand in (resources/catalogue/sample.json). */
export const PROCEDURE = '1.001193';
/** One required paper. */
export const SIMPLER_PROCEDURE = '1.000894';
export const FORM = 'to-khai';
export const BIRTH = 'giay-chung-sinh';
export const OPTIONAL = 'uy-quyen';
export const SHOWN = 'giay-to-tuy-than';

export const APPLICANT: Applicant = {
  name: 'Hoàng Văn Thử',
  identityNumber: '004090000123',
  kind: 'citizen',
  birthDate: '1990-05-02',
  gender: 'male',
  address: 'Tổ 3, xã Bảo Lâm, tỉnh Cao Bằng',
  phone: '0912345678',
  email: '',
  ...PLAIN_APPLICANT,
};

export const SETTINGS: ScanSettings = { source: 'adf', dpi: 75, mode: 'gray' };

export interface Seen<N extends EventName> {
  readonly name: N;
  readonly payload: EventPayload<N>;
}

export interface ScanOutcome {
  readonly scanId: string;
  readonly pages: readonly EventPayload<'scan.page'>[];
  readonly finished: EventPayload<'scan.finished'> | null;
  readonly failed: EventPayload<'scan.failed'> | null;
}

export interface TestCounter {
  readonly folder: string;
  readonly dataDir: string;
  readonly configFile: string;
  readonly scanner: ScannerSimulator;
  readonly province: ProvinceSimulator;
  readonly provinceFolder: string;
  readonly key: string;
  engine(): Engine;
  client(): Client;
  /** Closes the engine where it is open and opens it again on the same folder. */
  restart(change?: Partial<EngineOptions>): Promise<void>;
  /** Closes the engine; its store can then be looked into. */
  closeEngine(): Promise<void>;
  /** Opens the store of a closed engine for `look`. */
  withStore<T>(look: (store: Store) => T | Promise<T>): Promise<T>;
  writeConfig(change: Readonly<Record<string, unknown>>): void;
  call: Client['call'];
  scan(dossierId: string, componentId: string, device?: string): Promise<ScanOutcome>;
  /** The pages and the end of a job, from its start on. */
  follow(start: () => Promise<{ scanId: string }>): Promise<ScanOutcome>;
  /** Resolves with the next event of that name that `fits`. */
  next<N extends EventName>(name: N, fits?: (payload: EventPayload<N>) => boolean): Promise<EventPayload<N>>;
  /** A draft with an applicant. */
  draft(procedureCode?: string): Promise<DossierView>;
  /** A draft that lacks nothing but to be received: two signed components, or one of a simpler procedure. */
  ready(components?: 'two' | 'one'): Promise<DossierView>;
  sign(dossierId: string, pin?: string): Promise<DossierView>;
  sent(dossierId: string): Promise<DossierView>;
  stop(): Promise<void>;
}

export interface CounterChoices {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly province?: Readonly<Record<string, unknown>>;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Where the data folder lies; a temporary folder by default. */
  readonly dataDir?: string;
  readonly provinceDown?: boolean;
  readonly scanner?: Parameters<typeof startScannerSimulator>[0];
}

let sheets: Promise<Paper[]> | undefined;
let identity: Promise<TestIdentity> | undefined;

/** The same few papers for every test: drawing them takes longer than scanning them. */
export async function papers(count: number): Promise<Paper[]> {
  sheets ??= Promise.all(
    Array.from({ length: 4 }, async (_, seed) => ({
      jpeg: (await generatePaper({ kind: 'request', seed, dpi: 75, mode: 'gray' })).jpeg,
    })),
  );
  const drawn = await sheets;
  return Array.from({ length: count }, (_, i) => drawn[i % drawn.length]!);
}

/** A counter as it would be run, over a simulated scanner and a simulated province, and a client of its contract. */
export async function startCounter(choices: CounterChoices = {}): Promise<TestCounter> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-engine-'));
  const dataDir = choices.dataDir ?? path.join(folder, 'data');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const provinceFolder = path.join(folder, 'province');
  identity ??= issueTestIdentity({ commonName: CLERK, keyType: 'ec-p256', password: PIN });
  const p12 = path.join(folder, 'clerk.p12');
  writeFileSync(p12, (await identity).p12, { mode: 0o600 });
  const scanner = await startScannerSimulator({ papers: await papers(2), ...choices.scanner });
  const province = await startProvinceSimulator({
    folder: provinceFolder,
    unit: UNIT.code,
    clients: [CLIENT],
  });
  if (choices.provinceDown) await province.control.inject({ kind: 'down' });
  const configFile = path.join(folder, 'counter.json');
  const base = {
    unit: UNIT,
    counter: 'Q01',
    user: { name: CLERK },
    training: true,
    province: {
      baseUrl: province.url,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      chunkBytes: 16 * 1024,
      ...choices.province,
    },
    scanners: [scanner.uri],
    // Reading takes seconds of a core a page; who tests it asks for it.
    readPages: false,
    keys: [`pkcs12:${p12}`],
    ...choices.config,
  };
  const writeConfig = (change: Readonly<Record<string, unknown>>) =>
    writeFileSync(configFile, JSON.stringify({ ...base, ...change }), { mode: 0o600 });
  writeConfig({});
  const keyVault = fileKeyVault(path.join(folder, 'master.key'));

  let open: { engine: Engine; client: Client } | null = null;
  async function restart(change: Partial<EngineOptions> = {}): Promise<void> {
    await closeEngine();
    const engine = await openEngine({
      dataDir,
      configFile,
      resources: RESOURCES,
      version: '0.0.0-test',
      keyVault,
      log: choices.log ?? silentLog,
      ...(choices.clock && { clock: choices.clock }),
      ...change,
    });
    open = { engine, client: connectClient(engine) };
  }
  async function closeEngine(): Promise<void> {
    const closing = open;
    open = null;
    closing?.client.close();
    await closing?.engine.close();
  }
  await restart();

  const call: Client['call'] = (operation, input) => open!.client.call(operation, input);

  function next<N extends EventName>(name: N, fits: (payload: EventPayload<N>) => boolean = () => true) {
    return new Promise<EventPayload<N>>((resolve) => {
      const off = open!.client.on(name, (payload) => {
        if (!fits(payload)) return;
        off();
        resolve(payload);
      });
    });
  }

  async function follow(start: () => Promise<{ scanId: string }>): Promise<ScanOutcome> {
    const pages: EventPayload<'scan.page'>[] = [];
    const { client } = open!;
    const off = client.on('scan.page', (page) => pages.push(page));
    let scanId = '';
    const ours = (event: { scanId: string }) => event.scanId === scanId;
    const end = Promise.race([
      next('scan.finished', ours).then((finished) => ({ finished, failed: null })),
      next('scan.failed', ours).then((failed) => ({ finished: null, failed })),
    ]);
    try {
      ({ scanId } = await start());
      const ended = await end;
      return { scanId, pages: pages.filter(ours), ...ended };
    } finally {
      off();
    }
  }

  const scan = (dossierId: string, componentId: string, device = scanner.uri) =>
    follow(() => call('scans.start', { dossierId, componentId, device, settings: SETTINGS }));

  async function draft(procedureCode = PROCEDURE): Promise<DossierView> {
    const opened = await call('dossiers.open', { procedureCode, dossierId: randomUUID() });
    return call('dossiers.setApplicant', { dossierId: opened.id, applicant: APPLICANT });
  }

  const sign = async (dossierId: string, pin = PIN): Promise<DossierView> => {
    await signBatch(open!.client, { dossierIds: [dossierId], key: `pkcs12:${p12}`, pin });
    return call('dossiers.get', { dossierId });
  };

  return {
    folder,
    dataDir,
    configFile,
    scanner,
    province,
    provinceFolder,
    key: `pkcs12:${p12}`,
    engine: () => open!.engine,
    client: () => open!.client,
    restart,
    closeEngine,
    async withStore(look) {
      const store = await openStore({ dataDir, keyVault });
      try {
        return await look(store);
      } finally {
        await store.close();
      }
    },
    writeConfig,
    call,
    scan,
    follow,
    next,
    draft,
    async ready(components = 'two') {
      const { id } = await draft(components === 'two' ? PROCEDURE : SIMPLER_PROCEDURE);
      for (const componentId of components === 'two' ? [FORM, BIRTH] : [FORM]) {
        scanner.control.loadFeeder(await papers(1));
        const { failed } = await scan(id, componentId);
        if (failed) throw new Error(`scan failed: ${failed.error.code}`);
      }
      return sign(id);
    },
    sign,
    async sent(dossierId) {
      const arrived = next(
        'dossier.changed',
        ({ dossier }) => dossier.id === dossierId && dossier.delivery === 'sent',
      );
      const now = await call('dossiers.get', { dossierId });
      return now.delivery === 'sent' ? now : (await arrived).dossier;
    },
    async stop() {
      await closeEngine();
      await Promise.all([scanner.stop(), province.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The code with which a call is refused. */
export async function refusal(
  work: Promise<unknown>,
): Promise<{ code: string; details: Record<string, unknown> }> {
  try {
    await work;
  } catch (error) {
    const { code, details } = error as { code: string; details: Record<string, unknown> };
    return { code, details };
  }
  throw new Error('nothing was refused');
}

/** A JPEG that is whole from its first marker to its last but whose Huffman table no decoder takes. */
export async function unreadableSheet(): Promise<Paper> {
  const [sheet] = await papers(1);
  if (!sheet || !('jpeg' in sheet)) throw new Error('no sheet');
  const jpeg = Uint8Array.from(sheet.jpeg);
  const table = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc4);
  // Sixteen counts of code lengths follow the marker, the segment's length and the table's class.
  jpeg.fill(0xff, table + 5, table + 21);
  return { jpeg };
}
