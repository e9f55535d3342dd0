import { z } from 'zod';
import { code, day, id, instant } from './basics.ts';
import { channel, delivery, dossierState } from './life-cycle.ts';

/** What is reported (docs/reports.md defines every number). */
export const REPORT_KINDS = [
  'tracking-book',
  'progress',
  'progress-766',
  'digitisation-766',
  'national-statistics',
  'scoring-tt01',
  'service-nd224',
  'ethnicity',
  'fees-by-day',
  'late-now',
  'due-soon',
] as const;
export const reportKind = z.enum(REPORT_KINDS);
export type ReportKind = z.infer<typeof reportKind>;

/** What the rows of a report are told apart by, where its kind leaves that open. */
export const reportBy = z.enum(['none', 'field', 'procedure', 'clerk', 'channel', 'agency']);
export type ReportBy = z.infer<typeof reportBy>;

/** Only dossiers that fit all that is named; an empty list is no condition. */
export const reportFilters = z.object({
  fields: z.array(code).max(200).default([]),
  procedures: z.array(code).max(200).default([]),
  clerks: z.array(z.string().max(255)).max(200).default([]),
  channels: z.array(channel).max(3).default([]),
});
export type ReportFilters = z.infer<typeof reportFilters>;

const asked = z.object({
  kind: reportKind,
  from: day,
  to: day,
  by: reportBy.default('none'),
  filters: reportFilters.prefault({}),
  /** due-soon: hours of opening from now. */
  withinHours: z.number().int().min(1).max(400).default(8),
  /** The moment that numbers are of; a drill-down repeats the report's own. Left out = now. */
  asOf: instant.optional(),
});

/** Days at the counter (+07:00), both included; of lists of today only the filters count. */
export const reportRequest = asked
  .refine((r) => r.from <= r.to, { path: ['to'] })
  .refine((r) => daysBetween(r.from, r.to) <= 3700, { path: ['to'] });
export type ReportRequest = z.output<typeof reportRequest>;

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/**
 * count = dossiers or receipts; money = đồng; hours and points = sums; percent and average are made of two other
 * columns; fixed = a number of the law; text and instant stand in lists.
 */
export const reportColumn = z.object({
  id: z.string(),
  type: z.enum(['count', 'money', 'hours', 'points', 'percent', 'average', 'fixed', 'text', 'instant']),
  /** Heading: a message key of resources/texts/reports. */
  key: z.string(),
  /** Columns that percent and average are made of. */
  of: z.object({ part: z.string(), whole: z.string() }).nullable(),
});
export type ReportColumn = z.infer<typeof reportColumn>;

/** Null = cannot be computed: nothing to divide by, or not known here. */
const cell = z.union([z.number(), z.string(), z.null()]);
export type ReportCell = z.infer<typeof cell>;

/** The key of a row together with a column's id opens the dossiers behind a number. */
export const reportRow = z.object({
  key: z.string(),
  label: z.string(),
  /** Message key where the label is a word of the program; else null. */
  labelKey: z.string().nullable(),
  /** Of a row that is one dossier. */
  dossierId: id.nullable(),
  cells: z.array(cell),
});
export type ReportRow = z.infer<typeof reportRow>;

export const report = z.object({
  request: asked.required({ asOf: true }),
  madeAt: instant,
  unit: z.object({ code: z.string(), name: z.string() }),
  columns: z.array(reportColumn),
  rows: z.array(reportRow),
  /** Over all rows; a row of its own key, which is empty. Null where rows cannot be added up. */
  totals: reportRow.nullable(),
  /** Entries of a list, also those that are not on this page; null for tables and for later pages. */
  entries: z.number().int().nonnegative().nullable(),
  /** Where a list goes on; null at its end. */
  next: z.string().nullable(),
  /** What must be read with the numbers: message keys with values. */
  notes: z.array(
    z.object({ key: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])) }),
  ),
  /** DongBoThongKeHoSo: one record a month, all values strings, as the national portal takes them. */
  records: z.array(z.record(z.string(), z.string())),
});
export type Report = z.infer<typeof report>;
export type ReportNote = Report['notes'][number];

/** One dossier behind a number, and what it adds to it. */
export const openedRow = z.object({
  dossierId: id,
  code: z.string(),
  applicant: z.string(),
  procedureCode: z.string(),
  procedureName: z.string(),
  state: dossierState,
  delivery,
  receivedAt: instant.nullable(),
  dueAt: instant.nullable(),
  finishedAt: instant.nullable(),
  handedOutAt: instant.nullable(),
  share: z.number(),
});
export type OpenedRow = z.infer<typeof openedRow>;

export const reportFormat = z.enum(['xlsx', 'csv', 'pdf', 'json']);
export type ReportFormat = z.infer<typeof reportFormat>;
