import {
  agreed,
  DIGIT,
  digitsOf,
  figures,
  HEAD,
  type Heading,
  type Kind,
  type Sheet,
  type Suggestion,
  suggestion,
} from './document-sheet.ts';
import { type Piece, wordsBetween } from './page-lines.ts';

const SPOKEN = `NGAY\\s?(${DIGIT}{1,2})\\s?THANG\\s?(${DIGIT}{1,2})\\s?NAM\\s?(${DIGIT}{4})`;
const FIGURES = `(${DIGIT}{1,2})\\s?[/.-]\\s?(${DIGIT}{1,2})\\s?[/.-]\\s?(${DIGIT}{4})`;
const DAY = `(?:${SPOKEN}|(?:NGAY\\s)?${FIGURES})`;
/** Place of one to six words; those that begin a clause of the text are no place. */
const NO_PLACE = '(?!CAN CU|THEO|KE TU|TU |DEN |TRUOC|SINH|CAP |HOM NAY|VAO|TAI |SO |LUAT|NGHI|QUYET|THONG)';
const PLACE_AND_DAY = new RegExp(
  `^${NO_PLACE}[A-Z.'-]+(?: [A-Z.'-]+){0,5}\\s?[,.;]?\\s?(?:${SPOKEN}|NGAY\\s${FIGURES})\\.?$`,
);
const REGISTERED = new RegExp(
  `(?:NGAY\\s?,?\\s?THANG\\s?,?\\s?NAM DANG KY|NGAY DANG KY|NGAY BAN HANH|NGAY KY)[A-Z ]{0,12}\\s?[:;.]?\\s?(${DAY})`,
);

function dayOf(text: string): { readonly iso: string; readonly factor: number } | null {
  const match = new RegExp(`${DAY}\\.?$`).exec(text);
  const parts = match?.slice(1).filter((g) => g !== undefined);
  if (parts?.length !== 3) return null;
  const [day, month, year] = parts.map(digitsOf) as [DigitsRead, DigitsRead, DigitsRead];
  if (!/\d.*\d/.test(parts[2]!)) return null;
  const iso = `${year.digits}-${month.digits.padStart(2, '0')}-${day.digits.padStart(2, '0')}`;
  const at = new Date(`${iso}T00:00:00Z`);
  const real = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso);
  const age = Number(year.digits);
  if (!real || age < 1945 || age > 2100) return null;
  return { iso, factor: day.factor * month.factor * year.factor };
}

type DigitsRead = ReturnType<typeof digitsOf>;

export function findDate(sheet: Sheet, heading: Heading | null, kind: Kind): Suggestion | null {
  const labelled = agreed(
    sheet.whole.map((line) => {
      const match = REGISTERED.exec(line.folded);
      const day = match && dayOf(match[1]!);
      if (!match || !day) return null;
      const end = match.index + match[0].length;
      const words = wordsBetween(line, end - match[1]!.length, end);
      return suggestion(day.iso, words, day.factor, figures(words));
    }),
  );
  if (labelled) return labelled;
  const placed = sheet.pieces.filter(
    (p) => PLACE_AND_DAY.test(p.folded) && (p.left + p.right) / 2 > 0.45 * sheet.page.width,
  );
  const dated = (piece: Piece) => {
    const day = dayOf(piece.folded);
    return day && suggestion(day.iso, piece.words, day.factor, figures(piece.words));
  };
  const border = heading?.top ?? HEAD * sheet.page.height;
  const above = placed.filter((p) => p.baseline < border);
  if (above.length > 0) return agreed(above.map(dated));
  // Forms of these kinds are dated over the signature.
  if (kind === 'other') return null;
  return agreed(placed.filter((p) => p.baseline > 0.5 * sheet.page.height).map(dated));
}
