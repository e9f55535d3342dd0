import { useEffect, useState } from 'react';

/** Thumbnails with their gap, in CSS pixels. */
export const CELL = { width: 80, height: 112 } as const;

/** How many thumbnails stand side by side in an element. */
export function useColumns(ref: React.RefObject<HTMLElement | null>): number {
  const [columns, setColumns] = useState(8);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setColumns(Math.max(1, Math.floor(element.clientWidth / CELL.width)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return columns;
}

/** Where an arrow key leads from `at`, among `count` thumbnails in rows of `columns`; null = not an arrow. */
export function arrowTo(key: string, at: number, count: number, columns: number): number | null {
  const last = count - 1;
  const to: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: 0,
    End: last,
    PageUp: at - columns * 3,
    PageDown: at + columns * 3,
  };
  const wanted = to[key];
  if (wanted === undefined) return null;
  // Up from the first row and down from the last leads nowhere, so that the focus does not jump sideways.
  if ((key === 'ArrowUp' && wanted < 0) || (key === 'ArrowDown' && wanted > last)) return at;
  return Math.max(0, Math.min(last, wanted));
}
