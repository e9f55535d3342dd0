import fontkit from '@cantoo/fontkit';
import { PDFDocument, type PDFFont } from 'pdf-lib';
import type { DossierCode } from '../../contract/model.ts';
import type { ComponentSpec } from '../../contract/procedures.ts';
import { type Separator, separatorText } from '../dossiers/separation.ts';
import type { BarcodeMatrix, EncodeBarcode } from './barcode.ts';
import type { SeparatorForm } from './separator-form.ts';
import { BODY, createSheet, type Fonts, LEADING, POINTS_PER_MM, type Sheet } from './sheet.ts';
import { printable, wrap } from './text.ts';
import { fill } from './wording.ts';

export interface SeparatorSheetsRequest {
  readonly dossier: {
    readonly id: string;
    readonly code: DossierCode | null;
    readonly procedure: { readonly code: string; readonly name: string };
    readonly applicantName: string | null;
  };
  /** In the dossier's order; each gets its sheet. */
  readonly components: readonly Pick<ComponentSpec, 'id' | 'name'>[];
}

export interface SeparatorSheetResources {
  /** TrueType, with Vietnamese. */
  readonly fonts: { readonly regular: Uint8Array; readonly bold: Uint8Array; readonly italic: Uint8Array };
  readonly form: SeparatorForm;
  readonly encodeBarcode: EncodeBarcode;
  /** Name of the information system, for the PDF's properties. */
  readonly system: string;
  /** When the sheets are made. */
  readonly issuedAt: string;
}

interface Draft {
  readonly separator: Separator;
  readonly title: string;
  readonly lead: string;
  readonly name: string;
  readonly details: readonly string[];
  readonly hint: string;
}

interface Codes {
  readonly qr: BarcodeMatrix;
  /** Null where the text is not ASCII; where its bars would be too fine for a poor copy, a QR takes their place. */
  readonly bars: BarcodeMatrix | null;
}

const QR_MM = 46;
const MIDDLE_QR_MM = 36;
const BARS_MM = { height: 14, leastModule: 0.4, mostModule: 0.5 };
const TITLE = 18;
const LEAD = 15;
const TEXT = 13;
const NAME = { most: 46, least: 16 };
const MOST_LISTED = 24;
const LIST_SIZES = { most: 13, least: 9 };

/**
 * Separator sheets as one PDF: the dossier's cover, a sheet for each component, and 'next component'. Each carries its
 * separator text as QR in two opposite corners and, where it fits, as Code 128 between them. The same request gives the
 * same bytes. Text that the font lacks is printed as an empty box; the codes carry ids, not names.
 *
 * Throws SLIP_TEXT_UNPRINTABLE where an id cannot be encoded, RangeError where one is empty or too long.
 */
export async function separatorSheets(
  request: SeparatorSheetsRequest,
  resources: SeparatorSheetResources,
): Promise<Uint8Array> {
  const { form, system, issuedAt } = resources;
  const pdf = await PDFDocument.create({ updateMetadata: false });
  pdf.setTitle(form.labels.document, { showInWindowTitleBar: true });
  pdf.setCreator(system);
  pdf.setProducer(system);
  pdf.setLanguage('vi-VN');
  pdf.setCreationDate(new Date(issuedAt));
  pdf.setModificationDate(new Date(issuedAt));
  const fonts = await embed(pdf, resources.fonts);
  const known = new Set(fonts.regular.getCharacterSet());
  for (const draft of draftsOf(request, form)) {
    const codes = await codesOf(draft.separator, resources.encodeBarcode);
    drawSheet(createSheet(pdf, fonts, form.paper, { running: '' }), fonts, form, draft, codes, (text) =>
      printable(text, known),
    );
  }
  return pdf.save({ useObjectStreams: false, addDefaultPage: false });
}

async function embed(pdf: PDFDocument, bytes: SeparatorSheetResources['fonts']): Promise<Fonts> {
  pdf.registerFontkit(fontkit);
  const options = { subset: true, features: { liga: false } };
  return {
    regular: await pdf.embedFont(bytes.regular, options),
    bold: await pdf.embedFont(bytes.bold, options),
    italic: await pdf.embedFont(bytes.italic, options),
  };
}

function draftsOf({ dossier, components }: SeparatorSheetsRequest, { labels }: SeparatorForm): Draft[] {
  const { code } = dossier;
  const dossierCode = code
    ? fill(code.kind === 'official' ? labels.code : labels.temporaryCode, { code: code.value })
    : labels.noCode;
  const procedure = fill(labels.procedure, dossier.procedure);
  const applicant = dossier.applicantName ? [fill(labels.applicant, { name: dossier.applicantName })] : [];
  return [
    {
      separator: { kind: 'dossier', dossierId: dossier.id },
      title: labels.dossierTitle,
      lead: dossierCode,
      name: dossier.procedure.name,
      details: [
        ...applicant,
        procedure,
        ...(components.length === 0 ? [] : [labels.components]),
        ...components.slice(0, MOST_LISTED).map((c, i) => `${i + 1}. ${c.name}`),
        ...(components.length > MOST_LISTED ? ['…'] : []),
      ],
      hint: labels.dossierHint,
    },
    ...components.map(
      (component, i): Draft => ({
        separator: { kind: 'component', componentId: component.id },
        title: labels.componentTitle,
        lead: fill(labels.order, { number: i + 1, total: components.length }),
        name: component.name,
        details: [dossierCode, ...applicant, procedure],
        hint: labels.componentHint,
      }),
    ),
    {
      separator: { kind: 'next-component' },
      title: labels.nextTitle,
      lead: '',
      name: labels.nextName,
      details: [],
      hint: labels.nextHint,
    },
  ];
}

async function codesOf(separator: Separator, encode: EncodeBarcode): Promise<Codes> {
  const text = separatorText(separator);
  const qr = await encode('qr', text);
  return { qr, bars: /^[\x20-\x7e]+$/.test(text) ? await encode('code128', text) : null };
}

/**
 * QR at the top left and the bottom right, so that neither a folded corner nor a page that lies over it takes both; and
 * one code between them, bars or QR, that stays on the picture of a sheet that leans so far that both corners leave it.
 */
function drawSheet(
  sheet: Sheet,
  fonts: Fonts,
  form: SeparatorForm,
  draft: Draft,
  { qr, bars }: Codes,
  print: (text: string) => string,
): void {
  const qrSize = QR_MM * POINTS_PER_MM;
  const top = sheet.y;
  const bottom = (form.paper.heightMm - form.paper.marginsMm.bottom) * POINTS_PER_MM;
  sheet.matrix(qr, sheet.left, qrSize, qrSize);
  const beside = { from: sheet.left + qrSize + 14, to: sheet.right };
  block(sheet, print(draft.title), fonts.bold, TITLE, beside);
  sheet.y += 6;
  if (draft.lead !== '') block(sheet, print(draft.lead), fonts.bold, LEAD, beside);
  sheet.y += 8;
  block(sheet, draft.hint, fonts.italic, TEXT, beside);

  const fine = bars ? sheet.width / POINTS_PER_MM / bars.width : 0;
  const middle =
    bars && fine >= BARS_MM.leastModule
      ? { code: bars, width: bars.width * Math.min(fine, BARS_MM.mostModule), height: BARS_MM.height }
      : { code: qr, width: MIDDLE_QR_MM, height: MIDDLE_QR_MM };
  const width = middle.width * POINTS_PER_MM;
  const height = middle.height * POINTS_PER_MM;
  const middleTop = bottom - qrSize - 22 - height;
  sheet.y = middleTop;
  sheet.matrix(middle.code, sheet.left + (sheet.width - width) / 2, width, height);
  sheet.y = bottom - qrSize;
  sheet.matrix(qr, sheet.right - qrSize, qrSize, qrSize);
  sheet.y = bottom - 3 * BODY * LEADING;
  block(sheet, form.labels.reuse, fonts.italic, BODY, { from: sheet.left, to: sheet.right - qrSize - 20 });

  sheet.y = top + qrSize + 34;
  const room = middleTop - 14 - sheet.y;
  const share = draft.details.length > 0 ? 0.55 : 1;
  const across = { from: sheet.left, to: sheet.right };
  const name = print(draft.name);
  block(
    sheet,
    name,
    fonts.bold,
    fitting([name], fonts.bold, NAME, sheet.width, room * share),
    across,
    room * share,
  );
  sheet.y += 16;
  const details = draft.details.map(print);
  const size = fitting(details, fonts.regular, LIST_SIZES, sheet.width, middleTop - 14 - sheet.y);
  for (const line of details) block(sheet, line, fonts.regular, size, across, middleTop - 14 - sheet.y);
}

/** Lines from `from` to `to`; those that would need more than `room` points are left out, the last one shown ends in '…'. */
function block(
  sheet: Sheet,
  text: string,
  font: PDFFont,
  size: number,
  { from, to }: { from: number; to: number },
  room = Number.POSITIVE_INFINITY,
): void {
  const lines = wrap([{ text, font }], size, to - from).map((line) =>
    line.words.map((w) => w.text).join(' '),
  );
  const most = Math.floor(room / (size * LEADING));
  const shown = lines.slice(0, Math.max(0, most));
  shown.forEach((line, i) => {
    const cutShort = i === shown.length - 1 && shown.length < lines.length;
    sheet.line(cutShort ? `${line.slice(0, -1)}…` : line, font, size, { from, to, align: 'left' });
  });
}

/** The largest size at which the paragraphs fit into the room, or the least there is. */
function fitting(
  paragraphs: readonly string[],
  font: PDFFont,
  { most, least }: { most: number; least: number },
  width: number,
  room: number,
): number {
  for (let size = most; size > least; size -= 1) {
    const lines = paragraphs.flatMap((text) => wrap([{ text, font }], size, width));
    if (lines.length * size * LEADING <= room) return size;
  }
  return least;
}
