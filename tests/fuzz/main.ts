import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runPool, type TargetResult } from './engine/pool.ts';
import { makeTarget, SHARES, TARGET_NAMES, type TargetName } from './targets/all.ts';

const USAGE = `Usage: npm run fuzz -- [--executions N] [--seed S] [--jobs N] [--target NAME,…] [--out DIR] [--no-coverage]
       npm run fuzz -- --target NAME --replay FILE
Targets: ${TARGET_NAMES.join(', ')}`;

const { values } = parseArgs({
  options: {
    executions: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    target: { type: 'string' },
    out: { type: 'string', default: 'tests/.artifacts/fuzz' },
    replay: { type: 'string' },
    'no-coverage': { type: 'boolean', default: false },
    'hang-seconds': { type: 'string', default: '20' },
    'heap-megabytes': { type: 'string', default: '512' },
    help: { type: 'boolean', default: false },
  },
});

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(USAGE);
  process.exit(2);
}

/** The executions shared out among the targets, the quick ones getting more. */
function planOf(names: readonly TargetName[], executions: number): Map<string, number> {
  const sum = names.reduce((total, name) => total + SHARES[name], 0);
  return new Map(names.map((name) => [name, Math.ceil((executions * SHARES[name]) / sum)]));
}

function lineOf(name: string, r: TargetResult): string {
  const speed = r.cpuSeconds > 0 ? Math.round(r.executions / r.cpuSeconds) : 0;
  const counts = `${r.executions} executions, ${r.crashes} crashes, ${r.hangs} hangs, peak RSS ${r.peakRss} MB`;
  return `${name.padEnd(12)} ${counts} (${speed}/s of one core, slowest ${r.slowestMilliseconds} ms, ${r.outcomes} outcomes, ${r.covered} characters covered)`;
}

const names = values.target ? values.target.split(',') : [...TARGET_NAMES];
if (values.help || names.some((name) => !Object.hasOwn(SHARES, name))) {
  console.error(USAGE);
  process.exit(values.help ? 0 : 2);
}
if (values.replay) {
  console.log(await makeTarget(names[0]!).run(readFileSync(values.replay)));
  process.exit(0);
}

const started = performance.now();
const results = await runPool({
  seed: values.seed,
  jobs: wholeNumber(values.jobs),
  plan: planOf(names as TargetName[], wholeNumber(values.executions)),
  hangSeconds: wholeNumber(values['hang-seconds']),
  heapMegabytes: wholeNumber(values['heap-megabytes']),
  coverage: !values['no-coverage'],
  restarts: 8,
  folder: path.resolve(values.out),
  log: (line) => console.error(line),
});
const seconds = (performance.now() - started) / 1000;
const all = [...results.values()];
const total = (pick: (r: TargetResult) => number) => all.reduce((sum, r) => sum + pick(r), 0);
for (const [name, result] of results) console.log(lineOf(name, result));
const findings = total((r) => r.findings.length);
console.log(
  `${'all'.padEnd(12)} ${total((r) => r.executions)} executions, ${total((r) => r.crashes)} crashes, ${total((r) => r.hangs)} hangs, peak RSS ${Math.max(...all.map((r) => r.peakRss))} MB, ${findings} different findings, ${Math.round(seconds)} s, seed ${values.seed}`,
);
writeFileSync(
  path.resolve(values.out, 'result.json'),
  `${JSON.stringify({ seed: values.seed, seconds, targets: Object.fromEntries(results) }, null, 2)}\n`,
);
process.exit(findings > 0 ? 1 : 0);
