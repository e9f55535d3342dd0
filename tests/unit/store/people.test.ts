import { describe, expect, it } from 'vitest';
import type { PersonRecord } from '../../../src/main/store/people.ts';
import { peopleOf } from '../../../src/main/store/people.ts';
import { placesOf } from '../../../src/main/store/places.ts';
import { applicant } from '../dossiers/samples.ts';
import { tempDatabase } from './fixtures.ts';

function person(n: number, personKey: string, name: string, day = n): PersonRecord {
  return {
    dossierId: `d-${n}`,
    personKey,
    folded: name.toLowerCase(),
    applicant: { ...applicant, name },
    seenAt: `2026-11-${String(day).padStart(2, '0')}T01:00:00.000Z`,
  };
}

describe('people seen at the counter', () => {
  it('are found under their key, newest first, and by beginnings of words, each once', async () => {
    const people = peopleOf(await tempDatabase());
    people.save(person(1, '004', 'nong thi mau'));
    people.save(person(2, '005', 'nong van thu'));
    people.save(person(3, '004', 'nong thi mau hoa'));
    expect(people.withKey('004').records.map((p) => p.dossierId)).toEqual(['d-3', 'd-1']);
    expect(people.withKey('004').dossiers).toBe(2);
    expect(people.withKey('006')).toEqual({ records: [], dossiers: 0 });
    expect(people.search('nong', 10).map((p) => [p.dossierId, p.dossiers])).toEqual([
      ['d-3', 2],
      ['d-2', 1],
    ]);
    expect(people.search('mau non', 10).map((p) => p.personKey)).toEqual(['004']);
    expect(people.search('nong', 1)).toHaveLength(1);
    expect(people.search('', 10)).toEqual([]);
    expect(people.search('"* OR', 10)).toEqual([]);
  });

  it('are one row a dossier, found by what it says last', async () => {
    const people = peopleOf(await tempDatabase());
    people.save(person(1, '004', 'nong thi mau'));
    people.save(person(1, '004', 'nong thi mau'));
    people.save(person(1, '005', 'ly van thu'));
    expect(people.search('nong', 10)).toEqual([]);
    expect(people.search('ly', 10)).toEqual([{ ...person(1, '005', 'ly van thu'), dossiers: 1 }]);
    expect(people.withKey('004').dossiers).toBe(0);
  });

  it('are not hidden by one who came a hundred times', async () => {
    const people = peopleOf(await tempDatabase());
    people.save(person(1, '005', 'nong van thu', 1));
    for (let n = 2; n < 102; n += 1) people.save(person(n, '004', 'nong thi mau', 2));
    expect(people.search('nong', 10).map((p) => [p.personKey, p.dossiers])).toEqual([
      ['004', 100],
      ['005', 1],
    ]);
  });
});

describe('the list of places', () => {
  it('is replaced whole, or stays where the new one is not right', async () => {
    const places = placesOf(await tempDatabase());
    expect(places.all()).toEqual([]);
    const one = {
      code: '01273',
      name: 'Phường Thục Phán',
      provinceCode: '04',
      provinceName: 'Tỉnh Cao Bằng',
    };
    const two = { ...one, code: '01290', name: 'Xã Bảo Lâm' };
    places.replace([one, two]);
    expect(places.all()).toEqual([one, two]);
    expect(() => places.replace([two, two])).toThrow('UNIQUE');
    expect(places.count()).toBe(2);
    places.replace([two]);
    expect(places.all()).toEqual([two]);
  });
});
