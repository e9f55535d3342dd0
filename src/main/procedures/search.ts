import type { Procedure } from '../../contract/procedures.ts';
import { foldText } from './fold-text.ts';
import { nationalCode } from './national-code.ts';
import {
  cutApart,
  type KnownWord,
  knownWord,
  type Lexicon,
  likenessTo,
  SAME_SOUND,
  withoutTypingMarks,
} from './search-words.ts';
import { otherReadings, type Synonym } from './synonyms.ts';

/** What the search needs of a procedure. */
export type Searchable = Pick<Procedure, 'code' | 'name' | 'field' | 'levels'>;

interface Entry<T> {
  readonly item: T;
  /** Numbers of the words of the name, in their order. */
  readonly name: Uint16Array;
  readonly field: Uint16Array;
  /** First letters of the name's words. */
  readonly initials: string;
  /** Digits of the code. */
  readonly digits: string;
  /** Sum of the weights of the name's different words. */
  readonly weight: number;
  readonly order: number;
}

/** A catalogue made ready to be searched; made once after an import. */
export interface PreparedCatalogue<T extends Searchable = Procedure> {
  readonly entries: readonly Entry<T>[];
  readonly byCode: ReadonlyMap<string, T>;
  readonly words: readonly KnownWord[];
  readonly lexicon: Lexicon;
  readonly numbers: ReadonlyMap<string, number>;
  /** How much a word tells: rare words more than those of every second name. */
  readonly weights: Float64Array;
  readonly synonyms: readonly Synonym[];
}

/** How often procedures were opened at this counter. */
export type Usage = ReadonlyMap<string, number>;
const UNUSED: Usage = new Map();

/** Words that begin most names and tell nothing apart. */
const COMMON_START = /^thu tuc /;
/** What people say around the thing they want. */
const FILLERS = new Set(['lam', 'xin', 'cho', 'toi', 'can', 'muon', 've', 'cua', 'thu', 'tuc', 'viec', 'di']);
const MOST_WORDS = 16;

export function prepareCatalogue<T extends Searchable>(
  procedures: readonly T[],
  synonyms: readonly Synonym[] = [],
): PreparedCatalogue<T> {
  const byCode = new Map(procedures.map((p) => [p.code, p]));
  const collator = new Intl.Collator('vi');
  const sorted = [...byCode.values()].sort((a, b) => collator.compare(a.name, b.name));
  const numbers = new Map<string, number>();
  const split = sorted.map((item) => ({
    item,
    name: foldText(item.name).replace(COMMON_START, '').split(' '),
    field: foldText(item.field.name).split(' '),
  }));
  const found: number[] = [];
  for (const { name, field } of split) {
    for (const word of new Set([...name, ...field])) {
      const number = numbers.get(word) ?? numbers.size;
      numbers.set(word, number);
      found[number] = (found[number] ?? 0) + 1;
    }
  }
  const weights = Float64Array.from(found, (n) => 0.5 + Math.log(1 + sorted.length / n));
  const numbered = (words: readonly string[]) => Uint16Array.from(words, (w) => numbers.get(w)!);
  const entries = split.map(({ item, name, field }, order) => ({
    item,
    name: numbered(name),
    field: numbered(field),
    initials: name.map((w) => w[0] ?? '').join(''),
    digits: nationalCode(item.code).replaceAll('.', ''),
    weight: [...new Set(name)].reduce((sum, w) => sum + weights[numbers.get(w)!]!, 0),
    order,
  }));
  const words = [...numbers.keys()].map(knownWord);
  return { entries, byCode, words, lexicon: lexiconOf(entries, numbers), numbers, weights, synonyms };
}

const MOST_WORDS_OF_A_CATALOGUE = 65_536;

function lexiconOf(
  entries: readonly { readonly name: Uint16Array }[],
  numbers: ReadonlyMap<string, number>,
): Lexicon {
  const pairs = new Set<number>();
  for (const { name } of entries) {
    for (let i = 1; i < name.length; i += 1) pairs.add(name[i - 1]! * MOST_WORDS_OF_A_CATALOGUE + name[i]!);
  }
  return {
    has: (word) => numbers.has(word),
    follows: (first, second) =>
      pairs.has(numbers.get(first)! * MOST_WORDS_OF_A_CATALOGUE + numbers.get(second)!),
  };
}

/** By the national code; a province's suffix is cut off (facts §3.4: `2.000815.000.00.00.H55` is `2.000815`). */
export function findProcedure<T extends Searchable>(
  catalogue: PreparedCatalogue<T>,
  code: string,
): T | undefined {
  return catalogue.byCode.get(code) ?? catalogue.byCode.get(nationalCode(code));
}

/**
 * Best first, at most `limit`. Understands a code or the end of one ('1.001193', '1193'), words and beginnings of
 * words in any order with or without diacritics ('khai sinh lai'), slips of the fingers, keys of a typing program that
 * was off ('ddangs ky'), words run together, initials ('dkks', 'dk khai sinh') and everyday words. An empty text lists
 * what is used most, then the catalogue by name.
 */
export function searchProcedures<T extends Searchable>(
  catalogue: PreparedCatalogue<T>,
  text: string,
  limit: number,
  usage: Usage = UNUSED,
): T[] {
  const folded = foldText(text);
  if (folded === '') return mostUsed(catalogue, limit, usage);
  const digits = digitsOf(text);
  if (digits !== '') {
    const hits = best(catalogue, limit, (entry) => byCode(entry, digits));
    if (hits.length > 0) return hits;
  }
  const busiest = Math.log1p(Math.max(0, ...usage.values()));
  const known = new Map<string, Likenesses>();
  const like = (word: string, isLast: boolean): Likenesses => {
    const key = `${word} ${isLast}`;
    const likenesses = known.get(key) ?? likenessesOf(catalogue, word, isLast);
    known.set(key, likenesses);
    return likenesses;
  };
  const scorers = readingsOf(catalogue, folded).map(({ words, worth }) => {
    const score = byWords(catalogue, words, like);
    return (entry: Entry<T>) => score(entry) * worth;
  });
  const letters = folded.replaceAll(' ', '');
  return best(catalogue, limit, (entry) => {
    let score = byInitials(entry, letters);
    for (const scorer of scorers) score = Math.max(score, scorer(entry));
    if (score === 0) return 0;
    const opened = usage.get(entry.item.code) ?? 0;
    return score + levelBonus(entry.item.levels) + (opened > 0 ? (0.15 * Math.log1p(opened)) / busiest : 0);
  });
}

/** The twenty most used stand before the rest, which goes by name. */
const MOST_USED = 20;

function mostUsed<T extends Searchable>(catalogue: PreparedCatalogue<T>, limit: number, usage: Usage): T[] {
  // A Map keeps the order in which the store gave it: most used first, among equals the one used last.
  const used = [...usage.keys()].flatMap((code) => findProcedure(catalogue, code) ?? []).slice(0, MOST_USED);
  const shown = new Set(used);
  const rest = catalogue.entries.map((e) => e.item).filter((item) => !shown.has(item));
  return [...used, ...rest].slice(0, limit);
}

function best<T extends Searchable>(
  catalogue: PreparedCatalogue<T>,
  limit: number,
  score: (entry: Entry<T>) => number,
): T[] {
  const hits: { entry: Entry<T>; score: number }[] = [];
  for (const entry of catalogue.entries) {
    const found = score(entry);
    if (found > 0) hits.push({ entry, score: found });
  }
  hits.sort((a, b) => b.score - a.score || a.entry.order - b.entry.order);
  return hits.slice(0, limit).map((h) => h.entry.item);
}

interface Reading {
  readonly words: readonly string[];
  readonly worth: number;
}

/** The text as it stands, with run-together words cut apart, and with everyday words said officially. */
function readingsOf<T extends Searchable>(catalogue: PreparedCatalogue<T>, folded: string): Reading[] {
  const { lexicon } = catalogue;
  const { has } = lexicon;
  const typed = folded.split(' ').slice(0, MOST_WORDS);
  const mended = typed.flatMap((word) => {
    if (has(word)) return word;
    const plain = withoutTypingMarks(word);
    return has(plain) ? plain : (cutApart(word, lexicon) ?? cutApart(plain, lexicon) ?? word);
  });
  const readings: Reading[] = [{ words: typed, worth: 1 }];
  if (mended.join(' ') !== typed.join(' ')) readings.push({ words: mended, worth: 0.98 });
  const said = new Set([typed.join(' '), mended.join(' ')]);
  for (const text of said) {
    for (const other of otherReadings(text, catalogue.synonyms)) {
      readings.push({ words: other.split(' ').slice(0, MOST_WORDS), worth: 0.97 });
    }
  }
  return readings.slice(0, 8).map(({ words, worth }) => ({ words: withoutFillers(words), worth }));
}

function withoutFillers(words: readonly string[]): readonly string[] {
  const telling = words.filter((w) => !FILLERS.has(w));
  return telling.length > 0 ? telling : words;
}

/** The digits of a text that is nothing but a code or a part of one, else ''. */
function digitsOf(text: string): string {
  const code = nationalCode(text);
  return /^[\d.]+$/.test(code) ? code.replaceAll('.', '') : '';
}

function byCode(entry: Entry<unknown>, digits: string): number {
  if (entry.digits === digits) return 10_000;
  if (entry.digits.startsWith(digits)) return 5000;
  return entry.digits.endsWith(digits) && digits.length >= 3 ? 4000 : 0;
}

/** Less than this share of what was typed, by weight, is no find. */
const LEAST_COVERAGE = 0.6;
const LEAST_LIKENESS = 0.5;
/** A word of the field tells less than one of the name. */
const FIELD_SHARE = 0.62;
/** Initials amid words ('dk khai sinh') stand for words of the name with this certainty. */
const INITIALS_SHARE = 0.8;

/** Scores an entry by how much of what was typed it covers, in which order, and how much of its name is left over. */
function byWords<T extends Searchable>(
  catalogue: PreparedCatalogue<T>,
  words: readonly string[],
  likeOf: (word: string, isLast: boolean) => Likenesses,
): (entry: Entry<T>) => number {
  const like = words.map((word, i) => likeOf(word, i === words.length - 1));
  const total = like.reduce((sum, l) => sum + l.weight, 0);
  const short = words.map((word, i) => (/^[a-z]{2,5}$/.test(word) && !like[i]!.exact ? word : ''));
  const found = new Float64Array(words.length);
  const told = new Float64Array(words.length);
  /** Which words of the catalogue stand for any word that was typed: most do not. */
  const meant = new Uint8Array(catalogue.words.length);
  for (const { of } of like) for (let w = 0; w < meant.length; w += 1) if (of[w]! > 0) meant[w] = 1;
  return (entry) => {
    let pairs = 0;
    let first = -1;
    found.fill(0);
    told.fill(0);
    for (let at = 0; at < entry.name.length; at += 1) {
      const word = entry.name[at]!;
      if (meant[word] === 0) continue;
      if (first < 0) first = at;
      for (let i = 0; i < like.length; i += 1) {
        const degree = like[i]!.of[word]!;
        if (degree === 0) continue;
        if (degree > found[i]!) {
          found[i] = degree;
          told[i] = degree * catalogue.weights[word]!;
        }
        if (at > 0 && i > 0 && like[i - 1]!.of[entry.name[at - 1]!]! > 0) pairs += degree;
      }
    }
    for (let i = 0; i < like.length; i += 1) {
      const letters = short[i]!;
      if (letters !== '' && found[i]! < INITIALS_SHARE && entry.initials.includes(letters)) {
        found[i] = INITIALS_SHARE;
        told[i] = letters.length;
      }
      if (found[i]! > 0) continue;
      for (const word of entry.field) found[i] = Math.max(found[i]!, like[i]!.of[word]! * FIELD_SHARE);
    }
    let covered = 0;
    let left = 0;
    for (let i = 0; i < like.length; i += 1) {
      covered += like[i]!.weight * found[i]!;
      left += told[i]!;
    }
    covered /= total;
    if (covered < LEAST_COVERAGE) return 0;
    const inOrder = like.length < 2 ? 0 : Math.min(1, pairs / (like.length - 1));
    const filled = Math.min(1, left / entry.weight);
    return covered + 0.35 * inOrder + 0.35 * filled + (first === 0 ? 0.05 : 0);
  };
}

interface Likenesses {
  /** By number of the catalogue's word. */
  readonly of: Float64Array;
  readonly weight: number;
  readonly exact: boolean;
}

/** What the catalogue has no word for weighs like a rare word. */
const UNKNOWN_WEIGHT = 3;

function likenessesOf<T extends Searchable>(
  catalogue: PreparedCatalogue<T>,
  typed: string,
  isLast: boolean,
): Likenesses {
  const of = new Float64Array(catalogue.words.length);
  const exact = catalogue.numbers.has(typed);
  const likeness = likenessTo(typed, isLast);
  let nearest = 0;
  let weight = UNKNOWN_WEIGHT;
  for (let i = 0; i < of.length; i += 1) {
    let degree = likeness(catalogue.words[i]!);
    // A word that the catalogue knows was hardly meant to be another one.
    if (exact && degree < SAME_SOUND) degree *= 0.8;
    if (degree < LEAST_LIKENESS) continue;
    of[i] = degree;
    if (degree > nearest) {
      nearest = degree;
      weight = catalogue.weights[i]!;
    }
  }
  return { of, weight, exact };
}

function byInitials(entry: Entry<unknown>, letters: string): number {
  if (letters.length < 2 || letters.length > 12 || !entry.initials.includes(letters)) return 0;
  if (entry.initials === letters) return 1.1;
  const start = entry.initials.startsWith(letters) ? 0.75 : 0.6;
  return start + 0.2 * (letters.length / entry.initials.length);
}

/** The counters of communes and provinces take what these levels handle; what only a ministry does comes last. */
function levelBonus(levels: Searchable['levels']): number {
  if (levels.includes('commune')) return 0.08;
  return levels.length === 0 || levels.includes('province') ? 0.04 : 0;
}
