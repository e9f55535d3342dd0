import {
  agreed,
  type Heading,
  joined,
  type Kind,
  NEXT_LINE,
  NUMBER_LABEL,
  PUT_RIGHT,
  type Sheet,
  type Suggestion,
  suggestion,
} from './document-sheet.ts';
import { AGENCY_HEADS } from './document-wording.ts';
import {
  distance,
  fold,
  isCapitals,
  type Piece,
  pieceOf,
  type ReadWord,
  wordsBetween,
} from './page-lines.ts';

/** Share of the page from its top in which its issuer stands. */
const ISSUER_ZONE = 0.3;

const NATION = fold('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM');
const MOTTO = fold('Độc lập - Tự do - Hạnh phúc');
/** Letters of the two that OCR may have wrong. */
const MOST_AWAY = 4;
const PLACE_OF_REGISTER = /NOI DANG KY(?: [A-Z]+){0,3}\s?[:;.]\s?/;

export function findIssuer(sheet: Sheet, heading: Heading | null, kind: Kind): Suggestion | null {
  if (kind === 'application') return null;
  if (kind === 'civil') {
    const registered = agreed(sheet.whole.map((line, i) => registrar(sheet, line, i)));
    if (registered) return registered;
  }
  if (kind === 'land') return signingAgency(sheet);
  return agencyAtUpperLeft(sheet, heading);
}

/** "Nơi đăng ký khai sinh: Ủy ban nhân dân xã …", to the end of the line. */
function registrar({ lines }: Sheet, line: Piece, at: number): Suggestion | null {
  const match = PLACE_OF_REGISTER.exec(line.folded);
  if (!match) return null;
  const from = match.index + match[0].length;
  const rest = line.text.slice(from).replace(/[\s.…]+$/u, '');
  // An agency by its name, and no other field after it on the line.
  if (!startsAgency(fold(rest)) || /:/.test(rest) || (lines[at]?.length ?? 0) > 2) return null;
  return agency(rest, wordsBetween(line, from, from + rest.length));
}

function headOf(folded: string): string | undefined {
  return AGENCY_HEADS.find((head) => folded === fold(head) || folded.startsWith(`${fold(head)} `));
}

const startsAgency = (folded: string) => headOf(folded) !== undefined;

/** The agency's name with its first words as they are written, where OCR lost or changed a mark of theirs. */
function agency(text: string, words: readonly ReadWord[]): Suggestion | null {
  const head = headOf(fold(text));
  if (!head) return null;
  const read = text.slice(0, head.length);
  const written = read === read.toUpperCase() ? head : head.charAt(0) + head.slice(1).toLowerCase();
  return suggestion(written + text.slice(head.length), words, written === read ? 1 : PUT_RIGHT);
}

/** By line, where the nation's name or its motto begins on it: what stands left of that is the issuer's. */
function rightBlock({ whole, page }: Sheet): ReadonlyMap<Piece, number> {
  const found = new Map<Piece, number>();
  for (const line of whole) {
    if (line.baseline > ISSUER_ZONE * page.height) break;
    const starts = line.words.map((word, from) => {
      const text = fold(joined(line.words.slice(from)));
      const away = Math.min(...[NATION, MOTTO].map((known) => distance(text, known, MOST_AWAY)));
      return { x: word.x, away };
    });
    // The agency's last word is no more than some wrong letters before the nation's name: the best start counts.
    const best = starts.sort((p, q) => p.away - q.away)[0];
    if (best && best.away <= MOST_AWAY) found.set(line, best.x);
  }
  return found;
}

function agencyAtUpperLeft(sheet: Sheet, heading: Heading | null): Suggestion | null {
  const right = rightBlock(sheet);
  if (right.size === 0) return null;
  const edge = Math.min(...right.values());
  const bottom = Math.min(heading?.top ?? sheet.page.height, ISSUER_ZONE * sheet.page.height);
  const taken: Piece[] = [];
  for (const line of sheet.whole) {
    if (line.baseline > bottom) break;
    const words = trimmed(line.words.filter((w) => w.x < (right.get(line) ?? edge)));
    if (words.length === 0) continue;
    const piece = pieceOf(words, line.line);
    if (!isCapitals(piece.text) || NUMBER_LABEL.test(piece.folded)) {
      if (taken.length > 0) break;
      continue;
    }
    const last = taken.at(-1);
    if (last && piece.baseline - last.baseline > NEXT_LINE * sheet.unit) break;
    taken.push(piece);
  }
  return lastAgency(taken);
}

/** Without what rules and stamps are read as at the ends. */
function trimmed(words: readonly ReadWord[]): readonly ReadWord[] {
  const isText = (w: ReadWord) => /[\p{L}\p{N}]/u.test(w.text);
  return words.slice(words.findIndex(isText), words.findLastIndex(isText) + 1);
}

/** The agencies that these lines name, one under the other; the last of them. */
function lastAgency(pieces: readonly Piece[]): Suggestion | null {
  const start = pieces.findLastIndex((p) => startsAgency(p.folded));
  if (start < 0) return null;
  const own = pieces.slice(start);
  return agency(
    own.map((p) => p.text).join(' '),
    own.flatMap((p) => p.words),
  );
}

/** "TM. ỦY BAN NHÂN DÂN …" or an agency in capitals over the signature. */
function signingAgency(sheet: Sheet): Suggestion | null {
  const low = sheet.pieces.filter((p) => p.baseline > 0.5 * sheet.page.height && isCapitals(p.text));
  const found = low.flatMap((piece) => {
    const words = /^TM\.?$/.test(piece.words[0]!.text) ? piece.words.slice(1) : piece.words;
    if (words.length === 0) return [];
    const named = pieceOf(words, piece.line);
    return startsAgency(named.folded) ? [agency(named.text, words)] : [];
  });
  return agreed(found);
}
