import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type ReportRequest, reportRequest } from '../../../src/contract/reports.ts';
import { parseCalendar } from '../../../src/main/calendar/calendar.ts';
import { type CounterConfig, parseConfig } from '../../../src/main/engine/config.ts';
import { createReporting, type Reporting } from '../../../src/main/engine/reports/reporting.ts';
import { bookOnItsForm, type DrawBook } from '../../../src/main/engine/reports/tracking-book.ts';
import { loadReportWords, type ReportWords } from '../../../src/main/engine/reports/words.ts';
import { loadResources, type Resources } from '../../../src/main/engine/resources.ts';
import { readSlipForms, SYSTEM } from '../../../src/main/engine/slips/forms.ts';
import { createSlipIssuer } from '../../../src/main/engine/slips/issue.ts';
import { openStore, type Store } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import type { MadeYear } from '../../support/report-year.ts';

const UNIT = { code: 'H14.22.05', name: 'UBND xã Bảo Lâm' };
const RESOURCES = path.join(import.meta.dirname, '../../../resources');

export interface TestReports {
  readonly store: Store;
  readonly reporting: Reporting;
  readonly words: ReportWords;
  readonly resources: Resources;
  readonly closing: AbortController;
  readonly drawBook: DrawBook;
  fill(year: Pick<MadeYear, 'facts' | 'receipts'>): void;
  stop(): Promise<void>;
}

/** Reports over a store of their own, as the engine makes them. */
export async function startReports(now: string): Promise<TestReports> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'counter-reports-'));
  const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
  const resources = await loadResources(RESOURCES);
  const words = await loadReportWords(resources);
  const calendar = parseCalendar(
    await Promise.all([2025, 2026, 2027].map((year) => resources.json(`calendar/vn-${year}.json`))),
  );
  const closing = new AbortController();
  const config: CounterConfig = parseConfig(
    JSON.stringify({ unit: UNIT, counter: 'Q01', user: { name: 'Nông Thị Mẫu' } }),
    dataDir,
  );
  const reporting = createReporting(
    {
      store,
      calendar,
      closing: closing.signal,
      clock: { now: () => new Date(now) },
      config,
    },
    words,
  );
  const slips = createSlipIssuer({
    ...{ store, config },
    clock: { now: () => new Date(now) },
    drawnWith: {
      fonts: resources.fonts,
      forms: await readSlipForms(resources, ''),
      encodeBarcode: () => Promise.reject(new Error('the tracking book has no barcode')),
      system: SYSTEM,
    },
  });
  return {
    store,
    reporting,
    words,
    resources,
    closing,
    drawBook: bookOnItsForm({ config, slips, closing: closing.signal }, 'Nông Thị Mẫu'),
    fill({ facts, receipts }) {
      store.transaction(() => {
        for (const row of facts) store.dossierFacts.save(row, receipts.get(row.id) ?? []);
      });
    },
    async stop() {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function requestOf(request: Partial<ReportRequest> & Pick<ReportRequest, 'kind'>): ReportRequest {
  return reportRequest.parse({ from: '2026-01-01', to: '2026-12-31', ...request });
}

export const FIRST = { after: null, limit: 500 };
