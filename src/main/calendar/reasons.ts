import type { DueDate } from '../../contract/model.ts';

/** A line of reasoning: the key of a text in resources/texts/due-reasons.*.json, with its values. */
export type Reason = DueDate['reasons'][number];
export type Reasons = Reason[];

export function line(key: string, values: Reason['values']): Reason {
  return { key, values };
}
