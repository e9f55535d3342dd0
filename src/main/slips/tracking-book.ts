import { clockOf, dayOfMinute, minuteOf, pad, showClock, showDay } from '../calendar/local-time.ts';
import { runningLine } from './about-dossier.ts';
import { columnsOf } from './columns.ts';
import { writeDay } from './days.ts';
import { type Draft, openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawHead, drawTitle } from './head.ts';
import { centred } from './labelled.ts';
import type { Rest, TrackingBookRequest, TrackingRow } from './registers.ts';
import { drawSignatures } from './signatures.ts';
import type { SlipContext } from './slip.ts';
import { type Cell, cell, createTable } from './table.ts';
import { dateValues, fill } from './wording.ts';

const LABELS = [
  'title',
  'book',
  'field',
  'allFields',
  'period',
  'running',
  'blank',
  'way.counter',
  'way.post',
  'way.online',
  'empty',
  'total',
  'closed',
  'keeper',
  'head',
  'signHere',
] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

const ALIGNS = {
  order: 'centre',
  code: 'left',
  procedure: 'left',
  sets: 'centre',
  applicant: 'left',
  contact: 'left',
  agency: 'left',
  received: 'centre',
  due: 'centre',
  returned: 'centre',
  way: 'left',
  signed: 'left',
  note: 'left',
} as const;
type Key = keyof typeof ALIGNS;

/** Rows between which the engine may do other work. */
const TURN = 8;
/** Type of the table as a share of the paper's small type: ten columns must fit side by side. */
const TABLE_TYPE = 0.7;

/**
 * 'Sổ theo dõi hồ sơ' of a period: one row a dossier, over as many pages as it takes, the titles on each. The columns
 * are the form's: the book of TT 03/2025 has neither 'Số lượng' nor 'Ghi chú' (facts §11.1).
 */
export async function renderTrackingBook(
  request: TrackingBookRequest,
  context: SlipContext,
  form: SlipForm,
  rest: Rest,
): Promise<Uint8Array> {
  const labels = labelsOf(form, LABELS);
  const volume = request.book.volume === '' ? labels.blank : request.book.volume;
  const book = fill(labels.book, { volume, year: request.book.year });
  const draft = await openDraft(form, context, {
    title: `${form.form} ${request.book.year}`,
    running: runningLine(form, context, fill(labels.running, { volume, year: request.book.year })),
  });
  const { sizes } = draft;
  drawHead(draft, { qr: null });
  drawTitle(draft, labels.title);
  centred(draft, book, 'regular', sizes.small);
  const field = request.book.field === '' ? labels.allFields : request.book.field;
  centred(draft, fill(labels.field, { field }), 'regular', sizes.small);
  const { from, to } = request.period;
  centred(draft, fill(labels.period, { from: writeDay(from), to: writeDay(to) }), 'italic', sizes.small);
  draft.sheet.y += 6;
  await drawRows(draft, labels, request.rows, rest);
  drawEnd(draft, labels, request);
  return draft.finish();
}

async function drawRows(
  draft: Draft,
  labels: Labels,
  rows: readonly TrackingRow[],
  rest: Rest,
): Promise<void> {
  const { form, fonts, sheet, sizes } = draft;
  const columns = columnsOf(form, ALIGNS);
  const table = createTable(sheet, fonts, {
    columns: columns.map((c) => c.column),
    size: sizes.small * TABLE_TYPE,
  });
  if (rows.length === 0)
    table.row([cell(labels.empty, fonts.italic, { span: columns.length, align: 'centre' })]);
  for (const [i, row] of rows.entries()) {
    const cells = cellsOf(draft, labels, row);
    table.row(columns.map((c) => cells[c.key]));
    if (i % TURN === TURN - 1) await rest();
  }
  table.close();
}

function cellsOf({ fonts, print }: Draft, labels: Labels, row: TrackingRow): Readonly<Record<Key, Cell>> {
  const text = (value: string) => cell(print(value), fonts.regular);
  const lines = (...values: readonly string[]): Cell => ({
    paragraphs: values.filter((v) => v !== '').map((v) => [{ text: print(v), font: fonts.regular }]),
  });
  return {
    order: text(String(row.order)),
    code: text(row.code),
    procedure: text(row.procedureName),
    sets: text(pad(row.sets)),
    applicant: text(row.applicant),
    contact: lines(row.address, row.phone),
    agency: text(row.agency),
    received: lines(...clockAndDay(row.receivedAt)),
    due: lines(...clockAndDay(row.dueAt)),
    returned: lines(...clockAndDay(row.returnedAt)),
    way: text(row.way === null ? '' : labels[`way.${row.way}`]),
    signed: text(row.signed),
    note: text(row.note),
  };
}

function clockAndDay(instant: string | null): string[] {
  if (instant === null) return [];
  const minute = minuteOf(instant);
  return [showClock(clockOf(minute)), showDay(dayOfMinute(minute))];
}

/** How many dossiers the book holds and, for a closed one, when it was closed and who answers for it. */
function drawEnd(draft: Draft, labels: Labels, { rows, closedAt }: TrackingBookRequest): void {
  const { fonts, sheet, sizes, context, exact } = draft;
  sheet.y += 6;
  const end = [fill(labels.total, { count: pad(rows.length) })];
  if (closedAt !== null) end.push(fill(labels.closed, dateValues(closedAt)));
  for (const text of end) sheet.paragraph([{ text, font: fonts.italic }], { size: sizes.small });
  if (closedAt === null) return;
  drawSignatures(draft, [
    { title: labels.keeper, notes: [labels.signHere], name: exact(context.clerkName, 'clerkName') },
    { title: labels.head, notes: [labels.signHere], name: exact(context.headName, 'headName') },
  ]);
}
