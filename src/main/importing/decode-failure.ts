import { CounterError, type ErrorDetails } from '../../contract/errors.ts';

/** Names what a decoder said. A failure that has its name already keeps it. */
export function decodeFailure(error: unknown, details: ErrorDetails): CounterError {
  if (error instanceof CounterError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/pixel limit/i.test(message)) return new CounterError('IMAGE_TOO_LARGE', details, { cause: error });
  const reason = /timeout/i.test(message) ? 'timeout' : 'decoder';
  return new CounterError('IMAGE_UNREADABLE', { ...details, reason }, { cause: error });
}
