import { counts, note, type Source, type TableDefinition } from '../definition.ts';
import { groupOf, headOfGroup } from '../grouping.ts';
import type { Scope } from '../scope.ts';
import { isOverdueBefore, standingBefore, type TimeRule, timingOf } from '../standing.ts';

const COLUMNS = [
  'carried',
  'in-online',
  'in-counter',
  'in-post',
  'received',
  'to-handle',
  'solved-early',
  'solved-on-time',
  'solved-late',
  'solved-unknown',
  'solved',
  'open-in-time',
  'open-late',
  'open-unknown',
  'open',
  'waiting',
  'refused',
  'withdrawn',
  'stopped',
  'unanswered',
  'turned-away',
] as const;

/**
 * In, out and late. A dossier of the period is carried or received, and at its end exactly one of solved, open,
 * waiting or ended without a result: the rows add up to `to-handle`. turned-away = refused before it was received.
 *
 * - progress: late by the minute of the appointment.
 * - progress-766: dates alone are compared, and a withdrawn dossier counts as solved (statuses 7, 9 and 10; facts §8).
 */
function progress(kind: 'progress' | 'progress-766', rule: TimeRule): TableDefinition {
  const solves = (standing: string) =>
    standing === 'result' || (kind === 'progress-766' && standing === 'withdrawn');
  return {
    kind,
    shape: 'table',
    columns: counts(...COLUMNS.filter((c) => kind === 'progress' || c !== 'withdrawn')),
    totals: true,
    order: 'label',
    reads: ({ from, to }) => ({ order: 'entered', from, to, alsoOpen: true }),
    fixedRows: () => [],
    headOf: (key, { dossier }, { request }) => headOfGroup(key, dossier, request.by),
    tally({ dossier }: Source, scope: Scope, add) {
      const row = groupOf(dossier, scope.request.by);
      const entered = dossier.enteredAt;
      if (entered === null || entered >= scope.end) return;
      if (dossier.receivedAt === null) {
        if (entered >= scope.from) add(row, 'turned-away');
        return;
      }
      if (entered < scope.from) {
        if (dossier.settledAt !== null && dossier.settledAt < scope.from) return;
        add(row, 'carried');
      } else {
        add(row, `in-${dossier.channel}`);
        add(row, 'received');
      }
      add(row, 'to-handle');
      const standing = standingBefore(dossier, scope.end);
      if (solves(standing)) {
        add(row, `solved-${timingOf(dossier, rule)}`);
        add(row, 'solved');
      } else if (standing === 'under-way') {
        const overdue = isOverdueBefore(dossier, scope.end, rule);
        add(row, overdue === null ? 'open-unknown' : overdue ? 'open-late' : 'open-in-time');
        add(row, 'open');
      } else {
        add(row, standing);
      }
    },
    notes: (scope) => [
      note(rule === 'minute' ? 'lateByMinute' : 'lateByDay'),
      note('stateAtEnd'),
      ...(scope.end < scope.to ? [note('periodRuns')] : []),
    ],
  };
}

export const PROGRESS = progress('progress', 'minute');
export const PROGRESS_766 = progress('progress-766', 'day');
