import type { Edit } from './edits.ts';

/** What was done to a dossier, the newest last, and what was taken back and can be done again. */
export interface UndoStack {
  readonly done: readonly Edit[];
  readonly undone: readonly Edit[];
}

export const NOTHING_DONE: UndoStack = { done: [], undone: [] };

/** Older edits are forgotten, not refused: the stack must not grow with the day. */
export const LONGEST_STACK = 500;

export function did(stack: UndoStack, edit: Edit): UndoStack {
  return { done: [...stack.done, edit].slice(-LONGEST_STACK), undone: [] };
}

export function tookBack(stack: UndoStack): UndoStack {
  const last = stack.done.at(-1);
  if (!last) return stack;
  return { done: stack.done.slice(0, -1), undone: [...stack.undone, last] };
}

export function didAgain(stack: UndoStack): UndoStack {
  const last = stack.undone.at(-1);
  if (!last) return stack;
  return { done: [...stack.done, last], undone: stack.undone.slice(0, -1) };
}
