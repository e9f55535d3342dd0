/**
 * As much of Electron's API as the shell uses, over plain Node and Debian's Chromium. The shell's production
 * bundle runs on it unchanged; app:// becomes an intercepted origin, utility processes become child processes.
 */
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { answersOf, type Guards } from './guards.ts';
import { log } from './log.ts';
import { userData } from './user-data.ts';
import { openPage, type WindowPage } from './window-page.ts';

export { safeStorage } from './safe-storage.ts';
export { utilityProcess } from './utility-process.ts';

export const APP = 'app://counter';

interface QuitEvent {
  preventDefault(): void;
}

class App extends EventEmitter {
  readonly isPackaged = false;
  #leaving = false;
  requestSingleInstanceLock(): boolean {
    return true;
  }
  enableSandbox(): void {
    log('sandbox-for-all');
  }
  async whenReady(): Promise<void> {}
  getVersion(): string {
    return '0.1.0';
  }
  getPath(name: string): string {
    return name === 'userData' ? userData : path.join(userData, name);
  }
  quit(): void {
    let prevented = false;
    const event: QuitEvent = {
      preventDefault() {
        prevented = true;
      },
    };
    this.emit('will-quit', event);
    if (prevented || this.#leaving) return;
    this.#leaving = true;
    const pages = BrowserWindow.all.map((window) => window.webContents.page?.close());
    void Promise.all(pages).finally(() => this.exit(0));
  }
  exit(code: number): void {
    log('exit', { code });
    process.exit(code);
  }
}
export const app = new App();

export const Menu = { setApplicationMenu: (menu: null): void => log('menu', { menu }) };

export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly { scheme: string; privileges: object }[]): void =>
    log('schemes', { schemes }),
};

type Serve = (request: Request) => Response | Promise<Response>;
let serve: Serve = () => new Response(null, { status: 404 });
const guards: Guards = {};

class Session extends EventEmitter {
  readonly protocol = {
    handle(scheme: string, handler: Serve): void {
      if (scheme === 'app') serve = handler;
    },
  };
  setPermissionRequestHandler(handler: Guards['permissionRequest']): void {
    guards.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: Guards['permissionCheck']): void {
    guards.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: Guards['devicePermission']): void {
    guards.devicePermission = handler;
  }
}
export const session = { defaultSession: new Session() };

export const ipcMain = new EventEmitter();

class WebContents extends EventEmitter {
  readonly id = 1;
  readonly mainFrame = { url: '' };
  page: WindowPage | null = null;
  setWindowOpenHandler(handler: Guards['windowOpen']): void {
    guards.windowOpen = handler;
  }
  send(channel: string, payload?: unknown): void {
    this.page?.deliver(channel, payload ?? null);
  }
  reload(): void {
    log('reload');
    this.page?.reload();
  }
}

interface WindowOptions {
  readonly webPreferences: { readonly preload: string };
}

export class BrowserWindow extends EventEmitter {
  /** Also those that are closed: their browser's profile is still there. */
  static readonly all: BrowserWindow[] = [];
  readonly webContents = new WebContents();
  readonly #preload: string;
  #destroyed = false;

  constructor(options: WindowOptions) {
    super();
    this.#preload = options.webPreferences.preload;
    log('window', options.webPreferences);
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  static getAllWindows(): BrowserWindow[] {
    return BrowserWindow.all.filter((window) => !window.isDestroyed());
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {}
  focus(): void {}
  show(): void {
    log('shown');
  }

  async loadURL(url: string): Promise<void> {
    log('answers', answersOf(guards, this.webContents, session.defaultSession));
    const { webContents } = this;
    webContents.page = await openPage({
      preload: this.#preload,
      serve: (request) => serve(request),
      frame: webContents.mainFrame,
      hear: (channel, payload, own) =>
        ipcMain.emit(
          channel,
          { sender: webContents, senderFrame: own ? webContents.mainFrame : { url: `${APP}/` } },
          payload,
        ),
      navigated: () => webContents.emit('did-navigate'),
      crashed: () => webContents.emit('render-process-gone', {}, { reason: 'crashed' }),
      mayNavigate(to) {
        let allowed = true;
        webContents.emit('will-navigate', {
          url: to,
          preventDefault() {
            allowed = false;
          },
        });
        return allowed;
      },
      mayOpen: (to) => guards.windowOpen?.({ url: to }).action === 'allow',
      closed: () => {
        this.#destroyed = true;
        this.emit('closed');
        app.emit('window-all-closed');
      },
    });
    await webContents.page.load(url);
    this.emit('ready-to-show');
    log('loaded', { url });
  }
}

process.on('SIGTERM', () => app.quit());
