import { PDFHexString, PDFName, type PDFPage } from 'pdf-lib';

/** Where a field stands on its page: points from the left edge, and from the top. */
export interface FieldPlace {
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly bottom: number;
}

/** Print (ISO 32000-1 table 165): what is shown is also printed. */
const PRINT = 4;

/** An empty signature field, its own widget (ISO 32000-1 §12.7.4.5), that waits for whoever signs the paper digitally. */
export function addSignatureField(page: PDFPage, name: string, place: FieldPlace): void {
  const { context, catalog } = page.doc;
  const { height } = page.getSize();
  const widget = context.register(
    context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Sig',
      T: PDFHexString.fromText(name),
      Rect: [place.from, height - place.bottom, place.to, height - place.top],
      F: PRINT,
      P: page.ref,
    }),
  );
  page.node.addAnnot(widget);
  const form = catalog.getOrCreateAcroForm();
  // SignaturesExist alone would be a lie; fields without one need no flag.
  form.dict.delete(PDFName.of('SigFlags'));
  form.addField(widget);
}
