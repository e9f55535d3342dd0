import texts from '../../../../resources/texts/signature-appearances.json' with { type: 'json' };
import { vietnamTime } from '../../calendar/local-time.ts';
import type { AppearanceFont } from './font.ts';
import type { AppearanceImage } from './image.ts';

/** Where a picture or a block stands that no corner of the first page is set for. */
export interface ExplicitPlace {
  /** From 1. */
  readonly page: number | 'last';
  /** Its middle, millimetres from the left and the top edge of the page as it is seen. */
  readonly centreMm: readonly [x: number, y: number];
}

/** The seal's place beside a hand signature that stands in the file already. */
export interface OverHandSignature {
  /** The field with the hand signature; the newest one of the kind 'personal' unless given. */
  readonly overField?: string;
}

/**
 * What a signature shows. Wording, corner, size and colour of each kind are law and live in resources/texts, each
 * with its clause. Places inside a document are the caller's: whoever shows the page to a person has its words and
 * where they stand, while the reader here looks at no page's content.
 */
export type Appearance =
  | { readonly kind: 'invisible' }
  /** The clerk's signature on a digitised component: the certificate's name unless another is given. */
  | { readonly kind: 'digitised-component'; readonly name?: string }
  /** The agency's on an electronic copy; 'sao-y' unless another form of copy is given. */
  | { readonly kind: 'agency-copy'; readonly agency: string; readonly form?: CopyForm }
  /** The agency's on an attachment that is a file of its own; `document` is the main one's number and sign: `15/QĐ-UBND`. */
  | { readonly kind: 'annex'; readonly document: string }
  /** On an electronic form of the counter, in the place of the hand signature. */
  | { readonly kind: 'counter-form'; readonly name?: string }
  /** The hand signature of the person with authority (ô 7c). */
  | { readonly kind: 'personal'; readonly image: AppearanceImage; readonly place: ExplicitPlace }
  /** The agency's on a document that it issues: its red seal (ô 8). */
  | {
      readonly kind: 'issued-document';
      readonly image: AppearanceImage;
      readonly place: ExplicitPlace | OverHandSignature;
    }
  /** On the page of the lời chứng of a certified copy: a picture where there is one, name and time otherwise. */
  | {
      readonly kind: 'certified-copy';
      readonly signer: 'officer' | 'authority';
      readonly name?: string;
      readonly image?: AppearanceImage;
      readonly place: ExplicitPlace | OverHandSignature;
    };

export type AppearanceKind = Appearance['kind'];
export type CopyForm = keyof (typeof texts)['agency-copy']['words'];
export type TextKind = 'digitised-component' | 'agency-copy' | 'annex' | 'certified-copy' | 'counter-form';
export type Corner = 'top-left' | 'top-right';

/** Kinds that need no picture and no place: a file and a key are enough. */
export const APPEARANCE_KINDS = ['digitised-component', 'agency-copy', 'invisible'] as const;

/** How the signature field of each kind is named; a number follows. */
export const FIELD_NAMES: Readonly<Record<AppearanceKind, string>> = {
  'digitised-component': 'DigitisedComponent',
  'agency-copy': 'AgencyCopy',
  annex: 'Annex',
  'counter-form': 'CounterForm',
  personal: 'HandSignature',
  'issued-document': 'AgencySeal',
  'certified-copy': 'CertifiedCopy',
  invisible: 'Signature',
};

/** A text block in points, ready to be drawn from its top. */
export interface AppearanceBlock {
  readonly corner: Corner;
  readonly margin: number;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly lines: readonly string[];
}

export interface LayOutOptions {
  /** Which of the kind's words stands for `{word}`; its first unless given. */
  readonly word?: string;
  /** Points between the edges of the page as it is seen; half of it is the most that a block takes. */
  readonly pageWidth?: number;
}

interface TextRule {
  readonly corner: string;
  readonly margin: number;
  readonly width: number;
  readonly widest: number;
  readonly height: number;
  /** Height that stays inside the top margin of 20 mm, which NĐ 30/2020 keeps free of the document's own text. */
  readonly clear: number;
  readonly fontSize: number;
  readonly words?: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
}

export const PADDING = 3;
/** Line distance over font size: two lines of 10 pt and the padding make the box of 30 pt. */
export const LEADING = 1.2;
/** A name of more lines than this is cut with an ellipsis; the certificate holds it in full. */
const MAX_NAME_LINES = 6;
const MAX_NAME_CHARACTERS = 1000;
const WIDTH_STEP = 10;

/**
 * Lays a kind's lines out at the size that the law sets: a name that would push the block below the page's top
 * margin makes it wider first, then it wraps and the block grows downwards.
 */
export function layOut(
  kind: TextKind,
  font: AppearanceFont,
  name: string,
  at: Date,
  options: LayOutOptions = {},
): AppearanceBlock {
  const rule: TextRule = texts[kind];
  const time = vietnamTime(at);
  const measure = (text: string) => font.widthOf(text) * rule.fontSize;
  const word = rule.words?.[options.word ?? Object.keys(rule.words)[0]!] ?? '';
  const clean = cleanName(name);
  // One pass over the template: what stands in a name is never taken for a place to fill.
  const values: Readonly<Record<string, string>> = { word, time, name: clean };
  const texted = rule.lines.map((t) => t.replace(/\{(word|time|name)\}/g, (_, key: string) => values[key]!));
  // The line of the time is never broken: it sets the least width.
  const fixed = texted.filter((_, i) => !rule.lines[i]!.includes('{name}')).map(measure);
  const least = Math.max(rule.width, ...fixed.map((w) => Math.ceil(w) + 2 * PADDING));
  const share = options.pageWidth === undefined ? rule.widest : (options.pageWidth - 3 * rule.margin) / 2;
  const widest = Math.max(least, Math.min(rule.widest, share));

  const blockOf = (width: number): AppearanceBlock => {
    const lines = texted.flatMap((text) => wrap(text, width - 2 * PADDING, measure));
    const height = Math.max(rule.height, lines.length * rule.fontSize * LEADING + 2 * PADDING);
    const { margin, fontSize } = rule;
    return { corner: rule.corner as Corner, margin, width, height, fontSize, lines };
  };
  let block = blockOf(least);
  for (let width = least; block.height > rule.clear && width < widest; ) {
    width = Math.min(widest, width + WIDTH_STEP);
    block = blockOf(width);
  }
  return block;
}

/** One line of composed characters: control and direction-changing ones have no place in a printed name. */
export function cleanName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  const tidy = plain.replace(/\s+/g, ' ').trim();
  return tidy.length <= MAX_NAME_CHARACTERS ? tidy : [...tidy].slice(0, MAX_NAME_CHARACTERS).join('');
}

/** Lines of at most `width`; what is longer than six of them ends in an ellipsis. */
export function wrap(text: string, width: number, measure: (text: string) => number): string[] {
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

const segmenter = new Intl.Segmenter('vi', { granularity: 'grapheme' });

/** Letters with the marks that stand on them. */
function lettersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), (s) => s.segment);
}

/** A word wider than the box is cut between letters. */
function breakWord(word: string, width: number, measure: (text: string) => number): string[] {
  if (measure(word) <= width) return [word];
  const parts: string[] = [''];
  for (const letter of lettersOf(word)) {
    const longer = parts.at(-1)! + letter;
    if (measure(longer) <= width || parts.at(-1) === '') parts[parts.length - 1] = longer;
    else parts.push(letter);
  }
  return parts;
}

function ellipsis(line: string, width: number, measure: (text: string) => number): string {
  const letters = lettersOf(line);
  while (letters.length > 0 && measure(`${letters.join('')}…`) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
