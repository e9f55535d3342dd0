import path from 'node:path';
import { app, BrowserWindow, Menu, session } from 'electron';
import { APP_ORIGIN, registerAppScheme, serveApp } from './app-protocol.ts';
import { startEngineProcess } from './engine-process.ts';
import { forbidEverything } from './permissions.ts';
import { relayMessages } from './relay.ts';

/** Life cycle of the program: one instance, one window, one engine; the window goes, the engine finishes its write. */
export function startShell(): void {
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
  void app.whenReady().then(start);
}

async function start(): Promise<void> {
  forbidEverything(session.defaultSession, APP_ORIGIN);
  serveApp(session.defaultSession.protocol, path.join(import.meta.dirname, '../renderer'));
  const engine = startEngineProcess({
    entry: path.join(import.meta.dirname, 'engine.js'),
    tokenHostEntry: path.join(import.meta.dirname, 'token-host.js'),
    dataDir: app.getPath('userData'),
    version: app.getVersion(),
    resources: path.join(
      app.isPackaged ? process.resourcesPath : path.join(import.meta.dirname, '../..'),
      'resources',
    ),
  });
  const window = new BrowserWindow({
    width: 1366,
    height: 768,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    webPreferences: {
      preload: path.join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  relayMessages({ window, engine, origin: APP_ORIGIN });
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void engine.stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
  await window.loadURL(`${APP_ORIGIN}/`);
}
