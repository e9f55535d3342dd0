import path from 'node:path';
import { app, BrowserWindow, Menu, session } from 'electron';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { startEngineProcess } from './engine-process.ts';
import { APP_ORIGIN } from './names.ts';
import { forbidEverything } from './permissions.ts';
import { relayMessages } from './relay.ts';
import { createWindow } from './window.ts';

/** Life cycle of the program: one instance, one window, one engine; the window goes, the engine finishes its write. */
export function startShell(): void {
  chooseDataFolder();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  registerAppScheme();
  app.enableSandbox();
  Menu.setApplicationMenu(null);
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.whenReady().then(start).catch(giveUp);
}

/**
 * On Windows the data stay on the machine: Electron's own choice lies in the roaming profile, which would carry
 * gigabytes of pages through every logon. The name is ASCII for the sake of vendors' modules.
 */
function chooseDataFolder(): void {
  const local = process.env.LOCALAPPDATA;
  if (process.platform === 'win32' && local) app.setPath('userData', path.join(local, 'mot-cua-counter'));
}

async function start(): Promise<void> {
  forbidEverything(session.defaultSession);
  serveApp(session.defaultSession.protocol, path.join(import.meta.dirname, '../renderer'));
  const engine = startEngineProcess({
    entry: path.join(import.meta.dirname, 'engine.js'),
    hostEntries: {
      token: path.join(import.meta.dirname, 'token-host.js'),
      usb: path.join(import.meta.dirname, 'usb-host.js'),
    },
    dataDir: app.getPath('userData'),
    version: app.getVersion(),
    resources: path.join(
      app.isPackaged ? process.resourcesPath : path.join(import.meta.dirname, '../..'),
      'resources',
    ),
  });
  stopBeforeQuitting(() => engine.stop());
  const window = createWindow(path.join(import.meta.dirname, '../preload/index.cjs'));
  relayMessages({ window, engine });
  // An engine that dies while the page is loading makes it load again, which ends the first load: not a failure.
  await window.loadURL(`${APP_ORIGIN}/`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_ABORTED') throw error;
  });
}

function stopBeforeQuitting(stop: () => Promise<void>): void {
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
}

/** Without a window nobody can be told anything; whoever started the program gets the reason and the exit code. */
function giveUp(error: unknown): void {
  console.error(error);
  app.exit(1);
}
