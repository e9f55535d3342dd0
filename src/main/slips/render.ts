import { CounterError } from '../../contract/errors.ts';
import { localDay } from '../calendar/local-time.ts';
import { formForDossier, type SlipForm } from './form.ts';
import { renderReceptionSlip } from './reception-slip.ts';
import type { Slip, SlipContext } from './slip.ts';

export type SlipOf<K extends Slip['kind']> = Extract<Slip, { kind: K }>;

/** Draws one kind of paper on its form. */
export type Renderer<K extends Slip['kind']> = (
  slip: SlipOf<K>,
  context: SlipContext,
  form: SlipForm,
) => Promise<Uint8Array>;

/** One renderer for each kind: a kind is added by its line here, its file and its form in resources/slips. */
const RENDERERS: { readonly [K in Slip['kind']]?: Renderer<K> } = {
  reception: renderReceptionSlip,
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
  const renderer: Renderer<K> | undefined = RENDERERS[slip.kind as K];
  if (!renderer) {
    throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem: `no renderer for ${slip.kind}` });
  }
  return renderer(slip, context, form);
}
