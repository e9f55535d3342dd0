import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { CounterError } from '../../../../contract/errors.ts';
import type { PdfDocument } from '../../../pdf/reader/document.ts';
import { lookUp } from '../../../pdf/reader/document.ts';
import { decodeStream } from '../../../pdf/reader/filters.ts';
import {
  isName,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfString,
  type PdfUnreadable,
} from '../../../pdf/reader/objects.ts';
import type { Comparison } from './comparison.ts';
import { differingKeys, sameObject } from './equal.ts';

/** What a writer says of itself and of the time; title, author, subject and keywords are the document's. */
const WRITERS_KEYS = ['ModDate', 'Producer', 'Trapped', 'SourceModified', 'PTEX.Fullbanner'];
/** The same in XMP, by local names; the last three only where there was no metadata to say otherwise. */
const WRITERS_NAMES = [
  'ModifyDate',
  'MetadataDate',
  'Producer',
  'InstanceID',
  'History',
  'VersionID',
  'xmptk',
];
const NEW_NAMES = [
  ...WRITERS_NAMES,
  'CreateDate',
  'CreatorTool',
  'format',
  'DocumentID',
  'about',
  'part',
  'conformance',
];
const MAX_XMP_BYTES = 4 * 1024 * 1024;
const MAX_XMP_DEPTH = 32;

/** The document information dictionary: many writers date it anew with each save. */
export async function explainInformation(comparison: Comparison): Promise<void> {
  const { before, after, changed, added, explained, owners, found } = comparison;
  const entry = after.trailer.get('Info');
  if (entry === null) return;
  const a = await before.resolve(before.trailer.get('Info'));
  const b = await after.resolve(entry);
  if (sameObject(entry, before.trailer.get('Info')) && !(entry instanceof PdfRef && changed.has(entry.num)))
    return;
  if (!(b instanceof PdfDict)) {
    found.push({ what: 'information-changed', key: 'Info' });
    return;
  }
  const was = a instanceof PdfDict ? a : new PdfDict();
  const fresh = was.entries.size === 0 ? ['CreationDate', 'Creator'] : [];
  for (const key of differingKeys(was, b)) {
    const value = b.get(key);
    const plain = value === null || value instanceof PdfString || value instanceof PdfName;
    if (!plain || ![...WRITERS_KEYS, ...fresh].includes(key))
      found.push({ what: 'information-changed', key });
  }
  if (!(entry instanceof PdfRef)) return;
  if (added.has(entry.num)) explained.add(entry.num);
  if (changed.has(entry.num) && sameObject(entry, before.trailer.get('Info'))) {
    explained.add(entry.num);
    owners.set(entry.num, (r) => r.holder === 0 && r.key === 'Info');
  }
}

/** The catalog's XMP packet: it may be brought up to date, not made to say something else. */
export async function explainMetadata(comparison: Comparison): Promise<void> {
  const { catalog, before, after, changed, added, explained, owners, found } = comparison;
  const entry = catalog.b.get('Metadata');
  const old = catalog.a.get('Metadata');
  const touched = entry instanceof PdfRef && (added.has(entry.num) || changed.has(entry.num));
  if (sameObject(entry, old) && !touched) return;
  const refuse = () => found.push({ what: 'information-changed', key: 'Metadata' });
  const stream = await lookUp(after, catalog.b, 'Metadata');
  if (!(entry instanceof PdfRef) || !touched || !(stream instanceof PdfStream)) {
    refuse();
    return;
  }
  if (!isName(stream.dict.get('Type'), 'Metadata') || stream.dict.has('F')) {
    refuse();
    return;
  }
  if (added.has(entry.num)) explained.add(entry.num);
  // A stream that was the document's metadata before and is nothing else may be brought up to date.
  if (changed.has(entry.num) && sameObject(entry, old)) {
    explained.add(entry.num);
    owners.set(entry.num, (r) => r.holder === catalog.num && r.key === 'Metadata');
  }
  const a = await statementsOf(before, old);
  const b = await statementsOf(after, entry);
  if (!b || (old !== null && !a)) {
    refuse();
    return;
  }
  const allowed = a ? WRITERS_NAMES : NEW_NAMES;
  const keys = new Set([...(a?.keys() ?? []), ...b.keys()]);
  for (const key of keys) {
    if (a?.get(key) === b.get(key)) continue;
    if (!key.split('/').some((step) => allowed.includes(step.replace(/^@?(.*:)?/, '')))) {
      refuse();
      return;
    }
  }
}

/** What an XMP packet says, as path → text; null where it is none. */
async function statementsOf(document: PdfDocument, entry: PdfObject): Promise<Map<string, string> | null> {
  const stream = await document.resolve(entry);
  if (!(stream instanceof PdfStream)) return null;
  try {
    const raw = await document.rawData(stream, MAX_XMP_BYTES);
    const text = Buffer.from(await decodeStream(stream.dict, raw, MAX_XMP_BYTES, document.work)).toString(
      'utf8',
    );
    if (/<!(DOCTYPE|ENTITY)/i.test(text) || XMLValidator.validate(text) !== true) return null;
    const statements = new Map<string, string>();
    flatten(PARSER.parse(text), '', 0, statements);
    return statements;
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

function isUnreadable(error: unknown): error is PdfUnreadable {
  return error instanceof CounterError && error.code === 'PDF_UNREADABLE';
}

function flatten(value: unknown, path: string, depth: number, into: Map<string, string>): void {
  if (depth > MAX_XMP_DEPTH) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) flatten(item, `${path}/${i}`, depth + 1, into);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      // Prefixes are a writer's choice and say nothing by themselves.
      if (!key.startsWith('@xmlns')) flatten(item, `${path}/${key}`, depth + 1, into);
    }
  } else if (String(value).trim() !== '') into.set(path, String(value).trim());
}
