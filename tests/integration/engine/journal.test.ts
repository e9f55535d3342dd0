import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import sample from '../../../resources/catalogue/sample.json' with { type: 'json' };
import { CounterError } from '../../../src/contract/errors.ts';
import type { EventMessage } from '../../../src/contract/wire.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { systemClock } from '../../../src/main/engine/clock.ts';
import { createEventBus } from '../../../src/main/engine/events.ts';
import { createJournal, projectDossier } from '../../../src/main/engine/journal.ts';
import { silentLog } from '../../../src/main/engine/log.ts';
import { createPageJobs, type Incoming } from '../../../src/main/engine/page-jobs.ts';
import { createRoute } from '../../../src/main/engine/page-route.ts';
import type { PageImage } from '../../../src/main/imaging/port.ts';
import { readCatalogue } from '../../../src/main/procedures/catalogue-file.ts';
import type { RawPage } from '../../../src/main/scanning/port.ts';
import { openStore, type Store } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { APPLICANT, BIRTH, FORM, OPTIONAL, papers, startCounter } from './support/counter.ts';

describe('the journal of a whole scenario', () => {
  it('rebuilds every row as it was', async () => {
    const counter = await startCounter();
    try {
      const { id } = await counter.ready();
      counter.scanner.control.loadFeeder(await papers(3));
      const { pages } = await counter.scan(id, OPTIONAL);
      const [a, b, c] = pages.map((p) => p.page.id) as [string, string, string];
      await counter.call('pages.remove', { dossierId: id, pageId: a });
      await counter.call('pages.move', { dossierId: id, pageIds: [b], componentId: BIRTH, index: 0 });
      await counter.call('pages.remove', { dossierId: id, pageId: c });
      await counter.call('pages.restore', { dossierId: id, pageId: c });
      await counter.sign(id);
      await counter.province.control.inject({ kind: 'failed', at: 'record' });
      await counter.call('dossiers.receive', { dossierId: id });
      await counter.call('outbox.push', {});
      await counter.sent(id);
      const other = await counter.draft();
      await counter.call('dossiers.discard', { dossierId: other.id, reason: 'nhầm' });
      await counter.closeEngine();

      await counter.withStore((store) => {
        const rows = () =>
          [id, other.id].map((dossierId) => ({
            dossier: store.dossiers.get(dossierId),
            pages: store.pages.of(dossierId),
            documents: store.documents.of(dossierId),
            found: ['hoang', '004090000123', 'khai sinh'].map((text) => store.dossiers.search(text, 10)),
          }));
        const before = rows();
        expect(before[0]?.pages).toHaveLength(5);
        expect(before[0]?.documents.map((d) => d.kind).sort()).toEqual([
          ...Array<string>(before[0]!.documents.length - 1).fill('component'),
          'slip',
        ]);
        expect(store.rebuild(projectDossier)).toBe(2);
        expect(rows()).toEqual(before);
      });
    } finally {
      await counter.stop();
    }
  });
});

describe('a change of a dossier', () => {
  const procedure = readCatalogue(JSON.stringify(sample)).procedures.find((p) => p.code === '1.001193')!;
  let folder: string;
  let store: Store;
  let events: EventMessage[];
  const dossierId = randomUUID();

  /** A store whose writes fail for as long as `broken` says so. */
  let broken: () => boolean;
  function parts() {
    const bus = createEventBus();
    events = [];
    bus.subscribe((event) => events.push(event));
    const failing: Store = {
      ...store,
      transaction: (fn) =>
        store.transaction(() => {
          const result = fn();
          // At the very end: all rows are written, only the commit is missing.
          if (broken()) throw new CounterError('DISK_FULL');
          return result;
        }),
    };
    return { store: failing, bus, journal: createJournal({ store: failing, bus, clock: systemClock }) };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const named = (name: string) => events.filter((event) => event.name === name);

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'counter-journal-'));
    store = await openStore({ dataDir: folder, keyVault: fileKeyVault(path.join(folder, 'key')) });
    broken = () => false;
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('that met another one is refused and leaves no trace', async () => {
    const { journal } = parts();
    journal.open(dossierId, (stamp) => commands.open({ dossierId, procedure }, stamp), 'an');
    const other = { ...APPLICANT, name: 'Người Đến Trước' };
    const late = () =>
      journal.change(dossierId, 'an', (seen, stamp) => {
        journal.change(dossierId, 'binh', (d, s) => commands.setApplicant(d, other, s));
        return commands.setApplicant(seen, APPLICANT, stamp);
      });
    expect(late).toThrow(expect.objectContaining({ code: 'STORE_CONFLICT' }));
    expect(journal.load(dossierId)).toMatchObject({ version: 2, applicant: { name: other.name } });
    expect(store.events.of(dossierId).map((e) => e.actor)).toEqual(['an', 'binh']);
  });

  it('whose commit fails is told to nobody', async () => {
    const { journal } = parts();
    journal.open(dossierId, (stamp) => commands.open({ dossierId, procedure }, stamp), 'an');
    await settled();
    events.length = 0;
    broken = () => true;
    const change = () => journal.change(dossierId, 'an', (d, s) => commands.setApplicant(d, APPLICANT, s));
    expect(change).toThrow(expect.objectContaining({ code: 'DISK_FULL' }));
    await settled();
    expect(events).toEqual([]);
    expect(journal.load(dossierId)).toMatchObject({ version: 1, applicant: null });
  });

  it('by a page that cannot be committed announces no page, keeps those before it and stops the feeder', async () => {
    const { journal, bus, store: failing } = parts();
    journal.open(dossierId, (stamp) => commands.open({ dossierId, procedure }, stamp), 'an');
    const fed: number[] = [];
    let ended = false;
    async function* feed(): AsyncGenerator<Incoming> {
      try {
        for (let index = 0; index < 50; index += 1) {
          fed.push(index);
          const page: RawPage = { index, bytes: Uint8Array.of(index), format: 'jpeg', dpi: 75 };
          yield { kind: 'page', page, photo: false };
        }
      } finally {
        ended = true;
      }
    }
    const image = (raw: RawPage): PageImage => ({
      image: raw.bytes,
      mime: 'image/jpeg',
      thumbnail: Uint8Array.of(200, raw.index),
      width: 10,
      height: 10,
      dpi: 75,
      treatment: PLAIN_PAGE.treatment,
      findings: { ...PLAIN_PAGE.findings, flags: [], codes: [] },
      untouched: true,
      timings: {},
    });
    const jobs = createPageJobs({
      imaging: { process: async (raw) => image(raw), close: async () => undefined },
      store: failing,
      journal,
      bus,
      judgeArriving: async () => null,
      log: silentLog,
    });
    // The third page meets the fault; those behind it would be written again.
    let commits = 0;
    broken = () => {
      commits += 1;
      return commits === 3;
    };
    const start = () =>
      jobs.start({
        ...{ dossierId, actor: 'an', origin: 'scan', order: {}, open: feed },
        route: createRoute({ componentId: FORM, place: { at: 'end' }, separate: false, duplex: false }),
      });
    start();
    while (named('scan.failed').length === 0) await settled();
    expect(named('scan.failed')[0]?.payload).toMatchObject({ pages: 2, error: { code: 'DISK_FULL' } });
    expect(named('scan.page')).toHaveLength(2);
    expect(ended).toBe(true);
    expect(fed.length).toBeLessThan(10);
    const kept = store.pages.of(dossierId);
    expect(kept).toHaveLength(2);
    expect(journal.load(dossierId).components[0]?.pages.map((p) => p.id)).toEqual(kept.map((p) => p.id));
    // The next job is not held up.
    start();
    await jobs.close();
  });
});
