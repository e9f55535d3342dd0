import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { build } from 'vite';
import { writeScannedPdf } from '../../src/main/pdf/scanned-pdf.ts';
import { createTokenDriver } from '../../src/main/signing/keys/token-host/module.ts';
import { type TestSigner, testPki } from '../support/pki.ts';

const CHILD = path.join(import.meta.dirname, 'signing-child.ts');
const RESOURCES = path.join(import.meta.dirname, '../../resources');
const BATCH = 100;
const LARGE_PAGES = 500;

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const TOKEN_HOST = path.join(import.meta.dirname, '../../src/main/signing/keys/token-host/main.ts');
const PIN = '73915264';
const LABEL = 'counter-bench';

interface Run {
  readonly seconds: number;
  readonly cpuMs: number;
  readonly verifyMs: number;
  readonly rssMB: number;
}

/**
 * Signs by an RSA-3072 key in SoftHSM2 through the token host, fsync included. Keys: `signing.overheadMs` (a document
 * of a batch of 100, beyond the module's bare operation), `signing.cpuMs` (processor time of our own process a
 * document), `signing.keyMs` (the bare operation), `signing.verifyMs` (a document of the same batch),
 * `signing.batchSeconds`, `signing.large.MB`, `.seconds`, `.rssMB` (peak of the signing process); and as ratios
 * `openssl cms` on the same octets with the same key type, one process a file: `signing.opensslTimes`,
 * `signing.verifyOpensslTimes`, `signing.large.opensslTimes` (its time over ours).
 */
export async function benchSigning(): Promise<Record<string, number>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-sign-'));
  try {
    const pki = await testPki();
    const signer = pki.signers.rsa;
    const conf = makeToken(folder, signer);
    const small = path.join(folder, 'small.pdf');
    const large = path.join(folder, 'large.pdf');
    await scanned(small, 2, await page(620, 877));
    await scanned(large, LARGE_PAGES, await page(2480, 3508));
    const child = await bundle(folder);
    const run = (input: string, count: number): Run => {
      const font = path.join(RESOURCES, 'fonts/LiberationSerif-Regular.ttf');
      const key = `pkcs11:${MODULE}?token=${LABEL}`;
      const args = [child, input, String(count), folder, key, PIN, font, pki.rootFile, TOKEN_HOST];
      return JSON.parse(program(process.execPath, args, { SOFTHSM2_CONF: conf })) as Run;
    };
    const keyMs = bareKeyMs(conf);
    const batch = run(small, BATCH);
    const one = run(large, 1);
    const theirs = openssl(folder, small, BATCH, pki.rootFile, pki.issuingFile, signer);
    const theirLarge = openssl(folder, large, 1, pki.rootFile, pki.issuingFile, signer);
    return {
      'signing.overheadMs': round((batch.seconds * 1000) / BATCH - keyMs),
      'signing.cpuMs': round(batch.cpuMs),
      'signing.keyMs': round(keyMs),
      'signing.batchSeconds': round(batch.seconds),
      'signing.verifyMs': round(batch.verifyMs),
      'signing.opensslTimes': round(theirs.signMs / ((batch.seconds * 1000) / BATCH)),
      'signing.verifyOpensslTimes': round(theirs.verifyMs / batch.verifyMs),
      'signing.large.MB': Math.round(statSync(large).size / 1e6),
      'signing.large.seconds': round(one.seconds),
      'signing.large.opensslTimes': round(theirLarge.signMs / (one.seconds * 1000)),
      'signing.large.rssMB': one.rssMB,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function program(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const done = spawnSync(name, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  if (done.status !== 0) throw new Error(`${name}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

/** A token with the signer's key and certificate; answers the module's configuration file. */
function makeToken(folder: string, signer: TestSigner): string {
  const conf = path.join(folder, 'softhsm2.conf');
  mkdirSync(path.join(folder, 'tokens'));
  writeFileSync(conf, `directories.tokendir = ${path.join(folder, 'tokens')}\nlog.level = ERROR\n`);
  const env = { SOFTHSM2_CONF: conf };
  const der = path.join(folder, 'signer.der');
  writeFileSync(der, signer.certificate);
  const object = ['--label', 'key', '--id', '01'];
  const init = ['--init-token', '--free', '--label', LABEL, '--so-pin', '12345678', '--pin', PIN];
  program('softhsm2-util', init, env);
  program('softhsm2-util', ['--import', signer.keyFile, '--token', LABEL, '--pin', PIN, ...object], env);
  const login = ['--module', MODULE, '--token-label', LABEL, '--login', '--pin', PIN];
  program('pkcs11-tool', [...login, '--write-object', der, '--type', 'cert', ...object], env);
  return conf;
}

/** The module's own signature over as many octets as signed attributes have, without anything of ours around it. */
function bareKeyMs(conf: string): number {
  process.env.SOFTHSM2_CONF = conf;
  const driver = createTokenDriver();
  const { session, keyIds } = driver.open(MODULE, { label: LABEL, serial: null }, Buffer.from(PIN));
  const data = new Uint8Array(250);
  const from = performance.now();
  for (let i = 0; i < BATCH; i++)
    driver.sign({ op: 'sign', seq: i, session, keyId: keyIds[0]!, algorithm: 'rsa-pkcs1-sha256', data });
  const each = (performance.now() - from) / BATCH;
  driver.close(session);
  return each;
}

/** What the same octets cost `openssl cms`, detached and with the CAdES attribute. */
function openssl(
  folder: string,
  file: string,
  count: number,
  root: string,
  issuing: string,
  signer: TestSigner,
): { signMs: number; verifyMs: number } {
  const cms = path.join(folder, 'openssl.p7s');
  const signing = performance.now();
  for (let i = 0; i < count; i++) {
    const key = ['-signer', signer.certificateFile, '-inkey', signer.keyFile, '-certfile', issuing];
    program('openssl', [
      ...['cms', '-sign', '-binary', '-cades', '-md', 'sha256', '-in', file, '-outform', 'DER'],
      ...[...key, '-out', cms],
    ]);
  }
  const signMs = (performance.now() - signing) / count;
  const verifying = performance.now();
  for (let i = 0; i < count; i++) {
    program('openssl', [
      ...['cms', '-verify', '-binary', '-cades', '-inform', 'DER', '-in', cms, '-content', file],
      ...['-CAfile', root, '-purpose', 'any', '-out', '/dev/null'],
    ]);
  }
  return { signMs, verifyMs: (performance.now() - verifying) / count };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Noise over paper, coarse enough that an A4 page at 300 dpi takes about 660 kB, as real scans do. */
async function page(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 235, sigma: 9 } as const;
  return sharp({ create: { width, height, channels: 3, background: '#ffffff', noise } })
    .blur(0.9)
    .jpeg({ quality: 80 })
    .toBuffer();
}

async function scanned(file: string, count: number, jpeg: Buffer): Promise<void> {
  async function* pages() {
    for (let i = 0; i < count; i++) yield { image: jpeg, dpi: 300 };
  }
  const icc = readFileSync(path.join(RESOURCES, 'icc/sRGB.icc'));
  await writeScannedPdf({
    path: file,
    pages: pages(),
    title: 'Hồ sơ',
    createdAt: new Date(0),
    producer: 'bench',
    icc,
  });
}

/** As it ships: bundled JavaScript, in a process of its own. */
async function bundle(folder: string): Promise<string> {
  const outDir = path.join(folder, 'child');
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: { ssr: CHILD, outDir, emptyOutDir: true },
  });
  writeFileSync(path.join(outDir, 'package.json'), '{"type":"module"}');
  return path.join(outDir, 'signing-child.js');
}
