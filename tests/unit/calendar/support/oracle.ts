import type { Duration } from '../../../../src/contract/procedures.ts';

/*
 * The oracle walks over the minutes of written-out days, with Date and string comparison only. It shares no code and
 * no method with what it judges: no arithmetic on sessions, no sets of weekdays, nothing that jumps.
 */

type Sessions = readonly (readonly string[])[];

export interface RawYear {
  readonly year: number;
  readonly weeklyRest: readonly number[];
  readonly sessions: Sessions;
  readonly sessionsByWeekday?: Readonly<Record<string, Sessions>>;
  readonly sameDayCutoff?: string;
  readonly knownUntil?: string;
  readonly offDays: readonly { readonly day: string }[];
  readonly workingDays: readonly { readonly day: string }[];
  readonly specialDays?: readonly { readonly day: string; readonly sessions: Sessions }[];
}

export interface RawRule {
  readonly from: string;
  readonly afterSupplement: string;
  readonly sameDayCutoff: string;
  readonly boundaryFree: string;
}

export interface OracleEvent {
  readonly kind: string;
  /** Minutes since the first midnight of the world. */
  readonly at: number;
  readonly to?: number;
}

/** Thrown where the walk leaves the days that are known. */
export class OffTheMap extends Error {}

const DAY = 1440;
const CLOCKS = Array.from({ length: DAY }, (_, m) => {
  const hour = String(Math.trunc(m / 60)).padStart(2, '0');
  return `${hour}:${String(m % 60).padStart(2, '0')}`;
});

export class Oracle {
  readonly begin: number;
  readonly dates: string[] = [];
  private readonly works: boolean[] = [];
  private readonly cutoffs: (string | null)[] = [];
  /** For each minute: 1 where somebody works. */
  private readonly open: Uint8Array;
  private readonly rules: readonly RawRule[];

  constructor(years: readonly RawYear[], rules: readonly RawRule[]) {
    const ordered = [...years].sort((a, b) => a.year - b.year);
    this.rules = [...rules].sort((a, b) => (a.from < b.from ? -1 : 1));
    this.begin = Date.parse(`${ordered[0]!.year}-01-01T00:00:00+07:00`);
    const hours: Sessions[] = [];
    for (const year of ordered) {
      for (let t = Date.parse(`${year.year}-01-01T12:00:00Z`); ; t += DAY * 60_000) {
        const date = new Date(t).toISOString().slice(0, 10);
        if (!date.startsWith(`${year.year}-`)) break;
        if (year.knownUntil !== undefined && date > year.knownUntil) break;
        const english = new Date(t).toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' });
        const name = english.toLowerCase();
        const rests = year.weeklyRest
          .map((n) => ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'][n])
          .includes(name);
        const off = year.offDays.some((d) => d.day === date);
        const madeUp = year.workingDays.some((d) => d.day === date);
        const works = !off && (madeUp || !rests);
        const special = year.specialDays?.find((d) => d.day === date)?.sessions;
        const ofWeekday = madeUp ? undefined : year.sessionsByWeekday?.[name];
        this.dates.push(date);
        this.works.push(works);
        this.cutoffs.push(year.sameDayCutoff ?? null);
        hours.push(works ? (special ?? ofWeekday ?? year.sessions) : []);
      }
    }
    this.open = new Uint8Array(this.dates.length * DAY);
    hours.forEach((sessions, day) => {
      for (const [from, to] of sessions) {
        for (let m = 0; m < DAY; m++) {
          if (CLOCKS[m]! >= from! && CLOCKS[m]! < to!) this.open[day * DAY + m] = 1;
        }
      }
    });
  }

  get minutes(): number {
    return this.open.length;
  }

  instant(t: number): string {
    return new Date(this.begin + t * 60_000).toISOString();
  }

  isOpen(t: number): boolean {
    if (t < 0 || t >= this.open.length) throw new OffTheMap();
    return this.open[t] === 1;
  }

  private worksOn(t: number): boolean {
    const day = Math.floor(t / DAY);
    if (day < 0 || day >= this.dates.length) throw new OffTheMap();
    return this.works[day]!;
  }

  private clock(t: number): string {
    return CLOCKS[t % DAY]!;
  }

  private midnight(t: number): number {
    let m = t;
    while (m % DAY !== 0) m -= 1;
    return m;
  }

  private opensOn(t: number): boolean {
    const from = this.midnight(t);
    for (let m = from; m < from + DAY; m++) if (this.isOpen(m)) return true;
    return false;
  }

  /** The minute after the last minute of work of the day. */
  private closing(t: number): number {
    let m = this.midnight(t) + DAY;
    while (!this.isOpen(m - 1)) m -= 1;
    return m;
  }

  start(t: number): number {
    let m = t;
    while (!this.isOpen(m)) m += 1;
    return m;
  }

  /** Open, or the moment at which it closes. */
  private attended(t: number): boolean {
    return this.isOpen(t) || (t % DAY !== 0 && this.isOpen(t - 1));
  }

  private land(t: number): number {
    let m = t;
    while (!this.worksOn(m) || !this.opensOn(m)) m += DAY;
    if (this.attended(m)) return m;
    const end = this.midnight(m) + DAY;
    for (let later = m; later < end; later++) if (this.isOpen(later)) return later;
    while (!this.attended(m)) m -= 1;
    return m;
  }

  private nextDayOfWork(t: number): number {
    let m = t + DAY;
    while (!this.worksOn(m)) m += DAY;
    return m;
  }

  private ruleOn(t: number): RawRule {
    const date = this.dates[Math.floor(t / DAY)]!;
    return this.rules.filter((r) => r.from <= date).at(-1)!;
  }

  private count(t: number, { value, unit }: Duration, cutoff: string): number {
    if (unit === 'same-day' || value === 0) {
      const last = this.cutoffs[Math.floor(t / DAY)] ?? cutoff;
      if (this.clock(t) <= last && t < this.closing(t)) return this.closing(t);
      let m = this.nextDayOfWork(t);
      while (!this.opensOn(m)) m = this.nextDayOfWork(m);
      return this.closing(m);
    }
    if (unit === 'hour') return this.walk(t, value * 60);
    let m = t;
    for (let left = value; left > 0; left--) m = unit === 'day' ? m + DAY : this.nextDayOfWork(m);
    while (!this.worksOn(m)) m += DAY;
    return this.land(m);
  }

  private walk(t: number, open: number): number {
    let m = t;
    for (let left = open; left > 0; m++) if (this.isOpen(m)) left -= 1;
    return m;
  }

  private moved(due: number, { value, unit }: Duration, from: number, to: number): number {
    if (from >= due) return due;
    if (value > 0 && unit === 'hour') {
      let open = 0;
      for (let m = from; m < to; m++) if (this.isOpen(m)) open += 1;
      return this.walk(due, open);
    }
    const until = this.midnight(this.start(to));
    let days = 0;
    for (let m = this.midnight(from) + DAY; m <= until; m += DAY) {
      if (unit === 'day' && value > 0 ? true : this.worksOn(m)) days += 1;
    }
    if (days === 0) return due;
    let m = due;
    for (let left = days; left > 0; left--) m = unit === 'day' && value > 0 ? m + DAY : this.nextDayOfWork(m);
    while (!this.worksOn(m)) m += DAY;
    m = this.land(m);
    return unit === 'same-day' || value === 0 ? this.closing(m) : m;
  }

  /** When it is due, minute of the world, and when each stage is. */
  due(
    received: number,
    stages: readonly Duration[],
    events: readonly OracleEvent[],
  ): { at: number; stages: number[] } {
    const rule = this.ruleOn(received);
    const run = (from: number, after: number): number[] => {
      const dues: number[] = [];
      let t = from;
      for (const stage of stages.slice(after)) {
        t = this.count(t, stage, rule.sameDayCutoff);
        dues.push(t);
      }
      return dues;
    };
    let dues = run(this.start(received), 0);
    let extended: number | null = null;
    let stopped: number | null = null;
    for (const event of events) {
      const resumes =
        event.kind === 'resumed' || (event.kind === 'supplement-taken' && rule.afterSupplement === 'resume');
      const restarts =
        event.kind === 'restarted' ||
        (event.kind === 'supplement-taken' && rule.afterSupplement === 'restart') ||
        (event.kind === 'received-by-agency' && rule.boundaryFree === 'competent-agency');
      if (event.kind === 'paused' || event.kind === 'supplement-asked') stopped = event.at;
      if (event.kind === 'extended') extended = event.to!;
      if (restarts) {
        dues = run(this.start(event.at), 0);
        extended = null;
        stopped = null;
      }
      if (resumes) {
        const from = stopped!;
        const running = dues.findIndex((due) => due > from);
        if (running >= 0) {
          const due = this.moved(dues[running]!, stages[running]!, from, event.at);
          dues = [...dues.slice(0, running), due, ...run(due, running + 1)];
        }
        if (extended !== null) {
          extended = Math.max(this.moved(extended, stages.at(-1)!, from, event.at), dues.at(-1)!);
        }
        stopped = null;
      }
    }
    return { at: extended ?? dues.at(-1)!, stages: dues };
  }
}
