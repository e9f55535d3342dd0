/**
 * Moves the focus once the screen has been drawn again. With `onlyIfIdle` it leaves a text field alone that the
 * person is typing in, and any open dialog or menu.
 */
export function focusSoon(target: string | HTMLElement, onlyIfIdle = false): void {
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      const active = document.activeElement;
      const busy =
        active?.matches('input, textarea, select') || active?.closest('[role="dialog"], [role="menu"]');
      if (onlyIfIdle && busy) return;
      const element = typeof target === 'string' ? document.querySelector<HTMLElement>(target) : target;
      element?.focus();
    });
  });
}

/** Moves the focus to what is on the screen already, before another key is pressed. */
export function focusNow(target: string): void {
  document.querySelector<HTMLElement>(target)?.focus();
}
