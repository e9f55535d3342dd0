/** A word of the catalogue, with what makes it quick to be compared. */
export interface KnownWord {
  readonly word: string;
  /** With i for y: 'kí' and 'ký' are the same word in two spellings. */
  readonly sound: string;
  /** A bit for each letter that it holds. */
  readonly letters: number;
}

export function knownWord(word: string): KnownWord {
  return { word, sound: word.replaceAll('y', 'i'), letters: lettersOf(word) };
}

function lettersOf(word: string): number {
  let bits = 0;
  for (let i = 0; i < word.length; i += 1) bits |= 1 << (word.charCodeAt(i) & 31);
  return bits;
}

/** Words that differ in i and y alone. */
export const SAME_SOUND = 0.95;

/** How well a word that was typed stands for words of the catalogue: 1 = it is the word, 0 = it is another. */
export function likenessTo(typed: string, isLast: boolean): (known: KnownWord) => number {
  const asTyped = knownWord(typed);
  const plain = knownWord(withoutTypingMarks(typed));
  return (known) => {
    if (known.word === typed) return 1;
    if (known.word === plain.word) return 0.97;
    if (known.sound === asTyped.sound || known.sound === plain.sound) return SAME_SOUND;
    const marked = plain.word === typed ? 0 : slip(plain, known) * 0.97;
    return Math.max(prefix(typed, known.word, isLast), slip(asTyped, known), marked);
  };
}

/** The beginning of a word; the last word typed is the one that may still be unfinished. */
function prefix(typed: string, word: string, isLast: boolean): number {
  if (!word.startsWith(typed)) return 0;
  return (isLast ? 0.75 : 0.65) + (0.2 * typed.length) / word.length;
}

const SHORTEST_FOR_A_SLIP = 3;

/** A slip of the fingers: one in words of three to five letters, two in longer ones. */
function slip(typed: KnownWord, known: KnownWord): number {
  const a = typed.word;
  const b = known.word;
  if (a.length < SHORTEST_FOR_A_SLIP || b.length < 2) return 0;
  const allowed = a.length >= 6 ? 2 : 1;
  if (Math.abs(a.length - b.length) > allowed) return 0;
  // Each slip changes at most two letters of the set: most words are told apart without being compared.
  if (bitsOf(typed.letters ^ known.letters) > 2 * allowed || /\d/.test(a)) return 0;
  const cost = slipCost(a, b, allowed);
  if (cost > allowed) return 0;
  return 0.86 - 0.24 * cost - (a[0] === b[0] ? 0 : 0.06);
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) bits += 1;
  return bits;
}

/** Rows of letters on a keyboard; a letter's neighbours are one place away in any direction. */
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const PLACES = new Map(
  ROWS.flatMap((row, y) => [...row].map((letter, x) => [letter, { x: x + y * 0.4, y }] as const)),
);

function areNeighbours(a: string, b: string): boolean {
  const p = PLACES.get(a);
  const q = PLACES.get(b);
  return p !== undefined && q !== undefined && Math.abs(p.x - q.x) < 1.1 && Math.abs(p.y - q.y) <= 1;
}

/** Letters that sound alike where people mix them up. */
const ALIKE = new Set(['iy', 'yi', 'sx', 'xs', 'ck', 'kc', 'dg', 'gd', 'ln', 'nl']);

function replacing(a: string, b: string): number {
  if (a === b) return 0;
  if (ALIKE.has(a + b)) return 0.5;
  return areNeighbours(a, b) ? 0.7 : 1;
}

/**
 * Edit distance with swapped letters as one step (Damerau–Levenshtein, optimal string alignment), a doubled letter and
 * a neighbouring key cheaper than others. Stops early, with more than `limit`, where it cannot stay under it.
 */
export function slipCost(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    let best = i;
    for (let j = 1; j <= b.length; j += 1) {
      const doubled = a[i - 1] === a[i - 2] ? 0.6 : 1;
      const missing = b[j - 1] === b[j - 2] ? 0.6 : 1;
      let cost = Math.min(
        row[j]! + doubled,
        next[j - 1]! + missing,
        row[j - 1]! + replacing(a[i - 1]!, b[j - 1]!),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] && a[i - 1] !== a[i - 2]) {
        cost = Math.min(cost, before[j - 2]! + 0.7);
      }
      next.push(cost);
      if (cost < best) best = cost;
    }
    if (best > limit) return Number.POSITIVE_INFINITY;
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/**
 * What a word was meant to be where the typing program was off and its keys stayed: Telex ('ddawng', 'nguyeenx') and VNI
 * ('d9a8ng', 'ky1'). No Vietnamese syllable has s, f, r, x, j, w or z behind its vowel, so nothing else is lost.
 */
export function withoutTypingMarks(word: string): string {
  const letters = /^[a-z]/.test(word) ? word.replace(/(?<=[a-z])[1-9]/g, '') : word;
  const head = /^[^aeiouyw]*/.exec(letters)![0];
  const tail = letters
    .slice(head.length)
    .replace(/([aeo])\1/g, '$1')
    .replace(/^w/, 'u')
    .replace(/(?<=[aou])w|[sfrxjzw]/g, '')
    .replace(
      /([aeo])(?=[^aeiouy]+\1$)|(?<=^[aeiouy]+[cghmnpt]+)d$/g,
      (_, vowel: string | undefined) => vowel ?? '',
    );
  return head.replace('dd', 'd') + tail.replace(/([aeo])([^aeiouy]+)\1$/, '$1$2');
}

/** What the cutting of words that were run together asks of the catalogue. */
export interface Lexicon {
  has(word: string): boolean;
  /** Whether the second word follows the first in some name. */
  follows(first: string, second: string): boolean;
}

const LONGEST_SYLLABLE = 7;
const MOST_CUTS = 500;

/**
 * The words of the catalogue that a text without blanks is made of: the fewest, and among equals those that stand side
 * by side in names ('kethon' is 'ket hon', not 'ke thon'). Null = it cannot be cut so.
 */
export function cutApart(run: string, lexicon: Lexicon): string[] | null {
  let tried = 0;
  let best: { readonly words: readonly string[]; readonly worth: number } | null = null;
  const walk = (at: number, words: readonly string[], pairs: number): void => {
    if (tried >= MOST_CUTS) return;
    if (at === run.length) {
      tried += 1;
      const worth = 2 * pairs - 3 * words.length;
      if (best === null || worth > best.worth) best = { words, worth };
      return;
    }
    for (let end = Math.min(run.length, at + LONGEST_SYLLABLE); end >= at + 2; end -= 1) {
      const word = run.slice(at, end);
      if (!lexicon.has(word)) continue;
      const last = words.at(-1);
      walk(end, [...words, word], pairs + (last !== undefined && lexicon.follows(last, word) ? 1 : 0));
    }
  };
  if (run.length <= 60) walk(0, [], 0);
  const found = best as { readonly words: readonly string[] } | null;
  return found !== null && found.words.length > 1 ? [...found.words] : null;
}
