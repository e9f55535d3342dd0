import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import type { Procedure } from '../../../contract/procedures.ts';
import { readCatalogue } from '../../procedures/catalogue-file.ts';
import { readSynonyms } from '../../procedures/synonyms.ts';
import type { Store } from '../../store/index.ts';
import type { Clock } from '../clock.ts';
import { type CatalogueService, createCatalogue } from './catalogue.ts';

export interface CatalogueFiles {
  /** Folder of what is shipped. */
  readonly resources: string;
  /** The configured file that stands in until something is imported; empty = the sample for training. */
  readonly file: string;
}

/**
 * The catalogue of a store. Where nothing was imported it is the configured file or the sample; else no file is read:
 * a start costs the same however large the catalogue is. Throws FILE_MISSING, PROCEDURE_FILE_INVALID.
 */
export async function openCatalogue(
  files: CatalogueFiles,
  store: Pick<Store, 'catalogue' | 'transaction'>,
  clock: Clock,
): Promise<CatalogueService> {
  const [fallback, synonyms] = await Promise.all([
    store.catalogue.imported() ? [] : readFallback(files),
    readFile(path.join(files.resources, 'catalogue/synonyms.json'), 'utf8'),
  ]);
  return createCatalogue({ store, fallback, synonyms: readSynonyms(JSON.parse(synonyms) as unknown), clock });
}

async function readFallback({ resources, file }: CatalogueFiles): Promise<readonly Procedure[]> {
  const source = file || path.join(resources, 'catalogue/sample.json');
  const text = await readFile(source, 'utf8').catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { file: path.basename(source) }, { cause });
  });
  return readCatalogue(text).procedures;
}
