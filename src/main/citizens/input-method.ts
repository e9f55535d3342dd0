/*
 * Letters that an input method did not turn into Vietnamese: 'Nguyeenx' (Telex), 'Nguye6n4' (VNI). A word counts only
 * where undoing it gives a syllable that Vietnamese has, so that names like Ksor, Siu or R'Com are left in peace.
 */

const VOWELS = 'aăâeêioôơuưy';
const ONSET = '(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?';
const NUCLEUS =
  '(?:iê|yê|ia|ya|uô|ua|ươ|ưa|oai|oay|oeo|uây|uôi|ươi|ươu|iêu|yêu|uyê|uya|uyu|oa|oă|oe|uâ|uê|uy|uơ|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|[aăâeêioôơuưy])';
const SYLLABLE = new RegExp(`^${ONSET}${NUCLEUS}(?:ch|ng|nh|[cmnpt])?$`, 'u');

const TELEX_MARKS: readonly (readonly [RegExp, string])[] = [
  [/uow/g, 'ươ'],
  [/dd/g, 'đ'],
  [/aa/g, 'â'],
  [/ee/g, 'ê'],
  [/oo/g, 'ô'],
  [/aw/g, 'ă'],
  [/ow/g, 'ơ'],
  [/uw/g, 'ư'],
];

const VNI_MARKS: readonly (readonly [RegExp, string])[] = [
  [/u7?o7/g, 'ươ'],
  [/d9/g, 'đ'],
  [/a6/g, 'â'],
  [/e6/g, 'ê'],
  [/o6/g, 'ô'],
  [/a8/g, 'ă'],
  [/o7/g, 'ơ'],
  [/u7/g, 'ư'],
];

/** What one word betrays: sure, perhaps (one such word alone may be a foreign name), or nothing. */
type Betrayal = 'sure' | 'perhaps' | 'nothing';

/** The input method whose keystrokes stand in the text instead of letters; null where none is seen. */
export function inputMethodLeftover(text: string): 'telex' | 'vni' | null {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  if (isSeen(words.map(telexIn))) return 'telex';
  return isSeen(words.map(vniIn)) ? 'vni' : null;
}

function isSeen(found: readonly Betrayal[]): boolean {
  return found.includes('sure') || found.filter((f) => f === 'perhaps').length >= 2;
}

function telexIn(word: string): Betrayal {
  if (!/^[a-z]{2,8}$/.test(word)) return 'nothing';
  const marked = undo(word, TELEX_MARKS);
  const tone = new RegExp(`^(.*[${VOWELS}].*?)([sfrxj])(.{0,2})$`, 'u').exec(marked);
  const bare = tone ? `${tone[1]}${tone[3]}` : marked;
  const marks = marked !== word;
  if (!(marks || tone) || !SYLLABLE.test(bare)) return 'nothing';
  // Doubled vowels and a last r or s stand in foreign names too; w, dd, or a mark with a tone do not.
  return (marks && tone) || /w|dd/.test(word) ? 'sure' : 'perhaps';
}

function vniIn(word: string): Betrayal {
  if (!/^(?=[a-z]*[1-9])[a-z][a-z1-9]{1,9}$/.test(word)) return 'nothing';
  const marked = undo(word, VNI_MARKS);
  const tone = new RegExp(`^(.*[${VOWELS}][^1-5]*)([1-5])([^1-9]{0,2})$`, 'u').exec(marked);
  const bare = tone ? `${tone[1]}${tone[3]}` : marked;
  if (!SYLLABLE.test(bare)) return 'nothing';
  // 'A1', 'to6': numbers of houses and groups look the same.
  return marked !== word && tone && bare.length > 2 ? 'sure' : bare.length > 2 ? 'perhaps' : 'nothing';
}

function undo(word: string, marks: readonly (readonly [RegExp, string])[]): string {
  return marks.reduce((text, [keys, letter]) => text.replace(keys, letter), word);
}
