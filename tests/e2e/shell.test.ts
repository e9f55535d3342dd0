import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTraining, type Training } from '../../src/cli/training.ts';
import { samplePapers } from '../../src/simulators/scanner/index.ts';
import { describeWithPeers } from '../support/peers.ts';
import { isBuilt, type StartedShell, startShell } from './electron-stand-in/start.ts';
import { askFor } from './support/bridge.ts';
import { takeInByKeys } from './support/keyboard-intake.ts';

const ARTIFACTS = path.resolve(import.meta.dirname, '../.artifacts');

describe.skipIf(!isBuilt())('the production build [skipped where out/ is missing: npm run build]', () => {
  describeWithPeers(['chromium', 'fonts'], 'its shell', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'shell-'));
    let training: Training;
    let shell: StartedShell;
    let code: string;

    beforeAll(async () => {
      mkdirSync(ARTIFACTS, { recursive: true });
      training = await startTraining(folder, 0);
      shell = await startShell(training.dataDir);
    });
    afterAll(async () => {
      await shell?.stop();
      await training?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const noProblems = () => {
      const consoles = shell.named('console').filter(({ type }) => type === 'error' || type === 'warning');
      expect([...consoles, ...shell.named('pageerror'), ...shell.named('foreign-request')]).toEqual([]);
    };

    it('asks for a sandboxed, isolated window without Node', () => {
      expect(shell.named('sandbox-for-all')).toHaveLength(1);
      expect(shell.named('window')).toEqual([
        expect.objectContaining({
          sandbox: true,
          contextIsolation: true,
          nodeIntegration: false,
          webSecurity: true,
          webviewTag: false,
        }),
      ]);
      const { preload } = shell.named('window')[0] as unknown as { preload: string };
      expect(existsSync(preload)).toBe(true);
      expect(shell.named('schemes')[0]!.schemes).toEqual([
        { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
      ]);
    });

    it('serves the screen under a policy without exceptions, whose nonce the page carries', async () => {
      const headers = shell.named('page-headers')[0] as unknown as Record<string, string>;
      const policy = headers['content-security-policy']!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      const nonce = await shell.page.locator('meta[name=csp-nonce]').getAttribute('content');
      expect(policy).toContain(`'nonce-${nonce}'`);
      expect(headers['x-content-type-options']).toBe('nosniff');
    });

    it('gives the page the three functions of the bridge and nothing of Node or Electron', async () => {
      const seen = await shell.page.evaluate(() => {
        const { counter, require, process, Buffer } = window as unknown as Record<string, object>;
        return {
          bridge: Object.keys(counter!).sort(),
          node: [typeof require, typeof process, typeof Buffer],
        };
      });
      expect(seen.bridge).toEqual(['onClose', 'onMessage', 'send']);
      expect(seen.node).toEqual(['undefined', 'undefined', 'undefined']);
    });

    it('takes in a dossier by keys alone, up to the receipt of the province', async () => {
      code = await takeInByKeys({
        page: shell.page,
        pin: training.pin,
        sheets: 2,
        feed: () => training.scanner.control.loadFeeder(samplePapers(7, 2)),
      });
      expect(code).toMatch(/^H14\.22\.05-\d{6}-\d{4}$/);
      await shell.page.screenshot({ path: path.join(ARTIFACTS, 'shell-intake.png') });
      const rows = await askFor(shell.page, 'dossiers.list', {});
      expect(rows).toMatchObject([{ code, delivery: 'sent' }]);
      noProblems();
    });

    it('hands its processes no variable but those that drivers and tokens need', () => {
      for (const { env } of shell.named('utility-process')) {
        expect(env).toContain('PATH');
        expect(env).not.toContain('STAND_IN_USER_DATA');
        expect(env).not.toContain('NODE_OPTIONS');
      }
    });

    it('tells the window when the engine is killed, starts it again and shows what was committed', async () => {
      const since = shell.events.length;
      const before = shell.pidOf('engine.js');
      await shell.page.evaluate(() => {
        const { counter } = window as unknown as { counter: { onClose(handler: () => void): void } };
        counter.onClose(() => console.info('told that the engine is gone'));
      });
      await shell.acrossReload(() => process.kill(before, 'SIGKILL'));
      await shell.waitFor('console', ({ text }) => text === 'told that the engine is gone', since);
      await shell.page.getByRole('option').first().waitFor();
      expect(shell.pidOf('engine.js')).not.toBe(before);
      const rows = await askFor(shell.page, 'dossiers.list', {});
      expect(rows).toMatchObject([{ code, delivery: 'sent' }]);
      noProblems();
    });

    it('keeps the master key wrapped, stops cleanly, and opens the same store again', async () => {
      const wrapped = statSync(path.join(training.dataDir, 'master-key.wrapped'));
      expect(wrapped.mode & 0o077).toBe(0);
      expect(readdirSync(training.dataDir)).not.toContain('master.key');

      expect(await shell.stop()).toBe(0);
      expect(shell.named('utility-exit').at(-1)).toMatchObject({ entry: 'engine.js', code: 0, signal: null });

      shell = await startShell(training.dataDir);
      const rows = await askFor(shell.page, 'dossiers.list', {});
      expect(rows).toMatchObject([{ code, delivery: 'sent' }]);
    });

    it('quits within seconds even when the engine hangs', async () => {
      const engine = shell.pidOf('engine.js');
      process.kill(engine, 'SIGSTOP');
      try {
        expect(await shell.stop()).toBe(0);
      } finally {
        process.kill(engine, 'SIGKILL');
      }
      shell = await startShell(training.dataDir);
      expect(await askFor(shell.page, 'dossiers.list', {})).toHaveLength(1);
    });
  });
});
