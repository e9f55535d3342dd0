import type {
  Amendment,
  ImportProblem,
  ImportReport,
  ProblemGroup,
  ProcedureVersion,
  RecordedAmendment,
} from '../../contract/catalogue.ts';
import { CounterError } from '../../contract/errors.ts';
import type { Procedure } from '../../contract/procedures.ts';
import type { Database } from './database.ts';

/** Where a procedure stands in the catalogue, without its body. */
export interface ProcedurePointer {
  readonly code: string;
  readonly number: number;
  readonly hash: string;
  readonly withdrawnAt: string | null;
}

export interface StagedVersion {
  readonly procedure: Procedure;
  readonly number: number;
  /** Of the body, so that the same content is known again. */
  readonly hash: string;
}

/** A staged version without its body, with what lists and the search need of it. */
export interface StagedCard {
  readonly code: string;
  readonly number: number;
  readonly hash: string;
  readonly card: unknown;
}

export interface ImportFacts {
  readonly at: string;
  readonly actor: string;
  readonly file: string;
}

export interface Usage {
  readonly code: string;
  readonly opened: number;
  readonly lastAt: string;
}

/** An import under way: nothing of it is seen before `finish`. */
export interface CatalogueImport {
  stage(versions: readonly StagedVersion[]): void;
  /**
   * Makes what was staged current, brings back what had been withdrawn, withdraws, and keeps report and problems; all
   * or nothing. Throws STORE_CONFLICT where another import has ended in between.
   */
  finish(end: {
    readonly staged: readonly StagedCard[];
    readonly returned: readonly string[];
    readonly withdrawn: readonly string[];
    readonly report: ImportReport;
    readonly problems: readonly ImportProblem[];
  }): void;
}

export interface Catalogue {
  /** Whether anything was ever imported. */
  imported(): boolean;
  pointers(): readonly ProcedurePointer[];
  /** What was kept of each procedure for lists and the search, those that are withdrawn too. */
  cards(): readonly { readonly code: string; readonly card: unknown; readonly withdrawnAt: string | null }[];
  /** The body, in its current version or the one asked for. */
  procedure(code: string, number?: number): Procedure | undefined;
  pointer(code: string): ProcedurePointer | undefined;
  /** Newest first. */
  versions(code: string): readonly ProcedureVersion[];
  begin(facts: ImportFacts): CatalogueImport;
  lastImport(): (ImportFacts & { readonly report: ImportReport }) | undefined;
  /** Of the last import, in the order of the file. */
  problems(
    filter: { readonly code?: string | undefined; readonly procedure?: string | undefined },
    offset: number,
    limit: number,
  ): { readonly total: number; readonly problems: readonly ImportProblem[] };
  problemGroups(): readonly ProblemGroup[];
  amend(code: string, entry: Omit<RecordedAmendment, 'number'>): void;
  /** All additions of the unit, or those to one procedure, in the order in which they were made. */
  amendments(code?: string): readonly (RecordedAmendment & { readonly code: string })[];
  /** Most used first; among equals the one used last. */
  usage(limit: number): readonly Usage[];
}

const POINTER = 'code, number, hash, withdrawn_at AS withdrawnAt';

export function catalogueOf(db: Database): Catalogue {
  const parsed = <T>(json: string): T => JSON.parse(json) as T;
  const pointer = (code: string) =>
    db.get<ProcedurePointer>(`SELECT ${POINTER} FROM procedures WHERE code = ?`, [code]);

  function begin(facts: ImportFacts): CatalogueImport {
    const id =
      (db.get<{ last: number | null }>('SELECT max(id) AS last FROM catalogue_imports')?.last ?? 0) + 1;
    db.run('DELETE FROM procedure_versions WHERE import_id NOT IN (SELECT id FROM catalogue_imports)');
    return {
      stage: (versions) =>
        db.transaction(() => {
          for (const { procedure, number, hash } of versions) {
            db.run(
              `INSERT INTO procedure_versions (code, number, import_id, hash, at, decision, name, body)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
              [
                ...[procedure.code, number, id, hash, facts.at, procedure.version, procedure.name],
                JSON.stringify(procedure),
              ],
            );
          }
        }),
      finish: ({ staged, returned, withdrawn, report, problems }) =>
        db.transaction(() => {
          const last = db.get<{ last: number | null }>('SELECT max(id) AS last FROM catalogue_imports')?.last;
          if ((last ?? 0) >= id) throw new CounterError('STORE_CONFLICT', { reason: 'import' });
          db.run('INSERT INTO catalogue_imports (id, at, actor, file, report) VALUES (?, ?, ?, ?, ?)', [
            ...[id, facts.at, facts.actor, facts.file],
            JSON.stringify(report),
          ]);
          for (const { code, number, hash, card } of staged) {
            db.run(
              `INSERT INTO procedures (code, number, hash, card) VALUES (?, ?, ?, ?)
               ON CONFLICT (code) DO UPDATE SET number = excluded.number, hash = excluded.hash,
                 card = excluded.card, withdrawn_at = NULL`,
              [code, number, hash, JSON.stringify(card)],
            );
          }
          for (const code of returned)
            db.run('UPDATE procedures SET withdrawn_at = NULL WHERE code = ?', [code]);
          for (const code of withdrawn)
            db.run('UPDATE procedures SET withdrawn_at = ? WHERE code = ?', [facts.at, code]);
          db.run('DELETE FROM catalogue_problems');
          problems.forEach((p, i) => {
            db.run(
              'INSERT INTO catalogue_problems (number, procedure, code, place, value) VALUES (?, ?, ?, ?, ?)',
              [i + 1, p.procedure, p.code, p.where, p.value],
            );
          });
        }),
    };
  }

  return {
    imported: () => db.get('SELECT 1 FROM catalogue_imports LIMIT 1') !== undefined,
    pointers: () => db.all(`SELECT ${POINTER} FROM procedures ORDER BY code`),
    cards: () =>
      db
        .all<{ code: string; card: string; withdrawnAt: string | null }>(
          'SELECT code, card, withdrawn_at AS withdrawnAt FROM procedures ORDER BY code',
        )
        .map((row) => ({ ...row, card: parsed(row.card) })),
    procedure(code, number) {
      const wanted = number ?? pointer(code)?.number;
      if (wanted === undefined) return undefined;
      const row = db.get<{ body: string }>(
        `SELECT body FROM procedure_versions WHERE code = ? AND number = ?
           AND import_id IN (SELECT id FROM catalogue_imports)`,
        [code, wanted],
      );
      return row && parsed(row.body);
    },
    pointer,
    versions: (code) =>
      db
        .all<Omit<ProcedureVersion, 'current'> & { current: number }>(
          `SELECT v.number, v.decision, v.name, v.at AS importedAt, v.number = p.number AS current
             FROM procedure_versions v JOIN procedures p ON p.code = v.code
             WHERE v.code = ? AND v.number <= p.number ORDER BY v.number DESC`,
          [code],
        )
        .map((row) => ({ ...row, current: row.current === 1 })),
    begin,
    lastImport() {
      const row = db.get<ImportFacts & { report: string }>(
        'SELECT at, actor, file, report FROM catalogue_imports ORDER BY id DESC LIMIT 1',
      );
      return row && { ...row, report: parsed<ImportReport>(row.report) };
    },
    problems({ code = '', procedure = '' }, offset, limit) {
      const where = `(:code = '' OR code = :code) AND (:procedure = '' OR procedure = :procedure)`;
      const problems = db.all<ImportProblem>(
        `SELECT procedure, code, place AS "where", value FROM catalogue_problems WHERE ${where}
           ORDER BY number LIMIT :limit OFFSET :offset`,
        { code, procedure, limit, offset },
      );
      const total = db.get<{ n: number }>(`SELECT count(*) AS n FROM catalogue_problems WHERE ${where}`, {
        code,
        procedure,
      });
      return { total: total?.n ?? 0, problems };
    },
    problemGroups: () =>
      db.all(
        `SELECT code, count(*) AS count, count(DISTINCT nullif(procedure, '')) AS procedures
           FROM catalogue_problems GROUP BY code ORDER BY count(*) DESC, code`,
      ),
    amend: (code, { at, actor, reason, amendment }) =>
      void db.run(
        'INSERT INTO procedure_amendments (code, at, actor, reason, amendment) VALUES (?, ?, ?, ?, ?)',
        [code, at, actor, reason, JSON.stringify(amendment)],
      ),
    amendments: (code = '') =>
      db
        .all<Omit<RecordedAmendment, 'amendment'> & { code: string; amendment: string }>(
          `SELECT number, code, at, actor, reason, amendment FROM procedure_amendments
             WHERE :code = '' OR code = :code ORDER BY number`,
          { code },
        )
        .map((row) => ({ ...row, amendment: parsed<Amendment>(row.amendment) })),
    usage: (limit) =>
      db.all(
        `SELECT code, opened, last_at AS lastAt FROM procedure_usage WHERE opened > 0
           ORDER BY opened DESC, last_at DESC, code LIMIT ?`,
        [limit],
      ),
  };
}
