import type { PrinterCapabilities, SheetChoice } from '../../contract/printing.ts';
import { A4, A5, fitsOn, type SheetSize, sameSheet } from './sheet-size.ts';

export interface SheetPlan {
  readonly sheet: SheetSize;
  readonly scaling: 'none' | 'fit';
  /** Two pages of A5 on each sheet of A4. */
  readonly halves: boolean;
}

/**
 * Which sheet a document goes on. Its own size is kept exactly wherever there is a sheet for it; only what is larger
 * than A4 and has no sheet of its own is made to fit.
 */
export function planOf(
  pages: readonly SheetSize[],
  { paper }: { readonly paper: SheetChoice },
  { sheets, custom }: Pick<PrinterCapabilities, 'sheets' | 'custom'>,
): SheetPlan {
  const [first = A4] = pages;
  const alike = pages.every((page) => sameSheet(page, first));
  const has = (sheet: SheetSize) =>
    sheets === null ||
    sheets.some((known) => sameSheet(known, sheet)) ||
    (custom !== null && fitsOn(sheet, custom.to) && fitsOn(custom.from, sheet));
  const small = pages.every((page) => fitsOn(page, A5));
  const onA4 = (): SheetPlan => ({
    sheet: A4,
    scaling: pages.every((page) => fitsOn(page, A4)) ? 'none' : 'fit',
    halves: false,
  });
  const halves: SheetPlan = { sheet: A4, scaling: 'none', halves: true };
  if (paper === 'a4') return small && sameSheet(first, A5) ? halves : onA4();
  if (paper === 'a5') return { sheet: A5, scaling: small ? 'none' : 'fit', halves: false };
  if (alike && sameSheet(first, A4)) return onA4();
  if (alike && has(first)) return { sheet: first, scaling: 'none', halves: false };
  return alike && sameSheet(first, A5) ? halves : onA4();
}
