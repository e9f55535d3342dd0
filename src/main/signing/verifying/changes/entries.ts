import type { PdfDocument } from '../../../pdf/reader/document.ts';
import { decodeStream } from '../../../pdf/reader/filters.ts';
import { integerOf, PdfStream, PdfTooComplex } from '../../../pdf/reader/objects.ts';
import { Parser } from '../../../pdf/reader/parser.ts';
import { findEntry, numbersOf } from '../../../pdf/reader/xref.ts';
import type { XrefEntry } from '../../../pdf/reader/xref-entries.ts';
import type { Modification } from './comparison.ts';
import { sameAcross } from './equal.ts';
import { referencesIn } from './references.ts';

const MAX_TOUCHED = 200_000;
const MAX_CONTAINER_BYTES = 64 * 1024 * 1024;

export interface Touched {
  readonly changed: ReadonlySet<number>;
  readonly added: ReadonlySet<number>;
  readonly found: readonly Modification[];
}

/**
 * What a revision says of objects that it did not say before. An entry that is the same as it was is no change; any
 * other must lead to an object of the revision itself (`own`), and the generation must fit.
 */
export async function touchedObjects(
  before: PdfDocument,
  after: PdfDocument,
  own: ReadonlySet<number>,
): Promise<Touched> {
  const section = after.chain[0]!;
  const changed = new Set<number>();
  const added = new Set<number>();
  const found: Modification[] = [];
  let left = MAX_TOUCHED;
  for (const num of numbersOf(section)) {
    const now = findEntry(after.chain, num)!;
    const then = findEntry(before.chain, num);
    if (sameEntry(then, now) || (now.type === 'free' && (then === null || then.type === 'free'))) continue;
    if (--left < 0) throw new PdfTooComplex('revision-objects');
    if (now.type !== 'free' && !own.has(now.type === 'plain' ? num : now.container)) {
      found.push({ what: 'xref-redirected', object: num });
      continue;
    }
    if (then && then.type !== 'free' && now.type !== 'free' && genOf(then) !== genOf(now)) {
      found.push({ what: 'object-generation', object: num });
    }
    const a = then === null || then.type === 'free' ? null : await before.load(num);
    const b = await after.load(num);
    if (a === null && b !== null) added.add(num);
    else if (a !== null && b === null) found.push({ what: 'object-removed', object: num });
    else if (!(await sameAcross(before, a, after, b))) changed.add(num);
  }
  found.push(...(await containerProblems(after, own)));
  found.push(...(await generationProblems(before, after, [...changed, ...added])));
  return { changed, added, found };
}

function sameEntry(a: XrefEntry | null, b: XrefEntry): boolean {
  if (a?.type === 'plain' && b.type === 'plain') return a.offset === b.offset && a.gen === b.gen;
  if (a?.type === 'packed' && b.type === 'packed') return a.container === b.container && a.index === b.index;
  return false;
}

function genOf(entry: XrefEntry): number {
  return entry.type === 'plain' ? entry.gen : 0;
}

/** New references with a generation that the object does not have: some readers follow them, some find nothing. */
async function generationProblems(
  before: PdfDocument,
  after: PdfDocument,
  touched: readonly number[],
): Promise<Modification[]> {
  const found: Modification[] = [];
  for (const num of touched) {
    const wrong = referencesIn(await after.load(num)).filter(({ to, gen }) => {
      const entry = findEntry(after.chain, to);
      return entry !== null && entry.type !== 'free' && genOf(entry) !== gen;
    });
    if (wrong.length === 0) continue;
    const old = new Set(referencesIn(await before.load(num)).map(({ to, gen }) => `${to} ${gen}`));
    if (wrong.some(({ to, gen }) => !old.has(`${to} ${gen}`))) {
      found.push({ what: 'object-generation', object: num });
    }
  }
  return found;
}

/** Object streams of the revision: each member once, and all of them where the section says. */
async function containerProblems(after: PdfDocument, own: ReadonlySet<number>): Promise<Modification[]> {
  const { entries } = after.chain[0]!;
  const members = new Map<number, Map<number, number>>();
  for (const num of entries.numbers) {
    const entry = entries.find(num);
    if (entry?.type !== 'packed' || !own.has(entry.container)) continue;
    const indexes = members.get(entry.container) ?? new Map<number, number>();
    indexes.set(num, entry.index);
    members.set(entry.container, indexes);
  }
  const found: Modification[] = [];
  for (const [container, indexes] of members) {
    const { numbers, repeatedKeys } = await membersOf(after, container);
    const right =
      numbers?.length === indexes.size && numbers.every((num, index) => indexes.get(num) === index);
    if (!right) found.push({ what: 'xref-malformed', object: container });
    else if (repeatedKeys > 0) found.push({ what: 'keys-repeated', object: container });
  }
  return found;
}

/** Numbers of an object stream's members, null where it is not made as it should be. */
async function membersOf(
  document: PdfDocument,
  container: number,
): Promise<{ readonly numbers: readonly number[] | null; readonly repeatedKeys: number }> {
  const none = { numbers: null, repeatedKeys: 0 };
  const stream = await document.load(container);
  if (!(stream instanceof PdfStream) || stream.dict.has('Extends') || stream.dict.has('F')) return none;
  const raw = await document.rawData(stream, MAX_CONTAINER_BYTES);
  const data = await decodeStream(stream.dict, raw, MAX_CONTAINER_BYTES, document.work);
  const count = integerOf(stream.dict.get('N')) ?? 0;
  const first = integerOf(stream.dict.get('First')) ?? 0;
  const header = new Parser(data);
  const numbers: number[] = [];
  let repeatedKeys = 0;
  for (let i = 0; i < count; i++) {
    const num = header.integer();
    const at = header.integer();
    if (num === null || at === null) return none;
    numbers.push(num);
    const member = new Parser(data, first + at);
    member.object();
    document.work.spend(member.pos - first - at);
    repeatedKeys += member.repeatedKeys;
  }
  return { numbers, repeatedKeys };
}
