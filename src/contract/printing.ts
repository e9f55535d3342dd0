import { z } from 'zod';
import { address, id, instant } from './basics.ts';
import { ERROR_CODES, errorShape } from './errors.ts';

/** What a paper is, which chooses its default printer. */
export const printKind = z.enum(['slip', 'result', 'component', 'label', 'report']);
export type PrintKind = z.infer<typeof printKind>;

export const printSides = z.enum(['one-sided', 'two-sided-long-edge', 'two-sided-short-edge']);
export type PrintSides = z.infer<typeof printSides>;

/** The sheet to print on. auto = the document's own size; A5 goes on A4 where the printer has no A5. */
export const sheetChoice = z.enum(['auto', 'a4', 'a5']);
export type SheetChoice = z.infer<typeof sheetChoice>;

/**
 * What is known of a print job. blocked waits for a person at the printer; unsure waits for a person who looks whether
 * the paper came out; done, failed and cancelled are ends.
 */
export const printState = z.enum([
  'queued',
  'sending',
  'printing',
  'blocked',
  'done',
  'failed',
  'cancelled',
  'unsure',
]);
export type PrintState = z.infer<typeof printState>;

export const printJobView = z.object({
  id,
  /** Null for a paper that belongs to no dossier. */
  documentId: id.nullable(),
  kind: printKind,
  name: z.string(),
  printer: z.string(),
  copies: z.number().int(),
  sides: printSides,
  /** Empty = the printer's own choice. */
  tray: z.string(),
  paper: sheetChoice,
  state: printState,
  /** What a person must see to at the printer; set while the job is blocked. */
  blockedBy: z.enum(ERROR_CODES).nullable(),
  /** Why it failed, or why nobody knows. */
  error: errorShape.nullable(),
  /** Sides of paper printed so far, where the printer says. */
  sidesDone: z.number().int(),
  /** The number of the first of its copies among all copies of this document; 1 = never printed before. */
  firstCopy: z.number().int(),
  actor: z.string(),
  reason: z.string(),
  /** What a person said of a job that nobody was sure of. */
  settled: z.enum(['printed', 'again', 'drop']).nullable(),
  settledBy: z.string(),
  createdAt: instant,
  changedAt: instant,
});
export type PrintJobView = z.infer<typeof printJobView>;

/** Hundredths of a millimetre, upright: the unit of IPP (PWG 5101.1). */
export const sheetSize = z.object({ width: z.number().int(), height: z.number().int() });

export const printerCapabilities = z.object({
  uri: address,
  /** Sheets that lie in it, else those that it can take; empty = it does not say, null = it takes every size. */
  sheets: z.array(sheetSize).nullable(),
  /** Smallest and largest custom sheet; null = none. */
  custom: z.object({ from: sheetSize, to: sheetSize }).nullable(),
  trays: z.array(z.string()),
  sides: z.array(printSides),
  maxCopies: z.number().int(),
  formats: z.array(z.string()),
});
export type PrinterCapabilities = z.infer<typeof printerCapabilities>;
