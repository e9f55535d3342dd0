import { instantOf } from '../../calendar/local-time.ts';
import { column, ENTRIES, type ListDefinition, note, type Source } from '../definition.ts';
import { isOverdueBefore, standingBefore } from '../standing.ts';

const instant = (minute: number | null) => (minute === null ? null : instantOf(minute));

/** The columns of form 07 of TT 03/2025/TT-VPCP (facts §11.1); 'signed' is who got the result. The number is
 * that of the reception slip; a slip without one leaves the place in the year. */
export const TRACKING_BOOK: ListDefinition = {
  kind: 'tracking-book',
  shape: 'list',
  numbered: true,
  columns: [
    column('order', 'count'),
    column('code', 'text'),
    column('procedure', 'text'),
    column('applicant', 'text'),
    column('contact', 'text'),
    column('agency', 'text'),
    column('received-at', 'instant'),
    column('due-at', 'instant'),
    column('returned-at', 'instant'),
    column('result-way', 'text'),
    column('signed', 'text'),
  ],
  reads: ({ from, to }) => ({ order: 'entered', from, to, alsoOpen: false }),
  tally({ dossier: d }: Source, scope, add) {
    if (d.receivedAt !== null && d.receivedAt >= scope.from && d.receivedAt < scope.end) add('', ENTRIES);
  },
  cells({ dossier: d }, order) {
    return [
      d.registerNumber ?? order,
      d.code,
      d.procedureName,
      d.applicantName,
      [d.address, d.phone].filter((text) => text !== '').join('; '),
      d.agency,
      instant(d.receivedAt),
      instant(d.dueAt),
      instant(d.handedOutAt),
      d.handedOutWay || d.resultWay,
      d.handedOutTo,
    ];
  },
  notes: () => [note('bookByYear')],
};

const OPEN_COLUMNS = [
  column('code', 'text'),
  column('procedure', 'text'),
  column('applicant', 'text'),
  column('phone', 'text'),
  column('clerk', 'text'),
  column('agency', 'text'),
  column('received-at', 'instant'),
  column('due-at', 'instant'),
  column('overdue-hours', 'hours'),
];

function openCells({ dossier: d }: Source, now: number): readonly (string | number | null)[] {
  const past = d.dueAt === null ? 0 : Math.max(0, now - d.dueAt);
  return [
    d.code,
    d.procedureName,
    d.applicantName,
    d.phone,
    d.clerk,
    d.agency,
    instant(d.receivedAt),
    instant(d.dueAt),
    Math.round(past / 6) / 10,
  ];
}

/** Under way and past the minute of the appointment. What waits for the citizen is not late: its clock stands still. */
export const LATE_NOW: ListDefinition = {
  kind: 'late-now',
  shape: 'list',
  numbered: false,
  columns: OPEN_COLUMNS,
  reads: ({ now }) => ({ order: 'due', from: Number.MIN_SAFE_INTEGER, to: now, alsoOpen: false }),
  tally({ dossier }: Source, { now }, add) {
    const underWay = standingBefore(dossier, now + 1) === 'under-way';
    if (underWay && isOverdueBefore(dossier, now + 1, 'minute')) add('', ENTRIES);
  },
  cells: (source, _order, { now }) => openCells(source, now),
  notes: () => [note('lateByMinute'), note('waitingNotLate')],
};

/** Under way, not late yet, with an appointment within so many hours of opening. */
export const DUE_SOON: ListDefinition = {
  kind: 'due-soon',
  shape: 'list',
  numbered: false,
  columns: OPEN_COLUMNS.slice(0, -1),
  reads: ({ now, soon }) => ({ order: 'due', from: now, to: soon + 1, alsoOpen: false }),
  tally({ dossier }: Source, { now, soon }, add) {
    const due = dossier.dueAt;
    if (due === null || due < now || due > soon) return;
    if (standingBefore(dossier, now + 1) === 'under-way') add('', ENTRIES);
  },
  cells: (source, _order, { now }) => openCells(source, now).slice(0, -1),
  notes: ({ request, soon }) => [
    note('dueWithin', { hours: request.withinHours, until: instantOf(soon) }),
    note('waitingNotLate'),
  ],
};
