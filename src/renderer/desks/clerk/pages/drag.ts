/** What is dragged within the screen, as the browser's drag and drop names it. */
const PAGES = 'application/x-counter-pages';

export interface Dragged {
  readonly componentId: string;
  readonly pageIds: readonly string[];
}

export function isPages(data: DataTransfer): boolean {
  return data.types.includes(PAGES);
}

/** Files from the desktop; a picture that is dragged out of a page looks like one as well. */
export function isFiles(data: DataTransfer): boolean {
  return data.types.includes('Files') && !isPages(data);
}

export function putPages(data: DataTransfer, dragged: Dragged): void {
  data.setData(PAGES, JSON.stringify(dragged));
  data.effectAllowed = 'move';
}

/** Null where something else was dropped; another window may drop what it likes. */
export function takePages(data: DataTransfer): Dragged | null {
  const text = data.getData(PAGES);
  if (text === '') return null;
  try {
    const raw = JSON.parse(text) as Partial<Record<keyof Dragged, unknown>>;
    const { componentId, pageIds } = raw;
    if (typeof componentId !== 'string' || !Array.isArray(pageIds)) return null;
    if (!pageIds.every((id) => typeof id === 'string')) return null;
    return { componentId, pageIds };
  } catch (error) {
    console.warn('dropped pages are unreadable', error);
    return null;
  }
}

/**
 * Place among all live pages → place among those that are not dragged, which is what moving counts by.
 */
export function indexAmongOthers(order: readonly string[], dragged: readonly string[], at: number): number {
  return order.slice(0, at).filter((id) => !dragged.includes(id)).length;
}
