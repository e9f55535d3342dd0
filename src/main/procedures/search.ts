import type { Procedure } from '../../contract/procedures.ts';
import { foldText } from './fold-text.ts';

interface Entry {
  readonly procedure: Procedure;
  /** Folded name with a blank before every word, so that ' kh' finds the beginnings of words. */
  readonly name: string;
  readonly field: string;
  /** First letters of the name's words. */
  readonly initials: string;
  /** Digits of the code. */
  readonly digits: string;
  readonly order: number;
}

/** A catalogue made ready to be searched; made once after an import. */
export interface PreparedCatalogue {
  readonly entries: readonly Entry[];
  readonly byCode: ReadonlyMap<string, Procedure>;
}

/** Words that begin most names and tell nothing apart. */
const COMMON_START = /^ thu tuc /;

export function prepareCatalogue(procedures: readonly Procedure[]): PreparedCatalogue {
  const byCode = new Map(procedures.map((p) => [p.code, p]));
  const sorted = [...byCode.values()].sort((a, b) => a.name.localeCompare(b.name, 'vi'));
  return { byCode, entries: sorted.map(entryOf) };
}

/** By the national code; a province's suffix is cut off (facts §3.4: `2.000815.000.00.00.H55` is `2.000815`). */
export function findProcedure(catalogue: PreparedCatalogue, code: string): Procedure | undefined {
  return catalogue.byCode.get(code) ?? catalogue.byCode.get(nationalCode(code));
}

/** The first eight characters where the code is a national one with or without a province's suffix, else the code. */
export function nationalCode(code: string): string {
  const trimmed = code.trim();
  return /^\d\.\d{6}(?:\.|$)/.test(trimmed) ? trimmed.slice(0, 8) : trimmed;
}

/**
 * Best first, at most `limit`. Understands a code or the end of one ('1.001193', '1193'), words and beginnings of
 * words in any order with or without diacritics ('khai sinh lai'), and initials ('dkks'). An empty text lists the
 * catalogue by name.
 */
export function searchProcedures(catalogue: PreparedCatalogue, text: string, limit: number): Procedure[] {
  const folded = foldText(text);
  if (folded === '') return catalogue.entries.slice(0, limit).map((e) => e.procedure);
  const query = { words: folded.split(' '), phrase: ` ${folded}`, digits: digitsOf(text) };
  const hits: { entry: Entry; score: number }[] = [];
  for (const entry of catalogue.entries) {
    const score = Math.max(byCode(entry, query.digits), byName(entry, query), byInitials(entry, query.words));
    if (score > 0) hits.push({ entry, score });
  }
  hits.sort((a, b) => b.score - a.score || a.entry.order - b.entry.order);
  return hits.slice(0, limit).map((h) => h.entry.procedure);
}

function entryOf(procedure: Procedure, order: number): Entry {
  const name = ` ${foldText(procedure.name)}`.replace(COMMON_START, ' ');
  return {
    procedure,
    name,
    field: ` ${foldText(procedure.field.name)}`,
    initials: name
      .trim()
      .split(' ')
      .map((w) => w[0] ?? '')
      .join(''),
    digits: nationalCode(procedure.code).replaceAll('.', ''),
    order,
  };
}

/** The digits of a text that is nothing but a code or a part of one, else ''. */
function digitsOf(text: string): string {
  const code = nationalCode(text);
  return /^[\d.]+$/.test(code) ? code.replaceAll('.', '') : '';
}

function byCode(entry: Entry, digits: string): number {
  if (digits === '') return 0;
  if (entry.digits === digits) return 10_000;
  if (entry.digits.startsWith(digits)) return 5000;
  return entry.digits.endsWith(digits) && digits.length >= 3 ? 4000 : 0;
}

/** Every word must begin a word of the name, or else of the name and the field together. */
function byName(entry: Entry, query: { words: readonly string[]; phrase: string }): number {
  const { name, field } = entry;
  let inField = 0;
  for (const word of query.words) {
    if (name.includes(` ${word}`)) continue;
    if (!field.includes(` ${word}`)) return 0;
    inField += 1;
  }
  if (inField === query.words.length) return 100;
  const at = name.indexOf(query.phrase);
  const whole = at >= 0 && (name[at + query.phrase.length] ?? ' ') === ' ';
  const phrase = at < 0 ? 0 : at === 0 ? 800 : 500;
  // Among equals the shorter name is the plainer procedure.
  return 1000 - 100 * inField + phrase + (whole ? 100 : 0) - Math.min(99, name.length / 4);
}

function byInitials(entry: Entry, words: readonly string[]): number {
  const letters = words.length === 1 ? words[0]! : '';
  if (letters.length < 2 || !entry.initials.includes(letters)) return 0;
  const start = entry.initials.startsWith(letters) ? 300 : 200;
  return start - Math.min(99, entry.initials.length);
}
