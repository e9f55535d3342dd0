import { CounterError, type ErrorCode } from '../../contract/errors.ts';
import type { RawPage } from './port.ts';

/** Faults that strike one sheet: the clerk must know from which one to lay the pile again. */
const OF_A_SHEET: readonly ErrorCode[] = [
  'SCANNER_JAMMED',
  'SCANNER_COVER_OPEN',
  'SCANNER_IO',
  'PAGE_TRUNCATED',
];

/** The same pages; a fault of a sheet that names no `page` gets the number, from 1, of the first one not kept. */
export async function* withPageNumber(pages: AsyncIterable<RawPage>): AsyncGenerator<RawPage, void, void> {
  let kept = 0;
  try {
    for await (const page of pages) {
      kept = page.index + 1;
      yield page;
    }
  } catch (error) {
    if (!(error instanceof CounterError) || !OF_A_SHEET.includes(error.code)) throw error;
    if (error.details.page !== undefined) throw error;
    throw new CounterError(error.code, { ...error.details, page: kept + 1 }, { cause: error });
  }
}
