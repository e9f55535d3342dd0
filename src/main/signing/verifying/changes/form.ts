import { arrayAt, lookUp } from '../../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isArray,
  isName,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
  textOf,
} from '../../../pdf/reader/objects.ts';
import { appearanceStreams, explainLook, isBlank, isInvisible } from './appearance.ts';
import type { Comparison } from './comparison.ts';
import { differingKeys, sameObject } from './equal.ts';
import { type FormField, formFields } from './fields.ts';
import { explainFilling } from './filling.ts';
import { reach } from './references.ts';
import { signsThisRevision } from './signed.ts';

const FORM_KEYS = ['Fields', 'SigFlags'];
/** A form that a signature brings with it may also hold what Acrobat puts there by default. */
const NEW_FORM_KEYS = [...FORM_KEYS, 'DR', 'DA'];
/** What a new signature field may say: nothing that acts, nothing that depends on a layer. */
const NEW_FIELD_KEYS = [
  ...[
    'Type',
    'Subtype',
    'FT',
    'T',
    'TU',
    'TM',
    'Ff',
    'V',
    'F',
    'P',
    'Rect',
    'AP',
    'MK',
    'Border',
    'BS',
    'DA',
  ],
  ...['Q', 'H', 'DR', 'Kids', 'Parent', 'Lock', 'SV', 'NM', 'M', 'StructParent', 'Lang'],
];
const LOOK_KEYS = ['R', 'BC', 'BG'];
/** Fields that a form's own /DA could change the look of. */
const DRAWN = ['Tx', 'Ch'];
const STANDARD_FONT =
  /^(Helvetica|Courier)(-(Bold|Oblique|BoldOblique))?$|^Times-(Roman|Bold|Italic|BoldItalic)$|^(Symbol|ZapfDingbats)$/;

/** The interactive form: it may gain signature fields, and its empty ones may be filled. */
export async function explainForm(comparison: Comparison): Promise<void> {
  const { catalog, before, after, changed, added, explained, owners, found } = comparison;
  const a = dictOf(await lookUp(before, catalog.a, 'AcroForm'));
  const b = await lookUp(after, catalog.b, 'AcroForm');
  if (!(b instanceof PdfDict)) {
    if (a || b) found.push({ what: 'form-changed' });
    return;
  }
  const allowed = a ? FORM_KEYS : NEW_FORM_KEYS;
  const fieldsBefore = await formFields(before);
  for (const key of differingKeys(a ?? new PdfDict(), b)) {
    if (key === 'DR' && a) await explainResources(comparison, fieldsBefore, a.get('DR'), b.get('DR'));
    else if (key === 'DA' && a && !a.has('DA') && !fieldsBefore.some(({ type }) => DRAWN.includes(type)))
      continue;
    else if (!allowed.includes(key)) found.push({ what: 'form-changed', key });
  }
  if (!flagsKept(a?.get('SigFlags') ?? null, b.get('SigFlags'))) {
    found.push({ what: 'form-changed', key: 'SigFlags' });
  }
  const entry = catalog.b.get('AcroForm');
  if (entry instanceof PdfRef) {
    if (changed.has(entry.num) && sameObject(entry, catalog.a.get('AcroForm'))) {
      explained.add(entry.num);
      owners.set(entry.num, (r) => r.holder === catalog.num && r.key === 'AcroForm');
    }
    if (added.has(entry.num)) explained.add(entry.num);
  }
  const formNum = entry instanceof PdfRef ? entry.num : -1;
  const list = b.get('Fields');
  if (list instanceof PdfRef) {
    if (added.has(list.num)) explained.add(list.num);
    if (changed.has(list.num) && a && sameObject(list, a.get('Fields'))) {
      explained.add(list.num);
      owners.set(
        list.num,
        (r) =>
          (r.holder === formNum && r.key === 'Fields') || (r.holder === catalog.num && r.key === 'AcroForm'),
      );
    }
  }
  if (!a) for (const n of await reach(after, [b.get('DR')], (x) => added.has(x))) explained.add(n);
  await explainNewFields(
    comparison,
    fieldsBefore,
    (a && (await arrayAt(before, a, 'Fields'))) ?? [],
    (await arrayAt(after, b, 'Fields')) ?? [],
  );
  await explainFilling(comparison, fieldsBefore);
}

/** SignaturesExist and AppendOnly (table 219) may be set, never taken away. */
function flagsKept(a: PdfObject, b: PdfObject): boolean {
  const [was, is] = [integerOf(a) ?? 0, integerOf(b) ?? 0];
  return (is & was) === was && (is & ~was & ~3) === 0;
}

/**
 * The form's resources may gain fonts and encodings, as Acrobat adds its own; a name that was there keeps its
 * meaning. A name that a field already draws with must not get one afterwards, but for the standard fonts.
 */
async function explainResources(
  comparison: Comparison,
  fields: readonly FormField[],
  aEntry: PdfObject,
  bEntry: PdfObject,
): Promise<void> {
  const { before, after, added, explained, found } = comparison;
  const a = dictOf(await before.resolve(aEntry)) ?? new PdfDict();
  const b = dictOf(await after.resolve(bEntry)) ?? new PdfDict();
  const refuse = () => found.push({ what: 'form-changed', key: 'DR' });
  for (const key of differingKeys(a, b)) {
    const inA = (await lookUp(before, a, key)) ?? new PdfDict();
    const inB = await lookUp(after, b, key);
    if (!['Font', 'Encoding'].includes(key) || !(inA instanceof PdfDict) || !(inB instanceof PdfDict)) {
      refuse();
      continue;
    }
    for (const name of differingKeys(inA, inB)) {
      if (inA.has(name)) refuse();
      else if (key === 'Font' && !(await isStandardFont(comparison, inB.get(name)))) {
        if (await drawnWith(comparison, fields, name)) refuse();
      }
    }
  }
  for (const num of await reach(after, [bEntry], (n) => added.has(n))) explained.add(num);
}

async function isStandardFont({ after }: Comparison, entry: PdfObject): Promise<boolean> {
  const font = await after.resolve(entry);
  if (!(font instanceof PdfDict) || !isName(font.get('Subtype'), 'Type1')) return false;
  const base = font.get('BaseFont');
  const plain = !['FontDescriptor', 'Widths', 'ToUnicode'].some((key) => font.has(key));
  return (
    plain && typeof base === 'object' && base !== null && 'value' in base && STANDARD_FONT.test(base.value)
  );
}

/** Whether a field says that it draws with a font of that name, or has a look without resources of its own. */
async function drawnWith(
  { before, catalog }: Comparison,
  fields: readonly FormField[],
  name: string,
): Promise<boolean> {
  const names = (dict: PdfDict): boolean => {
    const text = textOf(dict.get('DA')) ?? '';
    return text.split(/[\s/[\]()<>]+/).includes(name);
  };
  const form = dictOf(await lookUp(before, catalog.a, 'AcroForm'));
  if (form && names(form)) return true;
  for (const { parts } of fields) {
    for (const part of parts) {
      const dict = dictOf(await before.load(part.num));
      if (!dict) continue;
      if (names(dict)) return true;
      const streams = await appearanceStreams(before, dict.get('AP'));
      if (!streams || streams.some(({ stream }) => !stream.dict.has('Resources'))) return true;
    }
  }
  return false;
}

async function explainNewFields(
  comparison: Comparison,
  fieldsBefore: readonly FormField[],
  a: readonly PdfObject[],
  b: readonly PdfObject[],
): Promise<void> {
  const { added, found } = comparison;
  for (const field of a) {
    if (!b.some((f) => sameObject(f, field))) {
      found.push({ what: 'field-changed', ...(field instanceof PdfRef ? { object: field.num } : {}) });
    }
  }
  const names = new Set(fieldsBefore.map((field) => field.name));
  const old = new Set(a.map((f) => (f instanceof PdfRef ? f.num : -1)));
  const met = new Set<number>();
  for (const field of b) {
    if (!(field instanceof PdfRef)) {
      if (!a.some((f) => sameObject(f, field))) found.push({ what: 'field-added' });
    } else if (met.has(field.num)) found.push({ what: 'field-changed', object: field.num });
    else if (!old.has(field.num)) {
      if (added.has(field.num)) await explainNewField(comparison, field, names);
      else found.push({ what: 'field-changed', object: field.num });
    }
    if (field instanceof PdfRef) met.add(field.num);
  }
}

/** A further signature field, with its widgets, its signature and its appearance: all of them new objects. */
async function explainNewField(
  comparison: Comparison,
  ref: PdfRef,
  names: ReadonlySet<string>,
): Promise<void> {
  const { after, added, explained, widgets, permissions, found } = comparison;
  const field = await after.load(ref.num);
  const refuse = (what: 'field-added' | 'signature-incomplete' | 'permission-exceeded', key?: string) =>
    found.push({ what, object: ref.num, ...(key === undefined ? {} : { key }) });
  if (!(field instanceof PdfDict) || !isName(await lookUp(after, field, 'FT'), 'Sig')) {
    refuse('field-added');
    return;
  }
  const parts = [field];
  widgets.add(ref.num);
  for (const kid of (await arrayAt(after, field, 'Kids')) ?? []) {
    const widget = kid instanceof PdfRef && added.has(kid.num) ? await after.load(kid.num) : null;
    if (!(kid instanceof PdfRef) || !(widget instanceof PdfDict)) {
      refuse('field-added', 'Kids');
      return;
    }
    if (widget.has('T') || widget.has('V') || widget.has('Kids')) refuse('field-added', 'Kids');
    widgets.add(kid.num);
    parts.push(widget);
  }
  const name = textOf(await lookUp(after, field, 'T'));
  if (name === null || names.has(name) || field.has('Parent')) refuse('field-added', 'T');
  for (const part of parts) {
    for (const key of part.entries.keys()) if (!NEW_FIELD_KEYS.includes(key)) refuse('field-added', key);
    const look = await lookUp(after, part, 'MK');
    if (look instanceof PdfDict) {
      for (const key of look.entries.keys()) if (!LOOK_KEYS.includes(key)) refuse('field-added', 'MK');
    } else if (look !== null) refuse('field-added', 'MK');
    await explainLook(comparison, ref.num, part.get('AP'));
  }
  const own = parts.map((part) => part.with({ P: null, Parent: null }));
  for (const num of await reach(after, [ref, ...own], (n) => added.has(n))) explained.add(num);
  await judgeNewField(comparison, field, parts, refuse);
  if (permissions.level !== null && !(await isNewTimeStamp(comparison, field, parts))) {
    refuse('permission-exceeded');
  }
}

async function judgeNewField(
  comparison: Comparison,
  field: PdfDict,
  parts: readonly PdfDict[],
  refuse: (what: 'signature-incomplete') => void,
): Promise<void> {
  const { after } = comparison;
  const value = await lookUp(after, field, 'V');
  if (value !== null) {
    if (!(await signsThisRevision(comparison, field.get('V')))) refuse('signature-incomplete');
    return;
  }
  // A field that waits for its signature shows nothing: a picture in it would lie over what was signed.
  for (const part of parts) {
    const plain = !part.has('MK') && (await isBlank(after, part.get('AP')));
    if (!plain && !(await isInvisible(after, part))) refuse('signature-incomplete');
  }
}

/** A document time stamp: the one thing that is lawful in a new field of a certified document, if it shows nothing. */
async function isNewTimeStamp(
  { after }: Comparison,
  field: PdfDict,
  parts: readonly PdfDict[],
): Promise<boolean> {
  const stamp = await lookUp(after, field, 'V');
  if (!(stamp instanceof PdfDict) || stamp instanceof PdfStream) return false;
  if (!isName(await lookUp(after, stamp, 'Type'), 'DocTimeStamp')) return false;
  for (const part of parts) if (!(await isInvisible(after, part))) return false;
  return isArray(await lookUp(after, stamp, 'ByteRange'));
}
