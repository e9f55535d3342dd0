import type { Database } from './database.ts';

/** One dossier as lists and screens see it: a projection of its events. */
export interface DossierRecord {
  readonly id: string;
  /** Version of the events that it was folded from. */
  readonly version: number;
  readonly state: string;
  readonly delivery: string;
  readonly procedureCode: string;
  readonly procedureName: string;
  readonly applicantName: string;
  /** Empty while there is none. */
  readonly code: string;
  readonly openedAt: string;
  readonly receivedAt: string | null;
  readonly dueAt: string | null;
  readonly pages: number;
  readonly visitId: string | null;
  readonly groupId: string | null;
  /** The words that it is found by, lower case and without diacritics; folding is the caller's. */
  readonly folded: string;
  /** The folded state itself, plain JSON. */
  readonly view: unknown;
}

/** A record without its view: what a list needs. */
export type DossierSummary = Omit<DossierRecord, 'view' | 'folded'>;

export interface Dossiers {
  save(record: DossierRecord): void;
  get(id: string): DossierRecord | undefined;
  byCode(code: string): DossierRecord | undefined;
  /**
   * Dossiers whose folded text has, for each word of `foldedText`, a word that begins with it; newest first.
   * An empty text lists the newest.
   */
  search(foldedText: string, limit: number): readonly DossierSummary[];
  /** Ids of the dossiers of one visit, and of one group, in the order in which they were opened. */
  ofVisit(visitId: string): readonly string[];
  ofGroup(groupId: string): readonly string[];
  /** Ids of the dossiers that take papers in (drafts, and those that wait for a supplement), the oldest first. */
  takingPapers(limit: number): readonly string[];
}

const SUMMARY = `id, version, state, delivery, procedure_code AS procedureCode, procedure_name AS procedureName,
  applicant_name AS applicantName, code, opened_at AS openedAt, received_at AS receivedAt, due_at AS dueAt, pages,
  visit_id AS visitId, group_id AS groupId`;

type DossierRow = Omit<DossierRecord, 'view'> & { view: string };

function toRecord(row: DossierRow | undefined): DossierRecord | undefined {
  return row && { ...row, view: JSON.parse(row.view) as unknown };
}

/** Quoted words only, so that nothing a clerk types is taken for query syntax. */
export function prefixQuery(foldedText: string): string {
  const words = foldedText.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== '');
  return words.map((word) => `"${word}"*`).join(' ');
}

export function dossiersOf(db: Database): Dossiers {
  const columns = `id, version, state, delivery, procedure_code, procedure_name, applicant_name, code, opened_at,
    received_at, due_at, pages, visit_id, group_id, folded, view`;
  const upsert = `
    INSERT INTO dossiers (${columns})
    VALUES (:id, :version, :state, :delivery, :procedureCode, :procedureName, :applicantName, :code, :openedAt,
      :receivedAt, :dueAt, :pages, :visitId, :groupId, :folded, :view)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
      delivery = excluded.delivery,
      procedure_code = excluded.procedure_code, procedure_name = excluded.procedure_name,
      applicant_name = excluded.applicant_name, code = excluded.code, opened_at = excluded.opened_at,
      received_at = excluded.received_at, due_at = excluded.due_at, pages = excluded.pages,
      visit_id = excluded.visit_id, group_id = excluded.group_id,
      folded = excluded.folded, view = excluded.view`;

  interface Found {
    readonly number: number;
    readonly folded: string;
  }
  const numbered = (id: string) => db.get<Found>('SELECT number, folded FROM dossiers WHERE id = ?', [id]);

  function save(record: DossierRecord): void {
    const before = numbered(record.id);
    db.run(upsert, { ...record, view: JSON.stringify(record.view) });
    if (before?.folded === record.folded) return;
    const number = before?.number ?? numbered(record.id)!.number;
    db.run('INSERT OR REPLACE INTO dossier_words (rowid, folded) VALUES (?, ?)', [number, record.folded]);
  }

  const one = (where: string, value: string) =>
    toRecord(db.get<DossierRow>(`SELECT ${SUMMARY}, folded, view FROM dossiers WHERE ${where}`, [value]));

  const ids = (column: 'visit_id' | 'group_id', value: string) =>
    db
      .all<{ id: string }>(`SELECT id FROM dossiers WHERE ${column} = ? ORDER BY number`, [value])
      .map((row) => row.id);

  function search(foldedText: string, limit: number): readonly DossierSummary[] {
    const query = prefixQuery(foldedText);
    if (query === '') return db.all(`SELECT ${SUMMARY} FROM dossiers ORDER BY number DESC LIMIT ?`, [limit]);
    return db.all(
      `SELECT ${SUMMARY} FROM dossiers WHERE number IN
         (SELECT rowid FROM dossier_words WHERE dossier_words MATCH ? ORDER BY rowid DESC LIMIT ?)
       ORDER BY number DESC`,
      [query, limit],
    );
  }

  return {
    save: (record) => db.transaction(() => save(record)),
    get: (id) => one('id = ?', id),
    byCode: (code) => one("code = ? AND code <> ''", code),
    search,
    ofVisit: (visitId) => ids('visit_id', visitId),
    ofGroup: (groupId) => ids('group_id', groupId),
    takingPapers: (limit) =>
      db
        .all<{ id: string }>(
          "SELECT id FROM dossiers WHERE state IN ('draft', 'supplement-asked') ORDER BY number LIMIT ?",
          [limit],
        )
        .map((row) => row.id),
  };
}
