/** The demo's flow in a process that may be killed: argv = data folder, scenario file. Talks to its parent by IPC. */
import { once } from 'node:events';
import path from 'node:path';
import { awaitSent, runIntake } from '../../../src/cli/intake.ts';
import { readScenario } from '../../../src/cli/scenario.ts';
import { openSessionIn } from '../../../src/cli/session.ts';
import { toErrorShape } from '../../../src/contract/errors.ts';

const [dataDir, scenarioFile] = process.argv.slice(2) as [string, string];
const tell = (message: object) => process.send?.(message);

async function main(): Promise<void> {
  const scenario = await readScenario(scenarioFile);
  const session = await openSessionIn(dataDir, path.join(dataDir, 'counter.json'));
  const signal = AbortSignal.timeout(60_000);
  try {
    const received = await runIntake(session.client, scenario, {
      pin: () => Promise.resolve(process.env.CRASH_PIN ?? ''),
      beforeScan: async (_component, _scan, missing) => {
        tell({ type: 'feed', missing });
        await once(process, 'message');
      },
      onPage: ({ page }) => tell({ type: 'page', pageId: page.id }),
      progress: () => {},
      signal,
    });
    tell({ type: 'received', code: received.code });
    const sent = await awaitSent(session.client, received.id, signal);
    tell({ type: 'sent', dossier: sent });
  } finally {
    await session.close();
  }
}

main().then(
  () => {
    tell({ type: 'steps', steps: (globalThis as unknown as { crashSteps(): number }).crashSteps() });
    process.disconnect();
  },
  (error: unknown) => {
    tell({ type: 'failed', error: toErrorShape(error) });
    console.error(error);
    process.exitCode = 1;
    process.disconnect();
  },
);
