import type {
  ComponentView,
  DocumentFacts,
  DossierView,
  PageView,
  TreatmentWish,
} from '../../../../contract/model.ts';
import { activePages, isScannable } from '../progress.ts';

/** One command to the engine. */
export type Step =
  | { readonly do: 'remove' | 'restore'; readonly pageId: string }
  | {
      readonly do: 'move';
      readonly pageIds: readonly string[];
      readonly componentId: string;
      readonly index: number;
    }
  | { readonly do: 'treat'; readonly pageId: string; readonly wish: TreatmentWish | 'auto' | 'original' }
  | { readonly do: 'confirm'; readonly pageIds: readonly string[]; readonly confirmed: boolean }
  | { readonly do: 'describe'; readonly componentId: string; readonly facts: DocumentFacts | null }
  | { readonly do: 'attachment'; readonly attachmentId: string; readonly removed: boolean };

/** A command with the commands that take it back. */
export interface Pair {
  readonly step: Step;
  readonly back: readonly Step[];
}

/** What an edit did, as a text key `edit.KIND` with its values. */
export type EditKind =
  | 'remove'
  | 'blanks'
  | 'restore'
  | 'move'
  | 'order'
  | 'split'
  | 'merge'
  | 'turn'
  | 'straighten'
  | 'crop'
  | 'colour'
  | 'light'
  | 'edges'
  | 'auto'
  | 'original'
  | 'confirm'
  | 'describe'
  | 'attachment-remove'
  | 'attachment-restore';

export interface Edit {
  readonly kind: EditKind;
  /** Pages concerned, and the name of the paper. */
  readonly pages: number;
  readonly name: string;
  /** A page to look at when the edit is taken back. */
  readonly pageId: string | null;
  readonly pairs: readonly Pair[];
}

interface Found {
  readonly component: ComponentView;
  readonly page: PageView;
}

function find(dossier: DossierView, pageId: string): Found | null {
  for (const component of dossier.components) {
    const page = component.pages.find((p) => p.id === pageId);
    if (page) return { component, page };
  }
  return null;
}

function located(dossier: DossierView, ids: readonly string[]): Found[] {
  const wanted = new Set(ids);
  return dossier.components.flatMap((component) =>
    component.pages.filter((p) => wanted.has(p.id)).map((page) => ({ component, page })),
  );
}

function edit(kind: EditKind, found: readonly Found[], pairs: readonly Pair[]): Edit | null {
  const [first] = found;
  if (!first || pairs.length === 0) return null;
  return { kind, pages: found.length, name: first.component.spec.name, pageId: first.page.id, pairs };
}

export function removePages(
  dossier: DossierView,
  ids: readonly string[],
  kind: 'remove' | 'blanks' = 'remove',
): Edit | null {
  const found = located(dossier, ids).filter((f) => !f.page.removed);
  const pairs = found.map(({ page }) => ({
    step: { do: 'remove', pageId: page.id } as const,
    back: [{ do: 'restore', pageId: page.id } as const],
  }));
  return edit(kind, found, pairs);
}

export function restorePages(dossier: DossierView, ids: readonly string[]): Edit | null {
  const found = located(dossier, ids).filter((f) => f.page.removed);
  const pairs = found.map(({ page }) => ({
    step: { do: 'restore', pageId: page.id } as const,
    back: [{ do: 'remove', pageId: page.id } as const],
  }));
  return edit('restore', found, pairs);
}

export function confirmPages(dossier: DossierView, ids: readonly string[]): Edit | null {
  const found = located(dossier, ids).filter((f) => !f.page.confirmed);
  const pageIds = found.map((f) => f.page.id);
  const pair = {
    step: { do: 'confirm', pageIds, confirmed: true },
    back: [{ do: 'confirm', pageIds, confirmed: false }],
  } as const;
  return edit('confirm', found, found.length > 0 ? [pair] : []);
}

/** Moves pages, in the dossier's order, to `index` among the target's other live pages. */
export function movePages(
  dossier: DossierView,
  ids: readonly string[],
  componentId: string,
  index: number,
  kind: 'move' | 'order' | 'split' | 'merge' = 'move',
): Edit | null {
  const found = located(dossier, ids).filter((f) => !f.page.removed);
  const pageIds = found.map((f) => f.page.id);
  const target = dossier.components.find((c) => c.spec.id === componentId);
  if (!target) return null;
  const before = new Map(dossier.components.map((c) => [c.spec.id, activePages(c).map((p) => p.id)]));
  const step = { do: 'move', pageIds, componentId, index } as const;
  const after = moved(before, step);
  if (after.get(componentId)?.join() === before.get(componentId)?.join()) return null;
  return edit(kind, found, [{ step, back: wayHome(before, after, new Set(pageIds)) }]);
}

type Orders = ReadonlyMap<string, readonly string[]>;
type Move = Extract<Step, { do: 'move' }>;

/** The live pages of each component once a move was done. */
function moved(orders: Orders, { pageIds, componentId, index }: Move): Orders {
  const leaving = new Set(pageIds);
  const rest = [...orders].map(([id, pages]) => [id, pages.filter((p) => !leaving.has(p))] as const);
  return new Map(
    rest.map(([id, pages]) => [id, id === componentId ? pages.toSpliced(index, 0, ...pageIds) : pages]),
  );
}

/**
 * The moves that bring pages back to where they stood: each run of neighbours behind the page that went before it,
 * from the front on, so that what a run stands behind is in its place already. No other page is moved.
 */
function wayHome(before: Orders, after: Orders, ids: ReadonlySet<string>): Move[] {
  const back: Move[] = [];
  let now = after;
  for (const [componentId, pages] of before) {
    for (let at = 0; at < pages.length; at += 1) {
      if (!ids.has(pages[at]!)) continue;
      const from = at;
      while (at + 1 < pages.length && ids.has(pages[at + 1]!)) at += 1;
      const run = pages.slice(from, at + 1);
      const others = now.get(componentId)!.filter((p) => !run.includes(p));
      const index = from === 0 ? 0 : others.indexOf(pages[from - 1]!) + 1;
      const step: Move = { do: 'move', pageIds: run, componentId, index };
      back.push(step);
      now = moved(now, step);
    }
  }
  return back;
}

/** A component's neighbour among those that take pages. */
export function neighbour(dossier: DossierView, componentId: string, by: 1 | -1): ComponentView | null {
  const papers = dossier.components.filter(isScannable);
  const at = papers.findIndex((c) => c.spec.id === componentId);
  return at < 0 ? null : (papers[at + by] ?? null);
}

/** From this page on, all go to the front of the next component. */
export function splitHere(dossier: DossierView, pageId: string): Edit | null {
  const found = find(dossier, pageId);
  const next = found && neighbour(dossier, found.component.spec.id, 1);
  if (!found || !next) return null;
  const live = activePages(found.component).map((p) => p.id);
  return movePages(dossier, live.slice(live.indexOf(pageId)), next.spec.id, 0, 'split');
}

/** All pages go behind those of the previous component. */
export function mergeWithPrevious(dossier: DossierView, componentId: string): Edit | null {
  const component = dossier.components.find((c) => c.spec.id === componentId);
  const previous = neighbour(dossier, componentId, -1);
  if (!component || !previous) return null;
  const ids = activePages(component).map((p) => p.id);
  return movePages(dossier, ids, previous.spec.id, activePages(previous).length, 'merge');
}

/** One page, or several that stand together, `by` places further in their component. */
export function shiftPages(dossier: DossierView, ids: readonly string[], by: number): Edit | null {
  const first = located(dossier, ids).find((f) => !f.page.removed);
  if (!first) return null;
  const live = activePages(first.component).map((p) => p.id);
  const mine = live.filter((id) => ids.includes(id));
  const others = live.length - mine.length;
  const at = live.slice(0, live.indexOf(mine[0]!)).length;
  const to = Math.max(0, Math.min(others, at + by));
  return movePages(dossier, mine, first.component.spec.id, to, 'order');
}

export type TreatKind = Extract<
  EditKind,
  'turn' | 'straighten' | 'crop' | 'colour' | 'light' | 'edges' | 'auto' | 'original'
>;

/** Taking a treatment back names every step as it was: the same original then gives the same picture. */
export function treatPage(
  dossier: DossierView,
  pageId: string,
  wish: TreatmentWish | 'auto' | 'original',
  kind: TreatKind,
): Edit | null {
  const found = find(dossier, pageId);
  if (!found) return null;
  const back = [{ do: 'treat', pageId, wish: found.page.treatment } as const];
  return edit(kind, [found], [{ step: { do: 'treat', pageId, wish }, back }]);
}

/** Quarter turns, clockwise positive. */
export function turnPages(dossier: DossierView, ids: readonly string[], by: 90 | -90): Edit | null {
  const found = located(dossier, ids).filter((f) => !f.page.removed);
  const pairs = found.map(({ page }) => {
    const turn = ((page.treatment.turn + by + 360) % 360) as 0 | 90 | 180 | 270;
    return {
      step: { do: 'treat', pageId: page.id, wish: { turn } } as const,
      back: [{ do: 'treat', pageId: page.id, wish: page.treatment } as const],
    };
  });
  return edit('turn', found, pairs);
}

export function describeComponent(
  dossier: DossierView,
  componentId: string,
  facts: DocumentFacts | null,
): Edit | null {
  const component = dossier.components.find((c) => c.spec.id === componentId);
  if (!component) return null;
  const pair = {
    step: { do: 'describe', componentId, facts },
    back: [{ do: 'describe', componentId, facts: component.facts }],
  } as const;
  return { kind: 'describe', pages: 0, name: component.spec.name, pageId: null, pairs: [pair] };
}

export function setAttachmentRemoved(
  dossier: DossierView,
  attachmentId: string,
  removed: boolean,
): Edit | null {
  const attachment = dossier.components.flatMap((c) => c.attachments).find((a) => a.id === attachmentId);
  if (!attachment || attachment.removed === removed) return null;
  const pair = {
    step: { do: 'attachment', attachmentId, removed },
    back: [{ do: 'attachment', attachmentId, removed: !removed }],
  } as const;
  const kind = removed ? 'attachment-remove' : 'attachment-restore';
  return { kind, pages: 0, name: attachment.name, pageId: null, pairs: [pair] };
}
