import type { Database } from '../database.ts';
import { first } from './0001-first.ts';
import { pageTexts } from './0002-page-texts.ts';
import { certificationBook } from './0003-certification-book.ts';
import { drafts } from './0004-drafts.ts';
import { course } from './0005-course.ts';
import { dossierFacts } from './0006-dossier-facts.ts';
import { printJobs } from './0007-print-jobs.ts';
import { peopleAndReceipts } from './0008-people-and-receipts.ts';
import { catalogue } from './0009-catalogue.ts';
import { erasedObjects } from './0010-erased-objects.ts';

/** One step of the schema. A released step is never changed; the next change is the next number. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  readonly name: string;
  /** Runs inside a transaction together with the raising of the version number. */
  up(db: Pick<Database, 'exec' | 'run' | 'all' | 'get'>): void;
}

export const MIGRATIONS: readonly Migration[] = [
  first,
  pageTexts,
  certificationBook,
  drafts,
  course,
  dossierFacts,
  printJobs,
  peopleAndReceipts,
  catalogue,
  erasedObjects,
];
