import type { REPORTS_OPERATIONS } from '../../../contract/operations/reports.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createReportsHandlers(_parts: FieldParts): HandlersOf<typeof REPORTS_OPERATIONS> {
  return {};
}
