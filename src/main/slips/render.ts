import { localDay } from '../calendar/local-time.ts';
import { renderDossierPaper } from './dossier-paper.ts';
import { renderFeeReceipt } from './fee-receipt.ts';
import { formForDossier, type SlipForm } from './form.ts';
import { extensionFacts, receptionFacts, refusalFacts, stopFacts, supplementFacts } from './paper-facts.ts';
import { renderProcessControl } from './process-control.ts';
import { renderReturnReceipt } from './return-receipt.ts';
import type { Slip, SlipContext } from './slip.ts';
import { renderTicket } from './ticket.ts';
import { renderVisitReceipt } from './visit-receipt.ts';

export type SlipOf<K extends Slip['kind']> = Extract<Slip, { kind: K }>;

/** Draws one kind of paper on its form. */
export type Renderer<K extends Slip['kind']> = (
  slip: SlipOf<K>,
  context: SlipContext,
  form: SlipForm,
) => Promise<Uint8Array>;

/** One renderer for each kind: a kind is added by its line here, its file and its form in resources/slips. */
const RENDERERS: { readonly [K in Slip['kind']]: Renderer<K> } = {
  reception: (slip, context, form) => renderDossierPaper(receptionFacts(slip), context, form),
  'supplement-request': (slip, context, form) => renderDossierPaper(supplementFacts(slip), context, form),
  refusal: (slip, context, form) => renderDossierPaper(refusalFacts(slip), context, form),
  extension: (slip, context, form) => renderDossierPaper(extensionFacts(slip), context, form),
  stop: (slip, context, form) => renderDossierPaper(stopFacts(slip), context, form),
  'process-control': renderProcessControl,
  'return-receipt': renderReturnReceipt,
  'fee-receipt': renderFeeReceipt,
  ticket: renderTicket,
  'visit-receipt': renderVisitReceipt,
};

/**
 * A paper as a PDF, on the form that its dossier is kept to. The same slip and context give the same bytes.
 *
 * Throws CONFIG_INVALID where no form is in force or it lacks a label, DOSSIER_STATE where the dossier lacks what the
 * paper must state, SLIP_TEXT_UNPRINTABLE where a name or a number holds a character that the font lacks.
 */
export async function renderSlip(slip: Slip, context: SlipContext): Promise<Uint8Array> {
  const receivedAt = slip.kind === 'visit-receipt' ? null : slip.dossier.receivedAt;
  const form = formForDossier(
    context.forms,
    slip.kind,
    receivedAt === null ? null : localDay(new Date(receivedAt)),
    localDay(new Date(context.issuedAt)),
  );
  return draw(slip, context, form);
}

function draw<K extends Slip['kind']>(
  slip: SlipOf<K>,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  return RENDERERS[slip.kind as K](slip, context, form);
}
