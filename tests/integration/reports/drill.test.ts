import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report, ReportBy, ReportKind, ReportRequest } from '../../../src/contract/reports.ts';
import type { DossierFacts } from '../../../src/main/reports/facts.ts';
import { AS_OF, type MadeYear, makeYear } from '../../support/report-year.ts';
import { FIRST, requestOf, startReports, type TestReports } from './support.ts';

const SUMMED = ['count', 'money', 'hours', 'points'];

describe('drilling into a report', () => {
  let reports: TestReports;
  let year: MadeYear;
  beforeAll(async () => {
    reports = await startReports(AS_OF);
    year = makeYear(900, 7);
    reports.fill(year);
  });
  afterAll(() => reports.stop());

  /** Rows behind a number, over pages of an odd size so that borders fall everywhere. */
  async function opened(request: ReportRequest, row: string, column: string) {
    const rows: Awaited<ReturnType<TestReports['reporting']['open']>>['rows'] = [];
    let after: string | null = null;
    do {
      const page = await reports.reporting.open(request, { row, column }, { after, limit: 83 });
      rows.push(...page.rows);
      after = page.next;
    } while (after !== null);
    return rows;
  }

  async function checkEveryCell(report: Report): Promise<number> {
    let cells = 0;
    for (const row of [...report.rows, ...(report.totals ? [report.totals] : [])]) {
      for (const [i, column] of report.columns.entries()) {
        const value = row.cells[i];
        if (!SUMMED.includes(column.type) || typeof value !== 'number') continue;
        const rows = await opened(report.request, row.key, column.id);
        const sum = rows.reduce((total, { share }) => total + share, 0);
        expect([row.key, column.id, sum]).toEqual([row.key, column.id, expect.closeTo(value, 1)]);
        if (column.type === 'count') expect(rows.length, `${row.key} ${column.id}`).toBe(value);
        cells += 1;
      }
    }
    return cells;
  }

  it.each<[ReportKind, ReportBy, Partial<ReportRequest>]>([
    ['progress', 'field', {}],
    ['progress', 'clerk', { from: '2026-05-01', to: '2026-05-31' }],
    ['progress', 'procedure', { from: '2026-12-20', to: '2026-12-31' }],
    ['progress-766', 'channel', {}],
    ['progress-766', 'agency', { from: '2026-01-01', to: '2026-01-01' }],
    ['digitisation-766', 'none', {}],
    ['service-nd224', 'none', {}],
    ['scoring-tt01', 'none', {}],
    ['national-statistics', 'none', {}],
    ['ethnicity', 'none', { from: '2026-02-01', to: '2026-08-31' }],
    ['fees-by-day', 'none', { from: '2026-06-01', to: '2026-06-20' }],
  ])(
    'opens exactly the dossiers behind every number of %s by %s',
    async (kind, by, over) => {
      const report = await reports.reporting.make(requestOf({ kind, by, ...over }), FIRST);
      expect(await checkEveryCell(report)).toBeGreaterThan(2);
    },
    120_000,
  );

  it('opens the part of a share, and all entries of a list', async () => {
    const table = await reports.reporting.make(requestOf({ kind: 'digitisation-766' }), FIRST);
    const row = table.rows.find((r) => r.key === 'REUSED_DIGITIZED_DATA')!;
    expect(await opened(table.request, row.key, 'percent')).toHaveLength(row.cells[0] as number);
    for (const kind of ['tracking-book', 'late-now', 'due-soon'] as const) {
      const list = await reports.reporting.make(requestOf({ kind, withinHours: 200 }), FIRST);
      expect(await opened(list.request, '', 'entries')).toHaveLength(list.entries!);
    }
  });

  it('answers a column or a place that is not the report’s with a refusal', async () => {
    const request = requestOf({ kind: 'digitisation-766' });
    const open = (column: string, after: string | null) =>
      reports.reporting.open(request, { row: '', column }, { after, limit: 10 });
    for (const column of ['max', 'nothing', 'constructor', '']) {
      await expect(open(column, null)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    for (const after of ['', '1', "1:2:' OR 1=1", '1:2:00000000-0000-4000-8000-00000000000g']) {
      await expect(open('part', after)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
  });

  it('counts every month as an independent look at every dossier does', async () => {
    const report = await reports.reporting.make(
      requestOf({ kind: 'national-statistics', from: '2025-12-15', to: '2027-03-01' }),
      FIRST,
    );
    const keys = report.rows.map((row) => row.key);
    // The report is of 1 February 2027: March has not begun.
    expect(keys).toEqual(['2025-12', ...months2026(), '2027-01', '2027-02']);
    for (const record of report.records) {
      const expected = slowMonth(year.facts, Number(record.Nam), Number(record.Thang));
      expect(record).toMatchObject(expected);
      expect(Object.values(record).every((value) => typeof value === 'string')).toBe(true);
    }
  });

  it('narrows every report to what is asked for, and gives nothing for what is not there', async () => {
    const all = await reports.reporting.make(requestOf({ kind: 'progress', by: 'field' }), FIRST);
    const filters = { fields: ['G1', 'G3'], procedures: [], clerks: [], channels: [] };
    const two = await reports.reporting.make(requestOf({ kind: 'progress', by: 'field', filters }), FIRST);
    expect(two.rows).toEqual(all.rows.filter((row) => ['G1', 'G3'].includes(row.key)));
    const none = await reports.reporting.make(
      requestOf({ kind: 'progress', filters: { ...filters, fields: ["G1' OR '1'='1"] } }),
      FIRST,
    );
    expect(none.rows).toEqual([]);
    expect(none.totals!.cells.every((cell) => cell === 0)).toBe(true);
  });

  it('has shares without a number, and no failure, where a period is empty', async () => {
    const empty = { from: '2024-01-01', to: '2024-01-31' };
    for (const kind of ['digitisation-766', 'scoring-tt01', 'service-nd224'] as const) {
      const report = await reports.reporting.make(requestOf({ kind, ...empty }), FIRST);
      report.columns.forEach((column, i) => {
        if (column.of) expect(report.rows.map((row) => row.cells[i])).toEqual(report.rows.map(() => null));
      });
    }
    const statistics = await reports.reporting.make(
      requestOf({ kind: 'national-statistics', ...empty }),
      FIRST,
    );
    expect(statistics.records[0]).toMatchObject({ Thang: '1', TongSoXuLy: '0', PhanTramXuLyTreHan: '0.00' });
  });
});

function months2026(): string[] {
  return Array.from({ length: 12 }, (_, i) => `2026-${String(i + 1).padStart(2, '0')}`);
}

/** One month by its definition, with days as texts. The report is of 1 February 2027, 10:00 at the counter. */
function slowMonth(facts: readonly DossierFacts[], year: number, month: number): Record<string, string> {
  const NOW = '2027-02-01T10:00';
  const text = (minute: number) => new Date(minute * 60_000).toISOString().slice(0, 16);
  const start = `${year}-${String(month).padStart(2, '0')}-01T00:00`;
  const next =
    month === 12 ? `${year + 1}-01-01T00:00` : `${year}-${String(month + 1).padStart(2, '0')}-01T00:00`;
  const lastMinute = [text(Date.parse(`${next}Z`) / 60_000 - 1), NOW].sort()[0]!;
  const n = { received: 0, carried: 0, done: 0, late: 0, open: 0, openLate: 0 };
  for (const d of facts) {
    if (d.receivedAt === null || text(d.receivedAt) > lastMinute) continue;
    const settled = d.settledAt === null ? null : text(d.settledAt);
    if (settled !== null && settled < start) continue;
    if (text(d.receivedAt) < start) n.carried += 1;
    else n.received += 1;
    const dueDay = d.dueAt === null ? '9999' : text(d.dueAt).slice(0, 10);
    if (settled !== null && settled <= lastMinute) {
      n.done += 1;
      if (settled.slice(0, 10) > dueDay) n.late += 1;
      continue;
    }
    n.open += 1;
    const asked = d.supplementAskedAt !== null && text(d.supplementAskedAt) <= lastMinute;
    const answered = d.supplementAnsweredAt !== null && text(d.supplementAnsweredAt) <= lastMinute;
    const unpaid = d.state === 'waiting-payment' && text(d.stateSince) <= lastMinute;
    if (!(asked && !answered) && !unpaid && lastMinute.slice(0, 10) > dueDay) n.openLate += 1;
  }
  const percent = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole).toFixed(2);
  return {
    SoNhanTrongKy: `${n.received}`,
    SoTonKyTruoc: `${n.carried}`,
    TongSoXuLy: `${n.received + n.carried}`,
    TongDaXuLy: `${n.done}`,
    TongXuLyDungHan: `${n.done - n.late}`,
    PhanTramXuLyDungHan: percent(n.done - n.late, n.done),
    TongXuLyTreHan: `${n.late}`,
    PhanTramXuLyTreHan: percent(n.late, n.done),
    TongChuaXuLy: `${n.open}`,
    TongChuaXuLyTrongHan: `${n.open - n.openLate}`,
    TongChuaXuLyTreHan: `${n.openLate}`,
    PhanTramChuaXuLyTreHan: percent(n.openLate, n.open),
  };
}
