import type { CITIZENS_OPERATIONS } from '../../../contract/operations/citizens.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createCitizensHandlers(_parts: FieldParts): HandlersOf<typeof CITIZENS_OPERATIONS> {
  return {};
}
