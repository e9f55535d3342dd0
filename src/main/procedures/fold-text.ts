/**
 * The key under which Vietnamese texts are compared: lower case, without diacritics, đ as d, one blank between words
 * of letters and digits, no blank at the ends. 'Hoà' and 'Hòa' fold to the same; y and i stay apart (facts §10.3).
 */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
