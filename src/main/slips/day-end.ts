import { runningLine } from './about-dossier.ts';
import { dongInDigits, dongInWords } from './amount-in-words.ts';
import { columnsOf } from './columns.ts';
import { writeDay } from './days.ts';
import { type Draft, openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawHead, drawTitle } from './head.ts';
import { centred, labelled } from './labelled.ts';
import type { DayEndRequest } from './registers.ts';
import { drawSignatures } from './signatures.ts';
import type { SlipContext } from './slip.ts';
import { type Cell, cell, createTable, type Table } from './table.ts';
import { fill } from './wording.ts';

const LABELS = [
  'title',
  'day',
  'counter',
  'clerk',
  'dossiers',
  'total',
  'noDossiers',
  'money',
  'money.way',
  'money.taken',
  'money.cancelled',
  'money.kept',
  'money.sum',
  'money.cash',
  'money.transfer',
  'words',
  'numbers',
  'numberRange',
  'noNumbers',
  'cancelled',
  'noCancelled',
  'cancelled.receipt',
  'cancelled.amount',
  'cancelled.way',
  'cancelled.by',
  'cancelled.reason',
  'maker',
  'checker',
  'signHere',
] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

const ALIGNS = {
  order: 'centre',
  field: 'left',
  received: 'right',
  returned: 'right',
  late: 'right',
} as const;

/** Receipt numbers have seven digits, as on the receipts. */
export function receiptNumber(number: number): string {
  return String(number).padStart(7, '0');
}

/**
 * 'Bảng tổng hợp cuối ngày' of a counter: dossiers received and returned by field, the fees by way of payment, the
 * numbers of the receipts and the cancelled ones with their reasons. Totals are added up here from the rows.
 */
export async function renderDayEnd(
  request: DayEndRequest,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const labels = labelsOf(form, LABELS);
  const day = writeDay(request.day);
  const draft = await openDraft(form, context, {
    title: `${form.form} ${day}`,
    running: runningLine(form, context, `${form.form} ${day} - ${request.counter}`),
  });
  drawHead(draft, { qr: null });
  drawTitle(draft, labels.title);
  centred(draft, fill(labels.day, { day }), 'italic', draft.sizes.small);
  draft.sheet.y += 4;
  labelled(draft, labels.counter, request.counter);
  labelled(draft, labels.clerk, request.clerk);
  drawDossiers(draft, labels, request);
  drawMoney(draft, labels, request);
  drawReceipts(draft, labels, request);
  drawSignatures(draft, [
    { title: labels.maker, notes: [labels.signHere], name: request.clerk },
    { title: labels.checker, notes: [labels.signHere], name: context.headName },
  ]);
  return draft.finish();
}

function heading({ fonts, sheet }: Draft, text: string): void {
  sheet.y += 5;
  sheet.room(60);
  sheet.paragraph([{ text, font: fonts.bold }]);
}

function finishTable({ sheet }: Draft, table: Table): void {
  table.close();
  sheet.y += 4;
}

function drawDossiers(draft: Draft, labels: Labels, { fields }: DayEndRequest): void {
  const { form, fonts, sheet, sizes, print } = draft;
  heading(draft, labels.dossiers);
  const columns = columnsOf(form, ALIGNS);
  const table = createTable(sheet, fonts, { columns: columns.map((c) => c.column), size: sizes.small * 0.9 });
  const row = (order: string, name: string, counts: Counts, font = fonts.regular) => {
    const cells: Readonly<Record<keyof typeof ALIGNS, Cell>> = {
      order: cell(order, font),
      field: cell(print(name), font),
      received: cell(dongInDigits(counts.received), font),
      returned: cell(dongInDigits(counts.returned), font),
      late: cell(dongInDigits(counts.late), font),
    };
    table.row(columns.map((c) => cells[c.key]));
  };
  for (const [i, f] of fields.entries()) row(String(i + 1), f.name, f);
  if (fields.length === 0)
    table.row([cell(labels.noDossiers, fonts.italic, { span: columns.length, align: 'centre' })]);
  const sum = (key: keyof Counts) => fields.reduce((total, f) => total + f[key], 0);
  row(
    '',
    labels.total,
    { received: sum('received'), returned: sum('returned'), late: sum('late') },
    fonts.bold,
  );
  finishTable(draft, table);
}

interface Counts {
  readonly received: number;
  readonly returned: number;
  readonly late: number;
}

function drawMoney(draft: Draft, labels: Labels, { fees }: DayEndRequest): void {
  const { fonts, sheet, sizes } = draft;
  heading(draft, labels.money);
  const table = createTable(sheet, fonts, {
    columns: [
      { title: labels['money.way'], width: 30 },
      { title: labels['money.taken'], width: 45, align: 'right' },
      { title: labels['money.cancelled'], width: 45, align: 'right' },
      { title: labels['money.kept'], width: 45, align: 'right' },
    ],
    size: sizes.small * 0.9,
  });
  const money = (amount: number, count: number) =>
    fill(labels['money.sum'], { amount: signedDong(amount), count: dongInDigits(count) });
  for (const way of ['cash', 'transfer'] as const) {
    const taken = fees.taken[way];
    const cancelled = fees.cancelled[way];
    table.row([
      cell(labels[`money.${way}`], fonts.regular),
      cell(money(taken.amount, taken.count), fonts.regular),
      cell(money(cancelled.amount, cancelled.count), fonts.regular),
      cell(signedDong(fees.kept[way]), fonts.regular),
    ]);
  }
  const both = ({ cash, transfer }: DayEndRequest['fees']['taken']) =>
    money(cash.amount + transfer.amount, cash.count + transfer.count);
  const kept = fees.kept.cash + fees.kept.transfer;
  table.row([
    cell(labels.total, fonts.bold),
    cell(both(fees.taken), fonts.bold),
    cell(both(fees.cancelled), fonts.bold),
    cell(signedDong(kept), fonts.bold),
  ]);
  finishTable(draft, table);
  // More can be given back on a day than was taken: such a balance has no words on a form.
  if (kept >= 0) labelled(draft, labels.words, dongInWords(kept));
}

function signedDong(amount: number): string {
  return amount < 0 ? `-${dongInDigits(-amount)}` : dongInDigits(amount);
}

function drawReceipts(draft: Draft, labels: Labels, { receipts, cancelledReceipts }: DayEndRequest): void {
  const { fonts, sheet, sizes, print } = draft;
  heading(draft, labels.numbers);
  if (receipts.length === 0) sheet.paragraph([{ text: labels.noNumbers, font: fonts.italic }]);
  for (const { sign, from, to } of receipts) {
    const values = { sign, from: receiptNumber(from), to: receiptNumber(to), count: to - from + 1 };
    sheet.paragraph([{ text: print(fill(labels.numberRange, values)), font: fonts.regular }]);
  }
  heading(draft, labels.cancelled);
  if (cancelledReceipts.length === 0) {
    sheet.paragraph([{ text: labels.noCancelled, font: fonts.italic }]);
    return;
  }
  const table = createTable(sheet, fonts, {
    columns: [
      { title: labels['cancelled.receipt'], width: 32 },
      { title: labels['cancelled.amount'], width: 26, align: 'right' },
      { title: labels['cancelled.way'], width: 24 },
      { title: labels['cancelled.by'], width: 33 },
      { title: labels['cancelled.reason'], width: 50 },
    ],
    size: sizes.small * 0.9,
  });
  for (const { sign, number, amount, way, by, reason } of cancelledReceipts) {
    table.row(
      [`${sign} ${receiptNumber(number)}`, dongInDigits(amount), labels[`money.${way}`], by, reason].map(
        (text) => cell(print(text), fonts.regular),
      ),
    );
  }
  finishTable(draft, table);
}
