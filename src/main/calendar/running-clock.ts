import type { Duration } from '../../contract/procedures.ts';
import type { Calendar } from './calendar.ts';
import { checkedExtension, movedByPause } from './changes.ts';
import { countFrom, startOf } from './counting.ts';
import { showMinute } from './local-time.ts';
import { line, type Reasons } from './reasons.ts';
import type { TimeRule } from './time-rules.ts';

/** Part of a procedure with a limit of its own (giai đoạn). */
export interface Stage {
  readonly name: string;
  readonly duration: Duration;
}

/**
 * One dossier's time limit, from its receipt through what happens to it. Times are local minutes; the order in which
 * things may happen is the caller's to check. Throws what counting throws, and what `checkedExtension` throws.
 */
export class RunningClock {
  private readonly calendar: Calendar;
  private readonly stages: readonly Stage[];
  private readonly received: number;
  /** Looked up only by what needs one: a limit in days does without any. */
  private readonly rule: () => TimeRule;
  private lines: Reasons = [];
  private dues: readonly number[] = [];
  private extendedTo: number | null = null;
  private extensions = 0;
  private stopped: number | null = null;

  constructor(calendar: Calendar, stages: readonly Stage[], received: number, rule: () => TimeRule) {
    this.calendar = calendar;
    this.stages = stages;
    this.received = received;
    this.rule = rule;
    this.runFrom(received, []);
  }

  get reasons(): Reasons {
    return this.lines;
  }

  /** When each stage is due. */
  get stageDues(): readonly number[] {
    return this.dues;
  }

  get due(): number {
    return this.extendedTo ?? this.dues.at(-1)!;
  }

  /** Since when it stands still; null while it runs. */
  get stoppedAt(): number | null {
    return this.stopped;
  }

  /** The whole limit from `at` on; what was appointed before is void, but still counts as an extension given. */
  runFrom(at: number, opening: Reasons): void {
    this.lines = [line('due.received', { at: showMinute(this.received) }), ...opening];
    const start = startOf(this.calendar, at, this.lines);
    this.dues = this.duesFrom(start, 0);
    this.extendedTo = null;
    this.stopped = null;
  }

  stop(at: number): void {
    this.stopped = at;
  }

  /** The stage that was running moves by what was lost, those after it follow, and so does a later appointment. */
  goOn(stopped: number, at: number): void {
    this.stopped = null;
    const running = this.dues.findIndex((due) => due > stopped);
    if (running >= 0) {
      const { duration } = this.stages[running]!;
      const moved = movedByPause(this.calendar, this.dues[running]!, duration, stopped, at, this.lines);
      this.dues = [...this.dues.slice(0, running), moved, ...this.duesFrom(moved, running + 1)];
    }
    if (this.extendedTo !== null) {
      // Where the stop has moved the stages, it has been told already.
      const lines = running >= 0 ? [] : this.lines;
      const { duration } = this.stages.at(-1)!;
      const moved = movedByPause(this.calendar, this.extendedTo, duration, stopped, at, lines);
      this.extendedTo = Math.max(moved, this.dues.at(-1)!);
    } else if (running < 0) {
      this.lines.push(line('due.pausedTooLate', { from: showMinute(stopped) }));
    }
  }

  extend(at: number, to: number): void {
    const from = this.due;
    const allowed = this.rule().extensions;
    this.extendedTo = checkedExtension(this.calendar, {
      due: from,
      at,
      to,
      before: this.extensions,
      allowed,
    });
    this.extensions += 1;
    this.lines.push(line('due.extended', { from: showMinute(from), to: showMinute(to) }));
  }

  /** When the stages from `first` on are due, each counted from the end of the one before it. */
  private duesFrom(start: number, first: number): number[] {
    const cutoff = () => this.rule().sameDayCutoff;
    const several = this.stages.length > 1;
    const dues: number[] = [];
    let at = start;
    for (const { name, duration } of this.stages.slice(first)) {
      if (several) this.lines.push(line('due.phase', { name, from: showMinute(at) }));
      at = countFrom(this.calendar, at, duration, cutoff, this.lines);
      if (several) this.lines.push(line('due.phaseDue', { name, at: showMinute(at) }));
      dues.push(at);
    }
    return dues;
  }
}
