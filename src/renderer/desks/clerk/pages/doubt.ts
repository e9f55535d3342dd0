import type { ComponentView, DossierView, PageView } from '../../../../contract/model.ts';

/** The program saw something and nobody has looked yet. */
export function isDoubtful(page: PageView): boolean {
  return page.findings.flags.length > 0 && !page.confirmed && !page.removed;
}

export function isBlank(page: PageView): boolean {
  return page.findings.flags.includes('blank');
}

/** The doubtful pages in the dossier's order. */
export function doubtfulPages(dossier: DossierView): PageView[] {
  return dossier.components.flatMap(doubtfulIn);
}

export function doubtfulIn(component: ComponentView): PageView[] {
  return component.pages.filter(isDoubtful);
}

/** Blank pages that nobody has confirmed as belonging there. */
export function blankIn(component: ComponentView): PageView[] {
  return component.pages.filter((page) => isBlank(page) && isDoubtful(page));
}

/**
 * The doubtful page that follows `pageId` in the dossier's order, round to its start; never `pageId` itself. Null
 * where no other is doubtful. An unknown or absent `pageId` gives the first.
 */
export function doubtfulAfter(dossier: DossierView, pageId: string | null): PageView | null {
  const all = dossier.components.flatMap((c) => c.pages);
  const at = all.findIndex((page) => page.id === pageId);
  const round = [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))];
  return round.find(isDoubtful) ?? null;
}
