/** Pages of one component that are chosen together; ids are in no order. */
export interface Selection {
  readonly componentId: string;
  readonly ids: ReadonlySet<string>;
  /** Where a range begins. */
  readonly anchor: string;
}

/** Chooses what a press on `id` means: alone, added or taken away (Ctrl), or all from the anchor on (Shift). */
export function pick(
  selection: Selection | null,
  componentId: string,
  id: string,
  order: readonly string[],
  how: 'only' | 'toggle' | 'range',
): Selection | null {
  const same = selection?.componentId === componentId ? selection : null;
  if (how === 'only' || (!same && how === 'range')) return { componentId, ids: new Set([id]), anchor: id };
  if (how === 'toggle') {
    const ids = new Set(same?.ids);
    if (!ids.delete(id)) ids.add(id);
    return ids.size === 0 ? null : { componentId, ids, anchor: id };
  }
  const from = order.indexOf(same!.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return { componentId, ids: new Set([id]), anchor: id };
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { componentId, ids: new Set(range), anchor: same!.anchor };
}

export function pickAll(componentId: string, order: readonly string[]): Selection | null {
  const [first] = order;
  return first === undefined ? null : { componentId, ids: new Set(order), anchor: first };
}

/** The chosen pages that are still there, in the component's order. */
export function chosen(selection: Selection | null, componentId: string, order: readonly string[]): string[] {
  if (selection?.componentId !== componentId) return [];
  return order.filter((id) => selection.ids.has(id));
}
