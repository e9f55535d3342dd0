import { Worker } from 'node:worker_threads';
import { startCoverage } from './coverage.ts';
import { openJournal, readJournal } from './journal.ts';
import { type Finding, fuzz, keyOf } from './loop.ts';
import type { Job, Message, SentFinding } from './messages.ts';
import { minimised } from './minimise.ts';

/**
 * One slice of a run in a process of its own: it may crash, hang and eat memory, and whoever started it reads the
 * journal then. Coverage is switched on before the code under test is loaded, or V8 would not count its blocks.
 */
const job = JSON.parse(process.argv[2] ?? '{}') as Job;
const PROGRESS_MILLISECONDS = 500;
endWithParent();

/** An input that hangs keeps this thread; another one sees that nobody waits for the end any more. */
function endWithParent(): void {
  const watch = `const { workerData } = require('node:worker_threads');
    setInterval(() => process.ppid === workerData || process.kill(process.pid, 'SIGKILL'), 1000);`;
  new Worker(watch, { eval: true, workerData: process.ppid }).unref();
}

function send(message: Message): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!process.send) return reject(new Error('a worker is started by the pool'));
    process.send(message, undefined, {}, (error) => (error ? reject(error) : resolve()));
  });
}

/** Files whose blocks count; the targets know more exactly, yet they must not be loaded first. */
const COVERED = ['pdf/reader/', 'signing/'];
const coverage = job.coverage ? startCoverage(COVERED) : null;
const { makeTarget } = await import('../targets/all.ts');
const target = makeTarget(job.target);

if (job.replay) {
  await target.run(readJournal(job.journal).input);
} else {
  const journal = openJournal(job.journal, target.limit);
  let told = performance.now();
  const result = await fuzz(target, {
    seed: job.seed,
    executions: job.executions,
    coverage,
    before: (input, execution) => journal.note(input, execution),
    progress: async (executions) => {
      if (performance.now() - told < PROGRESS_MILLISECONDS) return;
      told = performance.now();
      await send({ type: 'progress', executions });
    },
  });
  const findings: SentFinding[] = [];
  for (const finding of result.findings) findings.push(await prepared(finding));
  const { user, system } = process.cpuUsage();
  const peak = process.resourceUsage().maxRSS;
  await send({ type: 'done', ...result, findings, peak, cpu: (user + system) / 1e6 });
  journal.close();
}
process.disconnect?.();

async function prepared(finding: Finding): Promise<SentFinding> {
  const input =
    finding.kind === 'crash' ? await minimised(finding.input, failsAs(finding.key)) : finding.input;
  return { ...finding, input: Buffer.from(input).toString('base64') };
}

function failsAs(key: string): (candidate: Uint8Array) => Promise<boolean> {
  return async (candidate) => {
    try {
      await target.run(candidate);
      return false;
    } catch (error) {
      return `crash ${keyOf(error)}` === key;
    }
  };
}
