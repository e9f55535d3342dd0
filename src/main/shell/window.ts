import path from 'node:path';
import { BrowserWindow } from 'electron';

/** After this many crashes within a minute the page is left as it is: it would crash again. */
const MAX_CRASHES_PER_MINUTE = 3;

/** The counter's one window: sandboxed, isolated, without Node. A page that crashes is loaded again. */
export function createWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1366,
    height: 768,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    webPreferences: {
      preload: path.resolve(preload),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // Slips and signed components are shown by Chromium's own PDF viewer, which counts as a plug-in.
      plugins: true,
    },
  });
  window.once('ready-to-show', () => window.show());
  const crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    crashes.push(now);
    if (crashes.filter((at) => now - at < 60_000).length <= MAX_CRASHES_PER_MINUTE)
      window.webContents.reload();
  });
  return window;
}
