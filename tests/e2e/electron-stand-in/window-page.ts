import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Frame, type Route } from 'playwright-core';
import { log } from './log.ts';

const APP = 'app://counter';
/** Subdomains of localhost are a secure context, as app:// is; no request reaches a network. */
const MAPPED = 'http://counter.localhost';

/** A window's page in a real Chromium. Addresses outside are app://, inside the mapped origin. */
export interface WindowPage {
  load(url: string): Promise<void>;
  reload(): void;
  deliver(channel: string, payload: unknown): void;
  close(): Promise<void>;
}

export interface PageHooks {
  readonly preload: string;
  readonly frame: { url: string };
  readonly serve: (request: Request) => Response | Promise<Response>;
  /** `own` = the message came from the top frame. */
  readonly hear: (channel: string, payload: unknown, own: boolean) => void;
  readonly navigated: () => void;
  readonly crashed: () => void;
  readonly mayNavigate: (to: string) => boolean;
  readonly mayOpen: (to: string) => boolean;
  readonly closed: () => void;
}

export async function openPage(hooks: PageHooks): Promise<WindowPage> {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'counter-stand-in-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1366, height: 768 },
    locale: 'vi-VN',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      ...['--disable-sync', '--remote-debugging-port=0'],
    ],
  });
  const [debugPort] = (await readFile(path.join(profile, 'DevToolsActivePort'), 'utf8')).split('\n');
  const page = context.pages()[0] ?? (await context.newPage());
  const isTop = (frame: Frame) => frame === page.mainFrame();
  let loading = false;

  await page.route('**/*', (route) => answer(route));
  async function answer(route: Route): Promise<void> {
    const request = route.request();
    const url = request.url();
    const asked = url.replace(MAPPED, APP);
    const fromPage = request.isNavigationRequest() && isTop(request.frame()) && !loading;
    if (fromPage && !hooks.mayNavigate(asked)) {
      log('navigation-stopped', { url: asked });
      // This one leaves the page as it is, where other failures would show an error page in its place.
      return route.abort('aborted');
    }
    // Chromium's PDF viewer is an extension that comes with it, over resources of Chromium's own.
    if (/^chrome(-extension)?:\/\//.test(url)) return route.continue();
    // Whatever is not ours would go to a network: there it ends, and the test is told.
    if (!url.startsWith(`${MAPPED}/`)) {
      log('foreign-request', { url });
      return route.abort();
    }
    const response = await hooks.serve(new Request(asked, { method: request.method() }));
    const body = Buffer.from(await response.arrayBuffer());
    if (asked === `${APP}/`) log('page-headers', Object.fromEntries(response.headers));
    return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
  }

  await page.exposeBinding('standInSend', ({ frame }, channel: string, payload: unknown) =>
    hooks.hear(channel, payload, isTop(frame)),
  );
  await page.addInitScript({ content: preloadScript(readFileSync(hooks.preload, 'utf8')) });
  page.on('framenavigated', (frame) => {
    if (!isTop(frame)) return;
    hooks.frame.url = frame.url().replace(MAPPED, APP);
    hooks.navigated();
  });
  context.on('page', (opened) => {
    const url = opened.url();
    if (!hooks.mayOpen(url)) {
      log('window-stopped', { url });
      void opened.close();
    }
  });
  page.on('crash', () => hooks.crashed());
  page.on('close', () => hooks.closed());
  page.on('console', (message) => log('console', { type: message.type(), text: message.text() }));
  page.on('pageerror', (error) => log('pageerror', { text: error.message }));
  log('debug-port', { port: Number(debugPort) });

  async function asShell(action: () => Promise<unknown>): Promise<void> {
    loading = true;
    await action().finally(() => {
      loading = false;
    });
  }

  return {
    load: (url) => asShell(() => page.goto(url.replace(APP, MAPPED))),
    reload: () => {
      asShell(() => page.reload()).catch((error: Error) => log('reload-failed', { text: error.message }));
    },
    deliver(channel, payload) {
      const call = ([name, value]: [string, unknown]) =>
        (globalThis as unknown as { standInDeliver(c: string, p: unknown): void }).standInDeliver(
          name,
          value,
        );
      // A page that is being reloaded has nobody to tell.
      page
        .evaluate(call, [channel, payload] as [string, unknown])
        .catch((error: Error) => log('not-delivered', { channel, text: error.message.split('\n')[0] }));
    },
    async close() {
      await context.close();
      // Chromium's children write on for a moment after it has closed.
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** The preload's bundle as it is, in a function that gives it `require('electron')` and nothing else. */
function preloadScript(code: string): string {
  return `(() => {
    if (window !== window.top) return;
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
