/** The largest number that is read out: one đồng less than a million billions (1 tỷ = 10⁹). */
export const MOST_IN_WORDS = 999_999_999_999_999;

/** Ways of saying the same number that differ by region; both are understood everywhere. */
export interface WordStyle {
  /** Before a lone unit: 'một trăm linh năm'. */
  readonly gap: 'linh' | 'lẻ';
  readonly thousand: 'nghìn' | 'ngàn';
}

const OFFICIAL: WordStyle = { gap: 'linh', thousand: 'nghìn' };
const DIGITS = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'] as const;
const BILLION = 1_000_000_000;

/**
 * A whole number as it is said in Vietnamese, small letters: 1.205.015 → 'một triệu hai trăm linh năm nghìn không trăm
 * mười lăm'. After the first group a group is said with its hundreds, also when they are none, so that no number can be
 * written into it; a group of three zeros is left out.
 *
 * Throws RangeError for what is not an integer of 0 … 999,999,999,999,999.
 */
export function numberInWords(value: number, style: WordStyle = OFFICIAL): string {
  if (!Number.isSafeInteger(value) || value < 0 || value > MOST_IN_WORDS) {
    throw new RangeError(`no words for ${value}: an integer of 0 to ${MOST_IN_WORDS} is expected`);
  }
  if (value === 0) return DIGITS[0];
  const billions = Math.floor(value / BILLION);
  const words = billions > 0 ? [...underBillion(billions, true, style), 'tỷ'] : [];
  return [...words, ...underBillion(value % BILLION, billions === 0, style)].join(' ');
}

/** An amount of money as a receipt states it, first letter large: 15.000 → 'Mười lăm nghìn đồng'. Throws as above. */
export function dongInWords(amount: number, style: WordStyle = OFFICIAL): string {
  const words = numberInWords(amount, style);
  return `${words.charAt(0).toLocaleUpperCase('vi')}${words.slice(1)} đồng`;
}

/** An amount in digits, `1.234.567` (facts §10.3). */
export function dongInDigits(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, '.');
}

function underBillion(value: number, first: boolean, style: WordStyle): string[] {
  const names = ['triệu', style.thousand, ''];
  const groups = [Math.floor(value / 1_000_000), Math.floor(value / 1000) % 1000, value % 1000];
  const words: string[] = [];
  groups.forEach((group, i) => {
    if (group === 0) return;
    words.push(...hundreds(group, first && words.length === 0, style));
    if (names[i] !== '') words.push(names[i]!);
  });
  return words;
}

function hundreds(value: number, first: boolean, style: WordStyle): string[] {
  const hundred = Math.floor(value / 100);
  const words = first && hundred === 0 ? [] : [DIGITS[hundred]!, 'trăm'];
  return [...words, ...underHundred(value % 100, words.length === 0, style)];
}

function underHundred(value: number, alone: boolean, style: WordStyle): string[] {
  const ten = Math.floor(value / 10);
  const unit = value % 10;
  if (ten === 0) {
    if (unit === 0) return [];
    return alone ? [DIGITS[unit]!] : [style.gap, DIGITS[unit]!];
  }
  const tens = ten === 1 ? ['mười'] : [DIGITS[ten]!, 'mươi'];
  if (unit === 0) return tens;
  if (unit === 5) return [...tens, 'lăm'];
  return [...tens, unit === 1 && ten > 1 ? 'mốt' : DIGITS[unit]!];
}
