import type { PROCEDURES_OPERATIONS } from '../../../contract/operations/procedures.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createCatalogueHandlers(_parts: FieldParts): HandlersOf<typeof PROCEDURES_OPERATIONS> {
  return {};
}
