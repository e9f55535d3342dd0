import texts from '../../../../resources/texts/signature-appearances.json' with { type: 'json' };
import { vietnamTime } from '../../calendar/local-time.ts';
import type { AppearanceFont } from './font.ts';

/** What a signature shows. The wording, corner and size of each kind are law and live in resources/texts. */
export type Appearance =
  | { readonly kind: 'invisible' }
  /** The clerk's signature on a digitised component: the certificate's name unless another is given. */
  | { readonly kind: 'digitised-component'; readonly name?: string }
  /** The agency's on an electronic copy (sao y). */
  | { readonly kind: 'agency-copy'; readonly agency: string };

export const APPEARANCE_KINDS = ['digitised-component', 'agency-copy', 'invisible'] as const;
export type VisibleKind = keyof typeof texts;
export type AppearanceKind = Appearance['kind'];
export type Corner = 'top-left' | 'top-right';

/** A text block in points, ready to be drawn from its top. */
export interface AppearanceBlock {
  readonly corner: Corner;
  readonly margin: number;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly lines: readonly string[];
}

export const PADDING = 3;
/** Line distance over font size: two lines of 10 pt and the padding make the box of 30 pt. */
export const LEADING = 1.2;
/** A name of more lines than this is cut with an ellipsis; the certificate holds it in full. */
const MAX_NAME_LINES = 6;
const MAX_NAME_CHARACTERS = 1000;

/** Lays a kind's lines out: names wrap at the box's width, the box grows with the lines. */
export function layOut(kind: VisibleKind, font: AppearanceFont, name: string, at: Date): AppearanceBlock {
  const { corner, margin, fontSize, lines: templates, ...box } = texts[kind];
  const time = vietnamTime(at);
  const measure = (text: string) => font.widthOf(text) * fontSize;
  // The line of the time is never broken: it sets the least width.
  const fixed = templates.filter((t) => !t.includes('{name}')).map((t) => measure(t.replace('{time}', time)));
  const width = Math.max(box.width, ...fixed.map((w) => Math.ceil(w) + 2 * PADDING));
  const lines = templates.flatMap((template) => {
    const text = template.replace('{time}', time).replace('{name}', () => cleanName(name));
    return wrap(text, width - 2 * PADDING, measure);
  });
  const height = Math.max(box.height, lines.length * fontSize * LEADING + 2 * PADDING);
  return { corner: corner as Corner, margin, width, height, fontSize, lines };
}

/** One line of composed characters: control and direction-changing ones have no place in a printed name. */
function cleanName(name: string): string {
  const plain = name.normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return plain.replace(/\s+/g, ' ').trim().slice(0, MAX_NAME_CHARACTERS);
}

function wrap(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((w) => breakWord(w, width, measure))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || measure(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  if (lines.length <= MAX_NAME_LINES) return lines;
  return [...lines.slice(0, MAX_NAME_LINES - 1), ellipsis(lines[MAX_NAME_LINES - 1]!, width, measure)];
}

/** A word wider than the box is cut between characters. */
function breakWord(word: string, width: number, measure: (text: string) => number): string[] {
  if (measure(word) <= width) return [word];
  const parts: string[] = [''];
  for (const character of word) {
    const longer = parts.at(-1)! + character;
    if (measure(longer) <= width || parts.at(-1) === '') parts[parts.length - 1] = longer;
    else parts.push(character);
  }
  return parts;
}

function ellipsis(line: string, width: number, measure: (text: string) => number): string {
  const characters = [...line];
  while (characters.length > 0 && measure(`${characters.join('')}…`) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}
