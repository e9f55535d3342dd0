import type { ErrorShape } from './errors.ts';

export type FaultPart = 'heading' | 'happened' | 'next';

/**
 * Keys of the texts for a failure, best first: a renderer shows the first that it has a text for. What a token's module
 * returned (`details.ckr`, PKCS#11's own name) says more than the failure's code, so `ckr.NAME.happened` and `.next` come
 * before `error.CODE.…`; the heading is the code's.
 */
export function faultTextKeys({ code, details }: ErrorShape, part: FaultPart): string[] {
  const { ckr } = details;
  const own = part !== 'heading' && typeof ckr === 'string' ? [`ckr.${ckr}.${part}`] : [];
  return [...own, `error.${code}.${part}`, `error.INTERNAL.${part}`];
}
