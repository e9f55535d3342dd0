import { lookUp } from '../../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isArray,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfString,
} from '../../../pdf/reader/objects.ts';
import { appearanceStreams, explainLook, flagsHarmless } from './appearance.ts';
import type { Comparison } from './comparison.ts';
import { differingKeys, sameObject } from './equal.ts';
import { type FormField, formFields, isEmptyValue } from './fields.ts';
import { isLocked } from './permissions.ts';
import { signsThisRevision } from './signed.ts';

/** Keys that may lead to a field or widget; '' is an array that is an object of its own. */
const FIELD_HOLDERS = ['', 'AcroForm', 'Fields', 'Annots', 'Kids', 'Parent', 'Obj', 'K'];
const SIGNED_KEYS = ['V', 'AP', 'F', 'M', 'MK', 'Ff'];
const FILLED_KEYS = ['V', 'AS', 'AP', 'I', 'TI', 'M', 'F', 'DA', 'Q', 'Ff'];
const LOOK_KEYS = ['R', 'BC', 'BG'];
/** Field flags (ISO 32000-1 tables 221, 226). */
const READ_ONLY = 1;
const PUSH_BUTTON = 1 << 16;

/** Prepared fields that were signed or filled: their value and look are new, the rest is as it was. */
export async function explainFilling(
  comparison: Comparison,
  fieldsBefore: readonly FormField[],
): Promise<void> {
  const { changed } = comparison;
  const touched = fieldsBefore.filter(({ parts }) => parts.some((part) => changed.has(part.num)));
  if (touched.length === 0) return;
  const now = new Map<number, FormField>();
  for (const field of await formFields(comparison.after)) if (field.ref) now.set(field.ref.num, field);
  for (const field of touched) {
    const later = field.ref ? now.get(field.ref.num) : undefined;
    if (!later) continue;
    if (await onlyMadeReadOnly(comparison, field)) continue;
    if (field.type === 'Sig') await explainSigning(comparison, field);
    else if (['Tx', 'Ch', 'Btn'].includes(field.type)) await explainValue(comparison, field, later);
  }
}

async function versions({ before, after }: Comparison, num: number): Promise<[PdfDict, PdfDict] | null> {
  const a = await before.load(num);
  const b = await after.load(num);
  return a instanceof PdfDict && b instanceof PdfDict ? [a, b] : null;
}

/** Named as a resource or anything else that is drawn, its /V or /AP would be a picture on a page. */
function accept({ explained, owners }: Comparison, num: number): void {
  explained.add(num);
  owners.set(num, (r) => FIELD_HOLDERS.includes(r.key));
}

/** Flags that mean what they meant, but for ReadOnly, which may come. */
function flagsKept(a: PdfDict, b: PdfDict, inherited: number): boolean {
  const was = integerOf(a.get('Ff')) ?? inherited;
  const is = integerOf(b.get('Ff')) ?? inherited;
  return is === was || is === (was | READ_ONLY);
}

/** Acrobat makes the fields read-only that its signature locks. */
async function onlyMadeReadOnly(comparison: Comparison, { parts, flags }: FormField): Promise<boolean> {
  const accepted: number[] = [];
  for (const { num } of parts) {
    if (!comparison.changed.has(num)) continue;
    const both = await versions(comparison, num);
    if (!both || differingKeys(...both).some((key) => key !== 'Ff') || !flagsKept(...both, flags))
      return false;
    accepted.push(num);
  }
  for (const num of accepted) accept(comparison, num);
  return true;
}

/** An empty signature field that was signed. */
async function explainSigning(comparison: Comparison, field: FormField): Promise<void> {
  const { after, changed, found, permissions } = comparison;
  if (field.value !== null || !field.ref) return;
  const num = field.ref.num;
  const signed = dictOf(await after.load(num))?.get('V') ?? null;
  if (!(await signsThisRevision(comparison, signed)))
    found.push({ what: 'signature-incomplete', object: num });
  else if (permissions.level === 1) found.push({ what: 'permission-exceeded', object: num });
  else if (isLocked(permissions.locks, field.name)) found.push({ what: 'field-locked', object: num });
  if (signed instanceof PdfRef) comparison.explained.add(signed.num);
  for (const part of field.parts) {
    if (!changed.has(part.num)) continue;
    const both = await versions(comparison, part.num);
    if (!both) continue;
    const [a, b] = both;
    await judgeKeys(comparison, part.num, both, SIGNED_KEYS, field);
    const look = await lookUp(after, b, 'MK');
    const plain = look === null || (look instanceof PdfDict && [...look.entries.keys()].every(isPlainLook));
    if (!plain && !sameObject(a.get('MK'), b.get('MK'))) {
      found.push({ what: 'field-changed', object: part.num, key: 'MK' });
    }
    accept(comparison, part.num);
    await explainRedrawing(comparison, part.num, a.get('AP'), b.get('AP'));
  }
}

const isPlainLook = (key: string) => LOOK_KEYS.includes(key);

async function judgeKeys(
  { found }: Comparison,
  num: number,
  [a, b]: readonly [PdfDict, PdfDict],
  allowed: readonly string[],
  { flags }: FormField,
): Promise<void> {
  for (const key of differingKeys(a, b)) {
    const fine =
      allowed.includes(key) &&
      (key !== 'F' || flagsHarmless(a.get('F'), b.get('F'))) &&
      (key !== 'Ff' || flagsKept(a, b, flags));
    if (!fine) found.push({ what: 'field-changed', object: num, key });
  }
}

/** A text, a choice or a tick that was filled in. */
async function explainValue(comparison: Comparison, field: FormField, later: FormField): Promise<void> {
  const { before, after, changed, added, found, filled, permissions } = comparison;
  const object = field.ref?.num ?? 0;
  const parts = field.parts.filter(({ num }) => changed.has(num));
  if (sameObject(field.value, later.value)) {
    found.push({ what: 'appearance-changed', object });
    for (const { num } of parts) {
      const both = await versions(comparison, num);
      if (both) await judgeKeys(comparison, num, both, FILLED_KEYS, field);
      accept(comparison, num);
    }
    return;
  }
  if (permissions.level === 1) found.push({ what: 'permission-exceeded', object });
  if (isLocked(permissions.locks, field.name) || (field.flags & READ_ONLY) !== 0) {
    found.push({ what: 'field-locked', object });
  }
  const states = await statesOf(comparison, field);
  if (!isValueOf(field, later.value, states)) found.push({ what: 'field-changed', object, key: 'V' });
  filled.push({ name: field.name, object, replaced: !isEmptyValue(field.value) });
  for (const { num } of parts) {
    const both = await versions(comparison, num);
    if (!both) continue;
    const [a, b] = both;
    await judgeKeys(comparison, num, both, FILLED_KEYS, field);
    accept(comparison, num);
    for (const key of ['V', 'I', 'TI']) {
      const entry = b.get(key);
      if (entry instanceof PdfRef && added.has(entry.num)) comparison.explained.add(entry.num);
    }
    const state = await lookUp(after, b, 'AS');
    if (state !== null && !(state instanceof PdfName && ['Off', ...states].includes(state.value))) {
      found.push({ what: 'field-changed', object: num, key: 'AS' });
    }
    // The looks of a button's states were there when it was signed; only which of them shows may change.
    const drawn = (await appearanceStreams(before, a.get('AP')))?.length !== 0;
    if (field.type === 'Btn' && drawn && !sameObject(a.get('AP'), b.get('AP'))) {
      found.push({ what: 'appearance-changed', object: num });
    }
    if (field.type !== 'Btn' || !drawn) await explainRedrawing(comparison, num, a.get('AP'), b.get('AP'));
  }
}

/** Names of the states that a button's widgets can show. */
async function statesOf({ before, after }: Comparison, field: FormField): Promise<string[]> {
  const states = new Set<string>();
  if (field.type !== 'Btn') return [];
  for (const { num } of field.parts) {
    for (const document of [before, after]) {
      const look = dictOf(await lookUp(document, dictOf(await document.load(num)) ?? new PdfDict(), 'AP'));
      const normal = look && (await lookUp(document, look, 'N'));
      if (normal instanceof PdfDict) for (const key of normal.entries.keys()) states.add(key);
    }
  }
  return [...states];
}

function isValueOf({ type, flags }: FormField, value: PdfObject, states: readonly string[]): boolean {
  if (value === null) return true;
  if (type === 'Btn') {
    if ((flags & PUSH_BUTTON) !== 0 || !(value instanceof PdfName)) return false;
    return value.value === 'Off' || states.length === 0 || states.includes(value.value);
  }
  if (value instanceof PdfString) return true;
  return type === 'Ch' && isArray(value) && value.every((item) => item instanceof PdfString);
}

/**
 * A filled field's look: new, or written over where it stood: its /AP dictionary and the streams named there, where
 * nothing but that field showed them.
 */
async function explainRedrawing(
  comparison: Comparison,
  field: number,
  look: PdfObject,
  newLook: PdfObject,
): Promise<void> {
  const { before, changed, explained, owners } = comparison;
  const dict = await before.resolve(look);
  const holder = look instanceof PdfRef ? look.num : field;
  const own = new Set<number>(look instanceof PdfRef ? [look.num] : []);
  if (dict instanceof PdfDict) {
    for (const state of dict.entries.values()) {
      const streams = state instanceof PdfDict ? [...state.entries.values()] : [state];
      for (const stream of streams) if (stream instanceof PdfRef) own.add(stream.num);
    }
  }
  if (sameObject(look, newLook) && ![...own].some((num) => changed.has(num))) return;
  // Those that did not change are watched as well: a page's resources that pose as a look vouch for nothing.
  for (const num of own) {
    if (changed.has(num)) explained.add(num);
    owners.set(num, (r) => (r.holder === field && r.key === 'AP') || (num !== holder && r.holder === holder));
  }
  await explainLook(comparison, field, newLook, (n) => own.has(n));
}
