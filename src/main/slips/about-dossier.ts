import { CounterError } from '../../contract/errors.ts';
import type { Applicant, DossierCode, DossierView } from '../../contract/model.ts';
import type { BarcodeMatrix } from './barcode.ts';
import type { SlipForm } from './form.ts';
import { reprintMark } from './head.ts';
import { slipQrText } from './qr-text.ts';
import type { SlipContext } from './slip.ts';

/** What every paper about a received dossier states. */
export interface ReceivedFacts {
  readonly applicant: Applicant;
  readonly code: DossierCode;
  readonly receivedAt: string;
}

/** Throws DOSSIER_STATE {state, reason} where applicant, code or time of receipt is missing. */
export function receivedFacts({ applicant, code, receivedAt, state }: DossierView): ReceivedFacts {
  if (!applicant || !code || !receivedAt) {
    throw new CounterError('DOSSIER_STATE', { state, reason: 'not-received' });
  }
  return { applicant, code, receivedAt };
}

/** The QR of a printed paper (TT 01/2023/TT-VPCP Điều 26). */
export function dossierQr(
  context: SlipContext,
  form: SlipForm,
  dossier: DossierView,
  { applicant, code }: ReceivedFacts,
): Promise<BarcodeMatrix> {
  return context.encodeBarcode(
    'qr',
    slipQrText({
      dossierCode: code.value,
      procedureCode: dossier.procedure.code,
      identityNumber: applicant.identityNumber,
      paperName: form.form,
      systemName: context.system,
      issuedAt: context.issuedAt,
      dueAt: dossier.due?.at ?? null,
    }),
  );
}

/** What further pages say of a paper: what it is about and, for a reprint, that it is one. */
export function runningLine(form: SlipForm, context: SlipContext, about: string): string {
  return [about, reprintMark({ form, context })].filter((part) => part !== '').join(' - ');
}
