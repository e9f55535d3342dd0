/** The clock of the simulated province; a value, so that tests can set it. */
export interface ProvinceClock {
  now(): Date;
}

/** Viet Nam keeps UTC+7 all year, without summer time. */
const OFFSET_MS = 7 * 3_600_000;

/** `yyyyMMddHHmmss` at +07:00, the adapter's date format. */
export function toAdapterTime(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace(/[-:T]/g, '');
}

/** The instant of a `yyyyMMddHHmmss` at +07:00, or null where it is no real moment. */
export function fromAdapterTime(text: string): Date | null {
  const m = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (!m) return null;
  const [year, month, day, hour, minute, second] = m.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second) - OFFSET_MS);
  return toAdapterTime(at) === text ? at : null;
}

/** `yyyy-MM-dd` at +07:00. */
export function dayOf(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** True for a `yyyy-MM-dd` that the calendar has. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}
