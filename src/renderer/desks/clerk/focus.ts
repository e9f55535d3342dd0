/**
 * Moves the focus once the screen has been drawn again. With `onlyIfIdle` it leaves a text field alone that the
 * person is typing in, and any open dialog.
 */
export function focusSoon(selector: string, onlyIfIdle = false): void {
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      const active = document.activeElement;
      const busy = active?.matches('input, textarea, select') || active?.closest('[role="dialog"]');
      if (onlyIfIdle && busy) return;
      document.querySelector<HTMLElement>(selector)?.focus();
    });
  });
}
