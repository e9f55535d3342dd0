import { CounterError } from '../../contract/errors.ts';
import type { DossierView } from '../../contract/model.ts';
import { minuteOf, pad, showMinute } from '../calendar/local-time.ts';
import { dossierQr, receivedFacts, runningLine } from './about-dossier.ts';
import { columnsOf } from './columns.ts';
import { openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawHead, drawTitle } from './head.ts';
import { labelled } from './labelled.ts';
import { POINTS_PER_MM } from './sheet.ts';
import { drawSignatures } from './signatures.ts';
import type { Slip, SlipContext } from './slip.ts';
import { type Cell, cell, createTable } from './table.ts';
import { fill, writeDuration, writeInstant } from './wording.ts';

const LABELS = [
  'title',
  'visitor',
  'identityNumber',
  'address',
  'phone',
  'counter',
  'at',
  'count',
  'temporary',
  'note',
  'submitter',
  'receiver',
  'signHere',
] as const;

const ALIGNS = {
  order: 'centre',
  subject: 'left',
  applicant: 'left',
  agency: 'left',
  received: 'centre',
  due: 'centre',
  duration: 'centre',
  sets: 'centre',
  qr: 'centre',
} as const;

/** Modules of a dossier's data QR stay above 0.3 mm at this width, which a telephone reads from plain paper. */
const QR_MM = 19;

/**
 * One receipt for the dossiers that a person handed in in one go: each with its code, its appointment and a QR of its
 * own (TT 01/2023/TT-VPCP Điều 26; one QR for all would outgrow what can be read). It does not stand in for the reception
 * slips.
 *
 * Throws DOSSIER_STATE where one is not received or there is none, SLIP_TEXT_UNPRINTABLE for a name or a code that the
 * font lacks.
 */
export async function renderVisitReceipt(
  { dossiers }: Extract<Slip, { kind: 'visit-receipt' }>,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const [first] = dossiers;
  if (!first) throw new CounterError('DOSSIER_STATE', { state: 'draft', reason: 'not-received' });
  const labels = labelsOf(form, LABELS);
  const visitor = first.submitter ?? receivedFacts(first).applicant;
  const draft = await openDraft(form, context, {
    title: `${form.form} ${receivedFacts(first).code.value}`,
    running: runningLine(form, context, form.form),
  });
  const { fonts, sheet, sizes, print, exact } = draft;
  drawHead(draft, { qr: null });
  drawTitle(draft, labels.title);
  labelled(draft, labels.visitor, exact(visitor.name, 'name'), true);
  labelled(draft, labels.identityNumber, exact(visitor.identityNumber, 'identityNumber'));
  labelled(draft, labels.address, visitor.address);
  labelled(draft, labels.phone, visitor.phone);
  labelled(draft, labels.counter, context.counter);
  labelled(draft, labels.at, writeInstant(form, context.issuedAt));
  sheet.y += 4;

  const columns = columnsOf(form, ALIGNS);
  const table = createTable(sheet, fonts, {
    columns: columns.map((c) => c.column),
    size: sizes.small * 0.72,
  });
  const text = (value: string, font = fonts.regular) => cell(print(value), font);
  for (const [i, dossier] of dossiers.entries()) {
    const facts = receivedFacts(dossier);
    const code = [{ text: exact(facts.code.value, 'code'), font: fonts.bold }];
    const temporary = [{ text: labels.temporary, font: fonts.italic }];
    const subject = [{ text: print(subjectOf(dossier)), font: fonts.regular }];
    const cells: Readonly<Record<keyof typeof ALIGNS, Cell>> = {
      order: text(String(i + 1)),
      subject: {
        paragraphs: [code, ...(facts.code.kind === 'temporary' ? [temporary] : []), subject],
      },
      applicant: text(exact(facts.applicant.name, 'name')),
      agency: text(dossier.forwarded.at(-1)?.agency ?? context.unit.name),
      received: text(showMinute(minuteOf(facts.receivedAt))),
      due: text(dossier.due ? showMinute(minuteOf(dossier.due.at)) : '', fonts.bold),
      duration: text(writeDuration(form, dossier.procedure.duration)),
      sets: text(pad(dossier.intake.sets)),
      qr: {
        paragraphs: [],
        code: { matrix: await dossierQr(context, form, dossier, facts), size: QR_MM * POINTS_PER_MM },
      },
    };
    table.row(columns.map((c) => cells[c.key]));
  }
  table.close();
  sheet.y += 6;
  sheet.paragraph([{ text: fill(labels.count, { count: pad(dossiers.length) }), font: fonts.bold }]);
  sheet.paragraph([{ text: labels.note, font: fonts.italic }], { size: sizes.small });
  drawSignatures(draft, [
    { title: labels.submitter, notes: [labels.signHere], name: '' },
    { title: labels.receiver, notes: [labels.signHere], name: context.clerkName },
  ]);
  return draft.finish();
}

function subjectOf({ intake, procedure }: DossierView): string {
  return intake.summary === '' ? procedure.name : intake.summary;
}
