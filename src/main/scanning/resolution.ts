/** NĐ 30/2020 Phụ lục I asks for 200 dpi at least of a digitised paper. */
const LAWFUL_DPI = 200;
/** What a screen offers of a device that takes any value of a range. */
const USUAL_DPIS = [75, 100, 150, 200, 240, 300, 400, 600, 1200];

/** Dots an inch: a list of single values, or every step of a range. */
export type Resolutions =
  | { readonly kind: 'list'; readonly values: readonly number[] }
  | { readonly kind: 'range'; readonly min: number; readonly max: number; readonly step: number };

/** Resolutions worth offering: all single values, or the usual ones inside a range; none above `max`. */
export function offeredDpis(resolutions: Resolutions, max = Number.POSITIVE_INFINITY): number[] {
  const all =
    resolutions.kind === 'list' ? resolutions.values : USUAL_DPIS.filter((dpi) => inRange(dpi, resolutions));
  const allowed = all.filter((dpi) => dpi <= max);
  if (allowed.length > 0) return allowed;
  return [resolutions.kind === 'list' ? Math.min(...resolutions.values) : resolutions.min];
}

/**
 * The nearest resolution that the device has, the higher of two equally near; but nothing under 200 dpi where 200
 * or more was asked for and the device can do it.
 */
export function chooseDpi(wanted: number, resolutions: Resolutions, max = Number.POSITIVE_INFINITY): number {
  if (resolutions.kind === 'range' && wanted <= max && inRange(wanted, resolutions)) return wanted;
  const available = offeredDpis(resolutions, max);
  const lawful = available.filter((dpi) => dpi >= LAWFUL_DPI);
  const candidates = wanted >= LAWFUL_DPI && lawful.length > 0 ? lawful : available;
  return candidates.reduce((best, dpi) => {
    const gain = Math.abs(best - wanted) - Math.abs(dpi - wanted);
    return gain > 0 || (gain === 0 && dpi > best) ? dpi : best;
  });
}

function inRange(dpi: number, range: { min: number; max: number; step: number }): boolean {
  return dpi >= range.min && dpi <= range.max && (dpi - range.min) % range.step === 0;
}
