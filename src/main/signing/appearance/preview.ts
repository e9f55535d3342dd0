import { createHash } from 'node:crypto';
import { nodeDisk, writeWhole } from '../../pdf/output-file.ts';
import { arrayAt, catalogOf, type PdfDocument, readPdf } from '../../pdf/reader/document.ts';
import {
  isArray,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfString,
  PdfTooComplex,
} from '../../pdf/reader/objects.ts';
import type { PdfPage } from '../../pdf/reader/pages.ts';
import { serialize } from '../../pdf/reader/serialize.ts';
import { withFile } from '../../pdf/reader/source.ts';
import type { AppearanceFont } from './font.ts';
import type { Appearance } from './layout.ts';
import type { ObjectSink } from './objects.ts';
import { type Placement, rectangleOf } from './place.ts';
import { showAppearance } from './show.ts';

const MAX_OBJECTS = 20_000;
const MAX_BYTES = 128 << 20;
const MAX_ANNOTATIONS = 2000;
/** Print and Locked, as a signature's widget has them. */
const ANNOTATION_FLAGS = 4 + 128;
const PAGE_KEYS = ['Contents', 'UserUnit', 'Group'];
const INHERITED_KEYS = ['MediaBox', 'CropBox', 'Rotate', 'Resources'];
/** What an annotation needs to be drawn; what leads to other pages, fields or programs stays behind. */
const ANNOTATION_KEYS = ['Type', 'Subtype', 'Rect', 'F', 'AP', 'AS', 'MK', 'BS', 'Border', 'C', 'CA', 'OC'];
/** Ways back up into the document, and what is not seen. */
const LEFT_OUT = new Set(['Parent', 'StructParent', 'StructParents', 'PieceInfo', 'Metadata', 'Thumb']);
/** A stream's data in another file. */
const EXTERNAL = ['F', 'FFilter', 'FDecodeParms'];

/**
 * Writes the page that a signature would show on, as it would then look, as a PDF of one page without a signature.
 * Page and place, lines and objects come from what signing itself calls (`showAppearance`), so preview and result are
 * the same picture. `signerName` stands for the name in the certificate. The output appears whole or not at all.
 *
 * Form fields that have no appearance of their own (/NeedAppearances) show empty here.
 * Throws what reading a PDF and `showAppearance` throw, PDF_TOO_COMPLEX, DISK_FULL, DISK_FAILED.
 */
export async function previewPage(
  input: string,
  output: string,
  appearance: Appearance,
  signerName: string,
  at: Date,
  font?: AppearanceFont,
): Promise<void> {
  await withFile(input, async (source) => {
    const document = await readPdf(source);
    const file = newFile();
    const showing = { signer: signerName, at, ...(font && { font }) };
    const { page, visible } = await showAppearance(document, file, appearance, showing);
    const copy = copier(document, file);
    const annotations = await annotationsOf(document, copy, page);
    if (visible) annotations.push(stamp(file, visible));
    const root = await addPage(document, copy, file, page, annotations);
    await copy.finish();
    const bytes = file.render(root);
    await writeWhole(output, nodeDisk, (out) => out.write(bytes));
  });
}

interface NewFile extends ObjectSink {
  render(root: PdfRef): Buffer;
}

/** Objects of a file that is made from nothing, with a classic cross-reference table. */
function newFile(): NewFile {
  const bodies: (Buffer | null)[] = [];
  let size = 0;
  const put = (ref: PdfRef, body: Buffer): void => {
    size += body.length;
    if (size > MAX_BYTES) throw new PdfTooComplex('page-bytes');
    bodies[ref.num - 1] = body;
  };
  return {
    allocate() {
      if (bodies.length >= MAX_OBJECTS) throw new PdfTooComplex('page-objects');
      return new PdfRef(bodies.push(null), 0);
    },
    set: (ref, object) => put(ref, Buffer.from(serialize(object), 'latin1')),
    setStream(ref, dict, data) {
      const head = Buffer.from(`${serialize(dict.with({ Length: data.length }))}\nstream\n`, 'latin1');
      put(ref, Buffer.concat([head, data, Buffer.from('\nendstream')]));
    },
    render(root) {
      const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
      let at = parts[0]!.length;
      const rows = ['0000000000 65535 f \n'];
      bodies.forEach((body, i) => {
        const object = [
          Buffer.from(`${i + 1} 0 obj\n`),
          body ?? Buffer.from('null'),
          Buffer.from('\nendobj\n'),
        ];
        rows.push(`${String(at).padStart(10, '0')} 00000 n \n`);
        for (const part of object) at += part.length;
        parts.push(...object);
      });
      const id = createHash('sha256').update(Buffer.concat(parts)).digest().subarray(0, 16);
      const trailer = new PdfDict([
        ['Size', rows.length],
        ['Root', root],
        ['ID', [new PdfString(id, true), new PdfString(id, true)]],
      ]);
      const table = `xref\n0 ${rows.length}\n${rows.join('')}trailer\n${serialize(trailer)}\nstartxref\n${at}\n%%EOF\n`;
      parts.push(Buffer.from(table, 'latin1'));
      return Buffer.concat(parts);
    },
  };
}

interface Copier {
  /** The object with references into the new file; what they name is copied by `finish`. */
  copy(object: PdfObject): PdfObject;
  finish(): Promise<void>;
}

function copier(document: PdfDocument, file: NewFile): Copier {
  const refs = new Map<number, PdfRef>();
  const waiting: [number, PdfRef][] = [];

  const copyDict = (dict: PdfDict): PdfDict =>
    new PdfDict(
      [...dict.entries]
        .filter(([key]) => !LEFT_OUT.has(key))
        .map(([key, value]) => [key, copy(value)] as const),
    );

  function copy(object: PdfObject): PdfObject {
    if (object instanceof PdfRef) {
      const known = refs.get(object.num);
      if (known) return known;
      const ref = file.allocate();
      refs.set(object.num, ref);
      waiting.push([object.num, ref]);
      return ref;
    }
    if (isArray(object)) return object.map(copy);
    return object instanceof PdfDict ? copyDict(object) : object;
  }

  return {
    copy,
    async finish() {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const [num, ref] = next;
        const object = await document.load(num);
        if (object instanceof PdfStream) {
          const dict = copyDict(object.dict).with(Object.fromEntries(EXTERNAL.map((key) => [key, null])));
          file.setStream(ref, dict, await document.rawData(object, MAX_BYTES));
        } else file.set(ref, copy(object));
      }
    },
  };
}

async function annotationsOf(document: PdfDocument, { copy }: Copier, page: PdfPage): Promise<PdfObject[]> {
  const kept: PdfObject[] = [];
  for (const item of ((await arrayAt(document, page.dict, 'Annots')) ?? []).slice(0, MAX_ANNOTATIONS)) {
    const annotation = await document.resolve(item);
    if (!(annotation instanceof PdfDict) || !(await rectangleOf(document, annotation.get('Rect')))) continue;
    const entries = ANNOTATION_KEYS.filter((key) => annotation.has(key));
    kept.push(new PdfDict(entries.map((key) => [key, copy(annotation.get(key))] as const)));
  }
  return kept;
}

function stamp(file: NewFile, visible: { readonly placement: Placement; readonly form: PdfRef }): PdfRef {
  const ref = file.allocate();
  file.set(
    ref,
    new PdfDict([
      ['Type', new PdfName('Annot')],
      ['Subtype', new PdfName('Stamp')],
      ['Rect', visible.placement.rect],
      ['F', ANNOTATION_FLAGS],
      ['AP', new PdfDict([['N', visible.form]])],
    ]),
  );
  return ref;
}

/** The page, alone in its tree, and a catalog with what decides on colours and layers. Gives the catalog. */
async function addPage(
  document: PdfDocument,
  { copy }: Copier,
  file: NewFile,
  page: PdfPage,
  annotations: readonly PdfObject[],
): Promise<PdfRef> {
  const [root, pages, only] = [file.allocate(), file.allocate(), file.allocate()] as const;
  const own = PAGE_KEYS.filter((key) => page.dict.has(key)).map((key) => [key, page.dict.get(key)] as const);
  const inherited = INHERITED_KEYS.filter((key) => page.inherited.has(key)).map(
    (key) => [key, page.inherited.get(key)!] as const,
  );
  const entries = [...inherited, ...own].map(([key, value]) => [key, copy(value)] as const);
  file.set(
    only,
    new PdfDict([
      ['Type', new PdfName('Page')],
      ['Parent', pages],
      ...entries,
      ...(annotations.length > 0 ? ([['Annots', annotations]] as const) : []),
    ]),
  );
  file.set(
    pages,
    new PdfDict([
      ['Type', new PdfName('Pages')],
      ['Kids', [only]],
      ['Count', 1],
    ]),
  );
  const catalog = await catalogOf(document);
  const kept = ['OCProperties', 'OutputIntents'].filter((key) => catalog.has(key));
  file.set(
    root,
    new PdfDict([
      ['Type', new PdfName('Catalog')],
      ['Pages', pages],
      ...kept.map((key) => [key, copy(catalog.get(key))] as const),
    ]),
  );
  return root;
}
