import { degrees, grayscale, TextRenderingMode } from 'pdf-lib';
import { CounterError } from '../../contract/errors.ts';
import type { FeeLine, Payment } from '../../contract/fees.ts';
import { lineGross, lineNet, netOf } from '../fees/lines.ts';
import { dossierQr, type ReceivedFacts, receivedFacts, runningLine } from './about-dossier.ts';
import { dongInDigits, dongInWords } from './amount-in-words.ts';
import { columnsOf } from './columns.ts';
import { receiptNumber } from './day-end.ts';
import { type Draft, openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawBlock, reprintMark } from './head.ts';
import { centred, labelled } from './labelled.ts';
import { fitted, type Place, POINTS_PER_MM } from './sheet.ts';
import { drawSignatures } from './signatures.ts';
import type { Slip, SlipContext } from './slip.ts';
import { type Cell, cell, createTable } from './table.ts';
import { widthOf } from './text.ts';
import { dateValues, fill, writeInstant } from './wording.ts';

const LABELS = [
  'nation',
  'motto',
  'placeDate',
  'collector',
  'taxCode',
  'formNumber',
  'sign',
  'number',
  'blank',
  'title',
  'feeNames',
  'payer',
  'address',
  'identityNumber',
  'code',
  'temporaryCode',
  'exempt',
  'exemptGround',
  'total',
  'words',
  'way',
  'way.cash',
  'way.transfer',
  'reference',
  'takenAt',
  'cancelled',
  'cancelledNote',
  'payerSigns',
  'takerSigns',
  'signHere',
] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

const ALIGNS = {
  order: 'centre',
  name: 'left',
  quantity: 'right',
  price: 'right',
  exemption: 'right',
  amount: 'right',
} as const;

const QR_MM = 20;
/** The mark of a cancelled receipt: letters in outline, seen at once, and what they cross stays legible. */
const MARK = { angle: 24, size: 92, line: 1 };

/**
 * 'Biên lai thu tiền phí, lệ phí', a form of the finance side: mẫu số, ký hiệu, số; the lines with quantity, price and
 * exemption; the sum in digits and in words. One page or more for each copy (liên) that the form names. A cancelled
 * receipt bears ĐÃ HỦY across every page, with who cancelled it and why.
 *
 * Throws DOSSIER_STATE for a dossier that is not received, RangeError where the lines do not add up to the amount: such
 * a receipt must never be printed.
 */
export async function renderFeeReceipt(
  { dossier, payment }: Extract<Slip, { kind: 'fee-receipt' }>,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const facts = receivedFacts(dossier);
  if (netOf(payment.lines) !== payment.amount) {
    throw new RangeError(`lines add up to ${netOf(payment.lines)}, the payment says ${payment.amount}`);
  }
  const labels = labelsOf(form, LABELS);
  const { sign, number } = payment.receipt;
  const running = runningLine(
    form,
    context,
    `${labels.sign} ${sign} ${labels.number} ${receiptNumber(number)}`,
  );
  const draft = await openDraft(form, context, { title: `${form.form} ${sign} ${number}`, running });
  const qr = await dossierQr(context, form, dossier, facts);
  const copies = form.copies.length > 0 ? form.copies : [''];
  copies.forEach((copy, i) => {
    if (i > 0) draft.sheet.newCopy();
    const mark = markPages(draft, payment, labels);
    draft.sheet.matrix(qr, draft.sheet.left, QR_MM * POINTS_PER_MM, QR_MM * POINTS_PER_MM);
    drawHead(draft, labels, payment);
    centred(draft, copy, 'italic', draft.sizes.small);
    const names = [...new Set(payment.lines.map((l) => l.name))].join('; ');
    centred(draft, fill(labels.feeNames, { names }), 'italic', draft.sizes.small);
    draft.sheet.y += 3;
    drawPayer(draft, labels, facts);
    drawLines(draft, labels, payment);
    drawSum(draft, labels, payment);
    drawSignatures(draft, [
      { title: labels.payerSigns, notes: [labels.signHere], name: '' },
      { title: labels.takerSigns, notes: [labels.signHere], name: context.clerkName },
    ]);
    mark();
  });
  return draft.finish();
}

/** The QR in the corner; Quốc hiệu beside it, below that who collects and the receipt's identity; then the title. */
function drawHead(draft: Draft, labels: Labels, { at, receipt }: Payment): void {
  const { sheet, fonts, sizes, context, form, print, exact } = draft;
  const top = sheet.y;
  const from = sheet.left + QR_MM * POINTS_PER_MM + 6;
  const beside: Place = { from, to: sheet.right, align: 'centre' };
  const width = beside.to - beside.from;
  const nation = fitted(labels.nation, fonts.bold, sizes.nation, width);
  sheet.line(labels.nation, fonts.bold, nation, beside);
  const motto = fitted(labels.motto, fonts.bold, sizes.motto, width);
  sheet.line(labels.motto, fonts.bold, motto, beside);
  const half = widthOf(labels.motto, fonts.bold, motto) / 2;
  sheet.y += 1.5;
  sheet.rule((beside.from + beside.to) / 2 - half, (beside.from + beside.to) / 2 + half);
  sheet.y += 6;

  const second = sheet.y;
  const collector: Place = { from, to: from + width * 0.6, align: 'left' };
  const own = form.labels.letterheadOwn ?? context.unit.name;
  drawBlock(sheet, print(`${labels.collector} ${own}`), fonts.bold, sizes.small, collector);
  const taxCode = `${labels.taxCode} ${form.labels.unitTaxCode ?? labels.blank}`;
  drawBlock(sheet, print(taxCode), fonts.regular, sizes.small, collector);
  const bottom = sheet.y;

  sheet.y = second;
  const identity: Place = { from: collector.to + 8, to: sheet.right, align: 'left' };
  const book = receipt.form === '' ? (form.labels.unitFormNumber ?? labels.blank) : receipt.form;
  for (const [label, value, font] of [
    [labels.formNumber, book, fonts.regular],
    [labels.sign, exact(receipt.sign, 'sign'), fonts.regular],
    [labels.number, receiptNumber(receipt.number), fonts.bold],
  ] as const) {
    drawBlock(sheet, print(`${label} ${value}`), font, sizes.small, identity);
  }
  sheet.y = Math.max(bottom, sheet.y, top + QR_MM * POINTS_PER_MM) + 6;
  const across: Place = { from: sheet.left, to: sheet.right, align: 'centre' };
  sheet.line(
    labels.title,
    fonts.bold,
    fitted(labels.title, fonts.bold, sizes.title * 1.3, sheet.width),
    across,
  );
  const date = fill(labels.placeDate, { place: print(context.unit.place), ...dateValues(at) });
  sheet.line(date, fonts.italic, fitted(date, fonts.italic, sizes.small, sheet.width), across);
  const reprinted = reprintMark(draft);
  if (reprinted !== '') sheet.line(reprinted, fonts.bold, sizes.small, across);
}

function drawPayer(draft: Draft, labels: Labels, { applicant, code }: ReceivedFacts): void {
  const { exact } = draft;
  labelled(draft, labels.payer, exact(applicant.name, 'name'), true);
  labelled(draft, labels.identityNumber, exact(applicant.identityNumber, 'identityNumber'));
  labelled(draft, labels.address, applicant.address);
  labelled(draft, code.kind === 'official' ? labels.code : labels.temporaryCode, exact(code.value, 'code'));
}

function drawLines(draft: Draft, labels: Labels, { lines, amount }: Payment): void {
  const { form, fonts, sheet, sizes, print } = draft;
  const columns = columnsOf(form, ALIGNS);
  if (columns.at(-1)?.key !== 'amount') {
    throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem: `${form.kind}: columns: amount` });
  }
  const table = createTable(sheet, fonts, {
    columns: columns.map((c) => c.column),
    size: sizes.small,
    titleSize: sizes.small * 0.9,
  });
  const text = (value: string) => cell(value, fonts.regular);
  lines.forEach((line, i) => {
    const off = lineGross(line) - lineNet(line);
    const reason = line.exemption ? [[{ text: print(exemptionOf(line, labels)), font: fonts.italic }]] : [];
    const cells: Readonly<Record<keyof typeof ALIGNS, Cell>> = {
      order: text(String(i + 1)),
      name: { paragraphs: [[{ text: print(line.name), font: fonts.regular }], ...reason] },
      quantity: text(dongInDigits(line.quantity)),
      price: text(dongInDigits(line.amount)),
      exemption: text(dongInDigits(off)),
      amount: text(dongInDigits(lineNet(line))),
    };
    table.row(columns.map((c) => cells[c.key]));
  });
  table.row([
    cell(labels.total, fonts.bold, { span: columns.length - 1 }),
    cell(dongInDigits(amount), fonts.bold, { align: 'right' }),
  ]);
  table.close();
  sheet.y += 4;
}

function exemptionOf({ exemption }: FeeLine, labels: Labels): string {
  if (!exemption) return '';
  const ground = exemption.ground === '' ? '' : fill(labels.exemptGround, { ground: exemption.ground });
  return fill(labels.exempt, { reason: exemption.reason }) + ground;
}

function drawSum(draft: Draft, labels: Labels, { amount, way, reference, at, cancelled }: Payment): void {
  const { form, fonts, sheet, print } = draft;
  labelled(draft, labels.words, dongInWords(amount), true);
  const bank = way === 'transfer' && reference !== '' ? fill(labels.reference, { reference }) : '';
  labelled(draft, labels.way, `${labels[`way.${way}`]}${bank}`);
  labelled(draft, labels.takenAt, writeInstant(form, at));
  if (!cancelled) return;
  const note = fill(labels.cancelledNote, {
    at: writeInstant(form, cancelled.at),
    by: cancelled.by,
    reason: cancelled.reason,
  });
  sheet.paragraph([{ text: print(note), font: fonts.bold }]);
}

/** Returns what puts the mark of a cancelled receipt on the copy's pages, once all of them are there. */
function markPages({ sheet, fonts, form }: Draft, { cancelled }: Payment, labels: Labels): () => void {
  if (!cancelled) return () => undefined;
  const pdf = sheet.page().doc;
  const from = pdf.getPageCount() - 1;
  const width = form.paper.widthMm * POINTS_PER_MM;
  const height = form.paper.heightMm * POINTS_PER_MM;
  const size = fitted(labels.cancelled, fonts.bold, MARK.size, width * 0.7);
  const length = widthOf(labels.cancelled, fonts.bold, size);
  const turn = (MARK.angle * Math.PI) / 180;
  return () => {
    for (const page of pdf.getPages().slice(from)) {
      page.drawText(labels.cancelled, {
        x: width / 2 - (length / 2) * Math.cos(turn) + (size / 3) * Math.sin(turn),
        y: height / 2 - (length / 2) * Math.sin(turn) - (size / 3) * Math.cos(turn),
        size,
        font: fonts.bold,
        renderMode: TextRenderingMode.Outline,
        strokeWidth: MARK.line,
        strokeColor: grayscale(0),
        rotate: degrees(MARK.angle),
      });
    }
  };
}
