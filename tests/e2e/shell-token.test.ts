import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTraining, type Training } from '../../src/cli/training.ts';
import { samplePapers } from '../../src/simulators/scanner/index.ts';
import { describeWithPeers } from '../support/peers.ts';
import { testPki } from '../support/pki.ts';
import { isBuilt, type StartedShell, startShell } from './electron-stand-in/start.ts';
import { ask, askFor, nextEvent } from './support/bridge.ts';
import { PROCEDURE } from './support/keyboard-intake.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '58203194';
const LABEL = 'quay-1';
const KEY = `pkcs11:${MODULE}?token=${LABEL}`;

describe.skipIf(!isBuilt())('the production build [skipped where out/ is missing: npm run build]', () => {
  describeWithPeers(['chromium', 'fonts', 'softhsm', 'pkcs11-tool', 'openssl'], 'with a token', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'shell-token-'));
    const conf = path.join(folder, 'softhsm2.conf');
    let training: Training;
    let shell: StartedShell;

    function tool(program: string, args: readonly string[]): void {
      const run = spawnSync(program, args, {
        encoding: 'utf8',
        env: { ...process.env, SOFTHSM2_CONF: conf },
      });
      if (run.status !== 0) throw new Error(`${program}: ${run.stderr}${run.stdout}`);
    }

    async function provision(): Promise<void> {
      mkdirSync(path.join(folder, 'tokens'));
      writeFileSync(
        conf,
        `directories.tokendir = ${path.join(folder, 'tokens')}\nobjectstore.backend = file\n`,
      );
      const { keyFile, certificateFile } = (await testPki()).signers.rsa;
      const der = path.join(folder, 'certificate.der');
      tool('openssl', ['x509', '-in', certificateFile, '-outform', 'DER', '-out', der]);
      tool('softhsm2-util', [
        '--init-token',
        '--free',
        '--label',
        LABEL,
        '--so-pin',
        '12345678',
        '--pin',
        PIN,
      ]);
      tool('softhsm2-util', [
        '--import',
        keyFile,
        '--token',
        LABEL,
        '--pin',
        PIN,
        '--label',
        'k',
        '--id',
        '01',
      ]);
      const login = ['--module', MODULE, '--token-label', LABEL, '--login', '--pin', PIN];
      tool('pkcs11-tool', [...login, '--write-object', der, '--type', 'cert', '--id', '01', '--label', 'c']);
    }

    beforeAll(async () => {
      training = await startTraining(folder, 0);
      await provision();
      const config = JSON.parse(readFileSync(training.configFile, 'utf8')) as object;
      writeFileSync(training.configFile, JSON.stringify({ ...config, keys: [KEY] }));
      shell = await startShell(training.dataDir, { SOFTHSM2_CONF: conf });
    });
    afterAll(async () => {
      await shell?.stop();
      await training?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const hosts = () =>
      shell.events.filter((e) => e.event === 'utility-process' && e.entry === 'token-host.js');

    async function draftWithPages(): Promise<string> {
      const { id, components } = await askFor(shell.page, 'dossiers.open', { procedureCode: PROCEDURE });
      const componentId = components[0]!.spec.id;
      training.scanner.control.loadFeeder(samplePapers(3, 1));
      const settings = { source: 'adf', dpi: 300, mode: 'color' } as const;
      const finished = nextEvent(shell.page, 'scan.finished');
      const device = training.scanner.uri;
      await askFor(shell.page, 'scans.start', { dossierId: id, componentId, device, settings });
      expect(await finished).toMatchObject({ pages: 1 });
      return id;
    }

    /** Command lines and environments of every process that can be read. */
    function everythingPublic(): string {
      const read = (file: string) => {
        try {
          return readFileSync(file, 'utf8');
        } catch (error) {
          // A process that has ended meanwhile, or is another user's.
          if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
            return '';
          throw error;
        }
      };
      const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
      return pids.map((pid) => read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`)).join('\n');
    }

    /** Signs the draft and answers it once the batch has ended. */
    async function signDraft(dossierId: string, meanwhile = () => {}) {
      const order = { dossierIds: [dossierId], key: KEY, pin: PIN };
      const { batchId } = await askFor(shell.page, 'signing.start', order);
      await vi.waitUntil(
        async () => {
          meanwhile();
          return (await askFor(shell.page, 'signing.get', { batchId })).state !== 'running';
        },
        { timeout: 30_000, interval: 20 },
      );
      return askFor(shell.page, 'dossiers.get', { dossierId });
    }

    it('signs through a process of its own, with the PIN in no command line, environment or log', async () => {
      const dossierId = await draftWithPages();
      expect(await askFor(shell.page, 'keys.list', {})).toMatchObject([{ uri: KEY }]);
      // The host that lists the keys, and the one that knew the PIN, which ends with its batch.
      const seen: string[] = [everythingPublic()];
      const signed = await signDraft(dossierId, () => seen.push(everythingPublic()));
      expect(signed.components[0]!.signature).toMatchObject({ pages: 1 });
      expect(hosts().length).toBeGreaterThan(0);
      expect(seen.join('\n')).toContain('token-host.js');
      expect(seen.join('\n')).not.toContain(PIN);
      expect(JSON.stringify(shell.events)).not.toContain(PIN);
      expect(readFileSync(path.join(training.dataDir, 'logs/engine.log'), 'utf8')).not.toContain(PIN);
    });

    it('says that the PIN is wrong, and nothing of the PIN', async () => {
      const dossierId = await draftWithPages();
      const order = { dossierIds: [dossierId], key: KEY, pin: '11112222' };
      const result = await ask(shell.page, 'signing.start', order);
      expect(result).toMatchObject({ ok: false, error: { code: 'TOKEN_PIN_WRONG' } });
      expect(readFileSync(path.join(training.dataDir, 'logs/engine.log'), 'utf8')).not.toContain('11112222');
    });

    it('goes on with a new process when the one with the vendor’s module is killed', async () => {
      const dossierId = await draftWithPages();
      const since = shell.events.length;
      const engine = shell.pidOf('engine.js');
      await askFor(shell.page, 'keys.list', {});
      process.kill(shell.pidOf('token-host.js'), 'SIGKILL');
      await shell.waitFor('utility-exit', ({ entry }) => entry === 'token-host.js', since);
      const signed = await signDraft(dossierId);
      expect(signed.components[0]!.signature).not.toBeNull();
      expect(shell.pidOf('engine.js')).toBe(engine);
      expect(hosts().length).toBeGreaterThan(1);
    });

    it('ends the process with the module when the engine dies', async () => {
      await askFor(shell.page, 'keys.list', {});
      const since = shell.events.length;
      await shell.acrossReload(() => process.kill(shell.pidOf('engine.js'), 'SIGKILL'));
      await shell.waitFor('utility-exit', ({ entry }) => entry === 'token-host.js', since);
      expect(await askFor(shell.page, 'keys.list', {})).toMatchObject([{ uri: KEY }]);
    });
  });
});
