import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { issueTestIdentity } from '../simulators/certificates.ts';
import { type ProvinceSimulator, startProvinceSimulator } from '../simulators/province/index.ts';
import { type ScannerSimulator, samplePapers, startScannerSimulator } from '../simulators/scanner/index.ts';

/** A whole counter of training: simulated scanner and province on loopback, a fresh test certificate, a config. */
export interface Training {
  readonly folder: string;
  readonly dataDir: string;
  readonly configFile: string;
  readonly provinceFolder: string;
  readonly scanner: ScannerSimulator;
  readonly province: ProvinceSimulator;
  readonly key: string;
  /** Password of the test certificate's PKCS#12 file. */
  readonly pin: string;
  readonly rootPem: string;
  stop(): Promise<void>;
}

export const TRAINING_CLERK = 'Nông Thị Mẫu';
const UNIT = {
  code: 'H14.22.05',
  name: 'UBND xã Bảo Lâm',
  parent: 'Tỉnh Cao Bằng',
  place: 'Bảo Lâm',
} as const;

/** Sheets that the simulated feeder takes. */
const FEEDER_SHEETS = 10;

/** `sheets` = what lies in the feeder at the start. */
export async function startTraining(folder: string, sheets = FEEDER_SHEETS): Promise<Training> {
  const dataDir = path.join(folder, 'data');
  const trust = path.join(folder, 'trust');
  const provinceFolder = path.join(folder, 'province');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await mkdir(trust, { recursive: true });

  const pin = randomBytes(9).toString('base64url');
  const identity = await issueTestIdentity({
    commonName: TRAINING_CLERK,
    organisation: UNIT.name,
    password: pin,
  });
  const p12 = path.join(trust, 'clerk.p12');
  await writeFile(path.join(trust, 'root.pem'), identity.rootPem);
  await writeFile(p12, identity.p12, { mode: 0o600 });

  const client = { id: 'counter-training', secret: randomBytes(16).toString('hex') };
  const scanner = await startScannerSimulator({ sheets });
  const province = await startProvinceSimulator({
    folder: provinceFolder,
    unit: UNIT.code,
    clients: [client],
  });
  const configFile = path.join(dataDir, 'counter.json');
  const config = {
    unit: UNIT,
    counter: 'Q01',
    user: { name: TRAINING_CLERK },
    training: true,
    province: { baseUrl: province.url, clientId: client.id, clientSecret: client.secret },
    scanners: [scanner.uri],
    keys: [`pkcs12:${p12}`],
    // The test authority is trusted here and nowhere else; it answers no questions about revocation.
    signing: { trust: [path.join(trust, 'root.pem')], online: false },
  };
  await writeFile(configFile, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return {
    folder,
    dataDir,
    configFile,
    provinceFolder,
    scanner,
    province,
    key: `pkcs12:${p12}`,
    pin,
    rootPem: identity.rootPem,
    async stop() {
      await Promise.all([scanner.stop(), province.stop()]);
    },
  };
}

const FEEDER_WATCH_MS = 300;

/**
 * Lays `sheets` new papers in whenever a job has ended and the feeder is empty, so that a person in training can go
 * on. Returns the way to stop.
 */
export function keepFeederFilled(scanner: ScannerSimulator, sheets: number): () => void {
  // The first papers were drawn from seed 1.
  let loads = 1;
  let wasOver = false;
  const watch = setInterval(() => {
    const over = scanner.control.sheetsLeft() === 0 && lastJobIsOver(scanner);
    // Only at the second look: the counter may still be asking for the job's state.
    if (over && wasOver) {
      loads += 1;
      scanner.control.loadFeeder(samplePapers(loads, sheets));
    }
    wasOver = over && !wasOver;
  }, FEEDER_WATCH_MS);
  watch.unref();
  return () => clearInterval(watch);
}

/** A job is over when it was cancelled or has told its end (eSCL: NextDocument answers 404 or 409). */
function lastJobIsOver({ control }: ScannerSimulator): boolean {
  const last = control.log.findLast((entry) => entry.path.includes('/ScanJobs'));
  if (!last) return true;
  return last.method === 'DELETE' || (last.method === 'GET' && (last.status === 404 || last.status === 409));
}
