import type { DossierCode } from '../../contract/model.ts';
import type { BarcodeMatrix } from './barcode.ts';
import type { Draft } from './draft.ts';
import { labelsOf } from './form.ts';
import { drawBlock } from './head.ts';
import type { PaperFacts } from './paper-facts.ts';
import { slipQrText } from './qr-text.ts';
import { fitted, POINTS_PER_MM } from './sheet.ts';

/** Codes of one paper, encoded before the drawing begins. */
export interface PaperCodes {
  /** The paper's data (TT 01/2023/TT-VPCP Điều 26), for the top left corner. */
  readonly data: BarcodeMatrix;
  /** The dossier's code as Code 128; null without one. */
  readonly code: BarcodeMatrix | null;
  /** At most two QR codes for the citizen's telephone, each with what it is for. */
  readonly labelled: readonly { readonly label: string; readonly matrix: BarcodeMatrix }[];
}

const BARCODE_MM = { module: 0.27, most: 92, height: 8.5 };
const LABELLED_MM = 17.5;

/** Throws SLIP_TEXT_UNPRINTABLE where a code cannot be encoded, CONFIG_INVALID where a label is missing. */
export async function encodeCodes(
  { form, context }: Pick<Draft, 'form' | 'context'>,
  facts: PaperFacts,
): Promise<PaperCodes> {
  const { dossier, applicant, code } = facts;
  const { encodeBarcode } = context;
  const data = await encodeBarcode(
    'qr',
    slipQrText({
      dossierCode: code?.value ?? '',
      procedureCode: dossier.procedure.code,
      identityNumber: applicant.identityNumber,
      paperName: form.form,
      systemName: context.system,
      issuedAt: context.issuedAt,
      dueAt: facts.qrDueAt,
    }),
  );
  if (!form.fields.includes('code-band')) return { data, code: null, labelled: [] };
  const labelled: { label: string; matrix: BarcodeMatrix }[] = [];
  // The province cannot look up a code that it did not issue.
  if (context.trackingUrl !== '' && code?.kind === 'official') {
    const url = context.trackingUrl.replaceAll('{code}', encodeURIComponent(code.value));
    labelled.push({
      label: labelsOf(form, ['trackingQr']).trackingQr,
      matrix: await encodeBarcode('qr', url),
    });
  }
  if (context.paymentQr !== '') {
    labelled.push({
      label: labelsOf(form, ['paymentQr']).paymentQr,
      matrix: await encodeBarcode('qr', context.paymentQr),
    });
  }
  return { data, code: code ? await encodeBarcode('code128', code.value) : null, labelled };
}

/** `Mã hồ sơ: H14…`, or `Mã tạm: …` where it is no official one. */
export function codeLine({ form }: Pick<Draft, 'form'>, code: DossierCode): string {
  const labels = labelsOf(form, ['code', 'temporaryCode']);
  return `${code.kind === 'official' ? labels.code : labels.temporaryCode} ${code.value}`;
}

/**
 * The code as text and bars in the middle, the citizen's QR codes on both sides with their labels below; a temporary
 * code is said to be so.
 */
export function drawCodeBand(draft: Draft, code: DossierCode, codes: PaperCodes): void {
  const { sheet, fonts, sizes, form, print } = draft;
  const part = Math.min(form.paper.widthMm, form.paper.heightMm) / 148;
  const size = LABELLED_MM * Math.min(part, 1.3) * POINTS_PER_MM;
  const side = codes.labelled.length === 0 ? 0 : size * 1.3;
  const middle = { from: sheet.left + side, to: sheet.right - side, align: 'centre' as const };
  const top = sheet.y;
  const line = codeLine(draft, code);
  const room = middle.to - middle.from;
  sheet.line(line, fonts.bold, fitted(line, fonts.bold, sizes.title, room), middle);
  sheet.y += 2;
  if (codes.code) {
    const width = Math.min(codes.code.width * BARCODE_MM.module, BARCODE_MM.most) * POINTS_PER_MM;
    const height = BARCODE_MM.height * POINTS_PER_MM;
    const fit = Math.min(width, room - 8);
    sheet.matrix(codes.code, middle.from + (room - fit) / 2, fit, height);
    sheet.y += height + 5;
  }
  let below = sheet.y;
  codes.labelled.forEach(({ label, matrix }, i) => {
    const from = i === 0 ? middle.to : sheet.left;
    sheet.y = top;
    sheet.matrix(matrix, from + (side - size) / 2, size, size);
    sheet.y += size + 2;
    const place = { from, to: from + side, align: 'centre' as const };
    drawBlock(sheet, print(label), fonts.italic, sizes.small * 0.85, place);
    below = Math.max(below, sheet.y + 2);
  });
  sheet.y = below;
  if (code.kind === 'temporary') {
    const { temporaryNote } = labelsOf(form, ['temporaryNote']);
    sheet.paragraph([{ text: print(temporaryNote), font: fonts.italic }], { size: sizes.small, gapAfter: 3 });
  }
}
