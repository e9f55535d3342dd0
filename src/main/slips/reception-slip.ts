import fontkit from '@cantoo/fontkit';
import { PDFDocument } from 'pdf-lib';
import { CounterError } from '../../contract/errors.ts';
import type { Applicant, ComponentView, DossierCode, DossierView } from '../../contract/model.ts';
import type { BarcodeMatrix, EncodeBarcode } from './barcode.ts';
import type { SlipForm } from './form.ts';
import { slipQrText } from './qr-text.ts';
import { BODY, createSheet, type Fonts, fitted, LEADING, POINTS_PER_MM, type Sheet } from './sheet.ts';
import { exact, printable, type Span, type TextLine, widthOf, wrap } from './text.ts';
import { dateValues, fill, writeAmount, writeDuration, writeInstant } from './wording.ts';

export interface SlipRequest {
  /** A dossier with applicant, code and time of receipt. */
  readonly dossier: DossierView;
  readonly unit: {
    readonly name: string;
    /** Parent agency; empty where there is none. */
    readonly parent: string;
    /** Place of the date line. */
    readonly place: string;
  };
  readonly counter: string;
  readonly clerkName: string;
  /** Name of the information system, for the QR. */
  readonly system: string;
  /** When the slip is issued; a reprint has its own. Default: the time of receipt. */
  readonly issuedAt?: string;
  /** Running number of the slip, where the unit keeps one; a dotted gap otherwise. */
  readonly number?: string;
  readonly resultPlace?: string;
  /** Sets of the dossier (bộ). Default 1. */
  readonly sets?: number;
  /** TrueType, Times metrics (NĐ 30/2020/NĐ-CP asks for Times New Roman). */
  readonly fonts: {
    readonly regular: Uint8Array;
    readonly bold: Uint8Array;
    readonly italic: Uint8Array;
  };
  readonly form: SlipForm;
  readonly encodeBarcode: EncodeBarcode;
}

/** Everything the drawing needs, already checked and printable. */
interface Draft {
  readonly request: SlipRequest;
  readonly applicant: Applicant;
  readonly code: DossierCode;
  readonly receivedAt: string;
  readonly issuedAt: string;
  readonly barcode: BarcodeMatrix;
  readonly qr: BarcodeMatrix;
  readonly print: (text: string) => string;
}

const TITLE = 12;
const SMALL = 8.5;
const QR_MM = 22;
const BARCODE_MM = { module: 0.27, most: 92, height: 8.5 };

/**
 * 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả' as a PDF: A5 portrait, the QR in the top left corner (TT 01/2023/TT-VPCP
 * Điều 26), the code as text and Code 128, the form's fields in its order. The same request gives the same bytes.
 *
 * Throws DOSSIER_STATE where applicant, code or time of receipt is missing, SLIP_TEXT_UNPRINTABLE where a name or a
 * number holds a character that the font lacks; in long texts such a one is printed as an empty box.
 */
export async function renderReceptionSlip(request: SlipRequest): Promise<Uint8Array> {
  const { dossier, form } = request;
  const { applicant, code, receivedAt } = dossier;
  if (!applicant || !code || !receivedAt) {
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, reason: 'not-received' });
  }
  const issuedAt = request.issuedAt ?? receivedAt;
  const pdf = await PDFDocument.create({ updateMetadata: false });
  describe(pdf, request, code, issuedAt);
  const fonts = await embed(pdf, request.fonts);
  const known = new Set(fonts.regular.getCharacterSet());
  const kept: Applicant = {
    ...applicant,
    name: exact(applicant.name, 'name', known),
    identityNumber: exact(applicant.identityNumber, 'identityNumber', known),
  };
  const qr = await request.encodeBarcode(
    'qr',
    slipQrText({
      dossierCode: code.value,
      procedureCode: dossier.procedure.code,
      identityNumber: kept.identityNumber,
      paperName: form.form,
      systemName: request.system,
      issuedAt,
      dueAt: dossier.due?.at ?? null,
    }),
  );
  const draft: Draft = {
    request: { ...request, clerkName: exact(request.clerkName, 'clerkName', known) },
    applicant: kept,
    code: { ...code, value: exact(code.value, 'code', known) },
    receivedAt,
    issuedAt,
    barcode: await request.encodeBarcode('code128', code.value),
    qr,
    print: (text) => printable(text, known),
  };
  const sheet = createSheet(pdf, fonts, form.paper, codeLine(form, draft.code));
  drawHead(sheet, fonts, draft);
  drawCode(sheet, fonts, draft);
  drawFields(sheet, fonts, draft);
  drawSignatures(sheet, fonts, draft);
  return pdf.save({ useObjectStreams: false, addDefaultPage: false });
}

function describe(pdf: PDFDocument, request: SlipRequest, code: DossierCode, issuedAt: string): void {
  const { form, unit, system } = request;
  pdf.setTitle(`${form.form} ${code.value}`, { showInWindowTitleBar: true });
  pdf.setSubject(form.regulation);
  pdf.setAuthor(unit.name);
  pdf.setCreator(system);
  pdf.setProducer(system);
  pdf.setLanguage('vi-VN');
  pdf.setCreationDate(new Date(issuedAt));
  pdf.setModificationDate(new Date(issuedAt));
}

async function embed(pdf: PDFDocument, bytes: SlipRequest['fonts']): Promise<Fonts> {
  pdf.registerFontkit(fontkit);
  // Ligatures would make the text's letters hard to find again.
  const options = { subset: true, features: { liga: false } };
  return {
    regular: await pdf.embedFont(bytes.regular, options),
    bold: await pdf.embedFont(bytes.bold, options),
    italic: await pdf.embedFont(bytes.italic, options),
  };
}

function codeLine(form: SlipForm, code: DossierCode): string {
  return `${code.kind === 'official' ? form.labels.code : form.labels.temporaryCode} ${code.value}`;
}

/** QR, agency and Quốc hiệu side by side; below them the number and the place-date line. */
function drawHead(sheet: Sheet, fonts: Fonts, { request, qr, issuedAt, print }: Draft): void {
  const { labels } = request.form;
  const top = sheet.y;
  const qrSize = QR_MM * POINTS_PER_MM;
  sheet.matrix(qr, sheet.left, qrSize, qrSize);

  const nationSize = 8;
  const nationWidth = widthOf(labels.nation, fonts.bold, nationSize);
  const nation = { from: sheet.right - nationWidth, to: sheet.right, align: 'centre' as const };
  sheet.line(labels.nation, fonts.bold, nationSize, nation);
  const mottoSize = 9;
  sheet.line(labels.motto, fonts.bold, mottoSize, nation);
  const half = widthOf(labels.motto, fonts.bold, mottoSize) / 2;
  const middle = (nation.from + nation.to) / 2;
  sheet.y += 1.5;
  sheet.rule(middle - half, middle + half);

  sheet.y = top;
  const agency = { from: sheet.left + qrSize + 5, to: nation.from - 4, align: 'centre' as const };
  const parent = print(request.unit.parent).toLocaleUpperCase('vi');
  const name = print(request.unit.name).toLocaleUpperCase('vi');
  drawBlock(sheet, parent, fonts.regular, 7.5, agency);
  drawBlock(sheet, name, fonts.bold, 7.5, agency);
  sheet.y += 1.5;
  const centre = (agency.from + agency.to) / 2;
  const rule = (agency.to - agency.from) / 5;
  sheet.rule(centre - rule, centre + rule);

  sheet.y = Math.max(sheet.y + 4, top + qrSize - 2 * BODY * LEADING);
  const number = fill(labels.number, { number: request.number ?? labels.blankNumber });
  const lineTop = sheet.y;
  const date = fill(labels.placeDate, { place: print(request.unit.place), ...dateValues(issuedAt) });
  sheet.line(print(number), fonts.regular, 9, agency);
  sheet.y = lineTop;
  const dateSize = fitted(date, fonts.italic, 9, nation.to - agency.to);
  sheet.line(date, fonts.italic, dateSize, nation);
  sheet.y = Math.max(sheet.y, top + qrSize) + 7;
}

function drawBlock(
  sheet: Sheet,
  text: string,
  font: Fonts['regular'],
  size: number,
  place: { from: number; to: number; align: 'centre' },
): void {
  for (const line of balanced({ text, font }, size, place.to - place.from)) {
    sheet.line(line.words.map((w) => w.text).join(' '), font, size, place);
  }
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

function drawCode(sheet: Sheet, fonts: Fonts, { request, code, barcode }: Draft): void {
  const { labels } = request.form;
  const across = { from: sheet.left, to: sheet.right, align: 'centre' as const };
  sheet.line(labels.title, fonts.bold, fitted(labels.title, fonts.bold, TITLE, sheet.width), across);
  sheet.y += 2;
  const line = codeLine(request.form, code);
  sheet.line(line, fonts.bold, fitted(line, fonts.bold, 11, sheet.width), across);
  sheet.y += 2;
  const width = Math.min(barcode.width * BARCODE_MM.module, BARCODE_MM.most) * POINTS_PER_MM;
  const height = BARCODE_MM.height * POINTS_PER_MM;
  sheet.matrix(barcode, sheet.left + (sheet.width - width) / 2, width, height);
  sheet.y += height + 5;
  if (code.kind === 'temporary') {
    sheet.paragraph([{ text: labels.temporaryNote, font: fonts.italic }], { size: SMALL, gapAfter: 3 });
  }
}

function drawFields(sheet: Sheet, fonts: Fonts, draft: Draft): void {
  const { request, applicant, print } = draft;
  const { dossier, form } = request;
  const { labels } = form;
  const field = (label: string, value: string, font = fonts.regular) => {
    const text = print(value);
    sheet.paragraph(
      [
        { text: label, font: fonts.regular },
        { text, font },
      ],
      { leader: text === '' },
    );
  };

  field(labels.counter, request.counter);
  field(labels.applicant, applicant.name, fonts.bold);
  field(labels.identityNumber, applicant.identityNumber, fonts.bold);
  field(labels.address, applicant.address);
  drawPair(sheet, fonts, [labels.phone, print(applicant.phone)], [labels.email, print(applicant.email)]);
  field(labels.subject, `${dossier.procedure.name} (${dossier.procedure.code})`);
  drawComponents(sheet, fonts, draft);
  field(labels.sets, fill(labels.setsValue, { count: String(request.sets ?? 1).padStart(2, '0') }));
  field(labels.duration, writeDuration(form, dossier.procedure.duration));
  field(labels.received, writeInstant(form, draft.receivedAt));
  field(labels.due, dossier.due ? writeInstant(form, dossier.due.at) : '', fonts.bold);
  field(labels.resultPlace, request.resultPlace ?? '');
  const register = fill(labels.register, { book: labels.blank, order: labels.blank });
  sheet.paragraph([{ text: register, font: fonts.regular }]);
}

/** Two short fields share a line; a long one gets its own. */
function drawPair(sheet: Sheet, fonts: Fonts, ...fields: (readonly [string, string])[]): void {
  const half = sheet.width / 2;
  const fits = fields.every(([label, value]) => widthOf(`${label} ${value}`, fonts.regular, BODY) < half - 4);
  if (!fits) {
    for (const [label, value] of fields) {
      sheet.paragraph([{ text: `${label} ${value}`, font: fonts.regular }], { leader: value === '' });
    }
    return;
  }
  sheet.room(BODY * LEADING);
  const top = sheet.y;
  fields.forEach(([label, value], i) => {
    sheet.y = top;
    const from = sheet.left + i * half;
    const dot = widthOf('.', fonts.regular, BODY);
    const used = widthOf(`${label} `, fonts.regular, BODY);
    const dots = '.'.repeat(Math.floor((half - 4 - used) / dot));
    const text = `${label} ${value === '' ? dots : value}`;
    sheet.line(text, fonts.regular, BODY, { from, to: from + half, align: 'left' });
  });
  sheet.y += 2;
}

/** The papers that were handed in, numbered, with their amounts. */
function drawComponents(sheet: Sheet, fonts: Fonts, { request, print }: Draft): void {
  const { dossier, form } = request;
  const handed = dossier.components.filter(wasHandedIn);
  sheet.paragraph([{ text: form.labels.components, font: fonts.regular }], { gapAfter: 1 });
  if (handed.length === 0) {
    sheet.paragraph([{ text: form.labels.noComponents, font: fonts.italic }], { inset: 10 });
  }
  handed.forEach(({ spec }, i) => {
    const amount = writeAmount(form, spec);
    const text = `${i + 1}. ${print(spec.name)}${amount === '' ? '' : ` (${amount})`}`;
    sheet.paragraph([{ text, font: fonts.regular }], { inset: 10, hang: 11, gapAfter: 1 });
  });
  sheet.y += 1;
}

function wasHandedIn({ spec, pages }: ComponentView): boolean {
  return spec.handling === 'submit' && pages.some((p) => !p.removed);
}

/** Kept together on one page; the submitter writes the name, the receiver's is printed. */
function drawSignatures(sheet: Sheet, fonts: Fonts, { request }: Draft): void {
  const { labels } = request.form;
  const half = sheet.width / 2;
  const signing = 15 * POINTS_PER_MM;
  sheet.room(signing + 4 * BODY * LEADING);
  sheet.y += 5;
  const top = sheet.y;
  const columns = [
    { title: labels.submitter, name: '' },
    { title: labels.receiver, name: request.clerkName },
  ];
  columns.forEach(({ title, name }, i) => {
    const place = { from: sheet.left + i * half, to: sheet.left + (i + 1) * half, align: 'centre' as const };
    sheet.y = top;
    sheet.line(title, fonts.bold, fitted(title, fonts.bold, 9.5, half - 4), place);
    sheet.line(labels.signHere, fonts.italic, 9, place);
    sheet.y += signing;
    if (name !== '') sheet.line(name, fonts.bold, fitted(name, fonts.bold, BODY, half - 4), place);
  });
}
