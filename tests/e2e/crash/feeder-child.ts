/**
 * A feeder job over a real store in a process of its own, to be killed. It first judges what the run before it left,
 * then scans into a new dossier and says each page that it announces.
 * Usage: feeder-child.ts DATA_DIR ACKS NUMBER BEFORE — ACKS holds the lines of all runs so far and gets its own;
 * NUMBER is this run's, BEFORE that of the run before it (0 = none).
 */
import { createHash } from 'node:crypto';
import { openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Procedure } from '../../../src/contract/procedures.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { createEventBus } from '../../../src/main/engine/events.ts';
import { createJournal } from '../../../src/main/engine/journal.ts';
import { silentLog } from '../../../src/main/engine/log.ts';
import { createPageJobs, type Incoming } from '../../../src/main/engine/page-jobs.ts';
import { createRoute } from '../../../src/main/engine/page-route.ts';
import type { Imaging } from '../../../src/main/imaging/port.ts';
import { openStore, type Store } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';

const [dataDir = '', acks = '', seed = '', before = '0'] = process.argv.slice(2);
const idOf = (run: string) => `00000000-0000-4000-8000-${Number(run).toString(16).padStart(12, '0')}`;
const PAGES = 200;
const procedure: Procedure = {
  code: '1.000001',
  name: 'Thủ tục thử',
  field: { code: 'G01-TH', name: 'Thử' },
  version: '1',
  duration: null,
  ...PLAIN_PROCEDURE,
  components: [
    {
      ...{ id: 'don', code: '', name: 'Đơn', originals: 1, copies: 0, group: '', ...PLAIN_SPEC },
      handling: 'submit',
      required: true,
    },
  ],
  results: [],
};

/** A page that tells by itself whether it is whole: its digest stands in front. */
function sheet(n: number): Uint8Array {
  const body = Buffer.alloc(4000 + ((n * 977) % 9000), `${seed}/${n}/`);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}

function isWhole(page: Uint8Array): boolean {
  return createHash('sha256').update(page.subarray(32)).digest().equals(page.subarray(0, 32));
}

/** The pipeline stands aside: what is under test is what becomes of a page that it gave. */
const imaging: Imaging = {
  async process(page) {
    const { treatment, findings } = PLAIN_PAGE;
    return {
      image: page.bytes,
      mime: 'image/jpeg',
      thumbnail: page.bytes.subarray(0, 600 + (page.index % 3)),
      ...{ width: 10, height: 10, dpi: 75, untouched: true, timings: {} },
      treatment,
      findings: { ...findings, flags: [], codes: [] },
    };
  },
  close: async () => undefined,
};

/** Every page that was announced is there and whole, and so is every other that a dossier shows. */
async function judge(store: Store): Promise<void> {
  const last = idOf(before);
  const lines = readFileSync(acks, 'utf8').split('\n');
  const shown = store.pages.of(last);
  const known = new Set(shown.map((page) => page.id));
  for (const line of lines.filter((l) => l.startsWith(last))) {
    if (!known.has(line.split(' ')[1]!)) throw new Error(`lost: ${line}`);
  }
  for (const page of shown) {
    if (!isWhole(await store.vault.read(page.imageHash))) throw new Error(`half a page: ${page.id}`);
    await store.vault.verify(page.thumbnailHash);
  }
  const view = store.dossiers.get(last)?.view as { components: { pages: unknown[] }[] } | undefined;
  if ((view?.components[0]?.pages.length ?? 0) !== shown.length)
    throw new Error(`rows and dossier differ: ${last}`);
  if (store.sweepReport.missing.length > 0) throw new Error(`missing: ${store.sweepReport.missing.join()}`);
}

async function* feed(): AsyncGenerator<Incoming> {
  for (let index = 0; index < PAGES; index += 1)
    yield { kind: 'page', photo: false, page: { index, bytes: sheet(index), format: 'jpeg', dpi: 75 } };
}

const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
await judge(store);
const bus = createEventBus();
const journal = createJournal({ store, bus, clock: { now: () => new Date() } });
const dossierId = idOf(seed);
journal.open(dossierId, (stamp) => commands.open({ dossierId, procedure }, stamp), 'clerk');
const out = openSync(acks, 'a');
bus.subscribe(({ name, payload }) => {
  if (name !== 'scan.page') return;
  // Written at once: a killed process must not lose what it said.
  writeSync(out, `${dossierId} ${(payload as { page: { id: string } }).page.id}\n`);
  process.send?.('page');
});
const jobs = createPageJobs({
  imaging,
  store,
  journal,
  bus,
  judgeArriving: async () => null,
  log: silentLog,
});
process.send?.('ready');
jobs.start({
  ...{ dossierId, actor: 'clerk', origin: 'scan', order: {}, open: feed },
  route: createRoute({ componentId: 'don', place: { at: 'end' }, separate: true, duplex: false }),
});
