import { encodeCodes, type PaperCodes } from './codes.ts';
import { type Draft, openDraft } from './draft.ts';
import { drawFields, runningLine } from './fields.ts';
import { labelsOf, type Signer, type SlipForm } from './form.ts';
import { drawHead, drawTitle, reprintMark } from './head.ts';
import type { PaperFacts } from './paper-facts.ts';
import type { Density } from './sheet.ts';
import { drawSignatures, type SignatureBlock, signaturesHeight } from './signatures.ts';
import type { SlipContext } from './slip.ts';

/** The counter's own signature on an electronic edition; no form has two of them. */
export const SIGNATURE_FIELD = 'CounterSignature';

/** From the roomiest on. */
const DENSITIES: readonly Density[] = ['roomy', 'plain', 'tight'];

/**
 * A paper about one dossier as a PDF: head with the data QR in the top left corner, title, the form's fields in its
 * order, signatures; once for each copy (liên) that the form has. It is drawn as roomy as it can be on one page a copy,
 * or else on the fewest pages.
 *
 * Throws CONFIG_INVALID where the form lacks a label or names a field that is not known, SLIP_TEXT_UNPRINTABLE where a
 * name or a number holds a character that the font lacks; in long texts such a one is printed as an empty box.
 */
export async function renderDossierPaper(
  facts: PaperFacts,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const codes = await encodeCodes({ form, context }, facts);
  let best: Draft | undefined;
  for (const density of DENSITIES) {
    const draft = await drawPaper(facts, codes, context, form, density);
    if (!best || draft.pages() < best.pages()) best = draft;
    if (best.pages() <= copiesOf(form, context).length) break;
  }
  return best!.finish();
}

async function drawPaper(
  facts: PaperFacts,
  codes: PaperCodes,
  context: SlipContext,
  form: SlipForm,
  density: Density,
): Promise<Draft> {
  const mark = reprintMark({ form, context });
  const draft = await openDraft(form, context, {
    title: [form.form, facts.code?.value ?? ''].filter((part) => part !== '').join(' '),
    running: runningLine({ form }, facts, mark),
    density,
  });
  if (facts.code) draft.exact(facts.code.value, 'code');
  const blocks = signatureBlocks(draft, facts);
  const { title } = labelsOf(form, ['title']);
  copiesOf(form, context).forEach((copy, i) => {
    if (i > 0) draft.sheet.newCopy();
    drawHead(draft, { qr: codes.data });
    drawTitle(draft, title);
    if (copy !== '') drawCopyMark(draft, copy);
    drawFields({ draft, facts, codes }, signaturesHeight(draft, blocks));
    drawSignatures(draft, blocks);
  });
  return draft;
}

function copiesOf(form: SlipForm, { electronic }: SlipContext): readonly string[] {
  return electronic || form.copies.length === 0 ? [''] : form.copies;
}

function drawCopyMark({ sheet, fonts, sizes, print }: Draft, copy: string): void {
  const across = { from: sheet.left, to: sheet.right, align: 'centre' as const };
  sheet.line(print(copy), fonts.italic, sizes.small, across);
  sheet.y += 1;
}

/** Who hands in online signs nothing here: that form has the receiver alone (facts §2.2). */
function signatureBlocks(draft: Draft, { dossier }: PaperFacts): SignatureBlock[] {
  const { form, context } = draft;
  const names: Readonly<Record<Signer, string>> = {
    submitter: '',
    receiver: context.clerkName,
    guide: context.clerkName,
    head: context.headName,
  };
  const { signHere } = labelsOf(form, ['signHere']);
  return form.signatures
    .filter((by) => by !== 'submitter' || dossier.intake.channel !== 'online')
    .map((by) => {
      const electronic = form.labels[`${by}Electronic`];
      return {
        title: labelsOf(form, [`${by}Signs`])[`${by}Signs`]!,
        notes: electronic === undefined ? [signHere] : [signHere, electronic],
        name: names[by],
        ...(context.electronic && by !== 'submitter' && { field: SIGNATURE_FIELD }),
      };
    });
}
