import { useEffect, useRef } from 'react';

/** Keys of a gun follow each other faster than a person types. */
const FASTEST_TYPIST_MS = 35;
const SHORTEST_LINE = 20;

export interface GunState {
  readonly line: string;
  readonly at: number;
  /** How many keys have come at a gun's speed. */
  readonly fast: number;
}

export const NO_KEYS: GunState = { line: '', at: 0, fast: 0 };

/** Whether a line is a citizen card's (fields parted by `|`), wherever it ended up. */
export function looksLikeCard(line: string): boolean {
  return line.length >= SHORTEST_LINE && line.includes('|');
}

/**
 * Adds a key at time `at` (ms). `taken` tells that the key belongs to a gun and must not work the screen;
 * `line` is the whole line once Enter ends one that looks like a citizen card's (fields parted by `|`).
 */
export function gunKey(
  state: GunState,
  key: string,
  at: number,
): { state: GunState; taken: boolean; line: string | null } {
  const follows = at - state.at <= FASTEST_TYPIST_MS;
  if (key === 'Enter') {
    const whole = follows && looksLikeCard(state.line);
    return { state: NO_KEYS, taken: whole, line: whole ? state.line : null };
  }
  if (key.length !== 1) return { state: { ...state, at }, taken: false, line: null };
  const next: GunState = follows
    ? { line: state.line + key, at, fast: state.fast + 1 }
    : { line: key, at, fast: 0 };
  return { state: next, taken: next.fast >= 2, line: null };
}

/** Catches a card line that is shot while no text field has the focus, wherever on the screen the focus is. */
export function useGun(onLine: (line: string) => void): void {
  const handler = useRef(onLine);
  useEffect(() => {
    handler.current = onLine;
  });
  useEffect(() => {
    let state = NO_KEYS;
    function onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target instanceof HTMLElement && event.target.matches('input, textarea, select')) return;
      const result = gunKey(state, event.key, event.timeStamp);
      state = result.state;
      if (result.taken) {
        event.preventDefault();
        event.stopPropagation();
      }
      if (result.line !== null) handler.current(result.line);
    }
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, []);
}
