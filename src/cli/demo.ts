/**
 * `npm run demo`: the main job on a bare machine. A simulated scanner feeds generated papers, a fresh test
 * certificate signs, a simulated province receives; everything speaks over real sockets and leaves real files.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../contract/errors.ts';
import { certificatesFromPem } from '../main/signing/evidence/trust.ts';
import { verifyPdf } from '../main/signing/verifying/verify.ts';
import { exportRecord } from '../simulators/province/index.ts';
import { samplePapers } from '../simulators/scanner/index.ts';
import { exportDossier } from './export.ts';
import { sha256OfFile } from './hash.ts';
import { awaitSent, runIntake } from './intake.ts';
import { scenario as scenarioSchema } from './scenario.ts';
import { openSessionIn } from './session.ts';
import { loadTexts, type Values } from './texts.ts';
import { startTraining, TRAINING_CLERK } from './training.ts';

const PROCEDURE = '1.004873';
const CARD = '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022';
/** Sheets of each component. */
const PAGES = [3, 2];
/** Which papers are drawn. */
const SEED = 20260814;
/** The whole demo stays below two minutes on a slow machine, or says that it hangs. */
const PATIENCE_MS = 110_000;

async function demo(): Promise<void> {
  const texts = loadTexts();
  const started = Date.now();
  const say = (key: string, values: Values = {}) => {
    const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
    process.stdout.write(`${seconds} s  ${texts.say(key, values)}\n`);
  };
  const folder = await newFolder();
  const shown = path.relative(process.cwd(), folder);
  say('cli.demo.folder', { folder: shown });
  say('cli.demo.certificate', { name: TRAINING_CLERK });
  const training = await startTraining(folder, 0);
  const session = await openSessionIn(training.dataDir, training.configFile);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const scenario = scenarioSchema.parse({
      dossierId: randomUUID(),
      procedure: PROCEDURE,
      card: CARD,
      scans: PAGES.map((pages, i) => ({ component: i + 1, device: training.scanner.uri, pages })),
      key: training.key,
    });
    const received = await runIntake(session.client, scenario, {
      pin: () => Promise.resolve(training.pin),
      beforeScan: async (_component, _scan, missing) =>
        training.scanner.control.loadFeeder(samplePapers(SEED, missing)),
      progress: say,
      signal,
    });
    const sent = await awaitSent(session.client, received.id, signal);
    say('cli.demo.sent', { reference: sent.receipt!.reference });
    const components = await exportDossier(session.client, sent, folder);
    const record = await exportRecord(training.provinceFolder, sent.code!.value);
    await judge(components, training.rootPem, record.files, say);
  } finally {
    await session.close();
    await training.stop();
  }
  say('cli.demo.done', { folder: shown });
}

/** A folder of its own for each run. */
async function newFolder(): Promise<string> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-');
  const folder = path.resolve('demo-output', `${stamp}-${randomBytes(2).toString('hex')}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** The demo believes nothing: every signature is verified, every hash compared with what the province stored. */
async function judge(
  components: readonly { readonly name: string; readonly file: string; readonly sha256: string }[],
  rootPem: string,
  stored: readonly { readonly HashTepTin: string }[],
  say: (key: string, values?: Values) => void,
): Promise<void> {
  const trust = certificatesFromPem(rootPem);
  const atProvince = new Set(stored.map((file) => file.HashTepTin));
  for (const { name, file, sha256 } of components) {
    const { signatures } = await verifyPdf(file, { trust });
    const passed = signatures.length === 1 && signatures[0]!.indication === 'TOTAL-PASSED';
    if (!passed) throw new CounterError('SIGNATURE_SELF_CHECK_FAILED', { file: path.basename(file) });
    if ((await sha256OfFile(file)) !== sha256 || !atProvince.has(sha256)) {
      throw new CounterError('PROVINCE_HASH_MISMATCH', { file: path.basename(file) });
    }
    say('cli.demo.valid', { name, file: path.basename(file) });
  }
}

demo().catch((error: unknown) => {
  process.stderr.write(`${loadTexts().failure(error).text}\n`);
  if (process.env.COUNTER_LOG === 'debug') console.error(error);
  process.exitCode = 1;
});
