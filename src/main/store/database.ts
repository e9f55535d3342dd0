import { createHmac } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import { CounterError } from '../../contract/errors.ts';
import { diskFailure, nodeDisk, onDisk, writeDurably } from './disk.ts';
import { MIGRATIONS, type Migration } from './migrations/index.ts';

export type SqlValue = string | number | bigint | Uint8Array | null;
export type SqlParams = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

/** One open, encrypted database. Calls are synchronous; every failure is a CounterError or a programming fault. */
export interface Database {
  readonly path: string;
  /** True where this opening made the file. */
  readonly created: boolean;
  all<T>(sql: string, params?: SqlParams): T[];
  get<T>(sql: string, params?: SqlParams): T | undefined;
  /** Number of rows that changed. */
  run(sql: string, params?: SqlParams): number;
  exec(sql: string): void;
  /** Value of a pragma that answers with one. */
  pragma(text: string): unknown;
  /** Runs `fn` in one transaction: all of it is durable on return, none of it when it throws. Nests by savepoints. */
  transaction<T>(fn: () => T): T;
  close(): void;
}

export interface DatabaseOptions {
  readonly path: string;
  /** 32 bytes, used as the raw SQLCipher key (no password stretching). */
  readonly key: Uint8Array;
  readonly migrations?: readonly Migration[];
}

/** How long a second program waits for the lock before it is told STORE_IN_USE. */
const BUSY_MS = 100;
const SMALLEST_PAGE = 512;

function sqliteCode(error: unknown): string {
  return error instanceof SQLite.SqliteError ? error.code : '';
}

/** Names what SQLite reports of lock, disk and damage; a broken constraint stays what it is: a programming fault. */
function databaseFailure(error: unknown): unknown {
  const code = sqliteCode(error);
  const named = (name: ConstructorParameters<typeof CounterError>[0]) =>
    new CounterError(name, { reason: code }, { cause: error });
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return named('STORE_IN_USE');
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return named('STORE_CORRUPT');
  if (code === 'SQLITE_FULL') return named('DISK_FULL');
  if (/^SQLITE_(IOERR|CANTOPEN|READONLY)/.test(code)) return named('DISK_FAILED');
  return error;
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw databaseFailure(error);
  }
}

/**
 * SQLCipher reports a wrong key and a damaged first page alike. A file beside the database holds a keyed mark of
 * the key it was made with, which tells the two apart and shows a database that was lost.
 */
function keyMark(key: Uint8Array): string {
  return createHmac('sha256', key).update('key mark').digest('hex');
}

function markPath(database: string): string {
  return `${database}.mark`;
}

/** SQLite takes a file of less than a page for an empty one and would start anew in it. */
function hasContent(file: string): boolean {
  return existsSync(file) && statSync(file).size >= SMALLEST_PAGE;
}

function checkMark(options: DatabaseOptions): 'absent' | 'same' {
  const mark = markPath(options.path);
  if (!existsSync(mark)) return 'absent';
  if (readFileSync(mark, 'utf8') !== keyMark(options.key)) throw new CounterError('STORE_KEY_WRONG');
  if (!hasContent(options.path)) throw new CounterError('STORE_CORRUPT', { reason: 'DATABASE_GONE' });
  return 'same';
}

/** The first read proves key and lock: nothing is written before it has passed. */
function unlock(raw: SQLite.Database, key: Uint8Array, mark: 'absent' | 'same'): void {
  raw.pragma("cipher='sqlcipher'");
  raw.pragma('legacy=4');
  raw.pragma(`key="x'${Buffer.from(key).toString('hex')}'"`);
  // One engine owns the store: a second one is refused at once, and WAL needs no shared-memory file.
  raw.pragma('locking_mode=EXCLUSIVE');
  try {
    raw.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_NOTADB' || mark === 'same') throw error;
    throw new CounterError('STORE_KEY_WRONG', {}, { cause: error });
  }
}

function configure(raw: SQLite.Database): void {
  if (raw.pragma('journal_mode=WAL', { simple: true }) !== 'wal') {
    throw new CounterError('DISK_FAILED', { reason: 'WAL_REFUSED' });
  }
  raw.pragma('synchronous=FULL');
  raw.pragma('foreign_keys=ON');
  // Without it INSERT OR REPLACE would pass by the triggers that forbid deleting.
  raw.pragma('recursive_triggers=ON');
  // Sorting must never spill plaintext into a temporary file: those are not encrypted.
  raw.pragma('temp_store=MEMORY');
  raw.pragma('trusted_schema=OFF');
  raw.pragma('cell_size_check=ON');
}

function wrap(raw: SQLite.Database, options: DatabaseOptions, created: boolean): Database {
  const statements = new Map<string, SQLite.Statement>();
  function prepared(sql: string): SQLite.Statement {
    const known = statements.get(sql);
    if (known) return known;
    const statement = raw.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }
  return {
    path: options.path,
    created,
    all: <T>(sql: string, params: SqlParams = []) => guarded(() => prepared(sql).all(params) as T[]),
    get: <T>(sql: string, params: SqlParams = []) =>
      guarded(() => prepared(sql).get(params) as T | undefined),
    run: (sql, params = []) => guarded(() => prepared(sql).run(params).changes),
    exec: (sql) => guarded(() => void raw.exec(sql)),
    pragma: (text) => guarded(() => raw.pragma(text, { simple: true })),
    transaction: (fn) => guarded(() => raw.transaction(fn).immediate()),
    close: () => guarded(() => void raw.close()),
  };
}

function migrate(db: Database, migrations: readonly Migration[], mark: 'absent' | 'same'): void {
  const misnumbered = migrations.findIndex((m, i) => m.version !== i + 1);
  if (misnumbered >= 0) throw new Error(`migration ${misnumbered + 1} is missing or out of order`);
  const current = Number(db.pragma('user_version'));
  if (current === 0 && mark === 'same') throw new CounterError('STORE_CORRUPT', { reason: 'DATABASE_GONE' });
  if (current > migrations.length) {
    throw new CounterError('STORE_NEWER', { found: current, known: migrations.length });
  }
  for (const migration of migrations.slice(current)) {
    db.transaction(() => {
      migration.up(db);
      db.exec(`PRAGMA user_version=${migration.version}`);
    });
  }
}

/** SQLite would make the file readable by others; its journal takes the file's mode. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw diskFailure(error);
  }
}

function openRaw(options: DatabaseOptions): { raw: SQLite.Database; mark: 'absent' | 'same' } {
  const mark = checkMark(options);
  makePrivate(options.path);
  const raw = guarded(() => new SQLite(options.path, { timeout: BUSY_MS }));
  try {
    unlock(raw, options.key, mark);
    configure(raw);
    return { raw, mark };
  } catch (error) {
    raw.close();
    throw databaseFailure(error);
  }
}

/**
 * Opens the encrypted database, or makes it where there is none, and brings it to the newest schema.
 * Throws STORE_IN_USE (another program has it), STORE_KEY_WRONG, STORE_CORRUPT, STORE_NEWER (made by a newer
 * version of the program), DISK_FULL or DISK_FAILED. It never replaces or repairs what it cannot read.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.key.length !== 32) throw new CounterError('STORE_KEY_WRONG', { reason: 'SIZE' });
  const created = !hasContent(options.path);
  const { raw, mark } = openRaw(options);
  const db = wrap(raw, options, created);
  try {
    migrate(db, options.migrations ?? MIGRATIONS, mark);
    if (mark === 'absent') {
      const text = Buffer.from(keyMark(options.key));
      await onDisk(() => writeDurably(nodeDisk, markPath(options.path), text));
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Reads every page and index. For diagnostics: takes as long as the file is large. */
export function checkIntegrity(db: Database): readonly string[] {
  const rows = db.all<{ integrity_check: string }>('PRAGMA integrity_check');
  return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok');
}

/** Runs `fn` in one durable transaction. */
export function transaction<T>(db: Database, fn: () => T): T {
  return db.transaction(fn);
}
