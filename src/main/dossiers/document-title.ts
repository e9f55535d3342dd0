import {
  HEAD,
  type Heading,
  isInHead,
  joined,
  type Kind,
  NEXT_LINE,
  NUMBER_LABEL,
  PUT_RIGHT,
  type Sheet,
  type Suggestion,
  suggestion,
} from './document-sheet.ts';
import { BODY_STARTS, OFFICES, PRINTED_LINES, TITLES } from './document-wording.ts';
import { distance, fold, isCapitals, type Piece } from './page-lines.ts';

/** Share of the page from its top in which a title stands. */
const TITLE_ZONE = 0.6;
/** Share of the page's width by which a centred line may stand off the middle. */
const OFF_CENTRE = 0.1;
/** Share of the page's width; the text's own is 0.77 (NĐ 30/2020 Phụ lục I, margins). */
const WIDEST = 0.66;
const NATION_PART = /CONG HOA|XA HOI CHU|CHU NGHIA|VIET NAM$/;

function isCentred(piece: Piece, { page }: Sheet): boolean {
  return Math.abs((piece.left + piece.right) / 2 / page.width - 0.5) <= OFF_CENTRE;
}

export function findTitle(sheet: Sheet): Heading | null {
  for (const [at, line] of sheet.lines.entries()) {
    for (const piece of line) {
      if (piece.baseline > TITLE_ZONE * sheet.page.height) return null;
      // An agency and the nation's name on one line stand in the middle together, and neither is a title.
      if (!isCentred(piece, sheet) || !isCapitals(piece.text) || NATION_PART.test(piece.folded)) continue;
      const known = knownTitle(piece);
      if (known) return withAbstract(sheet, piece, at, known);
    }
  }
  return null;
}

interface KnownTitle {
  readonly text: string;
  readonly factor: number;
}

/** The line begins with a kind of document, give or take one letter in eight; its name is then written as it should be. */
function knownTitle(line: Piece): KnownTitle | null {
  const matches = TITLES.flatMap((title) => {
    const length = title.split(' ').length;
    if (line.words.length < length) return [];
    const read = joined(line.words.slice(0, length));
    const head = read.replace(/[,.:;]$/, '');
    const most = Math.floor(title.length / 8);
    const away = distance(fold(head), fold(title), most);
    if (away > most) return [];
    const rest = line.words.slice(length).map((w) => w.text);
    const text = [`${title}${read.slice(head.length)}`, ...rest].join(' ');
    return { text, away, factor: head === title ? 1 : away === 0 ? PUT_RIGHT : PUT_RIGHT ** 2 };
  }).sort((p, q) => p.away - q.away || q.text.length - p.text.length);
  const [best, second] = matches;
  // Read wrong, and it may be either of two kinds: none of them.
  if (best && best.away > 0 && second?.away === best.away) return null;
  return best ?? null;
}

/** Lines that the law's own forms print are written as there where OCR lost no more than their marks. */
function asPrinted(line: string): string {
  return PRINTED_LINES.find((known) => fold(known) === fold(line)) ?? line;
}

function withAbstract(sheet: Sheet, first: Piece, at: number, known: KnownTitle): Heading {
  const taken = [first];
  let capitals = true;
  for (const line of sheet.whole.slice(at + 1)) {
    const last = taken.at(-1)!;
    if (line.baseline - last.baseline > NEXT_LINE * sheet.unit || taken.length > 6) break;
    if (BODY_STARTS.test(line.folded) || NUMBER_LABEL.test(line.folded) || !isCentred(line, sheet)) break;
    // A line as wide as the text is where the body begins; lines of a title are broken shorter.
    if (line.right - line.left > WIDEST * sheet.page.width) break;
    const isUpper = isCapitals(line.text);
    if (isUpper && (!capitals || OFFICES.test(line.folded))) break;
    if (!/\p{L}{2}/u.test(line.text) || /[:;]$/.test(line.text)) break;
    capitals = isUpper;
    taken.push(line);
  }
  const rest = taken.slice(1).map((l) => asPrinted(l.text));
  return {
    value: [known.text, ...rest].join(' ').replace(/\s+/g, ' ').trim(),
    words: taken.flatMap((l) => l.words),
    factor: known.factor,
    folded: fold([known.text, ...rest].join(' ')),
    top: first.baseline - first.height,
  };
}

export function kindOf(heading: Heading | null): Kind {
  const text = heading?.folded ?? '';
  if (/^GIAY CHUNG NHAN.*QUYEN (SU DUNG DAT|SO HUU)/.test(text)) return 'land';
  if (
    /^(GIAY KHAI SINH|GIAY CHUNG TU|TRICH LUC|GIAY CHUNG NHAN KET HON|GIAY XAC NHAN TINH TRANG HON NHAN)/.test(
      text,
    )
  )
    return 'civil';
  if (/^(DON|TO KHAI|GIAY DE NGHI|GIAY CAM|GIAY UY QUYEN|BAN CAM|PHIEU)/.test(text)) return 'application';
  return 'other';
}

/** An official letter has no title; its subject stands under its number as "V/v …". */
export function subjectOfLetter(sheet: Sheet): Suggestion | null {
  const at = sheet.pieces.findIndex(
    (p) => /^V\/V\s?[:.]?\s?\S/.test(p.folded) && p.left < 0.4 * sheet.page.width && isInHead(p, sheet, HEAD),
  );
  const first = sheet.pieces[at];
  if (!first) return null;
  const taken = [first];
  for (const line of sheet.lines.slice(first.line + 1)) {
    const last = taken.at(-1)!;
    const next = line.find((p) => p.left < 0.45 * sheet.page.width && p.right < 0.6 * sheet.page.width);
    if (!next || next.baseline - last.baseline > NEXT_LINE * sheet.unit) break;
    if (BODY_STARTS.test(next.folded) || taken.length > 5) break;
    taken.push(next);
  }
  return suggestion(
    taken.map((p) => p.text).join(' '),
    taken.flatMap((p) => p.words),
    1,
  );
}
