import type { Dossier } from '../dossiers/dossier.ts';
import type { EncodeBarcode } from '../slips/barcode.ts';
import { parseSeparatorForm } from '../slips/separator-form.ts';
import { separatorSheets } from '../slips/separator-sheet.ts';
import type { Clock } from './clock.ts';
import type { Resources } from './resources.ts';
import { SYSTEM } from './slips/forms.ts';

/** Draws the sheets that divide a dossier's stack: its cover, one for each paper that is handed in, and 'next'. */
export async function createSeparatorSheets(
  resources: Resources,
  encodeBarcode: EncodeBarcode,
  clock: Clock,
): Promise<(dossier: Dossier) => Promise<Uint8Array>> {
  const form = parseSeparatorForm(await resources.json('slips/separators/vi.json'));
  return ({ id, code, procedure, applicant, components }) =>
    separatorSheets(
      {
        dossier: { id, code, procedure, applicantName: applicant?.name ?? null },
        components: components.map((c) => c.spec).filter((spec) => spec.handling === 'submit'),
      },
      {
        ...{ form, encodeBarcode, fonts: resources.fonts, system: SYSTEM },
        issuedAt: clock.now().toISOString(),
      },
    );
}
