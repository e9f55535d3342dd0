/**
 * npm test: the checks, the production build, then every suite. Ends with the runner's own summary and one plain
 * line that counts the tests. Arguments are handed on to Vitest (and then only Vitest runs).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { PEERS } from '../tests/support/peers.ts';
import { providePeers } from './peers.ts';

const root = path.join(import.meta.dirname, '..');
const artifacts = path.join(root, 'tests/.artifacts');
const results = path.join(artifacts, 'results.json');
const filters = process.argv.slice(2);

// Suites start hundreds of engines and commands; what one of them has stripped of types the next need not strip again.
process.env.NODE_COMPILE_CACHE ??= path.join(artifacts, 'compile-cache');

function run(name: string, program: string, args: string[]): boolean {
  const started = Date.now();
  console.log(`\n== ${name}`);
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  console.log(
    `== ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
  return status === 0;
}

interface VitestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

function suites(): { ok: boolean; passed: number; failed: number; skipped: number } {
  rmSync(results, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const ok = run('suites', 'vitest', ['run', ...reporters, ...filters]);
  try {
    const r = JSON.parse(readFileSync(results, 'utf8')) as VitestResults;
    // A file that cannot even be loaded has no test to count, yet it has failed.
    const broken = r.testResults.filter(
      (t) => t.status === 'failed' && t.assertionResults.length === 0,
    ).length;
    const failed = r.numFailedTests + broken;
    return { ok, passed: r.numPassedTests, failed, skipped: r.numPendingTests + r.numTodoTests };
  } catch (error) {
    console.error('the runner left no result:', error instanceof Error ? error.message : error);
    return { ok: false, passed: 0, failed: 1, skipped: 0 };
  }
}

mkdirSync(artifacts, { recursive: true });
const missing = providePeers();
for (const name of missing) console.log(`missing peer: ${name} (Debian package ${PEERS[name].package})`);

let failedSteps = 0;
if (filters.length === 0) {
  failedSteps += run('types', 'tsc', ['--noEmit']) ? 0 : 1;
  failedSteps += run('style', 'biome', ['check', '.']) ? 0 : 1;
  failedSteps += run('layers', 'node', ['scripts/check-layers.ts']) ? 0 : 1;
  failedSteps += run('build', 'electron-vite', ['build']) ? 0 : 1;
}
const tests = suites();
const failed = tests.failed + failedSteps + (!tests.ok && tests.failed === 0 ? 1 : 0);
console.log(`\n${tests.passed} passed, ${failed} failed, ${tests.skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
