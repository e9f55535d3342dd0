/**
 * As much of Electron's API as the shell uses, over plain Node and Debian's Chromium. The shell's production
 * bundle runs on it unchanged; app:// becomes an intercepted origin, utility processes become child processes.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const APP = 'app://counter';
/** Subdomains of localhost are a secure context, as app:// is; no request reaches a network. */
const MAPPED = 'http://counter.localhost';

const userData = process.env.STAND_IN_USER_DATA ?? '';
if (userData === '') throw new Error('STAND_IN_USER_DATA is needed');
mkdirSync(userData, { recursive: true });

type Handler = (request: Request) => Response | Promise<Response>;
const handlers = new Map<string, Handler>();
const log = (event: string, details: object = {}) => console.log(JSON.stringify({ event, ...details }));

class App extends EventEmitter {
  readonly isPackaged = false;
  requestSingleInstanceLock(): boolean {
    return true;
  }
  enableSandbox(): void {}
  async whenReady(): Promise<void> {}
  getVersion(): string {
    return '0.1.0';
  }
  getPath(name: string): string {
    return name === 'userData' ? userData : path.join(userData, name);
  }
  quit(): void {
    let prevented = false;
    this.emit('will-quit', { preventDefault: () => (prevented = true) });
    if (!prevented) void context?.close().finally(() => process.exit(0));
  }
}
export const app = new App();

export const Menu = { setApplicationMenu: (_menu: null): void => {} };

export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly { scheme: string }[]): void =>
    log('schemes', { schemes: schemes.map((s) => s.scheme) }),
};

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (_handler: unknown): void => {},
    setPermissionCheckHandler: (_handler: unknown): void => {},
    setDevicePermissionHandler: (_handler: unknown): void => {},
    protocol: { handle: (scheme: string, handler: Handler): void => void handlers.set(scheme, handler) },
  },
};

const wrapFile = path.join(userData, 'stand-in-os-vault.key');
export const safeStorage = {
  isEncryptionAvailable: () => true,
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptString(text: string): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', osKey(), iv);
    return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  },
  decryptString(wrapped: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', osKey(), wrapped.subarray(0, 12));
    decipher.setAuthTag(wrapped.subarray(-16));
    return decipher.update(wrapped.subarray(12, -16)).toString('utf8') + decipher.final('utf8');
  },
};

/** The OS vault's own key outlives the program. */
function osKey(): Buffer {
  if (!existsSync(wrapFile)) writeFileSync(wrapFile, randomBytes(32), { mode: 0o600 });
  return readFileSync(wrapFile);
}

class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;
  constructor(entry: string) {
    super();
    const preload = new URL('./parent-port.ts', import.meta.url).href;
    this.#child = fork(entry, [], { execArgv: ['--import', preload], serialization: 'advanced' });
    log('utility-process', { entry: path.basename(entry), pid: this.#child.pid });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code) => this.emit('exit', code ?? 1));
  }
  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object);
  }
  kill(): boolean {
    return this.#child.kill('SIGKILL');
  }
}
export const utilityProcess = { fork: (entry: string): UtilityProcess => new UtilityProcess(entry) };

export const ipcMain = new EventEmitter();

let context: BrowserContext | null = null;

class WebContents extends EventEmitter {
  readonly id = 1;
  readonly mainFrame = { url: '' };
  page: Page | null = null;
  setWindowOpenHandler(_handler: unknown): void {}
  send(channel: string, payload?: unknown): void {
    const deliver = ([name, value]: [string, unknown]) =>
      (globalThis as unknown as { standInDeliver(c: string, p: unknown): void }).standInDeliver(name, value);
    // A page that is being reloaded has nobody to tell.
    this.page?.evaluate(deliver, [channel, payload ?? null] as [string, unknown]).catch(() => undefined);
  }
  reload(): void {
    log('reload');
    void this.page?.reload();
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly #preload: string;
  #destroyed = false;

  constructor(options: { webPreferences: { preload: string; sandbox: boolean; contextIsolation: boolean } }) {
    super();
    this.#preload = options.webPreferences.preload;
    log('window', options.webPreferences);
    app.emit('web-contents-created', {}, this.webContents);
  }

  static getAllWindows(): BrowserWindow[] {
    return [];
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {}
  focus(): void {}
  show(): void {}

  async loadURL(url: string): Promise<void> {
    const profile = await mkdtemp(path.join(os.tmpdir(), 'counter-stand-in-'));
    context = await chromium.launchPersistentContext(profile, {
      executablePath: '/usr/bin/chromium',
      headless: true,
      viewport: { width: 1366, height: 768 },
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
        ...['--disable-sync', `--remote-debugging-port=${process.env.STAND_IN_DEBUG_PORT ?? '0'}`],
      ],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    this.webContents.page = page;
    await page.route('**/*', async (route) => {
      const asked = route.request().url();
      const handler = handlers.get('app');
      if (!handler || !asked.startsWith(`${MAPPED}/`)) return route.abort();
      const method = route.request().method();
      const response = await handler(new Request(asked.replace(MAPPED, APP), { method }));
      const body = Buffer.from(await response.arrayBuffer());
      return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
    });
    await page.exposeBinding('standInSend', (source, channel: string, payload: unknown) => {
      this.webContents.mainFrame.url = source.frame.url().replace(MAPPED, APP);
      const senderFrame = source.frame === page.mainFrame() ? this.webContents.mainFrame : { url: 'other' };
      ipcMain.emit(channel, { sender: this.webContents, senderFrame }, payload);
    });
    await page.addInitScript({ content: preloadScript(readFileSync(this.#preload, 'utf8')) });
    page.on('console', (message) => log('console', { type: message.type(), text: message.text() }));
    page.on('pageerror', (error) => log('pageerror', { text: error.message }));
    await page.goto(url.replace(APP, MAPPED));
    this.emit('ready-to-show');
    log('loaded', { url });
  }
}

/** The preload's bundle as it is, in a function that gives it `require('electron')` and nothing else. */
function preloadScript(code: string): string {
  return `(() => {
    const listeners = new Map();
    window.standInDeliver = (channel, payload) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, payload);
    };
    const electron = {
      contextBridge: { exposeInMainWorld: (name, api) => { window[name] = Object.freeze(api); } },
      ipcRenderer: {
        send: (channel, payload) => void window.standInSend(channel, payload),
        on: (channel, listener) => {
          if (!listeners.has(channel)) listeners.set(channel, new Set());
          listeners.get(channel).add(listener);
        },
        removeListener: (channel, listener) => listeners.get(channel)?.delete(listener),
      },
    };
    const module = { exports: {} };
    ((require, module, exports) => {
${code}
    })((name) => { if (name === 'electron') return electron; throw new Error('not allowed: ' + name); }, module, module.exports);
  })();`;
}

process.on('SIGTERM', () => app.quit());
