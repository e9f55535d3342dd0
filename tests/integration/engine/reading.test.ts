import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import sample from '../../../resources/catalogue/sample.json' with { type: 'json' };
import { CounterError } from '../../../src/contract/errors.ts';
import type { PageFlag } from '../../../src/contract/model.ts';
import type { EventMessage } from '../../../src/contract/wire.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { type Dossier, whereIs } from '../../../src/main/dossiers/dossier.ts';
import { systemClock } from '../../../src/main/engine/clock.ts';
import { createEventBus } from '../../../src/main/engine/events.ts';
import { createJournal, type Journal } from '../../../src/main/engine/journal.ts';
import { silentLog } from '../../../src/main/engine/log.ts';
import { createReadingQueue, type ReadingQueue } from '../../../src/main/engine/reading-queue.ts';
import { createPageTreatment, type TreatRequest } from '../../../src/main/engine/treat-page.ts';
import type { Imaging, ImagingOrder } from '../../../src/main/imaging/port.ts';
import { readCatalogue } from '../../../src/main/procedures/catalogue-file.ts';
import type { PageReader, PageText } from '../../../src/main/reading/port.ts';
import { openStore, type Store } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { BIRTH, FORM, PROCEDURE } from './support/counter.ts';

const procedure = readCatalogue(JSON.stringify(sample)).procedures.find((p) => p.code === PROCEDURE)!;
const dossierId = '00000000-0000-4000-8000-000000000001';
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
const textOf = (said: string): PageText => ({
  words: [],
  text: said,
  width: 10,
  height: 10,
  confidence: 0.9,
});

let folder: string;
let store: Store;
let journal: Journal;
let events: EventMessage[];
let bus: ReturnType<typeof createEventBus>;
let queue: ReadingQueue | null;
let orders: (ImagingOrder | undefined)[];
let treat: (request: TreatRequest) => Promise<Dossier>;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-reading-'));
  store = await openStore({ dataDir: folder, keyVault: fileKeyVault(path.join(folder, 'key')) });
  bus = createEventBus();
  events = [];
  bus.subscribe((event) => events.push(event));
  journal = createJournal({ store, bus, clock: systemClock });
  orders = [];
  const imaging: Imaging = {
    async process(page, order) {
      orders.push(order);
      return {
        image: Uint8Array.from([...page.bytes, orders.length]),
        mime: 'image/jpeg',
        thumbnail: Uint8Array.of(1, orders.length),
        ...{ width: 10, height: 10, dpi: 75, untouched: false, timings: {} },
        treatment: { ...PLAIN_PAGE.treatment, turn: order?.wish?.turn ?? 0 },
        findings: { ...PLAIN_PAGE.findings, flags: [], codes: [] },
      };
    },
    close: async () => undefined,
  };
  treat = createPageTreatment({ store, journal, imaging });
  queue = null;
  journal.open(dossierId, (stamp) => commands.open({ dossierId, procedure }, stamp), 'an');
});
afterEach(async () => {
  await queue?.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a page into the dossier as a scan would. */
async function add(n: number, flags: PageFlag[] = [], componentId = FORM): Promise<void> {
  const picture = await store.vault.putBytes(Uint8Array.from([...JPEG, n]));
  const thumbnail = await store.vault.putBytes(Uint8Array.of(9, n));
  const page = { id: uuid(n), width: 10, height: 10, dpi: 75, ...PLAIN_PAGE };
  const findings = { ...PLAIN_PAGE.findings, flags, codes: [] };
  journal.change(
    dossierId,
    'an',
    (d, stamp) => commands.addPage(d, { componentId, page: { ...page, findings } }, stamp),
    {
      objects: [picture, thumbnail],
      page: { id: uuid(n), imageHash: picture.hash, thumbnailHash: thumbnail.hash, originalHash: null },
    },
  );
}

function start(
  reader: Partial<PageReader>,
  busy: () => boolean = () => false,
): { read: number[]; queue: ReadingQueue } {
  const read: number[] = [];
  queue = createReadingQueue({
    reader: {
      async read(image) {
        read.push(image.at(-1)!);
        return textOf(`page ${image.at(-1)}`);
      },
      orientation: () => Promise.reject(new Error('not asked')),
      close: async () => undefined,
      ...reader,
    },
    ...{ store, journal, bus, treat, busy, log: silentLog },
  });
  return { read, queue };
}

const page = (n: number) => whereIs(journal.load(dossierId), uuid(n))!.page;
const changed = () => events.filter((e) => e.name === 'reading.changed').length;

describe('reading in the background', () => {
  it('reads every page once, tells the screens, and has the text for the picture that it read', async () => {
    await add(1);
    await add(2, [], BIRTH);
    const { read, queue } = start({});
    await expect.poll(changed).toBe(2);
    expect(read.toSorted()).toEqual([1, 2]);
    expect(queue.textOf(page(1))?.text).toBe('page 1');
    await add(3);
    await expect.poll(() => read).toContain(3);
    await pause(50);
    expect(read).toHaveLength(3);
    // Another picture is another text.
    await treat({ dossierId, pageId: uuid(1), wish: { turn: 90 }, actor: 'an' });
    expect(queue.textOf(page(1))).toBeNull();
    await expect.poll(() => queue.textOf(page(1))).not.toBeNull();
  });

  it('goes on where it was after a restart', async () => {
    await add(1);
    start({});
    await expect.poll(changed).toBe(1);
    await queue?.close();
    await add(2);
    const { read } = start({});
    await expect.poll(changed).toBe(2);
    expect(read).toEqual([2]);
  });

  it('does not try a page again that cannot be read, and goes on with the next', async () => {
    await add(1);
    await add(2);
    let tries = 0;
    const { queue } = start({
      async read(image) {
        if (image.at(-1) !== 1) return textOf('two');
        tries += 1;
        throw new CounterError('READING_FAILED');
      },
    });
    await expect.poll(() => queue.textOf(page(2))?.text).toBe('two');
    await add(3);
    await expect.poll(() => queue.textOf(page(3))?.text).toBe('two');
    expect(tries).toBe(1);
    expect(queue.suggestion(journal.load(dossierId), FORM).state).toBe('none');
  });

  it('waits while pages are coming in', async () => {
    let busy = true;
    await add(1);
    const { read } = start({}, () => busy);
    await pause(50);
    expect(read).toEqual([]);
    busy = false;
    await add(2);
    await expect.poll(() => read).toHaveLength(2);
  });

  it('leaves blank pages and pages that were set aside', async () => {
    await add(1, ['blank']);
    await add(2);
    journal.change(dossierId, 'an', (d, stamp) => commands.removePage(d, uuid(2), stamp));
    await add(3);
    const { read } = start({});
    await expect.poll(changed).toBe(1);
    expect(read).toEqual([3]);
  });

  it('turns a page that the quick look was not sure of, where the letters are', async () => {
    await add(1, ['orientation-unsure']);
    const { queue } = start({ orientation: async () => ({ turn: 180, confidence: 0.95 }) });
    await expect.poll(() => queue.textOf(page(1))).not.toBeNull();
    expect(page(1)).toMatchObject({ treatment: { turn: 180 }, revision: 1 });
    expect(orders).toHaveLength(1);
  });

  it.each([
    ['the letters are not sure either', { turn: 180 as const, confidence: 0.3 }, 0],
    [
      'the letters stand upright: the doubt is gone, nothing is turned',
      { turn: 0 as const, confidence: 0.95 },
      1,
    ],
  ])('where %s', async (_, orientation, revisions) => {
    await add(1, ['orientation-unsure']);
    const { queue } = start({ orientation: async () => orientation });
    await expect.poll(() => queue.textOf(page(1))).not.toBeNull();
    expect(page(1)).toMatchObject({ treatment: { turn: 0 }, revision: revisions });
  });

  it('never turns under a signature, nor after a person has done so', async () => {
    await add(1, ['orientation-unsure']);
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<{ turn: 180; confidence: number }>();
    const { queue } = start({
      orientation: () => {
        asked.resolve();
        return answer.promise;
      },
    });
    await asked.promise;
    await treat({ dossierId, pageId: uuid(1), wish: { turn: 90 }, actor: 'an' });
    answer.resolve({ turn: 180, confidence: 0.99 });
    await expect.poll(() => queue.textOf(page(1))).not.toBeNull();
    expect(page(1)).toMatchObject({ treatment: { turn: 90 }, revision: 1 });
  });
});
