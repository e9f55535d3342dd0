import type { PrintState } from '../../contract/printing.ts';

/** What may follow what in the life of a print job. An end is final: a print is never taken off the record. */
const NEXT: Readonly<Record<PrintState, readonly PrintState[]>> = {
  queued: ['queued', 'sending', 'printing', 'blocked', 'done', 'failed', 'cancelled', 'unsure'],
  sending: ['sending', 'printing', 'blocked', 'done', 'failed', 'cancelled', 'unsure'],
  printing: ['printing', 'sending', 'blocked', 'done', 'failed', 'cancelled', 'unsure'],
  blocked: ['blocked', 'sending', 'printing', 'done', 'failed', 'cancelled', 'unsure'],
  unsure: ['queued', 'done', 'cancelled'],
  done: [],
  failed: [],
  cancelled: [],
};

export function mayFollow(before: PrintState, after: PrintState): boolean {
  return NEXT[before].includes(after);
}

export function hasEnded(state: PrintState): boolean {
  return NEXT[state].length === 0;
}
