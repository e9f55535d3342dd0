import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localDay } from '../../../src/main/calendar/local-time.ts';
import { refusal, startCounter, type TestCounter, UNIT } from './support/counter.ts';

describe('reports of a running counter', () => {
  let counter: TestCounter;
  beforeAll(async () => {
    counter = await startCounter();
  }, 60_000);
  afterAll(() => counter.stop());

  it('count a dossier from the moment it is received, and open it', async () => {
    const today = localDay(new Date());
    const request = { kind: 'progress' as const, by: 'procedure' as const, from: today, to: today };
    const page = { after: null, limit: 10 };
    const draft = await counter.ready('one');
    const before = await counter.call('reports.make', { request });
    expect(before).toMatchObject({ rows: [], unit: { code: UNIT.code, name: UNIT.name } });

    const { code } = await counter.call('dossiers.receive', { dossierId: draft.id });
    const report = await counter.call('reports.make', { request });
    const column = report.columns.findIndex((c) => c.id === 'in-counter');
    expect(report.rows.map((row) => [row.key, row.cells[column]])).toEqual([[draft.procedure.code, 1]]);
    const cell = { row: draft.procedure.code, column: 'in-counter' };
    const { rows } = await counter.call('reports.open', { request: report.request, ...cell, ...page });
    expect(rows).toMatchObject([{ dossierId: draft.id, state: 'received', share: 1 }]);

    const digitised = await counter.call('reports.make', {
      request: { ...request, kind: 'digitisation-766' },
    });
    const papers = digitised.rows.find((row) => row.key === 'SO_HOA_GIAY_TO_GIAI_QUYET')!;
    expect(papers.cells.slice(0, 3)).toEqual([1, 1, 100]);
    const book = await counter.call('reports.export', {
      request: { ...request, kind: 'tracking-book' },
      format: 'csv',
    });
    expect(Buffer.from(book.base64, 'base64').toString('utf8')).toContain(code!.value);
  });

  it('refuse what is no period and no column', async () => {
    const request = { kind: 'progress' as const, from: '2026-02-02', to: '2026-02-01' };
    expect(await refusal(counter.call('reports.make', { request }))).toMatchObject({ code: 'BAD_REQUEST' });
    const good = { ...request, to: '2026-03-01' };
    const open = counter.call('reports.open', { request: good, row: '', column: 'nothing' });
    expect(await refusal(open)).toMatchObject({ code: 'BAD_REQUEST', details: { where: 'column' } });
  });
});
