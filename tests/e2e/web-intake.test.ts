import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithPeers } from '../support/peers.ts';
import { isBuilt } from './electron-stand-in/start.ts';
import { takeInByKeys } from './support/keyboard-intake.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ARTIFACTS = path.join(ROOT, 'tests/.artifacts');
/** What the web host lays into the simulated feeder. */
const SHEETS = 3;

/** What it prints on stdout: one line of JSON. */
interface Ready {
  readonly url: string;
  readonly pin: string | null;
}

describe.skipIf(!isBuilt())('the web host in training [skipped where out/ is missing: npm run build]', () => {
  describeWithPeers(['chromium', 'fonts'], 'with its simulated scanner and province', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'web-intake-'));
    const printed: string[] = [];
    let host: ChildProcess;
    let exited: Promise<number | null>;
    let ready: Ready;
    let browser: Browser;
    let page: Page;
    const problems: string[] = [];

    beforeAll(async () => {
      mkdirSync(ARTIFACTS, { recursive: true });
      const args = [
        '--disable-warning=ExperimentalWarning',
        'src/webhost/main.ts',
        '--simulate',
        '--data',
        folder,
      ];
      host = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
      exited = new Promise((resolve) => host.once('exit', (code) => resolve(code)));
      ready = await new Promise<Ready>((resolve, reject) => {
        createInterface({ input: host.stdout! }).on('line', (line) => {
          printed.push(line);
          resolve(JSON.parse(line) as Ready);
        });
        void exited.then((code) => reject(new Error(`the web host ended with ${code}`)));
      });
      browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          '--disable-component-update',
        ],
      });
      const context = await browser.newContext({
        viewport: { width: 1366, height: 768 },
        locale: 'vi-VN',
        reducedMotion: 'reduce',
      });
      page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
      });
      page.on('pageerror', (error) => problems.push(String(error)));
      await page.goto(ready.url);
    });
    afterAll(async () => {
      await browser?.close();
      host?.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    });

    /** Waits for the next papers in the feeder, as a person would look for them. */
    async function feed(): Promise<void> {
      const config = readFileSync(path.join(folder, 'data/counter.json'), 'utf8');
      const { scanners } = JSON.parse(config) as { scanners: string[] };
      const status = `${scanners[0]!.slice('escl:'.length)}/ScannerStatus`;
      const look = async () => (await fetch(status)).text();
      await expect.poll(look, { timeout: 20_000 }).toContain('ScannerAdfLoaded');
    }

    it('leads from the token to the screen and leaves the token in no address', async () => {
      await page.getByRole('option').first().waitFor();
      expect(new URL(page.url()).search).toBe('');
      expect(ready.pin).toMatch(/^[\w-]{12}$/);
    });

    it('takes in two citizens one after another by keys alone, with papers laid in by themselves', async () => {
      const shot = (name: string) => page.screenshot({ path: path.join(ARTIFACTS, name) });
      const first = await takeInByKeys({
        page,
        pin: ready.pin!,
        sheets: SHEETS,
        feed,
        afterPapers: async () => void (await shot('web-intake.png')),
      });
      await shot('web-sent.png');
      await page.keyboard.press('F2');
      const second = await takeInByKeys({ page, pin: ready.pin!, sheets: SHEETS, feed });
      expect(first).toMatch(/^H14\.22\.05-\d{6}-\d{4}$/);
      expect(second).toMatch(/^H14\.22\.05-\d{6}-\d{4}$/);
      expect(second).not.toBe(first);
    });

    it('shows no second visitor anything, and ends when it is told to', async () => {
      for (const address of [ready.url, new URL('/', ready.url).href]) {
        expect((await fetch(address, { redirect: 'manual' })).status, address).toBe(401);
      }
      expect(problems).toEqual([]);
      expect(printed).toHaveLength(1);
      await page.close();
      host.kill('SIGTERM');
      expect(await exited).toBe(0);
    });
  });
});
