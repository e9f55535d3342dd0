import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { livePages } from '../../../src/main/dossiers/dossier.ts';
import {
  BIRTH,
  FORM,
  OPTIONAL,
  PROCEDURE,
  papers,
  refusal,
  SETTINGS,
  SHOWN,
  startCounter,
  type TestCounter,
  unreadableSheet,
} from './support/counter.ts';

let counter: TestCounter;

beforeEach(async () => {
  counter = await startCounter({ province: { numbersInHand: 0 } });
});
afterEach(() => counter.stop());

const jobs = () => counter.scanner.control.log.filter((e) => e.path.endsWith('/ScanJobs')).length;
const load = async (count: number) => counter.scanner.control.loadFeeder(await papers(count));
const pagesOf = async (dossierId: string, componentId = FORM) => {
  const dossier = await counter.call('dossiers.get', { dossierId });
  return livePages(dossier.components.find((c) => c.spec.id === componentId)!);
};

/** Every page that the dossier names can be read, as it was announced. */
async function expectReadable(dossierId: string, ids: readonly string[]): Promise<void> {
  const pages = await pagesOf(dossierId);
  expect(pages.map((p) => p.id)).toEqual(ids);
  for (const pageId of ids) {
    const { base64 } = await counter.call('pages.image', { pageId, variant: 'full' });
    expect(Buffer.from(base64, 'base64').subarray(0, 2).toString('hex')).toBe('ffd8');
  }
}

describe('scanning into a dossier', () => {
  it('announces each page in order, once row and image are durable', async () => {
    const { id } = await counter.draft();
    await load(5);
    const looks: Promise<unknown>[] = [];
    const off = counter.client().on('scan.page', ({ page, dossierId }) => {
      looks.push(
        Promise.all([
          counter.call('dossiers.get', { dossierId }).then((d) => {
            expect(d.components.flatMap((c) => c.pages.map((p) => p.id))).toContain(page.id);
          }),
          counter.call('pages.image', { pageId: page.id, variant: 'thumbnail' }),
        ]),
      );
    });
    const { pages, finished, failed } = await counter.scan(id, FORM);
    off();
    await Promise.all(looks);
    expect(looks).toHaveLength(5);
    expect(failed).toBeNull();
    expect(finished?.pages).toBe(5);
    await expectReadable(
      id,
      pages.map((p) => p.page.id),
    );
    await counter.closeEngine();
    await counter.withStore(async (store) => {
      expect(store.sweepReport).toEqual({ removed: 0, missing: [] });
      for (const { page } of pages) {
        await store.vault.verify(store.pages.get(page.id)!.imageHash);
        await store.vault.verify(store.pages.get(page.id)!.thumbnailHash);
      }
    });
  });

  it.each([
    ['a jam with an empty page', { kind: 'jam', page: 2, body: 'empty' }, 'SCANNER_JAMMED'],
    ['a jam with half a page', { kind: 'jam', page: 2, body: 'cut' }, 'SCANNER_JAMMED'],
    ['a jam noticed in time', { kind: 'jam', page: 2, body: 'none' }, 'SCANNER_JAMMED'],
    ['an opened cover', { kind: 'cover-open', page: 2 }, 'SCANNER_COVER_OPEN'],
    ['a connection reset in mid-page', { kind: 'reset', page: 2 }, 'PAGE_TRUNCATED'],
  ] as const)(
    'after %s keeps the two whole pages, names the fault and goes on when asked',
    async (_, fault, code) => {
      const { id } = await counter.draft();
      await load(4);
      counter.scanner.control.inject(fault);
      const first = await counter.scan(id, FORM);
      expect(first.finished).toBeNull();
      expect(first.failed?.pages).toBe(2);
      expect(first.failed?.error.code).toBe(code);
      expect(first.pages).toHaveLength(2);
      counter.scanner.control.clear();
      const second = await counter.scan(id, FORM);
      expect(second.finished?.pages).toBe(2);
      await expectReadable(
        id,
        [...first.pages, ...second.pages].map((p) => p.page.id),
      );
    },
  );

  it('with an empty feeder says so and changes nothing', async () => {
    const { id } = await counter.draft();
    counter.scanner.control.inject({ kind: 'empty' });
    const { failed } = await counter.scan(id, FORM);
    expect(failed).toMatchObject({ pages: 0, error: { code: 'SCANNER_EMPTY' } });
    expect(await pagesOf(id)).toEqual([]);
  });

  it('loses no page before or behind one that cannot be read, and names that one', async () => {
    const { id } = await counter.draft();
    const [a, b, c, d, e] = await papers(5);
    counter.scanner.control.loadFeeder([a!, await unreadableSheet(), b!, c!, d!, e!]);
    const { pages, failed } = await counter.scan(id, FORM);
    expect(failed?.error).toMatchObject({ code: 'IMAGE_UNREADABLE', details: { page: 2 } });
    expect(failed?.pages).toBe(5);
    expect(counter.scanner.control.sheetsLeft()).toBe(0);
    await expectReadable(
      id,
      pages.map((p) => p.page.id),
    );
  });

  it('of two faults tells the scanner’s, which the clerk has to mend at once', async () => {
    const { id } = await counter.draft();
    const [a, b] = await papers(2);
    counter.scanner.control.loadFeeder([await unreadableSheet(), a!, b!]);
    counter.scanner.control.inject({ kind: 'jam', page: 2, body: 'cut' });
    const { failed } = await counter.scan(id, FORM);
    expect(failed).toMatchObject({ pages: 1, error: { code: 'SCANNER_JAMMED' } });
  });

  it('keeps what came whole before it was cancelled', async () => {
    const { id } = await counter.draft();
    await load(8);
    counter.scanner.control.inject({ kind: 'slow', chunkDelayMs: 40 });
    const off = counter
      .client()
      .on('scan.page', ({ scanId }) => void counter.call('scans.cancel', { scanId }));
    const { pages, failed } = await counter.scan(id, FORM);
    off();
    expect(failed?.error.code).toBe('CANCELLED');
    expect(pages.length).toBe(failed?.pages);
    expect(pages.length).toBeLessThan(8);
    await expectReadable(
      id,
      pages.map((p) => p.page.id),
    );
  });

  it('takes a cancellation of a scan that is over, or never was, as done', async () => {
    expect(await counter.call('scans.cancel', { scanId: randomUUID() })).toEqual({});
  });

  it('refuses a second scan on a device that is at work', async () => {
    const { id } = await counter.draft();
    await load(3);
    const ended = counter.next('scan.finished');
    const request = { dossierId: id, device: counter.scanner.uri, settings: SETTINGS };
    await counter.call('scans.start', { ...request, componentId: FORM });
    const second = await refusal(counter.call('scans.start', { ...request, componentId: BIRTH }));
    expect(second.code).toBe('SCANNER_BUSY');
    expect((await ended).pages).toBe(3);
    expect(await pagesOf(id, BIRTH)).toEqual([]);
  });

  it.each(['folder:/etc', 'escl:http://127.0.0.1:9/eSCL', 'sane:test:0', 'nonsense', ''])(
    'refuses the address %j, which no admin listed',
    async (device) => {
      const { id } = await counter.draft();
      const request = { dossierId: id, componentId: FORM, device, settings: SETTINGS };
      expect((await refusal(counter.call('scans.start', request))).code).toBe('SCANNER_URI_INVALID');
    },
  );

  it('refuses before the feeder moves where the pages would have no place', async () => {
    const start = (dossierId: string, componentId: string) =>
      refusal(
        counter.call('scans.start', {
          dossierId,
          componentId,
          device: counter.scanner.uri,
          settings: SETTINGS,
        }),
      );
    const { id } = await counter.draft();
    expect((await start(id, 'no-such-paper')).code).toBe('COMPONENT_UNKNOWN');
    expect((await start(id, SHOWN)).code).toBe('COMPONENT_UNKNOWN');
    expect((await start(randomUUID(), FORM)).code).toBe('DOSSIER_UNKNOWN');
    await counter.call('dossiers.discard', { dossierId: id, reason: 'nhầm thủ tục' });
    expect((await start(id, FORM)).code).toBe('DOSSIER_STATE');
    expect(jobs()).toBe(0);

    const ready = await counter.ready();
    await counter.call('dossiers.receive', { dossierId: ready.id });
    const before = jobs();
    await load(1);
    expect((await start(ready.id, OPTIONAL)).code).toBe('DOSSIER_STATE');
    expect(jobs()).toBe(before);
    expect(counter.scanner.control.sheetsLeft()).toBe(1);
  });

  it('does not receive or discard a dossier while pages are on their way into it', async () => {
    const { id } = await counter.ready();
    await load(2);
    counter.scanner.control.inject({ kind: 'slow', chunkDelayMs: 30 });
    const ended = counter.next('scan.finished');
    const request = { dossierId: id, componentId: OPTIONAL, device: counter.scanner.uri, settings: SETTINGS };
    await counter.call('scans.start', request);
    const receive = await refusal(counter.call('dossiers.receive', { dossierId: id }));
    expect(receive).toMatchObject({ code: 'DOSSIER_STATE', details: { reason: 'scanning' } });
    const discard = await refusal(counter.call('dossiers.discard', { dossierId: id, reason: 'nhầm' }));
    expect(discard).toMatchObject({ code: 'DOSSIER_STATE', details: { reason: 'scanning' } });
    expect((await ended).pages).toBe(2);
    expect(await pagesOf(id, OPTIONAL)).toHaveLength(2);
  });

  it('leaves only whole, announced pages when the engine closes in mid-scan', async () => {
    const { id } = await counter.draft();
    await load(8);
    counter.scanner.control.inject({ kind: 'slow', chunkDelayMs: 40 });
    const announced: string[] = [];
    counter.client().on('scan.page', ({ page }) => announced.push(page.id));
    const second = counter.next('scan.page', () => announced.length === 2);
    const request = { dossierId: id, componentId: FORM, device: counter.scanner.uri, settings: SETTINGS };
    await counter.call('scans.start', request);
    await second;
    await counter.engine().close();
    await counter.closeEngine();
    await counter.withStore(async (store) => {
      expect(store.sweepReport).toEqual({ removed: 0, missing: [] });
      const kept = store.pages.of(id);
      expect(kept.map((p) => p.id)).toEqual(announced);
      for (const page of kept) await store.vault.verify(page.imageHash);
    });
  });

  it('takes no more work once it closes', async () => {
    const { id } = await counter.draft();
    const engine = counter.engine();
    const closing = engine.close();
    const request = { dossierId: id, componentId: FORM, device: counter.scanner.uri, settings: SETTINGS };
    expect((await refusal(counter.call('scans.start', request))).code).toBe('ENGINE_GONE');
    await closing;
    await pause(50);
    expect(jobs()).toBe(0);
  });
});

describe('the pages of a dossier', () => {
  it('can be removed, brought back and moved, also to another component, and undone', async () => {
    const { id } = await counter.draft();
    await load(3);
    const { pages } = await counter.scan(id, FORM);
    const [a, b, c] = pages.map((p) => p.page.id) as [string, string, string];
    const ids = async (componentId = FORM) => (await pagesOf(id, componentId)).map((p) => p.id);

    await counter.call('pages.remove', { dossierId: id, pageId: b });
    expect(await ids()).toEqual([a, c]);
    // A removed page can still be looked at: the clerk decides on what she sees.
    await counter.call('pages.image', { pageId: b, variant: 'thumbnail' });
    await counter.call('pages.restore', { dossierId: id, pageId: b });
    expect(await ids()).toEqual([a, b, c]);

    await counter.call('pages.move', { dossierId: id, pageIds: [c], componentId: FORM, index: 0 });
    expect(await ids()).toEqual([c, a, b]);
    await counter.call('pages.move', { dossierId: id, pageIds: [c], componentId: BIRTH, index: 99 });
    expect([await ids(), await ids(BIRTH)]).toEqual([[a, b], [c]]);
    await counter.call('pages.move', { dossierId: id, pageIds: [c], componentId: FORM, index: 2 });
    expect([await ids(), await ids(BIRTH)]).toEqual([[a, b, c], []]);
    await expectReadable(id, [a, b, c]);
  });

  it('answers an unknown page, or one of another dossier, with its name', async () => {
    const [one, other] = [await counter.draft(), await counter.draft()];
    await load(1);
    const { pages } = await counter.scan(one.id, FORM);
    const pageId = pages[0]!.page.id;
    const codes = await Promise.all(
      [
        counter.call('pages.remove', { dossierId: other.id, pageId }),
        counter.call('pages.restore', { dossierId: one.id, pageId: randomUUID() }),
        counter.call('pages.move', { dossierId: other.id, pageIds: [pageId], componentId: FORM, index: 0 }),
        counter.call('pages.image', { pageId: randomUUID(), variant: 'full' }),
      ].map(refusal),
    );
    expect(codes.map((c) => c.code)).toEqual(Array(4).fill('PAGE_UNKNOWN'));
    expect((await refusal(counter.call('documents.read', { documentId: randomUUID() }))).code).toBe(
      'VAULT_OBJECT_MISSING',
    );
  });

  it('opens the same dossier again, but not as another procedure', async () => {
    const dossierId = randomUUID();
    const first = await counter.call('dossiers.open', { procedureCode: PROCEDURE, dossierId });
    expect(await counter.call('dossiers.open', { procedureCode: PROCEDURE, dossierId })).toEqual(first);
    const other = await refusal(counter.call('dossiers.open', { procedureCode: '1.000894', dossierId }));
    expect(other).toMatchObject({ code: 'DOSSIER_STATE', details: { reason: 'other-procedure' } });
    expect((await refusal(counter.call('dossiers.open', { procedureCode: 'x' }))).code).toBe(
      'PROCEDURE_UNKNOWN',
    );
  });
});
