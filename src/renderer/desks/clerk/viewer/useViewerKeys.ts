import { useEffect, useRef } from 'react';
import { comboOf } from '../../../app/hotkeys.ts';

export type ViewerKeys = Readonly<Record<string, () => void>>;

/** What works these keys itself when it has the focus. */
const OWN_KEYS: Readonly<Record<string, string>> = {
  Enter: 'button, a, select, input, [role="switch"]',
  ' ': 'button, a, select, input, [role="switch"]',
  ArrowLeft: 'input[type="range"], select',
  ArrowRight: 'input[type="range"], select',
};

/**
 * Keys work wherever the focus is, for a button that goes away takes the focus with it. `keys` may be null: then
 * another dialog lies on top. `held` is told when its key goes down and up again.
 */
export function useViewerKeys(
  keys: ViewerKeys | null,
  held: { readonly combo: string; readonly on: (down: boolean) => void },
): void {
  const current = useRef({ keys, held });
  useEffect(() => {
    current.current = { keys, held };
  });
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      const { keys, held } = current.current;
      if (!keys) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.matches('select') && !event.ctrlKey) return;
      const combo = comboOf(event);
      if (target?.matches(OWN_KEYS[event.key] ?? ':not(*)')) return;
      const action = combo === held.combo ? () => held.on(true) : keys[combo];
      if (!action) return;
      event.preventDefault();
      event.stopPropagation();
      action();
    }
    function onKeyUp(event: KeyboardEvent): void {
      const { held } = current.current;
      if (comboOf(event) === held.combo) held.on(false);
    }
    window.addEventListener('keydown', onKeyDown, true);
    window.addEventListener('keyup', onKeyUp, true);
    return () => {
      window.removeEventListener('keydown', onKeyDown, true);
      window.removeEventListener('keyup', onKeyUp, true);
    };
  }, []);
}
