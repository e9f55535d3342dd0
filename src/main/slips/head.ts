import { CounterError } from '../../contract/errors.ts';
import { pad } from '../calendar/local-time.ts';
import type { BarcodeMatrix } from './barcode.ts';
import type { Draft } from './draft.ts';
import { labelsOf } from './form.ts';
import { type Fonts, fitted, LEADING, type Place, POINTS_PER_MM, type Sheet } from './sheet.ts';
import { type Span, type TextLine, widthOf, wrap } from './text.ts';
import { dateValues, fill } from './wording.ts';

export interface Head {
  /** Of the paper's data (TT 01/2023/TT-VPCP Điều 26); null = none. */
  readonly qr: BarcodeMatrix | null;
}

/** Most of the sheet's width that Quốc hiệu takes, so that agency and QR keep theirs. */
const NATION_SHARE = 0.57;
/** Share of its size below which a line is rather broken. */
const LEAST_FIT = 0.75;
/** Points below which an agency's name would be broken into letters. */
const LEAST_AGENCY = 40;
/** Share of the paper's short side. */
const QR_SHARE = 22 / 148;
const QR_MOST_MM = 26;

/**
 * The head that all forms share: the QR in the top left corner, parent agency and agency beside it, Quốc hiệu and Tiêu
 * ngữ on the right; below them the number on the left, place and date on the right (NĐ 30/2020 Phụ lục I). A reprint is
 * marked below. Labels: nation, motto, placeDate; number and blankNumber where the form has a number line (`{number}`
 * and `{unit}` = label `unitAbbreviation` are filled in); reprint; letterheadParent and letterheadOwn stand in for the
 * unit's own names where a unit's variant has them; dataQr is written under the QR. Throws CONFIG_INVALID where the
 * paper is too narrow.
 */
export function drawHead(draft: Draft, { qr }: Head): void {
  const { form, context, fonts, sheet, sizes, print } = draft;
  const labels = labelsOf(form, ['nation', 'motto', 'placeDate']);
  const top = sheet.y;
  const qrSize = qr ? qrSizeOf(draft) : 0;
  if (qr) sheet.matrix(qr, sheet.left, qrSize, qrSize);

  const nationSize = fitted(labels.nation, fonts.bold, sizes.nation, sheet.width * NATION_SHARE);
  const nationWidth = widthOf(labels.nation, fonts.bold, nationSize);
  const nation: Place = { from: sheet.right - nationWidth, to: sheet.right, align: 'centre' };
  const agency: Place = {
    from: sheet.left + (qr ? qrSize + 5 : 0),
    to: nation.from - 4,
    align: 'centre',
  };
  if (agency.to - agency.from < LEAST_AGENCY) {
    const problem = `${form.kind}: paper: too narrow for its head`;
    throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem });
  }
  drawNation(draft, nation, nationSize, labels);
  sheet.y = top;
  const parent = print(form.labels.letterheadParent ?? context.unit.parent).toLocaleUpperCase('vi');
  const own = print(form.labels.letterheadOwn ?? context.unit.name).toLocaleUpperCase('vi');
  const agencySize = Math.min(sizes.agency, nationSize);
  drawBlock(sheet, parent, fonts.regular, agencySize, agency);
  drawBlock(sheet, own, fonts.bold, agencySize, agency);
  sheet.y += 1.5;
  const centre = (agency.from + agency.to) / 2;
  const rule = (agency.to - agency.from) / 5;
  sheet.rule(centre - rule, centre + rule);

  const lineHeight = sizes.date * LEADING;
  sheet.y = Math.max(sheet.y + 4, top + 3 * lineHeight, top + qrSize - 2 * lineHeight);
  const lineTop = sheet.y;
  drawFitted(sheet, numberLine(draft), fonts.regular, sizes.number, agency);
  const numberEnd = sheet.y;
  sheet.y = lineTop;
  const date = fill(labels.placeDate, { place: print(context.unit.place), ...dateValues(context.issuedAt) });
  drawFitted(sheet, date, fonts.italic, sizes.date, nation);
  sheet.y = Math.max(sheet.y, numberEnd);
  const below = Math.max(sheet.y, top + qrSize);
  const labelEnd = drawQrLabel(draft, top + qrSize, qrSize);
  sheet.y = below;
  drawReprintMark(draft);
  sheet.y = Math.max(sheet.y, labelEnd) + sizes.body * 0.5;
}

/** The paper's title in capitals, centred, over as many lines as it takes. */
export function drawTitle(draft: Draft, title: string): void {
  const { sheet, fonts, sizes } = draft;
  const place: Place = { from: sheet.left, to: sheet.right, align: 'centre' };
  drawBlock(sheet, draft.print(title), fonts.bold, sizes.title, place);
  sheet.y += 2;
}

/** `BẢN IN LẠI LẦN 2`; empty for the paper itself. Papers show it on their further pages too. */
export function reprintMark({ form, context }: Pick<Draft, 'form' | 'context'>): string {
  if (context.reprint === 0) return '';
  return fill(labelsOf(form, ['reprint']).reprint, { count: context.reprint });
}

/** What the QR is, under it, where the form says so; returns where it ends. */
function drawQrLabel({ form, sheet, fonts, sizes, print }: Draft, top: number, width: number): number {
  const { dataQr } = form.labels;
  if (dataQr === undefined || width === 0) return top;
  const text = print(dataQr);
  const size = fitted(text, fonts.italic, sizes.small * 0.85, width);
  const end = sheet.y;
  sheet.y = top + 1;
  sheet.line(text, fonts.italic, size, { from: sheet.left, to: sheet.left + width, align: 'centre' });
  const below = sheet.y;
  sheet.y = end;
  return below;
}

function drawReprintMark(draft: Draft): void {
  const mark = reprintMark(draft);
  if (mark === '') return;
  const { sheet, fonts, sizes } = draft;
  sheet.line(mark, fonts.bold, sizes.small, { from: sheet.left, to: sheet.right, align: 'centre' });
}

/** Numbers below 10 get a leading zero (NĐ 30/2020 Phụ lục I). */
function numberLine({ form, context }: Draft): string {
  const { number, unitAbbreviation = '' } = form.labels;
  if (number === undefined) return '';
  const value = context.number === null ? labelsOf(form, ['blankNumber']).blankNumber : pad(context.number);
  return fill(number, { number: value, unit: unitAbbreviation });
}

function drawNation(
  { sheet, fonts, sizes }: Draft,
  place: Place,
  size: number,
  labels: { readonly nation: string; readonly motto: string },
): void {
  sheet.line(labels.nation, fonts.bold, size, place);
  const mottoSize = fitted(labels.motto, fonts.bold, sizes.motto, place.to - place.from);
  sheet.line(labels.motto, fonts.bold, mottoSize, place);
  const half = widthOf(labels.motto, fonts.bold, mottoSize) / 2;
  const middle = (place.from + place.to) / 2;
  sheet.y += 1.5;
  sheet.rule(middle - half, middle + half);
}

function qrSizeOf({ form }: Draft): number {
  const { widthMm, heightMm } = form.paper;
  return Math.min(Math.min(widthMm, heightMm) * QR_SHARE, QR_MOST_MM) * POINTS_PER_MM;
}

/** A text in one font over as many centred lines as it takes. */
export function drawBlock(
  sheet: Sheet,
  text: string,
  font: Fonts['regular'],
  size: number,
  place: Place,
): void {
  for (const line of balanced({ text, font }, size, place.to - place.from)) {
    sheet.line(line.words.map((w) => w.text).join(' '), font, size, place);
  }
}

/** On one line, somewhat smaller where need be; over several where that would be too small to read. */
function drawFitted(sheet: Sheet, text: string, font: Fonts['regular'], size: number, place: Place): void {
  if (text === '') return;
  const fit = fitted(text, font, size, place.to - place.from);
  if (fit >= size * LEAST_FIT) sheet.line(text, font, fit, place);
  else drawBlock(sheet, text, font, size, place);
}

/** As many lines as it takes, and no narrower than it need be: an agency's name must not leave one word behind. */
function balanced(span: Span, size: number, width: number): TextLine[] {
  let lines = wrap([span], size, width);
  for (let narrower = width - 2; narrower > width / 2; narrower -= 2) {
    const next = wrap([span], size, narrower);
    if (next.length > lines.length || next.some((line) => line.width > narrower)) break;
    lines = next;
  }
  return lines;
}
