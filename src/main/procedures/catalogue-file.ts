import { z } from 'zod';
import type { ImportProblem } from '../../contract/catalogue.ts';
import { CounterError } from '../../contract/errors.ts';
import { type Procedure, procedure } from '../../contract/procedures.ts';
import { isNested } from './json-depth.ts';
import { fromNational } from './national.ts';

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
  /** Throws PROCEDURE_FILE_INVALID where nothing could be read, or where nearly all of it came through a wrong code table. */
  finish(): ReadCatalogue;
}

const NESTED = Symbol('nested');

export function createGatherer(): Gatherer {
  const byCode = new Map<string, Procedure>();
  const problems: ImportProblem[] = [];
  const problem: Gatherer['problem'] = (code, where) => {
    problems.push({ procedure: '', code, where, value: '' });
  };

  function take(value: unknown, where: string): void {
    try {
      const imported = fromNational(value);
      const { code } = imported.procedure;
      if (byCode.has(code)) problems.push({ procedure: code, code: 'DUPLICATE_CODE', where, value: code });
      byCode.set(code, imported.procedure);
      problems.push(...imported.problems);
    } catch (error) {
      if (!(error instanceof CounterError)) throw error;
      const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
      problem(isRecord ? 'RECORD_WITHOUT_CODE' : 'RECORD_UNREADABLE', where);
    }
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
      if (byCode.size === 0) throw invalid('nothing-readable');
      const garbled = problems.filter((p) => p.code === 'TEXT_GARBLED').length;
      if (garbled > byCode.size / 2) throw invalid('encoding');
      return { procedures: [...byCode.values()], problems };
    },
  };
}

/**
 * Reads a whole text: our own file, a JSON list of national records, or one record; undefined where it is no JSON.
 * Throws PROCEDURE_FILE_INVALID where it is JSON that holds no procedure.
 */
export function readWhole(text: string): ReadCatalogue | undefined {
  if (isNested(text)) throw invalid('nested');
  const whole = parseJson(text);
  if (whole === undefined) return undefined;
  const own = catalogueFile.safeParse(whole);
  if (own.success) return readOwn(own.data.procedures);
  if (isOwnKind(whole)) throw invalid('shape', own.error);
  const gatherer = createGatherer();
  const records: readonly unknown[] = Array.isArray(whole) ? whole : [whole];
  records.forEach((record, i) => {
    gatherer.take(record, `${i + 1}`);
  });
  return gatherer.finish();
}

/**
 * Reads a catalogue from text: our own file, a JSON list of national records, or one record a line. A record that
 * cannot be read is named and the others are kept. Throws PROCEDURE_FILE_INVALID where nothing could be read.
 */
export function readCatalogue(text: string): ReadCatalogue {
  const plain = text.replace(/^\ufeff/, '');
  const whole = readWhole(plain);
  if (whole !== undefined) return whole;
  const gatherer = createGatherer();
  plain
    .split('\n')
    .filter((line) => line.trim() !== '')
    .forEach((line, i) => {
      gatherer.takeText(line.replace(/^\ufeff/, ''), `${i + 1}`);
    });
  return gatherer.finish();
}

function readOwn(procedures: readonly Procedure[]): ReadCatalogue {
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
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function isOwnKind(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function invalid(reason: string, cause?: unknown): CounterError {
  return new CounterError('PROCEDURE_FILE_INVALID', { reason }, cause === undefined ? undefined : { cause });
}
