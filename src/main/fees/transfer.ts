import type { FeeDue, TransferCode } from '../../contract/fees.ts';
import type { DossierCode } from '../../contract/model.ts';
import { type Account, owed } from './lines.ts';
import { purposeOf, vietQrText } from './vietqr.ts';

/**
 * The code for a transfer of what a dossier owes, for the stages named or (none named) for all; null where nothing is
 * owed, or where there is no code yet by which the bank's statement could say what the money is for.
 */
export function transferCodeOf(
  dossier: Account & { readonly code: DossierCode | null },
  account: TransferCode['account'],
  due: readonly FeeDue[] = [],
): TransferCode | null {
  const amount = owed(dossier, due);
  if (amount === 0 || !dossier.code) return null;
  const purpose = purposeOf(dossier.code.value);
  const text = vietQrText({ bin: account.bin, account: account.number, amount, purpose });
  return { text, amount, purpose, account };
}
