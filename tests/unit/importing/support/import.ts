import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CounterError } from '../../../../src/contract/errors.ts';
import type { ImportAs } from '../../../../src/contract/model.ts';
import { type ImportOptions, importDeps } from '../../../../src/main/importing/deps.ts';
import { importFile } from '../../../../src/main/importing/import-file.ts';
import type { Imported } from '../../../../src/main/importing/port.ts';

export type ImportedPage = Extract<Imported, { kind: 'page' }>;
export type ImportedDocument = Extract<Imported, { kind: 'document' }>;

export interface Outcome {
  readonly pages: ImportedPage[];
  readonly documents: ImportedDocument[];
  /** What ended the import early. */
  readonly error: CounterError | null;
}

/** A folder of its own for one test file; `remove` at its end. */
export function testFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'importing-'));
  let files = 0;
  return {
    folder,
    /** Writes bytes under a name that says nothing of what they are. */
    put(bytes: Uint8Array): string {
      const file = path.join(folder, `file-${files++}.bin`);
      writeFileSync(file, bytes);
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** All that one file holds. Anything but a CounterError is thrown on: it would be a fault of the program. */
export async function importAll(
  file: string,
  as: ImportAs = 'auto',
  options: ImportOptions = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const pages: ImportedPage[] = [];
  const documents: ImportedDocument[] = [];
  try {
    for await (const found of importFile({ path: file, name: 'tệp' }, as, importDeps(options), signal)) {
      if (found.kind === 'page') pages.push(found);
      else documents.push(found);
    }
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    return { pages, documents, error };
  }
  return { pages, documents, error: null };
}
