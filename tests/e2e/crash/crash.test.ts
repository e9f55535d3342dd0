import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DossierView } from '../../../src/contract/model.ts';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { issueTestIdentity } from '../../../src/simulators/certificates.ts';
import { type ProvinceSimulator, startProvinceSimulator } from '../../../src/simulators/province/index.ts';
import {
  type ScannerSimulator,
  samplePapers,
  startScannerSimulator,
} from '../../../src/simulators/scanner/index.ts';

const KILLS = Number(process.env.CRASH_KILLS ?? 200);
const SEED = Number(process.env.CRASH_SEED ?? 20261123);
const LANES = 2;
const PAGES = [2, 1];
const UNIT = 'H14.22.05';
const PIN = 'crash test';
const KILL_AT = new URL('./kill-at.ts', import.meta.url).href;
const CHILD = path.join(import.meta.dirname, 'intake-child.ts');

/** A small generator with a seed (mulberry32), so that a failing point can be run again. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Counter {
  readonly folder: string;
  readonly dataDir: string;
  readonly scenarioFile: string;
  readonly dossierId: string;
  readonly scanner: ScannerSimulator;
  readonly acknowledged: Set<string>;
}

interface Run {
  readonly killed: boolean;
  readonly exitCode: number | null;
  readonly steps: number;
  readonly sent: DossierView | null;
  readonly log: string;
}

let root: string;
let province: ProvinceSimulator;
const scanners: ScannerSimulator[] = [];
const children = new Set<ChildProcess>();

beforeAll(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'counter-crash-'));
  const identity = await issueTestIdentity({ commonName: 'Nông Thị Mẫu', password: PIN, keyType: 'ec-p256' });
  writeFileSync(path.join(root, 'clerk.p12'), identity.p12);
  province = await startProvinceSimulator({
    folder: path.join(root, 'province'),
    unit: UNIT,
    clients: [{ id: 'crash', secret: 'crash' }],
  });
  for (let lane = 0; lane < LANES; lane++) {
    // A job that a killed counter left behind is dropped soon, as devices do after their own patience.
    scanners.push(await startScannerSimulator({ sheets: 0, seed: lane + 1, jobIdleMs: 150 }));
  }
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([...scanners.map((s) => s.stop()), province?.stop()]);
  rmSync(root, { recursive: true, force: true });
});

function newCounter(lane: number): Counter {
  const scanner = scanners[lane]!;
  const folder = mkdtempSync(path.join(root, 'counter-'));
  const dataDir = path.join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const dossierId = randomUUID();
  const key = `pkcs12:${path.join(root, 'clerk.p12')}`;
  const config = {
    unit: { code: UNIT, name: 'UBND xã Bảo Lâm' },
    counter: 'Q01',
    user: { name: 'clerk' },
    province: { baseUrl: province.url, clientId: 'crash', clientSecret: 'crash', numbersInHand: 3 },
    scanners: [scanner.uri],
    readPages: false,
    keys: [key],
  };
  writeFileSync(path.join(dataDir, 'counter.json'), JSON.stringify(config), { mode: 0o600 });
  const scenario = {
    dossierId,
    procedure: '1.004873',
    card: '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022',
    scans: PAGES.map((pages, i) => ({
      component: i + 1,
      device: scanner.uri,
      settings: { source: 'adf', dpi: 75, mode: 'gray' },
      pages,
    })),
    key,
  };
  const scenarioFile = path.join(folder, 'scenario.json');
  writeFileSync(scenarioFile, JSON.stringify(scenario));
  return { folder, dataDir, scenarioFile, dossierId, scanner, acknowledged: new Set() };
}

async function runFlow(counter: Counter, killAt: number | null): Promise<Run> {
  const env = {
    ...process.env,
    CRASH_PIN: PIN,
    COUNTER_LOG: 'silent',
    ...(killAt ? { KILL_AT: `${killAt}` } : {}),
  };
  const child = fork(CHILD, [counter.dataDir, counter.scenarioFile], {
    execArgv: ['--import', KILL_AT],
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.add(child);
  let steps = 0;
  let sent: DossierView | null = null;
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += String(chunk);
  });
  child.on('message', (raw) => {
    const message = raw as {
      type: string;
      missing: number;
      pageId: string;
      dossier: DossierView;
      steps: number;
    };
    if (message.type === 'feed') {
      // The clerk puts in what the counter says it lacks.
      counter.scanner.control.loadFeeder(samplePapers(7, message.missing));
      if (child.connected) child.send({ type: 'fed' });
    }
    if (message.type === 'page') counter.acknowledged.add(message.pageId);
    if (message.type === 'sent') sent = message.dossier;
    if (message.type === 'steps') steps = message.steps;
  });
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
  children.delete(child);
  return { killed: signal === 'SIGKILL', exitCode, steps, sent, log };
}

/** The flow is started again until it ends by itself; a scanner that is still busy is tried once more by the clerk. */
async function finish(counter: Counter): Promise<DossierView> {
  let last: Run | undefined;
  for (let attempt = 0; attempt < 5; attempt++) {
    last = await runFlow(counter, null);
    if (last.exitCode === 0 && last.sent) return last.sent;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the flow did not end: ${last?.log}`);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
}

async function judge(counter: Counter, sent: DossierView): Promise<void> {
  const pages = sent.components.flatMap((c) => c.pages.map((p) => p.id));
  // Every page that was ever acknowledged is there; none came twice.
  expect(pages).toEqual(expect.arrayContaining([...counter.acknowledged]));
  expect(sent.components.slice(0, PAGES.length).map((c) => c.pages.length)).toEqual(PAGES);
  expect(sent.delivery).toBe('sent');
  expect(sent.code?.kind).toBe('official');
  const records = province.control.records().filter((r) => r.receipt.MaHoSo === sent.code?.value);
  expect(records).toHaveLength(1);
  const store = await openStore({
    dataDir: counter.dataDir,
    keyVault: fileKeyVault(path.join(counter.dataDir, 'master.key')),
  });
  try {
    expect(store.sweepReport.missing).toEqual([]);
    const onDisk = filesUnder(path.join(counter.dataDir, 'vault')).sort();
    expect(onDisk).toEqual([...store.objects.after('', 1000)].sort());
    for (const { spec, signature } of sent.components) {
      if (!signature) continue;
      const document = store.documents.get(signature.documentId)!;
      const stored = province.control.files().filter((f) => f.sha256 === document.sha256);
      expect(stored, spec.name).toHaveLength(1);
    }
    for (const id of pages)
      expect((await store.vault.read(store.pages.get(id)!.imageHash)).length).toBeGreaterThan(0);
  } finally {
    await store.close();
  }
}

describe(`the main job killed at ${KILLS} seeded points`, () => {
  it(
    'ends each time with every acknowledged page, one record at the province and no orphan in the vault',
    async () => {
      const baseline = newCounter(0);
      const whole = await runFlow(baseline, null);
      expect(whole.log).toBe('');
      expect(whole.sent).not.toBeNull();
      await judge(baseline, whole.sent!);
      expect(whole.steps).toBeGreaterThan(100);

      const random = seeded(SEED);
      // One point in each of as many equal slices, so that no part of the flow is left out.
      const points = Array.from({ length: KILLS }, (_, i) =>
        Math.min(whole.steps, 1 + Math.floor(((i + random()) / KILLS) * whole.steps)),
      );
      const seen = { killed: 0, early: 0, again: 0 };
      const queue = points.map((point, index) => ({ point, index }));
      async function lane(number: number): Promise<void> {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const { point, index } = next;
          const counter = newCounter(number);
          const run = await runFlow(counter, point);
          if (run.killed) seen.killed += 1;
          else seen.early += 1;
          // Every fourth counter is killed once more while it recovers.
          if (index % 4 === 0 && (await runFlow(counter, 1 + Math.floor(random() * 200))).killed)
            seen.again += 1;
          const sent = run.sent && run.exitCode === 0 ? run.sent : await finish(counter);
          await judge(counter, sent).catch((error: unknown) => {
            throw new Error(`killed at step ${point} of ${whole.steps} (seed ${SEED})`, { cause: error });
          });
          rmSync(counter.folder, { recursive: true, force: true });
        }
      }
      await Promise.all(Array.from({ length: LANES }, (_, i) => lane(i)));
      console.log(
        `killed ${seen.killed} of ${KILLS} (${seen.early} ended before their step), ${seen.again} twice, ${whole.steps} steps`,
      );
      expect(seen.killed).toBeGreaterThan(KILLS * 0.9);
    },
    20 * 60_000,
  );
});
