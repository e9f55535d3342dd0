import type { LIFE_CYCLE_OPERATIONS } from '../../../contract/operations/life-cycle.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createLifeCycleHandlers(_parts: FieldParts): HandlersOf<typeof LIFE_CYCLE_OPERATIONS> {
  return {};
}
