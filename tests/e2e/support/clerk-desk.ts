import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { rendererConfig } from '../../../vite.renderer.config.ts';
import { type FakeEngine, startFakeEngine } from './fake-engine.ts';

const ARTIFACTS = path.resolve(import.meta.dirname, '../../.artifacts');
export const CARD =
  '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022';

/** The machine may be busy: what is waited for may take its time, but not for ever. */
const PATIENCE_MS = 15_000;
export const eventually = <T>(look: () => T) => expect.poll(look, { timeout: PATIENCE_MS });

/** The built screen in Chromium before a fake engine, new for each test; nothing may go to the console unseen. */
export interface Desk {
  readonly engine: FakeEngine;
  page: Page;
  readonly browser: Browser;
  /** What Chromium complained of; a test that expects something takes it out. */
  problems: string[];
  open(options: Parameters<Browser['newContext']>[0]): Promise<Page>;
  press(key: string): Promise<void>;
  type(text: string): Promise<void>;
  shot(name: string): Promise<unknown>;
  thumbs(component: string): ReturnType<Page['locator']>;
  order(component: string): Promise<(string | null)[]>;
  fault(code: string): ReturnType<Page['locator']>;
  focusIsIn(selector: string): Promise<void>;
  /** Key events as a gun in keyboard mode makes them: one after another, Enter last. */
  shoot(line: string): Promise<void>;
  openDossier(): Promise<void>;
  shootCard(): Promise<void>;
  /** Scans that many pages into the component at hand, and waits for the last. */
  scan(component: string, sheets: number): Promise<void>;
  dossierId(): string;
  callsTo(operation: string): { readonly operation: string; readonly input: unknown }[];
}

/** Call it inside a describe; its hooks keep `Desk` in step with the test that runs. */
export function clerkDesk(): Desk {
  let rendererDir: string;
  let browser: Browser;
  let engine: FakeEngine;

  const desk: Desk = {
    page: undefined as unknown as Page,
    problems: [],
    get engine() {
      return engine;
    },
    get browser() {
      return browser;
    },
    async open(options) {
      const context = await browser.newContext({
        viewport: { width: 1366, height: 768 },
        reducedMotion: 'reduce',
        locale: 'vi-VN',
        ...options,
      });
      context.setDefaultTimeout(PATIENCE_MS);
      const opened = await context.newPage();
      desk.problems = [];
      opened.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') desk.problems.push(message.text());
      });
      opened.on('pageerror', (error) => desk.problems.push(String(error)));
      await opened.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          console.error(
            `CSP ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
          );
        });
      });
      await opened.goto(engine.url);
      return opened;
    },
    press: (key) => desk.page.keyboard.press(key),
    type: (text) => desk.page.keyboard.type(text),
    shot: (name) => desk.page.screenshot({ path: path.join(ARTIFACTS, `clerk-${name}.png`) }),
    thumbs: (component) => desk.page.locator(`[data-component="${component}"] [data-page]`),
    order: (component) =>
      desk.thumbs(component).evaluateAll((all) => all.map((e) => e.getAttribute('data-page'))),
    fault: (code) => desk.page.locator(`[data-fault="${code}"]`),
    async focusIsIn(selector) {
      try {
        await desk.page.locator(`${selector}:focus`).waitFor();
      } catch (error) {
        const where = await desk.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 300));
        throw new Error(`the focus is not in ${selector} but in ${where}`, { cause: error });
      }
    },
    async shoot(line) {
      await desk.page.evaluate(
        (keys) => {
          for (const key of keys) {
            document.activeElement?.dispatchEvent(
              new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
            );
          }
        },
        [...line, 'Enter'],
      );
    },
    async openDossier() {
      await desk.page.getByRole('option').first().waitFor();
      await desk.type('dang ky lai khai sinh');
      await desk.press('Enter');
      await desk.page.getByText('Quét mã QR trên thẻ căn cước', { exact: true }).waitFor();
    },
    async shootCard() {
      await desk.focusIsIn('input');
      await desk.type(CARD);
      await desk.press('Enter');
      await desk.page.getByText('Nông Thị Mẫu').first().waitFor();
      await desk.focusIsIn('[data-scan="c1"]');
    },
    async scan(component, sheets) {
      const before = await desk.thumbs(component).count();
      engine.loadFeeder(sheets);
      await desk.press('F6');
      await eventually(() => desk.thumbs(component).count()).toBe(before + sheets);
      await desk.page.locator('.fui-ProgressBar').waitFor({ state: 'detached' });
    },
    dossierId() {
      const draft = engine.dossiers().find((d) => d.state === 'draft');
      if (!draft) throw new Error('no dossier is open');
      return draft.id;
    },
    callsTo: (operation) => engine.calls.filter((c) => c.operation === operation),
  };

  beforeAll(async () => {
    mkdirSync(ARTIFACTS, { recursive: true });
    rendererDir = mkdtempSync(path.join(tmpdir(), 'renderer-'));
    // The product's own build: the test runner's NODE_ENV would bundle React's slow development half.
    vi.stubEnv('NODE_ENV', 'production');
    await build({
      ...rendererConfig,
      configFile: false,
      logLevel: 'error',
      build: { ...rendererConfig.build, outDir: rendererDir },
    });
    vi.unstubAllEnvs();
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(rendererDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    engine = await startFakeEngine(rendererDir);
    desk.page = await desk.open({});
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      await desk.shot(`failed-${task.name.replace(/\W+/g, '-').slice(0, 40)}`);
    await desk.page.context().close();
    await engine.close();
    expect(desk.problems).toEqual([]);
  });
  return desk;
}
