import { spawn } from 'node:child_process';
import path from 'node:path';

export const PROJECT = path.join(import.meta.dirname, '../..');

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm run counter -- …` as the script does, without npm's own words. */
export function runCounter(
  args: readonly string[],
  options: {
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly onSpawn?: (pid: number) => void;
  } = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('node', [path.join(PROJECT, 'src/cli/main.ts'), ...args], {
      env: { ...process.env, COUNTER_LANG: 'vi', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      output.stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output.stderr += String(chunk);
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
    if (child.pid !== undefined) options.onSpawn?.(child.pid);
    child.stdin.on('error', () => {
      // A command that needs no input may end before it reads any.
    });
    child.stdin.end(options.input ?? '');
  });
}
