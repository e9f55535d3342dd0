import { CounterError } from '../../contract/errors.ts';
import type { Applicant, ComponentView, DossierCode } from '../../contract/model.ts';
import type { BarcodeMatrix } from './barcode.ts';
import { type Draft, openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawHead, drawTitle } from './head.ts';
import { slipQrText } from './qr-text.ts';
import { fitted, LEADING, POINTS_PER_MM } from './sheet.ts';
import { drawSignatures } from './signatures.ts';
import type { Slip, SlipContext } from './slip.ts';
import { widthOf } from './text.ts';
import { fill, writeAmount, writeDuration, writeInstant } from './wording.ts';

const BARCODE_MM = { module: 0.27, most: 92, height: 8.5 };

const LABELS = [
  'title',
  'code',
  'temporaryCode',
  'temporaryNote',
  'counter',
  'applicant',
  'identityNumber',
  'address',
  'phone',
  'email',
  'subject',
  'components',
  'noComponents',
  'sets',
  'setsValue',
  'duration',
  'received',
  'due',
  'resultPlace',
  'register',
  'blank',
  'submitter',
  'receiver',
  'signHere',
] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

/** Everything the drawing needs, already checked and printable. */
interface Facts {
  readonly dossier: Extract<Slip, { kind: 'reception' }>['dossier'];
  readonly applicant: Applicant;
  readonly code: DossierCode;
  readonly receivedAt: string;
  readonly barcode: BarcodeMatrix;
  readonly labels: Labels;
}

/**
 * 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả' as a PDF: the QR in the top left corner (TT 01/2023/TT-VPCP Điều 26), the
 * code as text and Code 128, the form's fields in its order. The same request gives the same bytes.
 *
 * Throws DOSSIER_STATE where applicant, code or time of receipt is missing, SLIP_TEXT_UNPRINTABLE where a name or a
 * number holds a character that the font lacks; in long texts such a one is printed as an empty box.
 */
export async function renderReceptionSlip(
  { dossier }: Extract<Slip, { kind: 'reception' }>,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const { applicant, code, receivedAt } = dossier;
  if (!applicant || !code || !receivedAt) {
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, reason: 'not-received' });
  }
  const labels = labelsOf(form, LABELS);
  const draft = await openDraft(form, context, {
    title: `${form.form} ${code.value}`,
    running: codeLine(labels, code),
  });
  const kept: Applicant = {
    ...applicant,
    name: draft.exact(applicant.name, 'name'),
    identityNumber: draft.exact(applicant.identityNumber, 'identityNumber'),
  };
  const qr = await context.encodeBarcode(
    'qr',
    slipQrText({
      dossierCode: code.value,
      procedureCode: dossier.procedure.code,
      identityNumber: kept.identityNumber,
      paperName: form.form,
      systemName: context.system,
      issuedAt: context.issuedAt,
      dueAt: dossier.due?.at ?? null,
    }),
  );
  const facts: Facts = {
    dossier,
    applicant: kept,
    code: { ...code, value: draft.exact(code.value, 'code') },
    receivedAt,
    barcode: await context.encodeBarcode('code128', code.value),
    labels,
  };
  drawHead(draft, { qr });
  drawTitle(draft, labels.title);
  drawCode(draft, facts);
  drawFields(draft, facts);
  drawSignatures(draft, [
    { title: labels.submitter, notes: [labels.signHere], name: '' },
    { title: labels.receiver, notes: [labels.signHere], name: draft.exact(context.clerkName, 'clerkName') },
  ]);
  return draft.finish();
}

function codeLine(labels: Labels, code: DossierCode): string {
  return `${code.kind === 'official' ? labels.code : labels.temporaryCode} ${code.value}`;
}

function drawCode({ sheet, fonts, sizes }: Draft, { labels, code, barcode }: Facts): void {
  const line = codeLine(labels, code);
  const across = { from: sheet.left, to: sheet.right, align: 'centre' as const };
  sheet.line(line, fonts.bold, fitted(line, fonts.bold, sizes.title * 1.1, sheet.width), across);
  sheet.y += 2;
  const width = Math.min(barcode.width * BARCODE_MM.module, BARCODE_MM.most) * POINTS_PER_MM;
  const height = BARCODE_MM.height * POINTS_PER_MM;
  sheet.matrix(barcode, sheet.left + (sheet.width - width) / 2, width, height);
  sheet.y += height + 5;
  if (code.kind === 'temporary') {
    sheet.paragraph([{ text: labels.temporaryNote, font: fonts.italic }], { size: sizes.small, gapAfter: 3 });
  }
}

function drawFields(draft: Draft, { dossier, applicant, receivedAt, labels }: Facts): void {
  const { context, fonts, sheet, print, form } = draft;
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

  field(labels.counter, context.counter);
  field(labels.applicant, applicant.name, fonts.bold);
  field(labels.identityNumber, applicant.identityNumber, fonts.bold);
  field(labels.address, applicant.address);
  drawPair(draft, [labels.phone, print(applicant.phone)], [labels.email, print(applicant.email)]);
  field(labels.subject, `${dossier.procedure.name} (${dossier.procedure.code})`);
  drawComponents(draft, dossier.components, labels);
  field(labels.sets, fill(labels.setsValue, { count: String(dossier.intake.sets).padStart(2, '0') }));
  field(labels.duration, writeDuration(form, dossier.procedure.duration));
  field(labels.received, writeInstant(form, receivedAt));
  field(labels.due, dossier.due ? writeInstant(form, dossier.due.at) : '', fonts.bold);
  field(labels.resultPlace, dossier.intake.result.place);
  const register = context.register ?? { book: labels.blank, order: labels.blank };
  sheet.paragraph([{ text: print(fill(labels.register, register)), font: fonts.regular }]);
}

/** Two short fields share a line; a long one gets its own. */
function drawPair({ sheet, fonts, sizes }: Draft, ...fields: (readonly [string, string])[]): void {
  const { body } = sizes;
  const half = sheet.width / 2;
  const fits = fields.every(([label, value]) => widthOf(`${label} ${value}`, fonts.regular, body) < half - 4);
  if (!fits) {
    for (const [label, value] of fields) {
      sheet.paragraph([{ text: `${label} ${value}`, font: fonts.regular }], { leader: value === '' });
    }
    return;
  }
  sheet.room(body * LEADING);
  const top = sheet.y;
  fields.forEach(([label, value], i) => {
    sheet.y = top;
    const from = sheet.left + i * half;
    const dot = widthOf('.', fonts.regular, body);
    const used = widthOf(`${label} `, fonts.regular, body);
    const dots = '.'.repeat(Math.floor((half - 4 - used) / dot));
    const text = `${label} ${value === '' ? dots : value}`;
    sheet.line(text, fonts.regular, body, { from, to: from + half, align: 'left' });
  });
  sheet.y += 2;
}

/** The papers that were handed in, numbered, with their amounts. */
function drawComponents(
  { sheet, fonts, form, print }: Draft,
  components: readonly ComponentView[],
  labels: Labels,
): void {
  const handed = components.filter(wasHandedIn);
  sheet.paragraph([{ text: labels.components, font: fonts.regular }], { gapAfter: 1 });
  if (handed.length === 0) {
    sheet.paragraph([{ text: labels.noComponents, font: fonts.italic }], { inset: 10 });
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
