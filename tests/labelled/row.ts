/** One line of the table. */
export interface Row {
  readonly section: string;
  readonly cases: number;
  readonly measure: string;
  /** What has to hold, as `≤ 0.1` or `≥ 99`. */
  readonly bar: string;
  readonly value: number;
  readonly ok: boolean;
}

/** Small: what the tests run in seconds; full: what the project is judged by. */
export type Size = 'small' | 'full';

export interface Section {
  run(size: Size): Promise<Row[]>;
}

export function atMost(section: string, cases: number, measure: string, bar: number, value: number): Row {
  return { section, cases, measure, bar: `≤ ${bar}`, value, ok: value <= bar };
}

export function atLeast(section: string, cases: number, measure: string, bar: number, value: number): Row {
  return { section, cases, measure, bar: `≥ ${bar}`, value, ok: value >= bar };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const percent = (part: number, whole: number) => (whole === 0 ? 100 : (100 * part) / whole);

/**
 * Milliseconds of processor time that this process has used: what a page costs, whatever else the machine does. Other
 * threads of the process must be idle meanwhile.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
