import { CounterError } from '../../../contract/errors.ts';
import type { StopReason } from './run.ts';

/**
 * The failure that stands for a program that was stopped from here; undefined where it ended by itself, or where its
 * work was done before it was stopped.
 *
 * @param pages whole pages that it gave
 */
export function stopFault(stopped: StopReason | undefined, pages: number): CounterError | undefined {
  switch (stopped) {
    case undefined:
    case 'closing':
      return undefined;
    case 'timeout':
      return new CounterError('SCANNER_TIMEOUT', { step: 'scan-program', pages });
    case 'cancelled':
    case 'left':
    case 'failed':
      return new CounterError('CANCELLED');
    case 'line-too-long':
    case 'folder-too-large':
      return new CounterError('SCANNER_PROTOCOL', { what: stopped, pages });
  }
}
