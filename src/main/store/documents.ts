import type { Database } from './database.ts';

/** A PDF of a dossier: the signed pages of a component, a paper that the counter issued, or a result. */
export interface DocumentRecord {
  readonly id: string;
  readonly dossierId: string;
  readonly kind: 'component' | 'slip' | 'result';
  /** Set for a component's document, null for the others. */
  readonly componentId: string | null;
  readonly vaultHash: string;
  /** File name as it is shown and sent. */
  readonly name: string;
  /** SHA-256 of the plaintext, lower-case hexadecimal: what the province must confirm. */
  readonly sha256: string;
  readonly bytes: number;
  readonly createdAt: string;
}

export interface Documents {
  /** Needs the vault row of its hash. */
  save(document: DocumentRecord): void;
  get(id: string): DocumentRecord | undefined;
  of(dossierId: string): readonly DocumentRecord[];
}

const COLUMNS = `id, dossier_id AS dossierId, kind, component_id AS componentId, vault_hash AS vaultHash, name,
  sha256, bytes, created_at AS createdAt`;

export function documentsOf(db: Database): Documents {
  return {
    save: (document) =>
      void db.run(
        `INSERT INTO documents (id, dossier_id, kind, component_id, vault_hash, name, sha256, bytes, created_at)
         VALUES (:id, :dossierId, :kind, :componentId, :vaultHash, :name, :sha256, :bytes, :createdAt)
         ON CONFLICT (id) DO UPDATE SET dossier_id = excluded.dossier_id, kind = excluded.kind,
           component_id = excluded.component_id, vault_hash = excluded.vault_hash, name = excluded.name,
           sha256 = excluded.sha256, bytes = excluded.bytes, created_at = excluded.created_at`,
        { ...document },
      ),
    get: (id) => db.get<DocumentRecord>(`SELECT ${COLUMNS} FROM documents WHERE id = ?`, [id]),
    of: (dossierId) =>
      db.all(`SELECT ${COLUMNS} FROM documents WHERE dossier_id = ? ORDER BY created_at, rowid`, [dossierId]),
  };
}
