import type { Selection } from './selection.ts';

/** What can be done with pages from their thumbnails; stable, so that thumbnails are not drawn again for it. */
export interface PageCommands {
  view(pageId: string): void;
  remove(pageIds: readonly string[]): void;
  removeBlanks(componentId: string): void;
  restore(pageIds: readonly string[]): void;
  /** Opens the list of papers to move to. */
  moveTo(pageIds: readonly string[]): void;
  drop(pageIds: readonly string[], componentId: string, index: number): void;
  shift(pageIds: readonly string[], by: number): void;
  split(pageId: string): void;
  merge(componentId: string): void;
  turn(pageIds: readonly string[], by: 90 | -90): void;
  /** Scans one in its place, or some in front of it. */
  scanAt(componentId: string, pageId: string, at: 'replace' | 'before'): void;
  select(selection: Selection | null): void;
}

/** Keys of a strip of thumbnails, as `comboOf` names them; the help page shows the same. */
export const PAGE_KEYS = {
  remove: 'Delete',
  blanks: 'B',
  move: 'M',
  split: 'T',
  merge: 'G',
  left: '[',
  right: ']',
  replace: 'R',
  before: 'I',
} as const;
