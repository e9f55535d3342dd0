import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type ReportKind, reportRequest } from '../../src/contract/reports.ts';
import { parseCalendar } from '../../src/main/calendar/calendar.ts';
import { createReporting, type Reporting } from '../../src/main/engine/reports/reporting.ts';
import { openStore } from '../../src/main/store/index.ts';
import { fileKeyVault } from '../../src/main/store/key-vault.ts';
import { AS_OF, makeYear } from '../support/report-year.ts';

const SIZES = [50_000, 1_000_000] as const;
const KINDS: readonly ReportKind[] = ['progress', 'digitisation-766', 'national-statistics'];
/** Rows of one transaction while the store is filled. */
const LOT = 10_000;
const FIRST = { after: null, limit: 100 };

/**
 * Reports of a year over stores of 50,000 and of 1,000,000 dossiers, all of that year, and of one month of it:
 * milliseconds, and the longest that the loop was held meanwhile; then a page of the dossiers behind one number.
 */
export async function benchReports(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const size of SIZES) Object.assign(figures, await measure(size));
  return figures;
}

async function measure(size: number): Promise<Record<string, number>> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'counter-bench-reports-'));
  const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
  try {
    for (let made = 0; made < size; made += LOT) {
      const { facts } = makeYear(LOT, made);
      store.transaction(() => {
        for (const row of facts) store.dossierFacts.save({ ...row, id: idOf(made, row.id) }, []);
      });
    }
    const reporting = createReporting(
      {
        store,
        calendar: parseCalendar([]),
        closing: new AbortController().signal,
        clock: { now: () => new Date(AS_OF) },
        // Only the unit is asked of the configuration.
        config: { unit: { code: 'H14.22.05', name: 'UBND xã Bảo Lâm' } } as never,
      },
      { say: (key) => key, ethnicGroup: () => undefined },
    );
    return await run(reporting, size);
  } finally {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function run(reporting: Reporting, size: number): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const name = `reports.${size / 1000}k`;
  const request = (kind: ReportKind, from: string, to: string) =>
    reportRequest.parse({ kind, by: 'field', from, to });
  const held = monitorEventLoopDelay({ resolution: 1 });
  const timed = async (what: string, work: () => Promise<unknown>) => {
    held.reset();
    held.enable();
    const start = performance.now();
    await work();
    figures[`${name}.${what}Ms`] = performance.now() - start;
    held.disable();
    figures[`${name}.${what}.heldMs`] = held.max / 1e6;
  };
  for (const kind of KINDS) {
    await timed(`${kind}.year`, () => reporting.make(request(kind, '2026-01-01', '2026-12-31'), FIRST));
  }
  await timed('progress.month', () => reporting.make(request('progress', '2026-06-01', '2026-06-30'), FIRST));
  await timed('open', () =>
    reporting.open(
      request('progress', '2026-01-01', '2026-12-31'),
      { row: 'G1', column: 'solved-late' },
      FIRST,
    ),
  );
  return figures;
}

function idOf(lot: number, id: string): string {
  return id.replace(/^0{8}/, String(lot).padStart(8, '0'));
}
