import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report, ReportKind } from '../../../src/contract/reports.ts';
import { AS_OF, type Known, type MadeYear, makeYear } from '../../support/report-year.ts';
import { FIRST, requestOf, startReports, type TestReports } from './support.ts';

/** Every number of a report that is not made of others, by `row|column`; zeros left out. */
function numbersOf(report: Report): Known {
  const numbers: Known = new Map();
  for (const row of [...report.rows, ...(report.totals ? [report.totals] : [])]) {
    report.columns.forEach((column, i) => {
      const value = row.cells[i];
      if (column.of || column.type === 'fixed' || column.type === 'hours') return;
      if (typeof value === 'number' && value !== 0) numbers.set(`${row.key}|${column.id}`, value);
    });
  }
  return numbers;
}

function knownOf(known: Known, report: string): Known {
  const own = [...known].filter(([key, value]) => key.startsWith(`${report}|`) && value !== 0);
  return new Map(own.map(([key, value]) => [key.slice(report.length + 1), value]));
}

const sorted = (numbers: Known) => Object.fromEntries([...numbers].sort(([a], [b]) => (a < b ? -1 : 1)));

describe('a year of 50,000 dossiers with known totals', () => {
  let reports: TestReports;
  let year: MadeYear;

  beforeAll(async () => {
    reports = await startReports(AS_OF);
    year = makeYear(50_000, 20_260_101);
    reports.fill(year);
  }, 120_000);
  afterAll(() => reports.stop());

  it.each<[ReportKind, 'none' | 'field']>([
    ['progress', 'field'],
    ['progress-766', 'field'],
    ['digitisation-766', 'none'],
    ['service-nd224', 'none'],
    ['scoring-tt01', 'none'],
    ['ethnicity', 'none'],
    ['fees-by-day', 'none'],
  ])('gives exactly these totals in %s by %s', async (kind, by) => {
    const report = await reports.reporting.make(requestOf({ kind, by }), FIRST);
    const known = knownOf(year.known, kind);
    // Two scored indices with two numbers each are the least that any of these reports has.
    expect(known.size).toBeGreaterThanOrEqual(4);
    expect(sorted(numbersOf(report))).toEqual(sorted(known));
  });

  it('opens as many dossiers as every number of the progress says', async () => {
    const report = await reports.reporting.make(requestOf({ kind: 'progress', by: 'none' }), FIRST);
    const row = report.rows[0]!;
    let opened = 0;
    for (const [i, column] of report.columns.entries()) {
      const ids = await allOpened(reports, report, row.key, column.id);
      expect([column.id, ids.size], column.id).toEqual([column.id, row.cells[i]]);
      opened += ids.size;
    }
    expect(opened).toBeGreaterThan(100_000);
  }, 120_000);

  it('numbers the tracking book without a gap, page by page, and has every dossier once', async () => {
    const request = requestOf({ kind: 'tracking-book', from: '2026-03-01', to: '2026-04-15' });
    const received = year.facts.filter(
      ({ receivedAt: at }) => at !== null && at >= minute('2026-01-01') && at < minute('2026-04-16'),
    );
    const before = received.filter((d) => d.receivedAt! < minute('2026-03-01')).length;
    const ids = new Set<string>();
    const numbers: number[] = [];
    let after: string | null = null;
    do {
      const page: Report = await reports.reporting.make(request, { after, limit: 500 });
      for (const row of page.rows) {
        ids.add(row.dossierId!);
        numbers.push(row.cells[0] as number);
      }
      expect(page.entries).toBe(after === null ? received.length - before : null);
      after = page.next;
    } while (after !== null);
    expect(ids.size).toBe(received.length - before);
    expect(numbers).toEqual(Array.from({ length: ids.size }, (_, i) => before + i + 1));
  });

  it('lets the engine go on: no piece of a report holds it long', async () => {
    let turns = 0;
    let going = true;
    const count = () => {
      turns += 1;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    await reports.reporting.make(requestOf({ kind: 'progress' }), FIRST);
    going = false;
    // Some hundred days of rows were read; a report in one piece would have let the loop turn a few times at most.
    expect(turns).toBeGreaterThan(10);
  });
});

function minute(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 60_000;
}

/** Ids with their shares behind one number, over all pages. */
async function allOpened(reports: TestReports, report: Report, row: string, column: string) {
  const shares = new Map<string, number>();
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<TestReports['reporting']['open']>> = await reports.reporting.open(
      report.request,
      { row, column },
      { after, limit: 500 },
    );
    for (const opened of page.rows) shares.set(opened.dossierId, opened.share);
    after = page.next;
  } while (after !== null);
  return shares;
}
