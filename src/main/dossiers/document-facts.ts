import { findDate } from './document-date.ts';
import { findIssuer } from './document-issuer.ts';
import { findNumber, landNumber } from './document-number.ts';
import { type Suggestion, sheetOf, suggestion } from './document-sheet.ts';
import { findTitle, kindOf, subjectOfLetter } from './document-title.ts';
import type { ReadPage } from './page-lines.ts';

/** What a paper says of itself; null where it does not say it or not surely. */
export interface SuggestedFacts {
  /** Số và ký hiệu: `12/QĐ-UBND`, `45/2026`; a land certificate's serial `AB 123456`. */
  readonly number: Suggestion | null;
  /** Day of issue, YYYY-MM-DD. */
  readonly date: Suggestion | null;
  /** The agency that issued it, without the one above it. */
  readonly issuer: Suggestion | null;
  /** Tên loại và trích yếu in one line. */
  readonly title: Suggestion | null;
}

/**
 * Looks for what a Vietnamese administrative paper says of itself where NĐ 30/2020 Phụ lục I (mục II, 1–5) puts it:
 * issuer at the upper left, number under it, place and day at the upper right, title and abstract in the middle;
 * civil-status papers and land certificates by the labels of their forms. Two different answers are none.
 */
export function suggestDocumentFacts(page: ReadPage): SuggestedFacts {
  const sheet = sheetOf(page);
  const heading = findTitle(sheet);
  const kind = kindOf(heading);
  return {
    number: kind === 'land' ? landNumber(sheet) : findNumber(sheet, heading),
    date: findDate(sheet, heading, kind),
    issuer: findIssuer(sheet, heading, kind),
    title: heading ? suggestion(heading.value, heading.words, heading.factor) : subjectOfLetter(sheet),
  };
}
