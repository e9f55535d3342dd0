import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from 'playwright-core';

const ROOT = path.resolve(import.meta.dirname, '../../..');
export const BUILD = path.join(ROOT, 'out');

/** What the shell asked of the stand-in: `event` names it. */
export type StandInEvent = Readonly<Record<string, unknown>> & { readonly event: string };

export interface StartedShell {
  readonly page: Page;
  readonly process: ChildProcess;
  readonly events: readonly StandInEvent[];
  named(event: string): StandInEvent[];
  /** The first event that suits from `since` (an index of `events`) on, at once or when it comes. */
  waitFor(event: string, suits?: (e: StandInEvent) => boolean, since?: number): Promise<StandInEvent>;
  /** Runs `action` and waits until the page that it makes the window load stands in place of the present one. */
  acrossReload(action: () => unknown): Promise<void>;
  /** Pid of the newest utility process with that bundle. */
  pidOf(bundle: string): number;
  /** The exit code. */
  stop(): Promise<number | null>;
}

/** Whether `npm run build` has been run; CI must have run it. */
export function isBuilt(): boolean {
  const built = [
    'main/index.js',
    'main/engine.js',
    'main/token-host.js',
    'preload/index.cjs',
    'renderer/index.html',
  ];
  const missing = built.filter((file) => !existsSync(path.join(BUILD, file)));
  if (missing.length > 0 && process.env.CI === 'true')
    throw new Error(`not built: out/${missing.join(', out/')}`);
  return missing.length === 0;
}

/** Starts the production build on the stand-in, with a window in a real Chromium. */
export async function startShell(
  userData: string,
  env: Readonly<Record<string, string>> = {},
): Promise<StartedShell> {
  const register = path.join(import.meta.dirname, 'register.ts');
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--import',
    register,
    path.join(BUILD, 'main/index.js'),
  ];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env, STAND_IN_USER_DATA: userData },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const events: StandInEvent[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    events.push(JSON.parse(line) as StandInEvent);
    for (const wake of waiting) wake();
  });

  function waitFor(event: string, suits: (e: StandInEvent) => boolean = () => true, since = 0) {
    const find = () => events.slice(since).find((e) => e.event === event && suits(e));
    return new Promise<StandInEvent>((resolve, reject) => {
      const look = () => {
        const found = find();
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void exited.then(() => reject(new Error(`the shell ended before '${event}'`)));
    });
  }

  const { port } = await waitFor('debug-port');
  await waitFor('loaded');
  const browser: Browser = await chromium.connectOverCDP(`http://127.0.0.1:${port as number}`);
  const page = browser.contexts()[0]!.pages()[0]!;
  return {
    page,
    process: child,
    events,
    named: (event) => events.filter((e) => e.event === event),
    waitFor,
    async acrossReload(action) {
      await page.evaluate(() => Object.assign(window, { beforeReload: true }) && null);
      await action();
      await page.waitForFunction(() => !('beforeReload' in window));
    },
    pidOf: (bundle) => {
      const started = events.filter((e) => e.event === 'utility-process' && e.entry === bundle);
      return started.at(-1)!.pid as number;
    },
    async stop() {
      await browser.close();
      child.kill('SIGTERM');
      return exited;
    },
  };
}
