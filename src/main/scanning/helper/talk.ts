import { CounterError, type ErrorCode } from '../../../contract/errors.ts';
import type { ProgramEnd } from '../program/run.ts';
import { stopFault } from '../program/stopped.ts';
import { CONTRACT, type HelperCommand, type HelperEvent } from './messages.ts';

/** How far a helper's report has come. */
export interface Talk {
  readonly command: HelperCommand;
  readonly state: 'before-hello' | 'open' | 'ended' | 'failed';
  /** Devices, descriptions or pages so far. */
  readonly items: number;
  readonly error?: { readonly code: string; readonly detail: string };
}

export function newTalk(command: HelperCommand): Talk {
  return { command, state: 'before-hello', items: 0 };
}

const ITEM_OF = { list: 'device', describe: 'description', scan: 'page' } as const;

/**
 * The report after one more event.
 *
 * @throws CounterError SCANNER_PROTOCOL (`what`: helper-contract where it speaks another version, event-order where
 *   the event may not come here, page-count where its own count is not that of its pages)
 */
export function follow(talk: Talk, event: HelperEvent): Talk {
  if (talk.state === 'ended' || talk.state === 'failed') throw outOfOrder(event);
  if (event.event === 'error') {
    return { ...talk, state: 'failed', error: { code: event.code, detail: event.detail } };
  }
  if (talk.state === 'before-hello') return greet(talk, event);
  switch (event.event) {
    case 'hello':
      throw outOfOrder(event);
    case 'progress':
      if (talk.command !== 'scan') throw outOfOrder(event);
      return talk;
    case 'end':
      return finish(talk, event.pages);
    case 'page':
      if (event.index !== talk.items) throw outOfOrder(event);
      break;
    case 'device':
      break;
    case 'description':
      if (talk.items > 0) throw outOfOrder(event);
      break;
  }
  if (event.event !== ITEM_OF[talk.command]) throw outOfOrder(event);
  return { ...talk, items: talk.items + 1 };
}

function greet(talk: Talk, event: HelperEvent): Talk {
  if (event.event !== 'hello') throw outOfOrder(event);
  if (event.contract !== CONTRACT) {
    const details = { what: 'helper-contract', wanted: CONTRACT, found: event.contract };
    throw new CounterError('SCANNER_PROTOCOL', details);
  }
  return { ...talk, state: 'open' };
}

function finish(talk: Talk, pages: number | null | undefined): Talk {
  const ofScan = talk.command === 'scan' && pages !== talk.items;
  const ofDescribe = talk.command === 'describe' && talk.items !== 1;
  if (ofScan || ofDescribe) {
    const details = { what: 'page-count', announced: pages ?? -1, given: talk.items };
    throw new CounterError('SCANNER_PROTOCOL', details);
  }
  return { ...talk, state: 'ended' };
}

function outOfOrder(event: HelperEvent): CounterError {
  return new CounterError('SCANNER_PROTOCOL', { what: 'event-order', event: event.event });
}

/** Codes of the contract (docs/scan-helper.md, 'Errors'). */
const CODES: Readonly<Record<string, ErrorCode>> = {
  BUSY: 'SCANNER_BUSY',
  JAMMED: 'SCANNER_JAMMED',
  DOUBLE_FEED: 'SCANNER_JAMMED',
  COVER_OPEN: 'SCANNER_COVER_OPEN',
  EMPTY: 'SCANNER_EMPTY',
  DENIED: 'SCANNER_DENIED',
  IO: 'SCANNER_IO',
  TIMEOUT: 'SCANNER_TIMEOUT',
  UNREACHABLE: 'SCANNER_UNREACHABLE',
  UNSUPPORTED: 'SCANNER_UNSUPPORTED',
  DRIVER_MISSING: 'SCANNER_TOOL_MISSING',
  CANCELLED: 'CANCELLED',
  DISK_FULL: 'DISK_FULL',
  DISK_FAILED: 'DISK_FAILED',
  INTERNAL: 'SCANNER_IO',
};

/**
 * The failure that the end of a helper stands for, or undefined where it did its work. What it said of itself goes
 * before how it ended: drivers crash on unloading, after the last page is safe.
 */
export function faultOf(talk: Talk, end: ProgramEnd): CounterError | undefined {
  const pages = talk.items;
  if (end.stopped === 'cancelled' || end.stopped === 'left') return new CounterError('CANCELLED');
  if (talk.error) return errorOf(talk.error, end);
  const stopped = stopFault(end.stopped, pages);
  if (stopped) return stopped;
  if (talk.state === 'ended') {
    return talk.command === 'scan' && pages === 0 ? new CounterError('SCANNER_EMPTY', {}) : undefined;
  }
  const cause = new Error(end.stderr.trim() || 'nothing on standard error');
  if (end.code === undefined) {
    return new CounterError('SCANNER_IO', { reason: 'scan-program-killed' }, { cause });
  }
  // Exit status 2: the helper does not know this contract or this command.
  if (end.code === 2) return new CounterError('SCANNER_PROTOCOL', { what: 'helper-contract' }, { cause });
  if (end.code !== 0)
    return new CounterError('SCANNER_IO', { reason: 'helper-ended', status: end.code }, { cause });
  const what = end.unfinished > 0 ? 'half-line' : 'no-end';
  return new CounterError('SCANNER_PROTOCOL', { what, pages }, { cause });
}

function errorOf(error: { code: string; detail: string }, end: ProgramEnd): CounterError {
  const code = Object.hasOwn(CODES, error.code) ? CODES[error.code]! : 'SCANNER_IO';
  // Its words are for the log alone: nobody knows what a driver writes into them.
  const cause = new Error(`${error.detail}\n${end.stderr}`.trim() || error.code);
  const known = Object.hasOwn(CODES, error.code);
  return new CounterError(code, { helper: known ? error.code : 'unknown-code' }, { cause });
}
