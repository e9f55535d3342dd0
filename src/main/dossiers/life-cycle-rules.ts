import { z } from 'zod';
import { day } from '../../contract/basics.ts';
import { CounterError } from '../../contract/errors.ts';

/** How often something may be done to one dossier, from a day on; `procedures` empty = to all. */
const limit = z.object({
  from: day,
  most: z.number().int().min(0).max(99),
  procedures: z.array(z.string().min(1)),
  source: z.string().min(1),
});

const lifeCycleRules = z.object({ supplementRequests: z.array(limit).min(1) });
export type LifeCycleRules = z.infer<typeof lifeCycleRules>;

/** resources/life-cycle-rules.json. Throws CONFIG_INVALID {file, where}. */
export function parseLifeCycleRules(raw: unknown): LifeCycleRules {
  const parsed = lifeCycleRules.safeParse(raw);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new CounterError('CONFIG_INVALID', { file: 'life-cycle-rules.json', where }, { cause: parsed.error });
}

export interface Limit {
  readonly most: number;
  readonly source: string;
}

/**
 * How often a supplement may be asked for: the newest rule in force on `onDay` (`yyyy-MM-dd`) that names the procedure,
 * else the newest for all. Where no rule is in force yet, once.
 */
export function supplementLimit(rules: LifeCycleRules, procedureCode: string, onDay: string): Limit {
  const inForce = rules.supplementRequests.filter((r) => r.from <= onDay);
  const newest = (list: typeof inForce) => list.toSorted((a, b) => (a.from < b.from ? 1 : -1))[0];
  const own = newest(inForce.filter((r) => r.procedures.includes(procedureCode)));
  const general = newest(inForce.filter((r) => r.procedures.length === 0));
  return own ?? general ?? { most: 1, source: '' };
}
