import { catalogOf, lookUp, type PdfDocument } from '../pdf/reader/document.ts';
import {
  dictOf,
  isArray,
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfTooComplex,
} from '../pdf/reader/objects.ts';
import type { ByteSource } from '../pdf/reader/source.ts';
import { findSignaturesIn } from '../signing/verifying/find.ts';

/** What a PDF would do by itself, or carries along, when the province opens it. */
export type ActiveKind = 'javascript' | 'launch' | 'submit' | 'embedded-files' | 'rich-media' | 'xfa';

const CHUNK = 1 << 20;
const BYTE_RANGE = '/ByteRange';
/** Action types (ISO 32000-1 table 198) and what they are called here. */
const ACTIONS: Readonly<Record<string, ActiveKind>> = {
  JavaScript: 'javascript',
  Launch: 'launch',
  SubmitForm: 'submit',
  ImportData: 'submit',
};
const MEDIA_ACTIONS = ['Rendition', 'Movie', 'Sound', 'RichMediaExecute', 'GoTo3DView'];
const MEDIA_ANNOTATIONS = ['RichMedia', 'Movie', 'Sound', 'Screen', '3D'];

/**
 * How many signatures a PDF carries; at least 1 where anything speaks of one: a filled signature field, a
 * certification or usage rights (/Perms, ISO 32000-1 §12.8.4), a /ByteRange anywhere in the file, which also finds
 * signatures that a later revision has hidden.
 */
export async function countSignatures(document: PdfDocument): Promise<number> {
  const fields = (await findSignaturesIn(document)).length;
  if (fields > 0) return fields;
  const permissions = dictOf(await lookUp(document, await catalogOf(document), 'Perms'));
  if (permissions && permissions.entries.size > 0) return 1;
  return (await holdsText(document.source, BYTE_RANGE)) ? 1 : 0;
}

async function holdsText(source: ByteSource, text: string): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  // Chunks overlap by one octet less than the text, so that none is cut in two.
  for (let at = 0; at < source.size; at += CHUNK - text.length + 1) {
    if ((await source.read(at, CHUNK, buffer)).includes(text, 0, 'latin1')) return true;
  }
  return false;
}

/**
 * Walks everything that can be reached from the trailer. Links to the web are not counted: they wait for a click
 * and show where they lead. Throws PDF_TOO_COMPLEX above `maxObjects`.
 */
export async function activeContent(document: PdfDocument, maxObjects: number): Promise<ActiveKind[]> {
  const kinds = new Set<ActiveKind>();
  const seen = new Set<number>();
  const waiting: PdfObject[] = [document.trailer.get('Root')];

  function visit(object: PdfObject): void {
    if (object instanceof PdfRef) {
      if (seen.has(object.num)) return;
      seen.add(object.num);
      waiting.push(object);
    } else if (isArray(object)) {
      for (const item of object) visit(item);
    } else if (object instanceof PdfStream) {
      visit(object.dict);
    } else if (object instanceof PdfDict) {
      for (const kind of kindsOf(object)) kinds.add(kind);
      for (const value of object.entries.values()) visit(value);
    }
  }

  for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
    if (seen.size > maxObjects) throw new PdfTooComplex('objects');
    visit(object instanceof PdfRef ? await document.load(object.num) : object);
  }
  return [...kinds].sort();
}

function* kindsOf(dict: PdfDict): Generator<ActiveKind> {
  for (const [type, kind] of Object.entries(ACTIONS)) if (isName(dict.get('S'), type)) yield kind;
  if (dict.has('JS')) yield 'javascript';
  if (dict.has('EF') || isName(dict.get('Type'), 'EmbeddedFile')) yield 'embedded-files';
  if (dict.has('XFA')) yield 'xfa';
  // A structure element (§14.7.2) may bear any name of its own as its /S.
  const element = isName(dict.get('Type'), 'StructElem') || (dict.has('K') && dict.has('P'));
  const media = MEDIA_ACTIONS.some((type) => isName(dict.get('S'), type)) && !element;
  if (media || MEDIA_ANNOTATIONS.some((type) => isName(dict.get('Subtype'), type))) yield 'rich-media';
}
