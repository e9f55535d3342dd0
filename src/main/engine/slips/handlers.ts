import type { SLIPS_OPERATIONS } from '../../../contract/operations/slips.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createSlipsHandlers(_parts: FieldParts): HandlersOf<typeof SLIPS_OPERATIONS> {
  return {};
}
