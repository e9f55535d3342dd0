import type { TextKey } from '../../../app/texts.tsx';
import { looksLikeCard } from '../gun.ts';

/**
 * What is wrong with a PIN before any token is asked, for each wrong one may cost a try; null = it may be tried. A
 * card that was shot while the field had the focus ends with Enter, like a PIN.
 */
export function pinProblem(pin: string, isToken: boolean): TextKey | null {
  if (looksLikeCard(pin)) return 'sign.pinIsCard';
  // A certificate file may have an empty password, a service asks for itself; a token never has an empty PIN.
  return pin === '' && isToken ? 'sign.pinEmpty' : null;
}
