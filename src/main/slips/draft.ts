import fontkit from '@cantoo/fontkit';
import { PDFDocument } from 'pdf-lib';
import type { SlipForm } from './form.ts';
import { createSheet, type Density, type Fonts, type Sheet, type TypeSizes, typeSizes } from './sheet.ts';
import type { SlipContext } from './slip.ts';
import { exact, printable } from './text.ts';

/** A paper in the making: the sheet that it is drawn on, and what all papers draw with. */
export interface Draft {
  readonly form: SlipForm;
  readonly context: SlipContext;
  readonly fonts: Fonts;
  readonly sizes: TypeSizes;
  readonly sheet: Sheet;
  /** Text for long parts: what the font lacks becomes an empty box. */
  readonly print: (text: string) => string;
  /** Text that must be right to the letter. Throws SLIP_TEXT_UNPRINTABLE {field, character}. */
  readonly exact: (text: string, field: string) => string;
  /** Pages so far, over all copies. */
  readonly pages: () => number;
  /** The PDF; the same drawing gives the same bytes. */
  readonly finish: () => Promise<Uint8Array>;
}

export interface DraftOptions {
  /** Title of the document: the paper's name and what it is about. */
  readonly title: string;
  /** Stands on every page but the first: the dossier's code, say. */
  readonly running: string;
  /** Default plain. */
  readonly density?: Density;
}

export async function openDraft(
  form: SlipForm,
  context: SlipContext,
  { title, running, density = 'plain' }: DraftOptions,
): Promise<Draft> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  const issuedAt = new Date(context.issuedAt);
  pdf.setTitle(title, { showInWindowTitleBar: true });
  pdf.setSubject(form.regulation);
  pdf.setAuthor(context.unit.name);
  pdf.setCreator(context.system);
  pdf.setProducer(context.system);
  pdf.setLanguage('vi-VN');
  pdf.setCreationDate(issuedAt);
  pdf.setModificationDate(issuedAt);
  const fonts = await embed(pdf, context.fonts);
  const known = new Set(fonts.regular.getCharacterSet());
  const sizes = typeSizes(form.paper, density);
  return {
    form,
    context,
    fonts,
    sizes,
    sheet: createSheet(pdf, fonts, form.paper, {
      running: printable(running, known),
      body: sizes.body,
      pageNumber: sizes.page,
      gap: sizes.gap,
      leading: sizes.leading,
    }),
    print: (text) => printable(text, known),
    exact: (text, field) => exact(text, field, known),
    pages: () => pdf.getPageCount(),
    finish: () => pdf.save({ useObjectStreams: false, addDefaultPage: false }),
  };
}

async function embed(pdf: PDFDocument, bytes: SlipContext['fonts']): Promise<Fonts> {
  pdf.registerFontkit(fontkit);
  // Ligatures would make the text's letters hard to find again.
  const options = { subset: true, features: { liga: false } };
  return {
    regular: await pdf.embedFont(bytes.regular, options),
    bold: await pdf.embedFont(bytes.bold, options),
    italic: await pdf.embedFont(bytes.italic, options),
  };
}
