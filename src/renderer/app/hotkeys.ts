import { useEffect, useRef } from 'react';

/** Combinations, named as `comboOf` does, with what they do. */
export type Hotkeys = readonly (readonly [combo: string, action: () => void])[];

/** The name of a pressed combination, e.g. `F2`, `Ctrl+Z`, `Alt+ArrowDown`. */
export function comboOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'shiftKey'>): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return `${event.ctrlKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey ? 'Shift+' : ''}${key}`;
}

function modalIsOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="alertdialog"]') !== null;
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, [contenteditable="true"]');
}

/**
 * Keys of the whole screen. They rest while a dialog is open, and combinations that a text field uses itself
 * (Ctrl and a letter) are left to it. A held key counts once.
 */
export function useHotkeys(hotkeys: Hotkeys): void {
  const current = useRef(hotkeys);
  useEffect(() => {
    current.current = hotkeys;
  });
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      const combo = comboOf(event);
      const action = current.current.find(([name]) => name === combo)?.[1];
      if (!action || modalIsOpen()) return;
      if (isTextField(event.target) && /^Ctrl\+(Shift\+)?.$/.test(combo)) return;
      event.preventDefault();
      if (!event.repeat) action();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
