const MOST_CHARACTERS = 200;
/** Control characters, and the marks by which a name would be shown in another order than it is written. */
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A file's name as it may be shown and logged: composed letters, no path, no control characters, 200 characters at
 * most with its extension kept. It is a label and never becomes part of a path.
 */
export function labelOf(name: string): string {
  const plain = (name.split(/[/\\]/).at(-1) ?? '').normalize('NFC').replace(INVISIBLE, '').trim();
  const characters = [...plain];
  if (characters.length <= MOST_CHARACTERS) return plain === '' ? '?' : plain;
  const extension = [...(/\.[^.\s]{1,10}$/u.exec(plain)?.[0] ?? '')];
  return [...characters.slice(0, MOST_CHARACTERS - extension.length), ...extension].join('');
}
