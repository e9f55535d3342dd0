import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startTraining, type Training } from '../../src/cli/training.ts';
import type { ReplyMessage } from '../../src/contract/wire.ts';
import type { FromEngineProcess, ToEngineProcess } from '../../src/main/engine/process-messages.ts';
import { BUILD, isBuilt } from './electron-stand-in/start.ts';

const ROOT = path.dirname(BUILD);

describe.skipIf(!isBuilt())('the bundles [skipped where out/ is missing: npm run build]', () => {
  const scripts = () =>
    ['main', 'main/chunks', 'preload', 'renderer/assets'].flatMap((folder) =>
      readdirSync(path.join(BUILD, folder))
        .filter((name) => /\.c?js$/.test(name))
        .map((name) => path.join(BUILD, folder, name)),
    );

  it('are one for each process', () => {
    const names = readdirSync(path.join(BUILD, 'main'));
    for (const name of ['index.js', 'engine.js', 'token-host.js', 'imaging-worker.js']) {
      expect(names).toContain(name);
    }
    expect(readdirSync(path.join(BUILD, 'preload'))).toEqual(['index.cjs']);
  });

  it('hold nothing of the simulators, the web host and the command line', () => {
    expect(scripts().length).toBeGreaterThan(6);
    for (const file of scripts()) {
      const text = readFileSync(file, 'utf8');
      expect(text, file).not.toMatch(/src\/(simulators|webhost|cli)\b/);
      expect(text, file).not.toMatch(/Simulated Scanner|startProvinceSimulator|startWebHost|startTraining/);
    }
  });

  it('load electron in the shell and the preload alone', () => {
    const users = scripts().filter((f) =>
      /from "electron"|require\("electron"\)/.test(readFileSync(f, 'utf8')),
    );
    expect(users.map((f) => path.relative(BUILD, f)).sort()).toEqual(['main/index.js', 'preload/index.cjs']);
  });

  it('need no package but those that are installed with the program', () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const file of scripts().filter((f) => f.includes(`${path.sep}main${path.sep}`))) {
      const imported = [...readFileSync(file, 'utf8').matchAll(/^import .*? from "([^"]+)";$/gm)].map(
        (m) => m[1]!,
      );
      const packages = imported.filter((name) => !/^(node:|\.)/.test(name) && name !== 'electron');
      const unknown = packages.filter(
        (name) => !Object.keys(dependencies).some((d) => name === d || name.startsWith(`${d}/`)),
      );
      expect(unknown, file).toEqual([]);
    }
  });
});

describe.skipIf(!isBuilt())('the engine’s bundle [skipped where out/ is missing: npm run build]', () => {
  let child: ChildProcess | null = null;
  let folder: string | null = null;
  let training: Training | null = null;
  afterEach(async () => {
    child?.kill('SIGKILL');
    await training?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
    child = training = folder = null;
  });

  function launch() {
    const preload = new URL('./electron-stand-in/parent-port.ts', import.meta.url).href;
    const started = fork(path.join(BUILD, 'main/engine.js'), [], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--import', preload],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = started;
    const heard: FromEngineProcess[] = [];
    started.on('message', (message) => heard.push(message as FromEngineProcess));
    const exited = new Promise<number | null>((resolve) => started.once('exit', (code) => resolve(code)));
    return { heard, exited, say: (message: ToEngineProcess | object) => void started.send(message) };
  }
  async function startMessage(): Promise<ToEngineProcess> {
    folder = mkdtempSync(path.join(tmpdir(), 'engine-bundle-'));
    training = await startTraining(folder, 0);
    const { dataDir } = training;
    const resources = path.join(ROOT, 'resources');
    return { type: 'start', dataDir, resources, version: '0', masterKey: new Uint8Array(32).fill(7) };
  }
  const call = (client: number, seq: number, operation = 'session.info') => ({
    type: 'call',
    client,
    message: { type: 'call', seq, operation, input: {} },
  });
  const repliesTo = (heard: readonly FromEngineProcess[]) =>
    heard
      .flatMap((m) => (m.type === 'message' ? [m.message as ReplyMessage] : []))
      .filter(({ type }) => type === 'reply');

  it('answers the calls that came before it was told to start', async () => {
    const { heard, say, exited } = launch();
    const start = await startMessage();
    say(call(1, 1));
    say(call(1, 2, 'dossiers.list'));
    say(start);
    say(call(1, 3));
    await expect.poll(() => repliesTo(heard).length, { timeout: 20_000 }).toBe(3);
    expect(repliesTo(heard).every(({ result }) => result.ok)).toBe(true);
    say({ type: 'stop' });
    expect(await exited).toBe(0);
  });

  it('opens once, however often it is told to, and answers no page that has left', async () => {
    const { heard, say } = launch();
    const start = await startMessage();
    say(call(1, 1));
    say({ type: 'gone', client: 1 });
    say(start);
    say(start);
    say(call(2, 2));
    await expect.poll(() => repliesTo(heard).length, { timeout: 20_000 }).toBe(2);
    expect(heard.filter(({ type }) => type === 'ready')).toHaveLength(1);
    const first = repliesTo(heard).find(({ seq }) => seq === 1);
    expect(first?.result).toMatchObject({ ok: false, error: { code: 'ENGINE_GONE' } });
  });

  it('answers every call with the reason for which the shell has no key', async () => {
    const { heard, say } = launch();
    say(call(1, 1));
    say({ type: 'refuse', error: { code: 'STORE_KEY_WRONG', details: { reason: 'VAULT_CLOSED' } } });
    say(call(1, 2));
    await expect.poll(() => repliesTo(heard).length, { timeout: 20_000 }).toBe(2);
    for (const { result } of repliesTo(heard)) {
      expect(result).toMatchObject({ ok: false, error: { code: 'STORE_KEY_WRONG' } });
    }
    expect(heard).toContainEqual({ type: 'failed', code: 'STORE_KEY_WRONG' });
  });

  it('ends when it is told to before it has started, while it opens, and twice', async () => {
    const idle = launch();
    idle.say({ type: 'stop' });
    expect(await idle.exited).toBe(0);
    const opening = launch();
    opening.say(await startMessage());
    opening.say({ type: 'stop' });
    opening.say({ type: 'stop' });
    expect(await opening.exited).toBe(0);
  });

  it('is not disturbed by what is no message of the shell', async () => {
    const { heard, say } = launch();
    const start = await startMessage();
    const junk = [
      null,
      7,
      'stop',
      [],
      {},
      { type: 'start' },
      { type: 'eval', code: '1' },
      { type: 'call', client: 'x' },
    ];
    for (const message of junk) say(message as object);
    say({ ...start, masterKey: 'AAAA' });
    say({ type: 'host-message', host: 99, message: {} });
    say({ type: 'host-exit', host: 99 });
    say(start);
    say(call(1, 1));
    await expect.poll(() => repliesTo(heard).length, { timeout: 20_000 }).toBe(1);
    expect(repliesTo(heard)[0]!.result.ok).toBe(true);
  });
});
