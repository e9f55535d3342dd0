import { catalogOf, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import { dictOf, PdfDict, PdfName, type PdfObject, PdfRef } from '../../pdf/reader/objects.ts';
import { signatureFields } from '../verifying/find.ts';
import type { Update } from './update.ts';

/**
 * Makes a signature the document's certification (ISO 32000-1 §12.8.2.2, table 258): says so in the catalog's /Perms
 * and returns the reference that the signature dictionary carries.
 */
export async function certification(
  document: PdfDocument,
  update: Update,
  signature: PdfRef,
  level: 1 | 2 | 3,
): Promise<PdfDict> {
  const catalog = await catalogOf(document);
  const entry = catalog.get('Perms');
  const permissions = dictOf(await document.resolve(entry)) ?? new PdfDict();
  if (entry instanceof PdfRef) update.change(entry.num, permissions, { DocMDP: signature });
  else changeCatalog(document, update, catalog, { Perms: permissions.with({ DocMDP: signature }) });
  const parameters = new PdfDict([
    ['Type', new PdfName('TransformParams')],
    ['P', level],
    ['V', new PdfName('1.2')],
  ]);
  return new PdfDict([
    ['Type', new PdfName('SigRef')],
    ['TransformMethod', new PdfName('DocMDP')],
    ['TransformParams', parameters],
  ]);
}

/**
 * ETSI EN 319 142-1 §5.6 wants /Extensions to say that a PDF 1.7 file uses PAdES (/ESIC, level 1). It is said with
 * the first signature, under which it then stands: later it would be one more change for others to judge. Not in
 * PDF 2.0, which knows all of it, nor below 1.7, where a base version above the file's own is not allowed
 * (ISO 32000-1 §7.12.2).
 */
export async function declareExtension(document: PdfDocument, update: Update): Promise<void> {
  const catalog = await catalogOf(document);
  if (catalog.has('Extensions') || catalog.has('Perms') || (await versionOf(document, catalog)) !== '1.7')
    return;
  for (const { field } of await signatureFields(document)) if (field.has('V')) return;
  const extension = new PdfDict([
    ['BaseVersion', new PdfName('1.7')],
    ['ExtensionLevel', 1],
  ]);
  changeCatalog(document, update, catalog, { Extensions: new PdfDict([['ESIC', extension]]) });
}

export function changeCatalog(
  document: PdfDocument,
  update: Update,
  catalog: PdfDict,
  entries: Readonly<Record<string, PdfObject>>,
): void {
  update.change((document.trailer.get('Root') as PdfRef).num, catalog, entries);
}

/** The header's, or the catalog's where that is later (§7.5.2). */
async function versionOf(document: PdfDocument, catalog: PdfDict): Promise<string> {
  const head = (await document.source.read(0, 1024)).toString('latin1');
  const stated = /%PDF-(\d\.\d)/.exec(head)?.[1] ?? '';
  const own = await lookUp(document, catalog, 'Version');
  return own instanceof PdfName && own.value > stated ? own.value : stated;
}
