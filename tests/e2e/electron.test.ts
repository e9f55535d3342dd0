import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTraining, type Training } from '../../src/cli/training.ts';
import { samplePapers } from '../../src/simulators/scanner/index.ts';
import { isBuilt } from './electron-stand-in/start.ts';
import { askFor } from './support/bridge.ts';
import { takeInByKeys } from './support/keyboard-intake.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The runtime that Electron's own package has downloaded, or why there is none. */
function findRuntime(): { readonly file: string | null; readonly why: string } {
  const folder = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  try {
    const name = readFileSync(path.join(folder, 'path.txt'), 'utf8').trim();
    const file = path.join(folder, 'dist', name);
    accessSync(file, constants.X_OK);
    if (!statSync(file).isFile()) return { file: null, why: `${name} is no file` };
    return { file, why: '' };
  } catch (error) {
    return { file: null, why: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

const runtime = findRuntime();
const reason = runtime.file
  ? ''
  : ` [skipped, also in CI: Electron's runtime cannot be downloaded here (${runtime.why})]`;

describe.skipIf(!runtime.file || !isBuilt())(`the program on Electron itself${reason}`, () => {
  let folder: string;
  let training: Training;
  let program: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'electron-'));
    training = await startTraining(folder, 0);
    program = await _electron.launch({
      executablePath: runtime.file!,
      // No display server, no vault and no user namespaces on a build machine.
      args: [ROOT, `--user-data-dir=${training.dataDir}`, '--password-store=basic', '--no-sandbox'],
      cwd: ROOT,
    });
    page = await program.firstWindow();
  });
  afterAll(async () => {
    await program?.close();
    await training?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows the screen over app:// in an isolated page without Node', async () => {
    await page.getByRole('option').first().waitFor();
    expect(page.url()).toBe('app://counter/');
    const seen = await page.evaluate(() => {
      const { counter, require, process } = window as unknown as Record<string, object>;
      return { bridge: Object.keys(counter!).sort(), node: [typeof require, typeof process] };
    });
    expect(seen).toEqual({ bridge: ['onClose', 'onMessage', 'send'], node: ['undefined', 'undefined'] });
  });

  it('takes in a dossier by keys alone, up to the receipt of the province', async () => {
    const code = await takeInByKeys({
      page,
      pin: training.pin,
      sheets: 2,
      feed: () => training.scanner.control.loadFeeder(samplePapers(7, 2)),
    });
    expect(await askFor(page, 'dossiers.list', {})).toMatchObject([{ code, delivery: 'sent' }]);
  });

  it('opens no window and leaves its page for no other', async () => {
    await page.evaluate(() => {
      window.open('https://example.org/');
      location.href = 'https://example.com/';
    });
    expect(await askFor(page, 'session.info', {})).toMatchObject({ counter: 'Q01' });
    expect(program.windows()).toHaveLength(1);
    expect(page.url()).toBe('app://counter/');
  });
});
