/** One page as it was drawn: one octet a pixel, 255 white; its size in millimetres as it is seen. */
export interface DrawnPage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

/** A free strip along an edge, millimetres from the lower left corner of the page as it is seen. */
export interface MarkPlace {
  readonly edge: 'bottom' | 'right' | 'left' | 'top';
  readonly x: number;
  readonly y: number;
  /** Along the edge, and away from it. */
  readonly length: number;
  readonly depth: number;
}

/** What no printer reaches at a sheet's edge. */
const EDGE_MM = 5;
export const DEPTH_MM = 14;
const LENGTHS_MM = [150, 110];
const STEP_MM = 5;
/** Nothing comes nearer to what is printed than this. */
const CLEAR_MM = 1;
const INK_BELOW = 250;

/**
 * Where a mark covers nothing: the first strip along the bottom, then the right, the left and the top of the page that
 * holds no ink. Null where the content runs to every edge.
 */
export function freePlace(page: DrawnPage): MarkPlace | null {
  for (const edge of ['bottom', 'right', 'left', 'top'] as const) {
    const along = edge === 'bottom' || edge === 'top' ? page.widthMm : page.heightMm;
    for (const wanted of LENGTHS_MM) {
      const length = Math.min(wanted, along - 2 * EDGE_MM);
      for (let from = EDGE_MM; from + length <= along - EDGE_MM + 0.01; from += STEP_MM) {
        const place = stripAt(page, edge, from, length);
        if (isFree(page, place)) return place;
      }
    }
  }
  return null;
}

function stripAt(page: DrawnPage, edge: MarkPlace['edge'], from: number, length: number): MarkPlace {
  const far = { right: page.widthMm, top: page.heightMm };
  const strip = { edge, length, depth: DEPTH_MM };
  if (edge === 'bottom') return { ...strip, x: from, y: EDGE_MM };
  if (edge === 'top') return { ...strip, x: from, y: far.top - EDGE_MM - DEPTH_MM };
  if (edge === 'left') return { ...strip, x: EDGE_MM, y: from };
  return { ...strip, x: far.right - EDGE_MM - DEPTH_MM, y: from };
}

function isFree(page: DrawnPage, { edge, x, y, length, depth }: MarkPlace): boolean {
  const lying = edge === 'bottom' || edge === 'top';
  const [w, h] = lying ? [length, depth] : [depth, length];
  const scale = { x: page.width / page.widthMm, y: page.height / page.heightMm };
  const left = Math.max(0, Math.floor((x - CLEAR_MM) * scale.x));
  const right = Math.min(page.width, Math.ceil((x + w + CLEAR_MM) * scale.x));
  const top = Math.max(0, Math.floor((page.heightMm - y - h - CLEAR_MM) * scale.y));
  const bottom = Math.min(page.height, Math.ceil((page.heightMm - y + CLEAR_MM) * scale.y));
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++)
      if (page.data[row * page.width + column]! < INK_BELOW) return false;
  return true;
}
