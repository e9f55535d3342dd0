/** A sheet of paper in hundredths of a millimetre (PWG 5101.1 §5), upright: never wider than high. */
export interface SheetSize {
  readonly width: number;
  readonly height: number;
}

/** ISO 216. */
export const A4: SheetSize = { width: 21_000, height: 29_700 };
export const A5: SheetSize = { width: 14_800, height: 21_000 };

export const HUNDREDTHS_PER_POINT = 2540 / 72;
export const POINTS_PER_MM = 72 / 25.4;
/** Within 1 mm a page and a sheet are of one size: drawing programs round to points. */
const SAME = 100;

const NAMED: readonly (readonly [string, SheetSize])[] = [
  ['iso_a3_297x420mm', { width: 29_700, height: 42_000 }],
  ['iso_a4_210x297mm', A4],
  ['iso_a5_148x210mm', A5],
  ['iso_a6_105x148mm', { width: 10_500, height: 14_800 }],
  ['na_letter_8.5x11in', { width: 21_590, height: 27_940 }],
];

/** A sheet from the lengths of a page's sides in points; which way it lies does not matter. */
export function sheetOfPoints(width: number, height: number): SheetSize {
  const sides = [width, height].map((points) => Math.round(points * HUNDREDTHS_PER_POINT));
  return { width: Math.min(...sides), height: Math.max(...sides) };
}

export function sameSheet(a: SheetSize, b: SheetSize): boolean {
  return Math.abs(a.width - b.width) <= SAME && Math.abs(a.height - b.height) <= SAME;
}

/** Whether all of `page` finds room on `sheet`, to 1 mm. */
export function fitsOn(page: SheetSize, sheet: SheetSize): boolean {
  return page.width <= sheet.width + SAME && page.height <= sheet.height + SAME;
}

/** Its self-describing name (PWG 5101.1 §5.1); undefined where it has none of the usual ones. */
export function nameOfSheet(sheet: SheetSize): string | undefined {
  return NAMED.find(([, size]) => sameSheet(size, sheet))?.[0];
}

/** The size in a self-describing name; undefined where a printer made a name of its own. */
export function sheetOfName(name: string): SheetSize | undefined {
  const found = /^[a-z]+_[^_]*_(\d{1,5}(?:\.\d{1,4})?)x(\d{1,5}(?:\.\d{1,4})?)(mm|in)$/.exec(name);
  if (!found) return undefined;
  const unit = found[3] === 'mm' ? 100 : 2540;
  const sides = [Number(found[1]) * unit, Number(found[2]) * unit].map(Math.round);
  return { width: Math.min(...sides), height: Math.max(...sides) };
}

/** Media names that mean a bound of custom sizes, not a sheet (PWG 5101.1 §5.1.3). */
export function customBounds(names: readonly string[]): { from: SheetSize; to: SheetSize } | null {
  const bound = (prefix: string) => {
    const name = names.find((n) => n.startsWith(prefix));
    return name === undefined ? undefined : sheetOfName(name);
  };
  const [from, to] = [bound('custom_min_'), bound('custom_max_')];
  return from && to ? { from, to } : null;
}
