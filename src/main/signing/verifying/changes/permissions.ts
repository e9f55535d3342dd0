import { arrayAt, catalogOf, lookUp, type PdfDocument } from '../../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isArray,
  isName,
  PdfDict,
  PdfName,
  type PdfObject,
  textOf,
} from '../../../pdf/reader/objects.ts';
import { signatureFields } from '../find.ts';

/** Fields that a signature locks (FieldMDP, ISO 32000-2 §12.8.2.4). */
export interface FieldLock {
  readonly action: 'All' | 'Include' | 'Exclude';
  readonly fields: readonly string[];
}

/** What the signatures of a revision leave open to those who come after. */
export interface Permissions {
  /** 1 = no changes, 2 = filling and signing, 3 = also annotations; null where nothing certifies the document. */
  readonly level: 1 | 2 | 3 | null;
  readonly locks: readonly FieldLock[];
}

const MAX_REFERENCES = 16;
const MAX_LOCKED = 20_000;

/** Reads DocMDP, FieldMDP and /Lock of every signature that stands in a revision; the strictest counts. */
export async function permissionsOf(document: PdfDocument): Promise<Permissions> {
  const levels: (1 | 2 | 3)[] = [];
  const locks: FieldLock[] = [];
  const read = async (signature: PdfDict): Promise<void> => {
    for (const item of ((await arrayAt(document, signature, 'Reference')) ?? []).slice(0, MAX_REFERENCES)) {
      const reference = dictOf(await document.resolve(item));
      if (!reference) continue;
      const method = await lookUp(document, reference, 'TransformMethod');
      const params = dictOf(await lookUp(document, reference, 'TransformParams')) ?? new PdfDict();
      if (isName(method, 'DocMDP')) levels.push(levelOf(await lookUp(document, params, 'P'), 2));
      if (isName(method, 'FieldMDP')) locks.push(await lockOf(document, params));
    }
  };
  for (const { field } of await signatureFields(document)) {
    const signature = dictOf(await lookUp(document, field, 'V'));
    if (!signature) continue;
    await read(signature);
    const lock = dictOf(await lookUp(document, field, 'Lock'));
    if (!lock) continue;
    locks.push(await lockOf(document, lock));
    // PDF 2.0: a lock may also say what the document allows from then on (ISO 32000-2 table 236).
    if (lock.has('P')) levels.push(levelOf(await lookUp(document, lock, 'P'), 1));
  }
  const perms = dictOf(await lookUp(document, await catalogOf(document), 'Perms'));
  const certification = perms && dictOf(await lookUp(document, perms, 'DocMDP'));
  if (certification) {
    const before = levels.length;
    await read(certification);
    if (levels.length === before) levels.push(2);
  }
  return { level: levels.length > 0 ? (Math.min(...levels) as 1 | 2 | 3) : null, locks };
}

/** What cannot be understood allows the least. */
function levelOf(value: PdfObject, whenMissing: 1 | 2): 1 | 2 | 3 {
  if (value === null) return whenMissing;
  const level = integerOf(value);
  return level === 2 || level === 3 ? level : 1;
}

async function lockOf(document: PdfDocument, dict: PdfDict): Promise<FieldLock> {
  const action = await lookUp(document, dict, 'Action');
  const list = await lookUp(document, dict, 'Fields');
  const fields: string[] = [];
  for (const item of isArray(list) ? list.slice(0, MAX_LOCKED) : []) {
    const name = textOf(await document.resolve(item));
    if (name !== null) fields.push(name);
  }
  const word = action instanceof PdfName ? action.value : '';
  return { action: word === 'Include' || word === 'Exclude' ? word : 'All', fields };
}

/** Whether a field may no longer be filled. A name stands for all fields below it as well. */
export function isLocked(locks: readonly FieldLock[], name: string): boolean {
  return locks.some(({ action, fields }) => {
    if (action === 'All') return true;
    const named = fields.some((field) => name === field || name.startsWith(`${field}.`));
    return action === 'Include' ? named : !named;
  });
}
