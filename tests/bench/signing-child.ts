/**
 * Signs one PDF COUNT times as one batch: INPUT COUNT FOLDER KEY PIN FONT.ttf ROOT.pem HOST.ts; KEY is a pkcs11 address.
 * Prints seconds of the batch, milliseconds of processor time of this process a document and of verifying, and the peak
 * of its resident memory.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadAppearanceFont } from '../../src/main/signing/appearance/font.ts';
import { certificatesFromPem } from '../../src/main/signing/evidence/trust.ts';
import { openKeySource } from '../../src/main/signing/keys/open.ts';
import { forkHost } from '../../src/main/signing/keys/token-host/channel.ts';
import { createTokenHost } from '../../src/main/signing/keys/token-host/client.ts';
import { verifyPdf } from '../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../src/main/signing/writing/sign-pdf.ts';

const [input, count, folder, address, pin, fontFile, rootFile, script] = process.argv.slice(2) as [
  string,
  ...string[],
];
const trust = certificatesFromPem(await readFile(rootFile!, 'latin1'));
const font = await loadAppearanceFont(fontFile!);
const output = (i: number) => path.join(folder!, `signed-${i}.pdf`);
const at = new Date();
const documents = Number(count);

const env = { SOFTHSM2_CONF: process.env.SOFTHSM2_CONF! };
const tokenHost = createTokenHost({ launch: () => forkHost({ script: script!, env }) });
const key = await openKeySource(address!, { tokenHost, now: () => at }).open(pin!);
const sign = (i: number) =>
  signPdf({ input, output: output(i), key, appearance: { kind: 'digitised-component' }, font, at });

const cpu = process.cpuUsage();
const started = performance.now();
for (let i = 0; i < documents; i++) await sign(i);
const seconds = (performance.now() - started) / 1000;
const used = process.cpuUsage(cpu);
const cpuMs = (used.user + used.system) / 1000 / documents;
const rssMB = await peakRssMB();
await key.close();
await tokenHost.shutdown();

const verifying = performance.now();
for (let i = 0; i < documents; i++) {
  const { signatures } = await verifyPdf(output(i), { trust });
  const { indication, reasons } = signatures[0]!;
  if (indication === 'TOTAL-FAILED' || reasons.some((r) => r.includes('digest')))
    throw new Error(`not valid: ${reasons}`);
}
const verifyMs = (performance.now() - verifying) / documents;
console.log(JSON.stringify({ seconds, cpuMs, verifyMs, rssMB }));

/** Peak of this program alone: getrusage would count what the parent held before exec. */
async function peakRssMB(): Promise<number> {
  const status = await readFile('/proc/self/status', 'latin1').catch(() => '');
  const kB = /^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Math.round(Number(kB) / 1000);
}
