import { CounterError } from '../../contract/errors.ts';
import type { ResultPaper } from '../../contract/life-cycle.ts';
import type { DossierView } from '../../contract/model.ts';
import { pad } from '../calendar/local-time.ts';
import { dossierQr, receivedFacts, runningLine } from './about-dossier.ts';
import { codeLine } from './codes.ts';
import { writeDay } from './days.ts';
import { type Draft, openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawHead, drawTitle } from './head.ts';
import { centred, labelled } from './labelled.ts';
import { drawSignatures } from './signatures.ts';
import type { Slip, SlipContext } from './slip.ts';
import { fill, writeInstant } from './wording.ts';

const LABELS = [
  'title',
  'applicant',
  'identityNumber',
  'subject',
  'due',
  'results',
  'result.number',
  'result.issuedOn',
  'result.validity',
  'result.scope',
  'result.electronic',
  'originals',
  'original',
  'takenAt',
  'taker',
  'takerIdentityNumber',
  'way',
  'way.counter',
  'way.post',
  'way.online',
  'proof',
  'proof.signature',
  'proof.code',
  'proof.post-receipt',
  'statement',
  'takerSigns',
  'giverSigns',
  'signHere',
] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

/**
 * 'Giấy biên nhận trả kết quả': which results, and which originals that were taken for comparison (NĐ 61/2018 Điều 20
 * khoản 2), went to whom, when and how. Before the hand-out the lines about the taker are left to be written by hand, so
 * that it can lie ready to be signed.
 *
 * Throws DOSSIER_STATE for a dossier that is not received or has no result yet.
 */
export async function renderReturnReceipt(
  { dossier }: Extract<Slip, { kind: 'return-receipt' }>,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const facts = receivedFacts(dossier);
  if (dossier.results.length === 0) {
    throw new CounterError('DOSSIER_STATE', { state: dossier.state, reason: 'no-result' });
  }
  const labels = labelsOf(form, LABELS);
  const about = codeLine({ form }, facts.code);
  const running = runningLine(form, context, about);
  const draft = await openDraft(form, context, { title: `${form.form} ${facts.code.value}`, running });
  const { sizes, exact } = draft;
  drawHead(draft, { qr: await dossierQr(context, form, dossier, facts) });
  drawTitle(draft, labels.title);
  centred(draft, exact(about, 'code'), 'bold', sizes.title);
  draft.sheet.y += 4;
  labelled(draft, labels.applicant, exact(facts.applicant.name, 'name'), true);
  labelled(draft, labels.identityNumber, exact(facts.applicant.identityNumber, 'identityNumber'));
  const { summary } = dossier.intake;
  const subject = summary === '' ? `${dossier.procedure.name} (${dossier.procedure.code})` : summary;
  labelled(draft, labels.subject, subject);
  labelled(draft, labels.due, dossier.due ? writeInstant(form, dossier.due.at) : '');
  drawList(
    draft,
    labels.results,
    dossier.results.map((r) => writeResult(draft, labels, r)),
  );
  const originals = givenBack(dossier).map((name) => fill(labels.original, { name: draft.print(name) }));
  if (originals.length > 0) drawList(draft, labels.originals, originals);
  drawHandOut(draft, labels, dossier);
  drawSignatures(draft, [
    { title: labels.takerSigns, notes: [labels.signHere], name: dossier.handedOut?.to ?? '' },
    { title: labels.giverSigns, notes: [labels.signHere], name: context.clerkName },
  ]);
  return draft.finish();
}

function writeResult({ print }: Draft, labels: Labels, result: ResultPaper): string {
  const { name, number, issuedOn, validity, scope, documentId } = result;
  return [
    print(name),
    number === '' ? '' : fill(labels['result.number'], { number: print(number) }),
    issuedOn === null ? '' : fill(labels['result.issuedOn'], { day: writeDay(issuedOn) }),
    validity === '' ? '' : fill(labels['result.validity'], { validity: print(validity) }),
    scope === '' ? '' : fill(labels['result.scope'], { scope: print(scope) }),
    documentId === null ? '' : labels['result.electronic'],
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** Originals that were seen and that the applicant has to have again by now. */
function givenBack({ components }: DossierView): string[] {
  return components.filter((c) => c.seen !== null).map((c) => c.spec.name);
}

function drawList({ sheet, fonts }: Draft, title: string, items: readonly string[]): void {
  sheet.paragraph([{ text: title, font: fonts.regular }], { gapAfter: 1 });
  items.forEach((item, i) => {
    sheet.paragraph([{ text: `${i + 1}. ${item}`, font: fonts.regular }], {
      inset: 10,
      hang: items.length > 9 ? 16 : 11,
      gapAfter: 1,
    });
  });
}

function drawHandOut(draft: Draft, labels: Labels, { handedOut, results }: DossierView): void {
  const { form, fonts, sheet } = draft;
  labelled(draft, labels.takenAt, handedOut ? writeInstant(form, handedOut.at) : '');
  labelled(draft, labels.taker, handedOut ? draft.exact(handedOut.to, 'taker') : '', true);
  labelled(draft, labels.takerIdentityNumber, handedOut?.identityNumber ?? '');
  labelled(draft, labels.way, handedOut ? labels[`way.${handedOut.way}`] : '');
  labelled(draft, labels.proof, handedOut ? labels[`proof.${handedOut.proof}`] : '');
  const statement = fill(labels.statement, { count: pad(results.length) });
  sheet.paragraph([{ text: statement, font: fonts.italic }]);
}
