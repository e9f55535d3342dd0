import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSessionIn } from '../../src/cli/session.ts';
import { startTraining, type Training } from '../../src/cli/training.ts';
import { describeWithPeers } from '../support/peers.ts';
import { isBuilt, type StartedShell, startShell } from './electron-stand-in/start.ts';
import { ask, askFor } from './support/bridge.ts';

describe.skipIf(!isBuilt())('the production build [skipped where out/ is missing: npm run build]', () => {
  describeWithPeers(['chromium', 'fonts'], 'where the engine cannot start', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'shell-failures-'));
    let training: Training;
    let shell: StartedShell | null = null;

    beforeAll(async () => {
      training = await startTraining(folder, 0);
    });
    afterEach(async () => {
      await shell?.stop();
      shell = null;
    });
    afterAll(async () => {
      await training?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** The screen says so in words, and every call is answered with it instead of waiting. */
    async function expectFailure(started: StartedShell, code: string): Promise<void> {
      await started.page.locator(`[data-fault="${code}"]`).waitFor();
      for (const operation of ['session.info', 'dossiers.list']) {
        expect(await ask(started.page, operation, {})).toMatchObject({ ok: false, error: { code } });
      }
    }
    const reload = (started: StartedShell) =>
      started.acrossReload(() => started.page.getByRole('button').first().click());
    const expectWork = async (started: StartedShell) => {
      await started.page.getByRole('option').first().waitFor();
      expect(await askFor(started.page, 'session.info', {})).toMatchObject({ counter: 'Q01' });
    };

    it('names a missing and an unreadable configuration, and goes on once it is put right', async () => {
      const fresh = path.join(folder, 'fresh');
      shell = await startShell(fresh);
      await expectFailure(shell, 'FILE_MISSING');
      writeFileSync(path.join(fresh, 'counter.json'), '{"unit":');
      await reload(shell);
      await expectFailure(shell, 'CONFIG_INVALID');
      writeFileSync(path.join(fresh, 'counter.json'), readFileSync(training.configFile));
      await reload(shell);
      await expectWork(shell);
    });

    it('names a store that another program holds, then takes it over with its key', async () => {
      const held = await openSessionIn(training.dataDir, training.configFile);
      expect(readdirSync(training.dataDir)).toContain('master.key');
      const { id } = await held.client.call('dossiers.open', { procedureCode: '1.012222' });
      try {
        shell = await startShell(training.dataDir);
        await expectFailure(shell, 'STORE_IN_USE');
      } finally {
        await held.close();
      }
      await reload(shell);
      await shell.page.locator('[data-fault]').waitFor({ state: 'detached' });
      expect(await askFor(shell.page, 'dossiers.list', {})).toMatchObject([{ id }]);
      const names = readdirSync(training.dataDir);
      expect(names).toContain('master-key.wrapped');
      expect(names).not.toContain('master.key');
    });

    it('names a closed OS vault instead of making a new key over the old store', async () => {
      shell = await startShell(training.dataDir, { STAND_IN_VAULT: 'closed' });
      await expectFailure(shell, 'STORE_KEY_WRONG');
      expect(readdirSync(training.dataDir)).not.toContain('master.key');
      await shell.stop();
      shell = await startShell(training.dataDir);
      expect(await askFor(shell.page, 'dossiers.list', {})).toHaveLength(1);
    });

    it('keeps a private key file where the OS has no vault at all', async () => {
      const bare = path.join(folder, 'bare');
      shell = await startShell(bare, { STAND_IN_VAULT: 'closed' });
      await expectFailure(shell, 'FILE_MISSING');
      writeFileSync(path.join(bare, 'counter.json'), readFileSync(training.configFile));
      await reload(shell);
      await expectWork(shell);
      expect(readdirSync(bare)).toContain('master.key');
      expect(readdirSync(bare)).not.toContain('master-key.wrapped');
    });

    it('leaves an engine down that dies again and again, and tries once more when asked', async () => {
      shell = await startShell(training.dataDir);
      await shell.page.locator('[role=option], [data-scan]').first().waitFor();
      const started = () => shell!.named('utility-process').length;
      // One more than is borne within a minute.
      for (let death = 1; death <= 6; death += 1) {
        const launched = started();
        const since = shell.events.length;
        process.kill(shell.pidOf('engine.js'), 'SIGKILL');
        await shell.waitFor('utility-exit', undefined, since);
        if (death < 6) await expect.poll(started, { timeout: 10_000 }).toBe(launched + 1);
      }
      await shell.page.locator('[data-fault="ENGINE_GONE"]').waitFor();
      expect(started()).toBe(6);
      await reload(shell);
      await shell.page.locator('[data-fault]').waitFor({ state: 'detached' });
      expect(started()).toBe(7);
      expect(await askFor(shell.page, 'dossiers.list', {})).toHaveLength(1);
    });
  });
});
