/** Saves a text as a file, in the way that the shell lets our own page save (a blob of its own). */
export function saveText(name: string, mime: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: mime }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the blob over by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

/**
 * Puts a text on the clipboard; false where that is not allowed. The window has no permission for the clipboard's own
 * interface, and needs none for what a person's key press copies.
 */
export function copyText(text: string): boolean {
  let done = false;
  function put(event: ClipboardEvent): void {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
    done = true;
  }
  document.addEventListener('copy', put, { once: true, capture: true });
  document.execCommand('copy');
  document.removeEventListener('copy', put, { capture: true });
  return done;
}
