/**
 * `npm run web`: the real renderer in a browser over the real engine, for development and for tests that drive a
 * browser. With --simulate it brings a simulated scanner and province; else it needs --data of a real counter.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { RENDERER_BUILD } from '../cli/product.ts';
import { openSessionIn } from '../cli/session.ts';
import { loadTexts } from '../cli/texts.ts';
import { keepFeederFilled, startTraining, type Training } from '../cli/training.ts';
import { startWebHost } from './server.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'demo-output/web' },
    config: { type: 'string' },
    simulate: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
  },
});

/** What a citizen brings at once; the next papers lie in the feeder as soon as these are scanned. */
const SHEETS = 3;

async function main(): Promise<void> {
  const data = path.resolve(values.data);
  let training: Training | null = null;
  if (values.simulate) training = await startTraining(data, SHEETS);
  const stopFilling = training ? keepFeederFilled(training.scanner, SHEETS) : null;
  const configFile = training?.configFile ?? values.config ?? path.join(data, 'counter.json');
  const session = await openSessionIn(training?.dataDir ?? data, configFile);
  const host = await startWebHost({
    engine: session.engine,
    rendererRoot: RENDERER_BUILD,
    port: Number(values.port),
  });
  const texts = loadTexts();
  process.stdout.write(`${JSON.stringify({ url: host.url, pin: training?.pin ?? null })}\n`);
  process.stderr.write(`${texts.say('cli.web.ready', { url: host.url })}\n`);

  const stop = async () => {
    stopFilling?.();
    await host.stop();
    await session.close();
    await training?.stop();
    process.exit(0);
  };
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
}

main().catch((error: unknown) => {
  process.stderr.write(`${loadTexts().failure(error).text}\n`);
  process.exitCode = 1;
});
