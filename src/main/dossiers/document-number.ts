import {
  agreed,
  DIGIT,
  digitsOf,
  HEAD,
  type Heading,
  isInHead,
  PUT_RIGHT,
  type Sheet,
  type Suggestion,
  suggestion,
} from './document-sheet.ts';
import { SYMBOL_PARTS } from './document-wording.ts';
import { fold, type Piece, type ReadWord, wordsBetween } from './page-lines.ts';

const LABEL_WORD = /^S[O0]\s?[:;.]?$/;
const SYMBOLED = new RegExp(
  `^S[O0]\\s?[:;.]?\\s?(${DIGIT}{1,6})\\s?/\\s?(?:(\\d{4})\\s?/\\s?)?([A-Z]{1,12}(?:\\s?[-–]\\s?[A-Z0-9&]{1,15}){0,4})\\.?$`,
);
const OF_A_YEAR = new RegExp(`^S[O0]\\s?[:;.]?\\s?(${DIGIT}{1,6})\\s?/\\s?((?:19|20)${DIGIT}{2})\\.?$`);

export function findNumber(sheet: Sheet, heading: Heading | null): Suggestion | null {
  const lowest = heading ? heading.top + 5 * sheet.unit : HEAD * sheet.page.height;
  const near = sheet.pieces.filter((p) => p.baseline <= lowest && isInHead(p, sheet, HEAD));
  return agreed(near.map(numberOf));
}

function numberOf(piece: Piece): Suggestion | null {
  const year = OF_A_YEAR.exec(piece.folded);
  if (year) {
    const [own, of] = [digitsOf(year[1]!), digitsOf(year[2]!)];
    return hasDigit(year[1]!)
      ? suggestion(`${own.digits}/${of.digits}`, piece.words, own.factor * of.factor, afterLabel(piece))
      : null;
  }
  const match = SYMBOLED.exec(piece.folded);
  if (!match || !hasDigit(match[1]!)) return null;
  const { digits, factor } = digitsOf(match[1]!);
  const end = match[0].replace(/\.$/, '').length;
  const symbol = symbolOf(piece.text.slice(end - match[3]!.length, end));
  if (!symbol) return null;
  const middle = match[2] ? `${match[2]}/` : '';
  return suggestion(
    `${digits}/${middle}${symbol.text}`,
    piece.words,
    factor * symbol.factor,
    afterLabel(piece),
  );
}

/** The words but the label, which is known before it is read. */
function afterLabel({ words }: Piece): readonly ReadWord[] {
  return words.filter((w) => !LABEL_WORD.test(fold(w.text)));
}

const hasDigit = (text: string) => /\d/.test(text);

function symbolOf(read: string): { readonly text: string; readonly factor: number } | null {
  let factor = 1;
  const parts = read.split(/[-–]/).map((raw) => {
    const part = raw.trim().replaceAll('Ð', 'Đ');
    const known = SYMBOL_PARTS[fold(part)];
    if (known && known !== part) factor *= PUT_RIGHT;
    return known ?? part;
  });
  if (!parts.every((p) => /^[A-ZĐa-z0-9&]+$/.test(p))) return null;
  return { text: parts.join('-'), factor };
}

const SERIAL = /^([A-Z]{2})\s?(\d{6}|\d{8})$/;
const REGISTER = /SO VAO SO CAP (?:GCN|GIAY CHUNG NHAN)[^:]{0,20}:\s?([A-Z]{1,4})\s?(\d{3,8})\.?$/;

/** The serial that the form was printed with; without it the number in the register. */
export function landNumber({ pieces, whole }: Sheet): Suggestion | null {
  const serials = pieces.map((p) => {
    const match = SERIAL.exec(p.folded);
    return match && p.folded === p.text ? suggestion(`${match[1]} ${match[2]}`, p.words, 1, p.words) : null;
  });
  if (serials.some((s) => s !== null)) return agreed(serials);
  return agreed(
    whole.map((line) => {
      const match = REGISTER.exec(line.folded);
      if (!match) return null;
      const words = wordsBetween(
        line,
        match.index + match[0].search(/[A-Z]{1,4}\s?\d+\.?$/),
        line.text.length,
      );
      return suggestion(`${match[1]} ${match[2]}`, words, 1, words);
    }),
  );
}
