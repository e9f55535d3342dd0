import type { Database } from '../database.ts';
import { first } from './0001-first.ts';
import { pageTexts } from './0002-page-texts.ts';
import { certificationBook } from './0003-certification-book.ts';
import { drafts } from './0004-drafts.ts';

/** One step of the schema. A released step is never changed; the next change is the next number. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  readonly name: string;
  /** Runs inside a transaction together with the raising of the version number. */
  up(db: Pick<Database, 'exec' | 'run' | 'all' | 'get'>): void;
}

export const MIGRATIONS: readonly Migration[] = [first, pageTexts, certificationBook, drafts];
