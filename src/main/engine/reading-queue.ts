import { toErrorShape } from '../../contract/errors.ts';
import type { EventPayload } from '../../contract/events.ts';
import type { FactsSuggestion, PageView } from '../../contract/model.ts';
import { suggestDocumentFacts } from '../dossiers/document-facts.ts';
import { componentOf, type Dossier, livePages, whereIs } from '../dossiers/dossier.ts';
import { EDITABLE } from '../dossiers/transitions.ts';
import type { PageReader, PageText } from '../reading/port.ts';
import type { Store } from '../store/index.ts';
import type { EventBus } from './events.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import type { TreatRequest } from './treat-page.ts';

/** Who the journal says turned a page that the quick look was not sure of. */
const ACTOR = 'reading';
/** Below this the orientation that was read is no better than the quick look's doubt. */
const SURE_ENOUGH = 0.6;
/** Pages of earlier sessions that are read again at the start: drafts, newest first. */
const DRAFTS_AT_START = 50;

export interface ReadingQueue {
  /** What was read of a page's present picture, or null. */
  textOf(page: PageView): PageText | null;
  suggestion(
    dossier: Dossier,
    componentId: string,
  ): { readonly state: 'none' | 'reading' | 'ready'; readonly facts: FactsSuggestion };
  close(): Promise<void>;
}

const NOTHING: FactsSuggestion = { number: null, date: null, issuer: null, title: null };

/**
 * Reads pages in the background, one at a time, newest dossier first, and never while pages are coming in: the
 * counter waits for paper, not for letters. What fails is logged and not tried again for the same picture.
 */
export function createReadingQueue(parts: {
  readonly reader: PageReader;
  readonly store: Store;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly treat: (request: TreatRequest) => Promise<Dossier>;
  /** True while the machine has more urgent work. */
  readonly busy: () => boolean;
  readonly log: Log;
}): ReadingQueue {
  const { reader, store, journal, bus, treat, busy, log } = parts;
  const stop = new AbortController();
  /** Dossiers with pages to look at, the next one last. */
  const waiting = new Set<string>();
  let working: Promise<void> | null = null;
  let retry: NodeJS.Timeout | undefined;

  function textOf(page: PageView): PageText | null {
    const row = store.pageTexts.get(page.id);
    return row?.text && row.revision === page.revision ? (JSON.parse(row.text) as PageText) : null;
  }

  function isDue(page: PageView, read: ReadonlyMap<string, number>): boolean {
    return !page.findings.flags.includes('blank') && read.get(page.id) !== page.revision;
  }

  function nextPage(dossierId: string): PageView | null {
    const dossier = journal.find(dossierId);
    if (!dossier || !EDITABLE.includes(dossier.state)) return null;
    const read = store.pageTexts.revisionsOf(dossierId);
    return dossier.components.flatMap(livePages).find((page) => isDue(page, read)) ?? null;
  }

  /** Turns a page that the pipeline was not sure of, where the letters say more; answers whether it did. */
  async function turned(dossierId: string, page: PageView, image: Uint8Array): Promise<boolean> {
    // A person's own turn, or one that was tried already, stands.
    if (!page.findings.flags.includes('orientation-unsure') || page.revision > 0) return false;
    const { turn, confidence } = await reader.orientation(image, stop.signal);
    if (confidence < SURE_ENOUGH) return false;
    const now = journal.find(dossierId);
    const place = now && whereIs(now, page.id);
    if (!place || place.page.revision !== page.revision || place.component.signature) return false;
    const to = ((page.treatment.turn + turn) % 360) as PageView['treatment']['turn'];
    await treat({ dossierId, pageId: page.id, wish: { turn: to }, actor: ACTOR });
    return true;
  }

  async function readPage(dossierId: string, page: PageView): Promise<void> {
    const record = store.pages.get(page.id);
    if (!record) return;
    let text: PageText | null = null;
    try {
      const image = await store.vault.read(record.imageHash);
      if (await turned(dossierId, page, image)) return;
      text = await reader.read(image, page.dpi, stop.signal);
    } catch (err) {
      if (stop.signal.aborted) return;
      log.warn({ err, code: toErrorShape(err).code }, 'a page was not read');
    }
    // Given up meanwhile, perhaps because a paper is secret: then nothing of it is kept.
    if (journal.find(dossierId)?.state === 'discarded') return;
    store.pageTexts.save({
      pageId: page.id,
      revision: page.revision,
      text: text && JSON.stringify(text),
    });
    const now = journal.find(dossierId);
    const componentId = now && whereIs(now, page.id)?.component.spec.id;
    if (componentId) bus.publish('reading.changed', { dossierId, componentId });
  }

  async function work(): Promise<void> {
    for (;;) {
      const dossierId = [...waiting].at(-1);
      if (dossierId === undefined || stop.signal.aborted) return;
      if (busy()) {
        retry = setTimeout(wake, 500);
        retry.unref();
        return;
      }
      const page = nextPage(dossierId);
      if (page) await readPage(dossierId, page);
      else waiting.delete(dossierId);
    }
  }

  function wake(): void {
    if (working || stop.signal.aborted) return;
    clearTimeout(retry);
    working = work()
      .catch((err: unknown) => log.error({ err }, 'reading stopped'))
      .finally(() => {
        working = null;
      });
  }

  function look(dossierId: string): void {
    waiting.delete(dossierId);
    waiting.add(dossierId);
    wake();
  }

  for (const { id, state } of store.dossiers.search('', DRAFTS_AT_START).toReversed())
    if (EDITABLE.some((open) => open === state)) waiting.add(id);
  const off = bus.subscribe(({ name, payload }) => {
    if (name === 'scan.page') look((payload as EventPayload<'scan.page'>).dossierId);
    if (name === 'dossier.changed') look((payload as EventPayload<'dossier.changed'>).dossier.id);
  });
  wake();

  return {
    textOf,
    suggestion(dossier, componentId) {
      const pages = componentOf(dossier, componentId)?.pages.filter((p) => !p.removed) ?? [];
      const [first] = pages;
      if (!first) return { state: 'none', facts: NOTHING };
      const text = textOf(first);
      if (!text) {
        const due = isDue(first, store.pageTexts.revisionsOf(dossier.id));
        return { state: due ? 'reading' : 'none', facts: NOTHING };
      }
      const found = suggestDocumentFacts(text);
      const facts = {
        number: found.number?.value ?? null,
        date: found.date?.value ?? null,
        issuer: found.issuer?.value ?? null,
        title: found.title?.value ?? null,
      };
      return { state: 'ready', facts };
    },
    async close() {
      stop.abort();
      off();
      clearTimeout(retry);
      await working;
      await reader.close();
    },
  };
}
