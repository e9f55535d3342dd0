import type { PRINTING_OPERATIONS } from '../../../contract/operations/printing.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createPrintingHandlers(_parts: FieldParts): HandlersOf<typeof PRINTING_OPERATIONS> {
  return {};
}
