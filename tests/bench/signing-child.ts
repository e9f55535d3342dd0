/**
 * Signs one PDF COUNT times as one batch: INPUT COUNT FOLDER KEY.pem FONT.ttf SIGNER.pem ISSUING.pem
 * ROOT.pem; prints seconds of the batch, milliseconds of processor time a document,
 * milliseconds of the bare key operation and of verifying, peak resident memory.
 */
import { createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadAppearanceFont } from '../../src/main/signing/appearance/font.ts';
import { certificatesFromPem } from '../../src/main/signing/evidence/trust.ts';
import type { SigningKey } from '../../src/main/signing/port.ts';
import { verifyPdf } from '../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../src/main/signing/writing/sign-pdf.ts';

const [input, count, folder, keyFile, fontFile, ...chain] = process.argv.slice(2) as [string, ...string[]];
const privateKey = createPrivateKey(await readFile(keyFile!));
const certificates = (await Promise.all(chain.map((file) => readFile(file, 'latin1')))).flatMap(
  certificatesFromPem,
);
let keyMilliseconds = 0;
const key: SigningKey = {
  info: { uri: 'bench', label: 'bench', kind: 'pkcs12', pinState: 'ok' },
  certificates,
  algorithm: 'rsa-pkcs1-sha256',
  async sign(data) {
    const from = performance.now();
    const signature = sign('sha256', data, privateKey);
    keyMilliseconds += performance.now() - from;
    return signature;
  },
  close: async () => {},
};
const font = await loadAppearanceFont(fontFile!);
const output = (i: number) => path.join(folder!, `signed-${i}.pdf`);
const at = new Date();

const cpu = process.cpuUsage();
const started = performance.now();
for (let i = 0; i < Number(count); i++) {
  await signPdf({ input, output: output(i), key, appearance: { kind: 'digitised-component' }, font, at });
}
const seconds = (performance.now() - started) / 1000;
const used = process.cpuUsage(cpu);
const cpuMs = (used.user + used.system) / 1000 / Number(count);
const rssMB = await peakRssMB();

const verifying = performance.now();
for (let i = 0; i < Number(count); i++) {
  const { signatures } = await verifyPdf(output(i), { trust: [certificates.at(-1)!] });
  if (signatures[0]?.indication !== 'TOTAL-PASSED') throw new Error(`not valid: ${signatures[0]?.reasons}`);
}
const verifyMs = (performance.now() - verifying) / Number(count);
console.log(JSON.stringify({ seconds, cpuMs, keyMs: keyMilliseconds / Number(count), verifyMs, rssMB }));

/** Peak of this program alone: getrusage would count what the parent held before exec. */
async function peakRssMB(): Promise<number> {
  const status = await readFile('/proc/self/status', 'latin1').catch(() => '');
  const kB = /^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Math.round(Number(kB) / 1000);
}
