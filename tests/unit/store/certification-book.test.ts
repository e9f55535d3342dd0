import { describe, expect, it } from 'vitest';
import { type CertificationRecord, certificationBookOf } from '../../../src/main/store/certification-book.ts';
import { vaultObjectsOf } from '../../../src/main/store/objects.ts';
import { rebuild } from '../../../src/main/store/projection.ts';
import { AT, codeOf, tempDatabase } from './fixtures.ts';

const hash = (n: number) => n.toString(16).padStart(64, '0');

function line(number: number, more: Partial<CertificationRecord> = {}): CertificationRecord {
  const year = more.year ?? 2026;
  return {
    id: `${more.bookSign ?? 'SCT/BS'} ${year} ${number}`,
    year,
    number,
    bookSign: 'SCT/BS',
    volume: '01',
    at: AT,
    requester: 'Hoàng Văn Thử',
    document: 'Bằng tốt nghiệp',
    pages: 2,
    copies: 1,
    officer: 'Nông Thị Mẫu',
    officerTitle: 'CHỦ TỊCH',
    authority: 'UBND xã Bảo Lâm',
    fee: 4000,
    vaultHash: hash(1),
    sha256: hash(2),
    bytes: 3,
    ...more,
  };
}

async function book() {
  const db = await tempDatabase();
  vaultObjectsOf(db).add({ hash: hash(1), bytes: 3 }, AT);
  return { db, book: certificationBookOf(db) };
}

describe('the book of certified copies', () => {
  it('counts each year and each sign from one, through all volumes', async () => {
    const { book: b } = await book();
    expect(b.next('SCT/BS', 2026)).toBe(1);
    b.append(line(1));
    b.append(line(2, { volume: '02' }));
    b.append(line(1, { year: 2027 }));
    b.append(line(1, { bookSign: 'SCTĐT/BS' }));
    expect([b.next('SCT/BS', 2026), b.next('SCT/BS', 2027), b.next('SCTĐT/BS', 2026)]).toEqual([3, 2, 2]);
    expect(b.list('SCT/BS', 2026)).toEqual([line(1), line(2, { volume: '02' })]);
    expect(b.list('SCT/BS', 2025)).toEqual([]);
    expect(b.get('SCT/BS 2027 1')).toEqual(line(1, { year: 2027 }));
    expect(b.get('nobody')).toBeUndefined();
  });

  it('gives no number twice and leaves none out', async () => {
    const { book: b } = await book();
    b.append(line(1));
    for (const number of [0, 1, 3, 1000]) {
      expect(await codeOf(() => b.append(line(number, { id: `again ${number}` })))).toBe('STORE_CONFLICT');
    }
    expect(b.list('SCT/BS', 2026)).toHaveLength(1);
  });

  it('takes the number back with the transaction that fails', async () => {
    const { db, book: b } = await book();
    b.append(line(1));
    const failing = () =>
      db.transaction(() => {
        b.append(line(2));
        throw new Error('the disk went');
      });
    expect(failing).toThrow('the disk went');
    expect(b.next('SCT/BS', 2026)).toBe(2);
  });

  it('has no line without a document in the vault', async () => {
    const { book: b } = await book();
    expect(() => b.append(line(1, { vaultHash: hash(9) }))).toThrow(/FOREIGN KEY/);
  });

  it.each([
    [
      'a gap',
      "INSERT INTO certification_book SELECT 'x', year, 5, book_sign, volume, at, requester, document, pages, copies, officer, officer_title, authority, fee, vault_hash, sha256, bytes FROM certification_book",
      'no gaps',
    ],
    ['a change', "UPDATE certification_book SET requester = 'Somebody'", 'immutable'],
    ['a change of number', 'UPDATE certification_book SET number = 9', 'immutable'],
    ['a loss', 'DELETE FROM certification_book', 'immutable'],
    [
      'a replacement',
      "REPLACE INTO certification_book SELECT id, year, 2, book_sign, volume, at, 'Somebody', document, pages, copies, officer, officer_title, authority, fee, vault_hash, sha256, bytes FROM certification_book",
      'immutable',
    ],
  ])('is guarded by the database itself against %s', async (_, sql, message) => {
    const { db, book: b } = await book();
    b.append(line(1));
    expect(() => db.run(sql)).toThrow(message);
    expect(b.list('SCT/BS', 2026)).toEqual([line(1)]);
  });

  it('is no projection: replay leaves it as it is', async () => {
    const { db, book: b } = await book();
    b.append(line(1));
    rebuild(db, () => {
      throw new Error('there are no dossiers');
    });
    expect(b.list('SCT/BS', 2026)).toEqual([line(1)]);
  });
});
