import { owed } from '../fees/lines.ts';
import { dossierQr, type ReceivedFacts, receivedFacts } from './about-dossier.ts';
import { dongInDigits } from './amount-in-words.ts';
import { type Draft, openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawBlock, reprintMark } from './head.ts';
import { fitted, type Place, POINTS_PER_MM } from './sheet.ts';
import type { Slip, SlipContext } from './slip.ts';
import { fill, writeInstant } from './wording.ts';

const LABELS = [
  'title',
  'code',
  'temporaryCode',
  'temporaryNote',
  'applicant',
  'subject',
  'received',
  'due',
  'unknownDue',
  'counter',
  'bring',
  'bring.slip',
  'bring.identity',
  'bring.original',
  'bring.money',
  'contact',
] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

/** Points; a thermal head of 203 dots an inch draws nothing finer well. */
const TYPE = { title: 13, code: 19, due: 15, body: 10.5, small: 9 };
const QR_MM = 27;
/** Paper that the first drawing is made on, to learn how long the ticket is. */
const LONGEST_MM = 4000;

/**
 * The ticket of a dossier for an 80 mm thermal printer: agency, data QR in the top left corner (TT 01/2023/TT-VPCP
 * Điều 26), the code as large as the paper takes, the appointment and what to bring. All in black, no grey and no fill.
 * The form's height is the least; the page is as long as what stands on it.
 *
 * Throws DOSSIER_STATE for a dossier that is not received, SLIP_TEXT_UNPRINTABLE for a name that the font lacks.
 */
export async function renderTicket(
  { dossier }: Extract<Slip, { kind: 'ticket' }>,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const facts = receivedFacts(dossier);
  const labels = labelsOf(form, LABELS);
  const qr = await dossierQr(context, form, dossier, facts);
  const title = `${form.form} ${facts.code.value}`;
  const drawOn = async (heightMm: number): Promise<Draft> => {
    const draft = await openDraft(onPaper(form, heightMm), context, { title, running: facts.code.value });
    drawTop(draft, qr);
    drawCode(draft, labels, facts);
    drawBody(draft, labels, { dossier }, facts);
    return draft;
  };
  const trial = await drawOn(LONGEST_MM);
  const { heightMm, marginsMm } = form.paper;
  // Rounded up to a tenth, so that the last line is sure of its room.
  const needed = Math.ceil((trial.sheet.y / POINTS_PER_MM + marginsMm.bottom) * 10 + 1) / 10;
  const final = await drawOn(Math.min(LONGEST_MM, Math.max(heightMm, needed)));
  return final.finish();
}

function onPaper(form: SlipForm, heightMm: number): SlipForm {
  return { ...form, paper: { ...form.paper, heightMm } };
}

function drawTop(draft: Draft, qr: Awaited<ReturnType<typeof dossierQr>>): void {
  const { sheet, fonts, context, form, print } = draft;
  const top = sheet.y;
  const size = QR_MM * POINTS_PER_MM;
  sheet.matrix(qr, sheet.left, size, size);
  const place: Place = { from: sheet.left + size + 5, to: sheet.right, align: 'centre' };
  const parent = form.labels.letterheadParent ?? context.unit.parent;
  const own = form.labels.letterheadOwn ?? context.unit.name;
  drawBlock(sheet, print(parent).toLocaleUpperCase('vi'), fonts.regular, TYPE.small, place);
  drawBlock(sheet, print(own).toLocaleUpperCase('vi'), fonts.bold, TYPE.small, place);
  sheet.y = Math.max(sheet.y, top + size) + 5;
}

function drawCode(draft: Draft, labels: Labels, { code }: ReceivedFacts): void {
  const { sheet, fonts, exact, print } = draft;
  const across: Place = { from: sheet.left, to: sheet.right, align: 'centre' };
  drawBlock(sheet, labels.title, fonts.bold, TYPE.title, across);
  const reprinted = reprintMark(draft);
  if (reprinted !== '') drawBlock(sheet, reprinted, fonts.bold, TYPE.small, across);
  sheet.y += 3;
  const official = code.kind === 'official';
  sheet.line(official ? labels.code : labels.temporaryCode, fonts.regular, TYPE.body, across);
  const value = exact(code.value, 'code');
  sheet.line(value, fonts.bold, fitted(value, fonts.bold, TYPE.code, sheet.width), across);
  if (!official) drawBlock(sheet, print(labels.temporaryNote), fonts.italic, TYPE.small, across);
  sheet.y += 3;
  sheet.rule(sheet.left, sheet.right);
  sheet.y += 4;
}

function drawBody(
  draft: Draft,
  labels: Labels,
  { dossier }: Pick<Extract<Slip, { kind: 'ticket' }>, 'dossier'>,
  { applicant, receivedAt }: ReceivedFacts,
): void {
  const { sheet, fonts, context, form, print, exact } = draft;
  const across: Place = { from: sheet.left, to: sheet.right, align: 'centre' };
  const pair = (label: string, value: string) =>
    sheet.paragraph(
      [
        { text: label, font: fonts.regular },
        { text: print(value), font: fonts.bold },
      ],
      { size: TYPE.body },
    );
  pair(labels.applicant, exact(applicant.name, 'name'));
  pair(labels.subject, dossier.intake.summary === '' ? dossier.procedure.name : dossier.intake.summary);
  pair(labels.received, writeInstant(form, receivedAt));
  pair(labels.counter, context.counter);
  sheet.y += 2;
  sheet.line(labels.due, fonts.regular, TYPE.body, across);
  const due = dossier.due ? writeInstant(form, dossier.due.at) : labels.unknownDue;
  drawBlock(sheet, print(due), fonts.bold, TYPE.due, across);
  sheet.y += 3;
  sheet.rule(sheet.left, sheet.right);
  sheet.y += 4;
  sheet.paragraph([{ text: labels.bring, font: fonts.bold }], { size: TYPE.body });
  for (const item of toBring(dossier, labels)) {
    sheet.paragraph([{ text: `- ${print(item)}`, font: fonts.regular }], { size: TYPE.body, hang: 6 });
  }
  const { address, phone } = context.unit;
  if (address !== '' || phone !== '') {
    const contact = fill(labels.contact, { address, phone });
    sheet.paragraph([{ text: print(contact), font: fonts.italic }], { size: TYPE.small });
  }
}

/** The slip, a paper that says who one is, originals for comparison that were not shown yet, money still owed. */
function toBring(dossier: Parameters<typeof owed>[0] & DossierPapers, labels: Labels): string[] {
  const originals = dossier.components
    .filter((c) => c.spec.handling === 'show' && c.seen === null)
    .map((c) => fill(labels['bring.original'], { name: c.spec.name }));
  const money = owed(dossier);
  return [
    labels['bring.slip'],
    labels['bring.identity'],
    ...originals,
    ...(money > 0 ? [fill(labels['bring.money'], { amount: dongInDigits(money) })] : []),
  ];
}

type DossierPapers = Pick<Extract<Slip, { kind: 'ticket' }>['dossier'], 'components'>;
