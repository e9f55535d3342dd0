import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CLIENT, UNIT } from './world.ts';

export interface ChildProvince {
  readonly url: string;
  readonly port: number;
  /** SIGKILL: no chance to tidy up. */
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

const MAIN = path.join(import.meta.dirname, '../../../../src/simulators/province/main.ts');

/** The simulated province as a process of its own, as the crash tests use it. */
export async function startChild(
  folder: string,
  port = 0,
  env: Record<string, string> = {},
): Promise<ChildProvince> {
  const child: ChildProcess = spawn(
    process.execPath,
    [MAIN, '--folder', folder, '--port', String(port), '--unit', UNIT],
    {
      env: { ...process.env, PROVINCE_CLIENTS: JSON.stringify([CLIENT]), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout! });
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => String(text)),
    exited.then(() => ''),
  ]);
  if (line === '') throw new Error('the simulated province ended at once');
  const { url } = JSON.parse(line) as { url: string };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    url,
    port: Number(new URL(url).port),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}
