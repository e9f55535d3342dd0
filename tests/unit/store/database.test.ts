import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkIntegrity, openDatabase } from '../../../src/main/store/database.ts';
import { MIGRATIONS, type Migration } from '../../../src/main/store/migrations/index.ts';
import { afterThisTest, codeOf, KEYS, tempDatabase, tempFolder } from './fixtures.ts';

const key = KEYS.database;
const wrongKey = KEYS.vaultName;

async function closedDatabase(): Promise<string> {
  const file = path.join(tempFolder(), 'counter.db');
  const db = await openDatabase({ path: file, key });
  db.run("INSERT INTO settings VALUES ('unit', 'H29.1.1')");
  db.transaction(() => {
    for (let i = 0; i < 400; i += 1) db.run('INSERT INTO settings VALUES (?, ?)', [`k${i}`, 'x'.repeat(200)]);
  });
  db.close();
  return file;
}

function flip(file: string, offset: number): void {
  const bytes = readFileSync(file);
  bytes[offset]! ^= 1;
  writeFileSync(file, bytes);
}

describe('opening the database', () => {
  it('sets what durability and secrecy ask for', async () => {
    const db = await tempDatabase();
    expect(db.created).toBe(true);
    expect(db.pragma('journal_mode')).toBe('wal');
    expect(db.pragma('synchronous')).toBe(2);
    expect(db.pragma('foreign_keys')).toBe(1);
    expect(db.pragma('locking_mode')).toBe('exclusive');
    expect(db.pragma('temp_store')).toBe(2);
    expect(db.pragma('cipher')).toBe('sqlcipher');
    expect(checkIntegrity(db)).toEqual([]);
  });

  it('finds again what was written', async () => {
    const file = await closedDatabase();
    const db = await openDatabase({ path: file, key });
    afterThisTest(() => db.close());
    expect(db.created).toBe(false);
    expect(db.get('SELECT value FROM settings WHERE key = ?', ['unit'])).toEqual({ value: 'H29.1.1' });
  });

  it('tells a second opener at once that the store is in use', async () => {
    const db = await tempDatabase();
    expect(await codeOf(openDatabase({ path: db.path, key }))).toBe('STORE_IN_USE');
    db.run("INSERT INTO settings VALUES ('still', 'mine')");
  });

  it('refuses a wrong key and changes nothing', async () => {
    const file = await closedDatabase();
    const before = readFileSync(file);
    expect(await codeOf(openDatabase({ path: file, key: wrongKey }))).toBe('STORE_KEY_WRONG');
    rmSync(`${file}.mark`);
    expect(await codeOf(openDatabase({ path: file, key: wrongKey }))).toBe('STORE_KEY_WRONG');
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}.mark`)).toBe(false);
    expect(await codeOf(openDatabase({ path: file, key: new Uint8Array(16) }))).toBe('STORE_KEY_WRONG');
  });

  it.each([3, 20, 100, 4090])(
    'calls byte %i of the first page, changed, damage and not a wrong key',
    async (at) => {
      const file = await closedDatabase();
      flip(file, at);
      expect(await codeOf(openDatabase({ path: file, key }))).toBe('STORE_CORRUPT');
    },
  );

  it('notices a changed byte in a later page when it is read', async () => {
    const file = await closedDatabase();
    const size = readFileSync(file).length;
    flip(file, size - 3000);
    const db = await openDatabase({ path: file, key });
    afterThisTest(() => db.close());
    const readAll = () => [...checkIntegrity(db), ...db.all('SELECT * FROM settings')];
    expect(await codeOf(readAll)).toBe('STORE_CORRUPT');
  });

  it.each([0, 1, 600, 2000])('never replaces a database that was cut to %i bytes', async (bytes) => {
    const file = await closedDatabase();
    truncateSync(file, bytes);
    expect(await codeOf(openDatabase({ path: file, key }))).toBe('STORE_CORRUPT');
    expect(readFileSync(file).length).toBe(bytes);
  });

  it('never makes a new database in the place of one that is gone', async () => {
    const file = await closedDatabase();
    rmSync(file);
    expect(await codeOf(openDatabase({ path: file, key }))).toBe('STORE_CORRUPT');
    expect(existsSync(file)).toBe(false);
  });

  it('refuses a file that is no database', async () => {
    const file = path.join(tempFolder(), 'counter.db');
    writeFileSync(file, 'một tệp khác '.repeat(1000));
    const before = readFileSync(file);
    expect(await codeOf(openDatabase({ path: file, key }))).toBe('STORE_KEY_WRONG');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('names a path that cannot be opened', async () => {
    const folder = tempFolder();
    for (const file of [folder, path.join(folder, 'none', 'counter.db')]) {
      expect(await codeOf(openDatabase({ path: file, key })), file).toBe('DISK_FAILED');
    }
  });
});

describe('migrations', () => {
  const second: Migration = {
    version: MIGRATIONS.length + 1,
    name: 'second',
    up: (db) => {
      db.exec('ALTER TABLE settings ADD COLUMN note TEXT');
      db.run("UPDATE settings SET note = 'moved'");
    },
  };

  it('bring an empty and an older database to the same schema', async () => {
    const migrations = [...MIGRATIONS, second];
    const fresh = await openDatabase({ path: path.join(tempFolder(), 'counter.db'), key, migrations });
    afterThisTest(() => fresh.close());
    const older = await openDatabase({ path: await closedDatabase(), key, migrations });
    afterThisTest(() => older.close());
    const schema = 'SELECT type, name, sql FROM sqlite_schema ORDER BY name';
    expect(older.all(schema)).toEqual(fresh.all(schema));
    expect(older.pragma('user_version')).toBe(second.version);
    expect(older.get("SELECT value, note FROM settings WHERE key = 'unit'")).toEqual({
      value: 'H29.1.1',
      note: 'moved',
    });
  });

  it('leave the older database whole where a step fails', async () => {
    const file = await closedDatabase();
    const failing: Migration = {
      ...second,
      up(db) {
        second.up(db);
        throw new Error('step failed');
      },
    };
    await expect(openDatabase({ path: file, key, migrations: [...MIGRATIONS, failing] })).rejects.toThrow(
      'step failed',
    );
    const db = await openDatabase({ path: file, key });
    afterThisTest(() => db.close());
    expect(db.pragma('user_version')).toBe(MIGRATIONS.length);
    expect(db.all('PRAGMA table_info(settings)')).toHaveLength(2);
  });

  it('refuse a database made by a newer program, unchanged', async () => {
    const file = await closedDatabase();
    (await openDatabase({ path: file, key, migrations: [...MIGRATIONS, second] })).close();
    const copy = `${file}.copy`;
    copyFileSync(file, copy);
    expect(await codeOf(openDatabase({ path: file, key }))).toBe('STORE_NEWER');
    expect(readFileSync(file).equals(readFileSync(copy))).toBe(true);
  });

  it('are numbered without a gap', async () => {
    const file = path.join(tempFolder(), 'counter.db');
    const gap = openDatabase({ path: file, key, migrations: [{ ...second, version: 7 }] });
    await expect(gap).rejects.toThrow('out of order');
  });
});

describe('transactions', () => {
  it('write all or nothing, also when nested', async () => {
    const db = await tempDatabase();
    const put = (k: string) => db.run("INSERT INTO settings VALUES (?, 'v')", [k]);
    expect(() =>
      db.transaction(() => {
        put('a');
        db.transaction(() => put('b'));
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(db.all('SELECT key FROM settings')).toEqual([]);
    db.transaction(() => {
      put('c');
      expect(() =>
        db.transaction(() => {
          put('d');
          throw new Error('inner');
        }),
      ).toThrow('inner');
    });
    expect(db.all('SELECT key FROM settings')).toEqual([{ key: 'c' }]);
  });

  it('refuse work that would go on after the commit', async () => {
    const db = await tempDatabase();
    expect(() => db.transaction(async () => db.run("INSERT INTO settings VALUES ('x', 'y')"))).toThrow(
      TypeError,
    );
    expect(db.all('SELECT key FROM settings')).toEqual([]);
  });

  it('name a full disk and keep what was committed', async () => {
    const db = await tempDatabase();
    db.run("INSERT INTO settings VALUES ('kept', 'v')");
    db.pragma(`max_page_count=${Number(db.pragma('page_count')) + 4}`);
    const fill = () =>
      db.transaction(() => {
        for (let i = 0; i < 100; i += 1)
          db.run('INSERT INTO settings VALUES (?, ?)', [`k${i}`, 'x'.repeat(4000)]);
      });
    expect(await codeOf(fill)).toBe('DISK_FULL');
    expect(db.all('SELECT key FROM settings')).toEqual([{ key: 'kept' }]);
  });
});
