import type { ReportKind } from '../../../contract/reports.ts';
import type { ReportDefinition } from '../definition.ts';
import { DIGITISATION_766, SCORING_TT01, SERVICE_ND224 } from './indicators.ts';
import { DUE_SOON, LATE_NOW, TRACKING_BOOK } from './lists.ts';
import { NATIONAL_STATISTICS } from './monthly.ts';
import { ETHNICITY, FEES_BY_DAY } from './people-and-money.ts';
import { PROGRESS, PROGRESS_766 } from './progress.ts';

/** Every report, by its kind. */
export const DEFINITIONS: Readonly<Record<ReportKind, ReportDefinition>> = {
  'tracking-book': TRACKING_BOOK,
  progress: PROGRESS,
  'progress-766': PROGRESS_766,
  'digitisation-766': DIGITISATION_766,
  'national-statistics': NATIONAL_STATISTICS,
  'scoring-tt01': SCORING_TT01,
  'service-nd224': SERVICE_ND224,
  ethnicity: ETHNICITY,
  'fees-by-day': FEES_BY_DAY,
  'late-now': LATE_NOW,
  'due-soon': DUE_SOON,
};
