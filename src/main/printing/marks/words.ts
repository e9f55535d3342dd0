import { z } from 'zod';

/** What a mark says, with places in braces (resources/printing/conversion-mark.json). */
export const markWords = z.strictObject({
  converted: z.string(),
  reprinted: z.string(),
  oneCopy: z.string(),
  moreCopies: z.string(),
  noCode: z.string(),
  sheetTitle: z.string(),
});
export type MarkWords = z.infer<typeof markWords>;

/**
 * What a printed copy of an electronic document says of itself: Luật Giao dịch điện tử 2023 Điều 12 khoản 2 wants the
 * system and its owner, so that the original can be looked up, and a sign that it was converted.
 */
export interface MarkFacts {
  readonly kind: 'converted' | 'reprinted';
  /** The document as a person calls it. */
  readonly name: string;
  /** Mã hồ sơ; null where there is none yet. */
  readonly code: string | null;
  readonly system: string;
  readonly owner: string;
  /** Where the original can be looked up; empty = at the owner's. */
  readonly lookup: string;
  readonly actor: string;
  /** As it is shown: time and day at +07:00. */
  readonly at: string;
  readonly firstCopy: number;
  readonly copies: number;
  /** SHA-256 of the electronic original, lower-case hexadecimal. */
  readonly sha256: string;
}

export function sayMark(words: MarkWords, facts: MarkFacts): string {
  const last = facts.firstCopy + facts.copies - 1;
  const numbers = { first: String(facts.firstCopy), last: String(last) };
  const copies = fill(facts.copies === 1 ? words.oneCopy : words.moreCopies, numbers);
  return fill(words[facts.kind], {
    ...{
      name: facts.name,
      system: facts.system,
      owner: facts.owner,
      actor: facts.actor,
      at: facts.at,
      copies,
    },
    code: facts.code ?? words.noCode,
    lookup: facts.lookup || facts.owner,
  });
}

/** First field of the mark's QR text; another layout gets another one. */
export const MARK_QR_VERSION = 'MCCP1';

/** So much of the hash tells two documents of a dossier apart; all of it would make the QR too fine for a copier. */
const HASH_DIGITS = 16;

/** `MCCP1 | mã hồ sơ | beginning of the original's SHA-256 | number of the first copy | where to look it up`. */
export function markQr(facts: MarkFacts): string {
  return [
    MARK_QR_VERSION,
    facts.code ?? '',
    facts.sha256.slice(0, HASH_DIGITS),
    String(facts.firstCopy),
    facts.lookup,
  ]
    .map((value) => value.normalize('NFC').replace(/[|\r\n]+/g, '/'))
    .join('|');
}

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
