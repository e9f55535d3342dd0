/** NĐ 30/2020 Phụ lục I asks for 200 dpi at least of a digitised paper. */
export const LAWFUL_DPI = 200;
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
 * The nearest resolution that is not below the wanted one; where the device has none, its highest. So nothing under
 * 200 dpi is chosen where 200 or more was asked for and the device can do it.
 */
export function chooseDpi(wanted: number, resolutions: Resolutions, max = Number.POSITIVE_INFINITY): number {
  if (resolutions.kind === 'range') return stepOf(resolutions, wanted, max);
  const available = offeredDpis(resolutions, max);
  const enough = available.filter((dpi) => dpi >= wanted);
  return enough.length > 0 ? Math.min(...enough) : Math.max(...available);
}

/** What two profiles of one section offer together. */
export function mergeResolutions(a: Resolutions, b: Resolutions): Resolutions {
  const values = [...offeredDpis(a), ...offeredDpis(b)];
  if (a.kind === 'range' && b.kind === 'range') {
    return {
      kind: 'range',
      min: Math.min(a.min, b.min),
      max: Math.max(a.max, b.max),
      step: Math.min(a.step, b.step),
    };
  }
  return { kind: 'list', values: [...new Set(values)].sort((x, y) => x - y) };
}

/** The first step at or above `wanted`, else the last one; never above `max` while there is one below it. */
function stepOf(range: { min: number; max: number; step: number }, wanted: number, max: number): number {
  const last = (limit: number) => range.min + Math.floor((limit - range.min) / range.step) * range.step;
  const top = last(Math.min(range.max, Math.max(max, range.min)));
  const next = range.min + Math.max(0, Math.ceil((wanted - range.min) / range.step)) * range.step;
  return Math.min(next, top);
}

function inRange(dpi: number, range: { min: number; max: number; step: number }): boolean {
  return dpi >= range.min && dpi <= range.max && (dpi - range.min) % range.step === 0;
}
