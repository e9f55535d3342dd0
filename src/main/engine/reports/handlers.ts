import type { REPORTS_OPERATIONS } from '../../../contract/operations/reports.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';
import { once } from '../once.ts';
import { exportReport } from './export.ts';
import { createReporting } from './reporting.ts';
import { bookOnItsForm } from './tracking-book.ts';
import { loadReportWords } from './words.ts';

export function createReportsHandlers(parts: FieldParts): HandlersOf<typeof REPORTS_OPERATIONS> {
  // Read with the first report: a start must not wait for words that few days need.
  const ready = once(async () => {
    const words = await loadReportWords(parts.resources);
    return { words, reporting: createReporting(parts, words) };
  });
  return {
    'reports.make': async ({ request, ...page }) => (await ready()).reporting.make(request, page),
    'reports.open': async ({ request, row, column, ...page }) =>
      (await ready()).reporting.open(request, { row, column }, page),
    'reports.export': async ({ request, format }, caller) => {
      const { words, reporting } = await ready();
      const { resources, closing } = parts;
      const drawBook = bookOnItsForm(parts, caller.user);
      const file = await exportReport({ words, reporting, resources, closing, drawBook }, request, format);
      return { mime: file.mime, base64: Buffer.from(file.bytes).toString('base64'), name: file.name };
    },
  };
}
