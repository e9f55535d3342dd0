import { CounterError, type ErrorCode, type ErrorShape, toErrorShape } from '../../../contract/errors.ts';

/** What passes by itself or by a person at the printer: the same job is gone on with. */
const WAITS: readonly ErrorCode[] = [
  'PRINTER_MEDIA_EMPTY',
  'PRINTER_JAMMED',
  'PRINTER_COVER_OPEN',
  'PRINTER_SUPPLY_EMPTY',
  'PRINTER_STOPPED',
  'PRINTER_BUSY',
  'PRINTER_UNREACHABLE',
];

/** Answers to the job itself: it did not become, or does not go on becoming, paper. */
const REFUSALS: readonly ErrorCode[] = [
  'PRINTER_REJECTED',
  'PRINTER_UNSUPPORTED_FORMAT',
  'PRINTER_JOB_FAILED',
];

export type Verdict =
  | { readonly state: 'blocked'; readonly blockedBy: ErrorCode }
  | { readonly state: 'failed' | 'unsure'; readonly error: ErrorShape };

/** What a failure makes of a job. `mayHaveLeft`: something of it may have reached the printer. */
export function verdictOf(error: unknown, mayHaveLeft: boolean): Verdict {
  const shape = toErrorShape(error);
  const code = error instanceof CounterError ? shape.code : 'INTERNAL';
  if (WAITS.includes(code)) return { state: 'blocked', blockedBy: code };
  const known = code !== 'PRINTER_JOB_UNCERTAIN' && (REFUSALS.includes(code) || !mayHaveLeft);
  return { state: known ? 'failed' : 'unsure', error: shape };
}
