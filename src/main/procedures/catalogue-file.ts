import { z } from 'zod';
import type { ImportProblem } from '../../contract/catalogue.ts';
import { CounterError } from '../../contract/errors.ts';
import { type Procedure, procedure } from '../../contract/procedures.ts';
import { isNested } from './json-depth.ts';
import { fromNational, type Imported } from './national.ts';

/** Our own catalogue file, as shipped for training (resources/catalogue/sample.json). */
export const catalogueFile = z.object({
  kind: z.literal('procedure-catalogue'),
  version: z.string().min(1),
  provenance: z.string().min(1),
  procedures: z.array(procedure),
});

export interface ReadCatalogue {
  readonly procedures: readonly Procedure[];
  readonly problems: readonly ImportProblem[];
}

/** Takes records one by one, so that a long file need not be taken in one go. */
export interface Gatherer {
  /** One record as it was parsed. */
  take(value: unknown, where: string): void;
  /** One record as text. */
  takeText(text: string, where: string): void;
  problem(code: ImportProblem['code'], where: string): void;
  /** Throws PROCEDURE_FILE_INVALID where nothing could be read, or where most of it came through a wrong code table. */
  finish(): ReadCatalogue;
}

/** More than every procedure of the country, with all their papers, several times over. */
const MOST_PROCEDURES = 20_000;
const MOST_PAPERS = 200_000;
const MOST_PROBLEMS = 200_000;
const NESTED = Symbol('nested');

export function createGatherer(): Gatherer {
  const byCode = new Map<string, Procedure>();
  const problems: ImportProblem[] = [];
  let papers = 0;
  const problem: Gatherer['problem'] = (code, where) => {
    problems.push({ procedure: '', code, where, value: '' });
    assertBounded();
  };

  function assertBounded(): void {
    if (byCode.size > MOST_PROCEDURES || papers > MOST_PAPERS || problems.length > MOST_PROBLEMS)
      throw invalid('large');
  }

  function take(value: unknown, where: string): void {
    let imported: Imported;
    try {
      imported = fromNational(value);
    } catch (error) {
      if (!(error instanceof CounterError)) throw error;
      const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
      problem(isRecord ? 'RECORD_WITHOUT_CODE' : 'RECORD_UNREADABLE', where);
      return;
    }
    const { code, components } = imported.procedure;
    if (byCode.has(code)) problems.push({ procedure: code, code: 'DUPLICATE_CODE', where, value: code });
    byCode.set(code, imported.procedure);
    for (const found of imported.problems) problems.push(found);
    papers += components.length;
    assertBounded();
  }

  return {
    take,
    takeText(text, where) {
      const value = isNested(text) ? NESTED : parseJson(text);
      if (value === NESTED) problem('RECORD_NESTED', where);
      else if (value === undefined) problem('RECORD_UNREADABLE', where);
      else take(value, where);
    },
    problem,
    finish() {
      if (byCode.size === 0) throw invalid('unreadable');
      const garbled = problems.filter((p) => p.code === 'TEXT_GARBLED').length;
      if (garbled > byCode.size / 2) throw invalid('encoding');
      return { procedures: [...byCode.values()], problems };
    },
  };
}

/** What a text is that is JSON as a whole: our own file, or a list of national records, which may be a single one. */
export type Whole = { readonly own: ReadCatalogue } | { readonly records: readonly unknown[] };

/** Undefined where the text is no JSON. Throws PROCEDURE_FILE_INVALID where it is nested beyond reason or a broken file of ours. */
export function openWhole(text: string): Whole | undefined {
  if (isNested(text)) throw invalid('nested');
  const whole = parseJson(text);
  if (whole === undefined) return undefined;
  const own = catalogueFile.safeParse(whole);
  if (own.success) return { own: readOwn(own.data.procedures) };
  if (isOwnKind(whole)) throw invalid('shape', own.error);
  return { records: Array.isArray(whole) ? whole : [whole] };
}

/**
 * Reads a catalogue from text: our own file, a JSON list of national records, or one record a line. A record that
 * cannot be read is named and the others are kept. Throws PROCEDURE_FILE_INVALID where nothing could be read.
 */
export function readCatalogue(text: string): ReadCatalogue {
  const plain = text.replace(/^\ufeff/, '');
  const gatherer = createGatherer();
  const whole = openWholeUnlessLines(plain);
  if (whole !== undefined && 'own' in whole) return whole.own;
  if (whole !== undefined) {
    whole.records.forEach((record, i) => {
      gatherer.take(record, `${i + 1}`);
    });
  } else {
    const lines = plain.split('\n').filter((line) => line.trim() !== '');
    lines.forEach((line, i) => {
      gatherer.takeText(line.replace(/^\ufeff/, ''), `${i + 1}`);
    });
  }
  return gatherer.finish();
}

/** Many lines, each a record, are not to be refused as nested because one of them never closes its brackets. */
function openWholeUnlessLines(text: string): Whole | undefined {
  const end = text.indexOf('\n');
  return isRecordLine(end < 0 ? '' : text.slice(0, end)) ? undefined : openWhole(text);
}

/** Whether a line is a record by itself, so that the file is one record a line. */
export function isRecordLine(line: string): boolean {
  const value = isNested(line) ? undefined : parseJson(line);
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isOwnKind(value);
}

function readOwn(procedures: readonly Procedure[]): ReadCatalogue {
  if (procedures.length > MOST_PROCEDURES) throw invalid('large');
  const byCode = new Map<string, Procedure>();
  const problems: ImportProblem[] = [];
  procedures.forEach((p, i) => {
    if (byCode.has(p.code))
      problems.push({ procedure: p.code, code: 'DUPLICATE_CODE', where: `${i + 1}`, value: p.code });
    byCode.set(p.code, p);
  });
  return { procedures: [...byCode.values()], problems };
}

/** The value, or undefined where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isOwnKind(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

export function invalid(reason: string, cause?: unknown): CounterError {
  return new CounterError('PROCEDURE_FILE_INVALID', { reason }, cause === undefined ? undefined : { cause });
}
