import { z } from 'zod';
import { day as isoDate } from '../../contract/basics.ts';
import { invalidCalendar, readShape, sureness } from './calendar-file.ts';
import { dayFromIso, isoDay } from './local-time.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/**
 * How time limits run under one text of law. `afterSupplement`: 'restart' = the whole limit anew from the complete
 * receipt, 'resume' = the clock stood still meanwhile. `extensions`: appointments after the first.
 * `boundaryFree`: from when the time of a dossier runs that was handed in at another unit's counter.
 */
export const timeRule = z.strictObject({
  id: z.string().min(1),
  from: isoDate,
  afterSupplement: z.enum(['restart', 'resume']),
  extensions: z.number().int().min(0).max(9),
  sameDayCutoff: clock,
  boundaryFree: z.enum(['receipt', 'competent-agency']),
  source: z.string().min(1),
  sure: sureness,
});

export const timeRulesFile = z.strictObject({
  kind: z.literal('time-rules'),
  version: z.string().min(1),
  provenance: z.string().min(1),
  rules: z.array(timeRule).min(1).max(100),
});

export interface TimeRule {
  readonly id: string;
  /** Day from which it is in force, until the next one is; days since 1970-01-01 at +07:00. */
  readonly from: number;
  readonly afterSupplement: 'restart' | 'resume';
  readonly extensions: number;
  /** Minutes after midnight; a same-day procedure received later is due on the next working day. */
  readonly sameDayCutoff: number;
  readonly boundaryFree: 'receipt' | 'competent-agency';
  readonly source: string;
}

/** The rules of a file, oldest first. Throws CALENDAR_INVALID {problem, where}. */
export function readTimeRules(raw: unknown): readonly TimeRule[] {
  const { rules } = readShape(timeRulesFile, raw);
  const read = rules.map((rule) => ({
    ...rule,
    from: dayFromIso(rule.from),
    sameDayCutoff: Number(rule.sameDayCutoff.slice(0, 2)) * 60 + Number(rule.sameDayCutoff.slice(3)),
  }));
  read.sort((a, b) => a.from - b.from);
  read.forEach((rule, i) => {
    if (i > 0 && read[i - 1]!.from === rule.from) throw invalidCalendar('rulesTwice', isoDay(rule.from));
  });
  return read;
}

/** The rule in force on the day of receipt. Throws CALENDAR_INVALID {problem: 'rulesMissing', where: day}. */
export function ruleAt(rules: readonly TimeRule[], day: number): TimeRule {
  const rule = rules.findLast((r) => r.from <= day);
  if (!rule) throw invalidCalendar('rulesMissing', isoDay(day));
  return rule;
}
