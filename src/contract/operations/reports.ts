import { z } from 'zod';
import { EVERYONE, query } from '../operation.ts';
import { openedRow, report, reportFormat, reportRequest } from '../reports.ts';

/** Where a list or a drill-down goes on: what the page before it gave. */
const page = {
  after: z.string().max(100).nullable().default(null),
  limit: z.number().int().min(1).max(500).default(100),
};

/** What a screen may ask of reports. */
export const REPORTS_OPERATIONS = {
  'reports.make': query(EVERYONE, z.object({ request: reportRequest, ...page }), report),
  /** The dossiers behind one number; row '' is the totals. Their shares add up to the number. */
  'reports.open': query(
    EVERYONE,
    z.object({ request: reportRequest, row: z.string().max(300), column: z.string().max(100), ...page }),
    z.object({ rows: z.array(openedRow), next: z.string().nullable() }),
  ),
  /** The whole report as a file, all pages of a list. */
  'reports.export': query(
    EVERYONE,
    z.object({ request: reportRequest, format: reportFormat }),
    z.object({ mime: z.string(), base64: z.base64(), name: z.string() }),
  ),
} as const;
