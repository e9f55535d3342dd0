/**
 * Signs that TCVN3 (ABC) bytes leave where a converter took them for Latin-1: they stand inside words, where Vietnamese
 * in Unicode never has them.
 */
const TCVN3 = /\p{L}[µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô­õøö÷ùúýûüþ]/u;
/** Marks of that list that no Unicode text has inside a word. */
const NEVER_INSIDE = /\p{L}[¶·¸¹»¼½¾©®¨×÷¬­¦§¥¤¢£]|[¶·¸¹¼½¾©®¨×÷¬­¦§¥¤¢£]\p{L}/u;
const VIETNAMESE = /[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/iu;

/** A text whose letters came through a wrong code table: replacement characters, or TCVN3 taken for Latin-1. */
export function isGarbled(text: string): boolean {
  if (text.includes('\ufffd')) return true;
  return NEVER_INSIDE.test(text) && TCVN3.test(text) && !VIETNAMESE.test(text);
}
