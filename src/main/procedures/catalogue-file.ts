import { z } from 'zod';
import { CounterError } from '../../contract/errors.ts';
import { type Procedure, procedure } from '../../contract/procedures.ts';
import { fromNational, type ImportProblem } from './national.ts';

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

/**
 * Reads a catalogue from text: our own file, a JSON list of national records, or one record a line. A record that
 * cannot be read is named and the others are kept. Throws PROCEDURE_FILE_INVALID where nothing could be read.
 */
export function readCatalogue(text: string): ReadCatalogue {
  const whole = parseJson(text.replace(/^\ufeff/, ''));
  const own = catalogueFile.safeParse(whole);
  if (own.success) return { procedures: own.data.procedures, problems: [] };
  if (isOwnKind(whole)) throw invalid('shape', own.error);
  const read = gather(whole === undefined ? linesOf(text) : Array.isArray(whole) ? whole : [whole]);
  if (read.procedures.length === 0) throw invalid('nothing-readable');
  return read;
}

function gather(records: readonly unknown[]): ReadCatalogue {
  const byCode = new Map<string, Procedure>();
  const problems: ImportProblem[] = [];
  records.forEach((record, i) => {
    const where = `${i + 1}`;
    try {
      const imported = fromNational(record);
      const { code } = imported.procedure;
      if (byCode.has(code)) problems.push({ procedure: code, code: 'DUPLICATE_CODE', where, value: code });
      byCode.set(code, imported.procedure);
      problems.push(...imported.problems);
    } catch (error) {
      if (!(error instanceof CounterError)) throw error;
      problems.push({ procedure: '', code: 'RECORD_UNREADABLE', where, value: '' });
    }
  });
  return { procedures: [...byCode.values()], problems };
}

function linesOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => parseJson(line.replace(/^\ufeff/, '')));
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

function invalid(reason: string, cause?: unknown): CounterError {
  return new CounterError('PROCEDURE_FILE_INVALID', { reason }, cause === undefined ? undefined : { cause });
}
