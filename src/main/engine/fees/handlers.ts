import type { FEES_OPERATIONS } from '../../../contract/operations/fees.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createFeesHandlers(_parts: FieldParts): HandlersOf<typeof FEES_OPERATIONS> {
  return {};
}
