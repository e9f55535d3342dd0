import type { DossierView, PageView } from '../../../../contract/model.ts';

/** The line of a CCCD or Căn cước in a page's codes: fields parted by `|`, the number first; null = none. */
export function citizenLineOn(page: PageView): string | null {
  const found = page.findings.codes.find(({ text }) => /^\d{12}\|/.test(text) && text.split('|').length >= 6);
  return found?.text ?? null;
}

/** The first such line on a live page of the dossier. */
export function citizenLineIn(dossier: DossierView): string | null {
  for (const component of dossier.components) {
    for (const page of component.pages) {
      const line = page.removed ? null : citizenLineOn(page);
      if (line !== null) return line;
    }
  }
  return null;
}
