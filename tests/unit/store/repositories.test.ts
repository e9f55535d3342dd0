import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/main/store/database.ts';
import { documentsOf } from '../../../src/main/store/documents.ts';
import { type DossierRecord, dossiersOf, prefixQuery } from '../../../src/main/store/dossiers.ts';
import { eventsOf, type NewEvent, type StoredEvent } from '../../../src/main/store/events.ts';
import { numbersOf } from '../../../src/main/store/numbers.ts';
import { vaultObjectsOf } from '../../../src/main/store/objects.ts';
import { pagesOf } from '../../../src/main/store/pages.ts';
import { type Projection, rebuild, saveProjection } from '../../../src/main/store/projection.ts';
import { settingsOf } from '../../../src/main/store/settings.ts';
import { PLAIN_FACTS } from '../../support/plain-facts.ts';
import { AT, codeOf, tempDatabase } from './fixtures.ts';

const event = (type: string, payload: unknown = {}): NewEvent => ({
  type,
  at: AT,
  actor: 'clerk-1',
  payload,
});
const hash = (n: number) => n.toString(16).padStart(64, '0');

function record(id: string, folded: string, more: Partial<DossierRecord> = {}): DossierRecord {
  return {
    id,
    version: 1,
    state: 'draft',
    delivery: 'none',
    visitId: null,
    groupId: null,
    procedureCode: '2.000815',
    procedureName: 'Chứng thực bản sao',
    applicantName: 'Nguyễn Văn Ơn',
    code: '',
    openedAt: AT,
    receivedAt: null,
    dueAt: null,
    pages: 0,
    folded,
    view: { id },
    ...more,
  };
}

describe('the journal of events', () => {
  it('keeps the events of each dossier in order, with their payload', async () => {
    const events = eventsOf(await tempDatabase());
    expect(events.append('a', 0, [event('opened', { by: 'Trần Thị Ánh' }), event('page')])).toBe(2);
    expect(events.append('b', 0, [event('opened')])).toBe(1);
    expect(events.append('a', 2, [event('page', [1, null, 'ữ'])])).toBe(3);
    expect(events.of('a').map((e) => [e.version, e.type, e.payload])).toEqual([
      [1, 'opened', { by: 'Trần Thị Ánh' }],
      [2, 'page', {}],
      [3, 'page', [1, null, 'ữ']],
    ]);
    expect(events.version('a')).toBe(3);
    expect(events.version('unknown')).toBe(0);
    expect(events.of('unknown')).toEqual([]);
    expect(events.after(events.of('a')[1]!.seq, 10).map((e) => [e.dossierId, e.version])).toEqual([
      ['b', 1],
      ['a', 3],
    ]);
  });

  it.each([0, 1, 3])(
    'refuses an append that expects version %i of a dossier at 2, and writes nothing',
    async (expected) => {
      const events = eventsOf(await tempDatabase());
      events.append('a', 0, [event('opened'), event('page')]);
      expect(await codeOf(() => events.append('a', expected, [event('late')]))).toBe('STORE_CONFLICT');
      expect(events.of('a').map((e) => e.type)).toEqual(['opened', 'page']);
    },
  );

  it('lets nobody change or drop an event', async () => {
    const db = await tempDatabase();
    eventsOf(db).append('a', 0, [event('opened')]);
    expect(() => db.run("UPDATE dossier_events SET actor = 'x'")).toThrow('immutable');
    expect(() => db.run('DELETE FROM dossier_events')).toThrow('immutable');
    expect(() =>
      db.run(
        "INSERT OR REPLACE INTO dossier_events SELECT seq, dossier_id, version, type, at, 'x', payload FROM dossier_events",
      ),
    ).toThrow('immutable');
    expect(eventsOf(db).of('a')[0]!.actor).toBe('clerk-1');
  });
});

describe('the list of dossiers', () => {
  it('finds by the beginnings of folded words, newest first', async () => {
    const dossiers = dossiersOf(await tempDatabase());
    dossiers.save(record('a', 'nguyen van on 000.12.34.h29-261123-0001'));
    dossiers.save(record('b', 'tran thi anh 001085012345'));
    dossiers.save(record('c', 'nguyen thi on'));
    const found = (text: string, limit = 10) => dossiers.search(text, limit).map((d) => d.id);
    expect(found('')).toEqual(['c', 'b', 'a']);
    expect(found('nguyen')).toEqual(['c', 'a']);
    expect(found('ng o')).toEqual(['c', 'a']);
    expect(found('thi')).toEqual(['c', 'b']);
    expect(found('nguyen van')).toEqual(['a']);
    expect(found('h29-261123-0001')).toEqual(['a']);
    expect(found('00108501')).toEqual(['b']);
    expect(found('guyen')).toEqual([]);
    expect(found('nguyen', 1)).toEqual(['c']);
  });

  it('finds a changed dossier by its new words alone and keeps its place', async () => {
    const dossiers = dossiersOf(await tempDatabase());
    dossiers.save(record('a', 'draft'));
    dossiers.save(record('b', 'other'));
    dossiers.save(record('a', 'le thi be', { version: 2, code: 'H29.1', state: 'received' }));
    expect(dossiers.search('draft', 5)).toEqual([]);
    expect(dossiers.search('le be', 5)).toHaveLength(1);
    expect(dossiers.search('', 5).map((d) => d.id)).toEqual(['b', 'a']);
    expect(dossiers.byCode('H29.1')).toMatchObject({ id: 'a', state: 'received', view: { id: 'a' } });
    expect(dossiers.byCode('')).toBeUndefined();
    expect(dossiers.get('zzz')).toBeUndefined();
  });

  it('lists the drafts alone, the oldest first', async () => {
    const dossiers = dossiersOf(await tempDatabase());
    for (const id of ['a', 'b', 'c']) dossiers.save(record(id, 'draft', { state: 'draft' }));
    dossiers.save(record('b', 'draft', { version: 2, state: 'received' }));
    expect(dossiers.takingPapers(5)).toEqual(['a', 'c']);
    expect(dossiers.takingPapers(1)).toEqual(['a']);
  });

  it.each(['"', 'a" OR "b', 'NEAR(a b)', '*', "';--", 'folded:a', '-', '(((', 'a AND', '\u0000x'])(
    'takes %j for words and not for query syntax',
    async (text) => {
      const dossiers = dossiersOf(await tempDatabase());
      dossiers.save(record('q', 'khong lien quan'));
      expect(dossiers.search(text, 5).every((d) => d.id === 'q')).toBe(true);
      expect(prefixQuery(text)).toMatch(/^("[\p{L}\p{M}\p{N}]+"\*( |$))*$/u);
    },
  );
});

/** A fold small enough to be checked by eye: counts pages and remembers the applicant. */
function project(dossierId: string, events: readonly StoredEvent[]): Projection {
  const pages = events.filter((e) => e.type === 'page').map((e) => e.payload as { id: string; hash: string });
  const name = events.findLast((e) => e.type === 'applicant')?.payload as { name: string } | undefined;
  return {
    dossier: record(dossierId, name?.name ?? '', {
      version: events.length,
      applicantName: name?.name ?? '',
      pages: pages.length,
    }),
    pages: pages.map((p) => ({
      id: p.id,
      dossierId,
      imageHash: p.hash,
      thumbnailHash: p.hash,
      originalHash: null,
      addedAt: AT,
    })),
    person: null,
    documents: [],
    facts: { ...PLAIN_FACTS, id: dossierId },
    receipts: [],
  };
}

describe('projections', () => {
  function fill(db: Database): void {
    vaultObjectsOf(db).add({ hash: hash(1), bytes: 10 }, AT);
    for (let i = 0; i < 450; i += 1) {
      const id = `dossier-${i}`;
      const facts = [event('opened'), event('applicant', { name: `nguoi ${i % 7}` })];
      const pages = Array.from({ length: i % 3 }, (_, p) =>
        event('page', { id: `${id}/${p}`, hash: hash(1) }),
      );
      db.transaction(() => {
        eventsOf(db).append(id, 0, [...facts, ...pages]);
        saveProjection(db, project(id, eventsOf(db).of(id)));
      });
    }
  }

  it('are the same after a replay of all events', async () => {
    const db = await tempDatabase();
    db.transaction(() => fill(db));
    const state = () => ({
      dossiers: db.all('SELECT * FROM dossiers ORDER BY id'),
      pages: db.all('SELECT * FROM pages ORDER BY id'),
      found: dossiersOf(db).search('nguoi 3', 200),
    });
    const before = state();
    expect(before.found.length).toBe(64);
    db.run("UPDATE dossiers SET applicant_name = 'wrong', state = 'sent'");
    db.run("DELETE FROM dossiers WHERE id = 'dossier-17'");
    expect(state()).not.toEqual(before);
    expect(rebuild(db, project)).toBe(450);
    expect(state()).toEqual(before);
  });

  it('stay as they were where the replay fails', async () => {
    const db = await tempDatabase();
    db.transaction(() => fill(db));
    const failing = (id: string, events: readonly StoredEvent[]) => {
      if (id === 'dossier-300') throw new Error('unknown event');
      return project(id, events);
    };
    expect(() => rebuild(db, failing)).toThrow('unknown event');
    expect(dossiersOf(db).get('dossier-299')?.applicantName).toBe('nguoi 5');
    expect(dossiersOf(db).search('nguoi', 500)).toHaveLength(450);
  });

  it('refer to nothing that the vault does not hold', async () => {
    const db = await tempDatabase();
    const page = {
      id: 'p',
      dossierId: 'a',
      imageHash: hash(9),
      thumbnailHash: hash(9),
      originalHash: null,
      addedAt: AT,
    };
    expect(() => pagesOf(db).save(page)).toThrow('FOREIGN KEY');
    vaultObjectsOf(db).add({ hash: hash(9), bytes: 1 }, AT);
    pagesOf(db).save(page);
    expect(pagesOf(db).of('a')).toEqual([page]);
    const document = {
      id: 'd',
      dossierId: 'a',
      kind: 'component',
      componentId: 'c1',
      vaultHash: hash(9),
      name: 'Tờ khai.pdf',
      sha256: hash(2),
      bytes: 1,
      createdAt: AT,
    } as const;
    documentsOf(db).save(document);
    expect(documentsOf(db).get('d')).toEqual(document);
    expect(() => documentsOf(db).save({ ...document, id: 'e', componentId: null })).toThrow('CHECK');
  });
});

describe('official numbers', () => {
  it('are handed out in the order of the block, each once, and the same dossier gets its own again', async () => {
    const numbers = numbersOf(await tempDatabase());
    expect(numbers.add('H29.1', '2026-11-23', ['n3', 'n1', 'n2'])).toBe(3);
    expect(numbers.add('H29.1', '2026-11-23', ['n2', 'n4'])).toBe(1);
    expect(numbers.free('H29.1', '2026-11-23')).toBe(4);
    const take = (dossier: string) => numbers.take('H29.1', '2026-11-23', dossier);
    expect([take('a'), take('b'), take('a'), take('c'), take('d'), take('e')]).toEqual([
      'n3',
      'n1',
      'n3',
      'n2',
      'n4',
      undefined,
    ]);
    expect(numbers.take('H29.1', '2026-11-24', 'e')).toBeUndefined();
    expect(numbers.take('H29.2', '2026-11-23', 'e')).toBeUndefined();
    expect(numbers.free('H29.1', '2026-11-23')).toBe(0);
  });
});

describe('settings', () => {
  it('keep the last value', async () => {
    const settings = settingsOf(await tempDatabase());
    expect(settings.get('pin')).toBeUndefined();
    settings.set('pin', 'a');
    settings.set('pin', 'b');
    expect(settings.get('pin')).toBe('b');
  });
});
