import { z } from 'zod';
import { dong } from './basics.ts';

/** Unit of a procedure's time limit: working days, calendar days, hours of work, or the same day (15:00 rule). */
export const durationUnit = z.enum(['working-day', 'day', 'hour', 'same-day']);
export const duration = z.object({ value: z.number().int().nonnegative(), unit: durationUnit });
export type Duration = z.infer<typeof duration>;

/** One paper that a procedure asks for (thành phần hồ sơ). */
export const componentSpec = z.object({
  id: z.string().min(1),
  /** National code where there is one (MAGIAYTO), else empty. */
  code: z.string(),
  name: z.string().min(1),
  originals: z.number().int().nonnegative(),
  copies: z.number().int().nonnegative(),
  /** 'submit' = handed in and digitised, 'show' = shown and given back, 'note' = explanation, not a paper. */
  handling: z.enum(['submit', 'show', 'note']),
  required: z.boolean(),
  /** Heading that it stands under. */
  group: z.string(),
  /** Trường hợp: owed only by applicants in this case; empty = by all. */
  situation: z.string().default(''),
  /** MA_KQ_THAYTHE: type of an earlier result that takes its place; empty = none. */
  replacedBy: z.string().default(''),
  /** TENMAUDON and URL of the blank form, where there is one. */
  form: z.object({ name: z.string(), url: z.string() }).nullable().default(null),
});
export type ComponentSpec = z.infer<typeof componentSpec>;

/** A fee (phí) or charge (lệ phí) as the catalogue names it; null = fixed elsewhere (HĐND) or by quantity. */
export const feeSpec = z.object({
  code: z.string(),
  name: z.string().min(1),
  kind: z.enum(['fee', 'charge']),
  amount: dong.nullable(),
  note: z.string(),
});
export type FeeSpec = z.infer<typeof feeSpec>;

/** An administrative procedure (thủ tục hành chính) in the version that a dossier keeps. */
export const procedure = z.object({
  code: z.string().min(1),
  name: z.string().min(1),
  field: z.object({ code: z.string(), name: z.string() }),
  version: z.string().min(1),
  duration: duration.nullable(),
  /** Where the online channel has a limit of its own. */
  onlineDuration: duration.nullable().default(null),
  /** Stages with limits of their own, in order (phases of one dossier); empty = one limit for all. */
  phases: z.array(z.object({ name: z.string(), duration })).default([]),
  /** Cơ quan công bố. */
  agency: z.string().default(''),
  /** Cấp thực hiện. */
  levels: z.array(z.enum(['ministry', 'province', 'commune', 'other'])).default([]),
  fees: z.array(feeSpec).default([]),
  /** Not taken on paper (Chỉ thị 24/CT-TTg): the clerk helps the person to file it online. */
  onlineOnly: z.boolean().default(false),
  components: z.array(componentSpec),
  results: z.array(z.object({ code: z.string(), name: z.string() })),
});
export type Procedure = z.infer<typeof procedure>;

export const procedureHit = procedure
  .pick({ code: true, name: true, field: true, duration: true })
  .extend({ componentCount: z.number().int() });
export type ProcedureHit = z.infer<typeof procedureHit>;
