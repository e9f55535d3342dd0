/**
 * Runs inside the guest of run.ts as its only program: plugs devices into the virtual bus and checks what the USB
 * code makes of them. `guest.ts denied` is the same code without rights, started by the other one.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PDFDocument } from 'pdf-lib';
import { CounterError } from '../../src/contract/errors.ts';
import { openPrinter, printerDeps } from '../../src/main/printing/open.ts';
import { openScanner, type RawPage, scannerDeps } from '../../src/main/scanning/index.ts';
import { createUsb, forkUsbHost, type UsbService } from '../../src/main/usb/client.ts';
import type { UsbFault } from '../../src/main/usb/faults.ts';
import type { UsbPresence } from '../../src/main/usb/port.ts';
import { startScannerSimulator } from '../../src/simulators/scanner/index.ts';
import { startPrinter } from '../../tests/integration/printing/printer-namespace.ts';
import { makeGadget, mountFunctionFs, startBus } from './bus.ts';

const MFP = 'usb:1209:4d46:MFP-0001';
const DEVICE = { vendorId: 0x1209, productId: 0x4d46, serial: 'MFP-0001' };
const never = new AbortController().signal;

async function* scan(usb: UsbService, signal = never): AsyncGenerator<RawPage> {
  const scanner = openScanner(`escl:${MFP}`, scannerDeps({ usb: usb.connect }));
  yield* scanner.scan({ source: 'adf', dpi: 150, mode: 'color' }, signal);
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'nothing';
  } catch (error) {
    if (error instanceof CounterError) return `${error.code} ${JSON.stringify(error.details)}`;
    throw error;
  }
}

if (process.argv[2] === 'denied') {
  const usb = createUsb({ launch: () => forkUsbHost(), listMs: 120_000 });
  const scanner = openScanner(`escl:${MFP}`, scannerDeps({ usb: usb.connect }));
  console.log(
    JSON.stringify({ presence: await usb.list(), code: await codeOf(() => scanner.describe(never)) }),
  );
  await usb.close();
  process.exit(0);
}

let passed = 0;
let failed = 0;

async function check(name: string, body: () => Promise<string>): Promise<void> {
  const started = performance.now();
  try {
    const remark = await body();
    passed++;
    console.log(`ok - ${name}: ${remark} (${Math.round(performance.now() - started)} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAILED - ${name}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

const hostPids: number[] = [];
const usb = createUsb({
  launch: () => forkUsbHost({ onLaunch: (pid) => hostPids.push(pid) }),
  listMs: 120_000,
});
let seen: UsbPresence = await usb.list();
const arrivals = new Set<(presence: UsbPresence) => void>();

/** The time in ms until the list is as wanted. */
async function listed(what: (presence: UsbPresence) => boolean): Promise<number> {
  const started = performance.now();
  if (!what(seen)) {
    await new Promise<void>((resolve) => {
      const listener = (presence: UsbPresence) => {
        if (!what(presence)) return;
        arrivals.delete(listener);
        resolve();
      };
      arrivals.add(listener);
    });
  }
  return Math.round(performance.now() - started);
}

const has = (kind: string) => (presence: UsbPresence) =>
  presence.devices.some((device) => (device.kinds as readonly string[]).includes(kind));
const hasMfp = (presence: UsbPresence) => presence.devices.some((device) => device.id === MFP);

await check('a machine without a USB subsystem lists nothing and says why', async () => {
  assert.deepEqual(await usb.list(), { state: 'unavailable', reason: 'no-usb', devices: [] });
  return 'no-usb';
});
usb.onChange((presence) => {
  seen = presence;
  for (const listener of arrivals) listener(presence);
});

startBus(2);
const udev = spawn('/usr/lib/systemd/systemd-udevd', { stdio: 'ignore' });
const papers = readdirSync('/mnt/pages')
  .sort()
  .map((name) => ({ jpeg: readFileSync(`/mnt/pages/${name}`) }));
// A device that was unplugged forgets the job that nobody asks for any more.
const simulator = await startScannerSimulator({ papers, jobIdleMs: 5_000 });
const printer = await startPrinter();
const folders = ['a', 'b'].map((name) => `/mnt/${name}`);
const mfp = makeGadget({
  name: 'mfp',
  vendorId: DEVICE.vendorId,
  productId: DEVICE.productId,
  serial: DEVICE.serial,
  product: 'Counter MFP',
  functions: ['ffs.a', 'ffs.b'],
});
for (const [index, name] of ['a', 'b'].entries()) mountFunctionFs(name, folders[index]!);
const gadget = spawn(
  process.execPath,
  [`${import.meta.dirname}/gadget.ts`, String(simulator.port), printer.socket, ...folders],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await once(gadget.stdout, 'data');
const gun = makeGadget({
  name: 'gun',
  vendorId: 0x1d6b,
  productId: 0x0104,
  serial: 'GUN-1',
  product: 'Barcode Scanner',
  functions: ['hid.keys'],
});

await check('USB that appears later is found, and a device plugged in shows by itself', async () => {
  await listed((presence) => presence.state === 'ok');
  mfp.plugIn();
  const ms = await listed(hasMfp);
  const device = seen.devices.find(({ id }) => id === MFP);
  assert.deepEqual(device?.kinds, ['printer']);
  assert.equal(device?.ippUsb, true);
  return `${MFP} after ${ms} ms`;
});

await check('a barcode gun comes and goes', async () => {
  gun.plugIn();
  const came = await listed(has('reader'));
  gun.unplug();
  const went = await listed((presence) => !has('reader')(presence));
  assert.equal(hasMfp(seen), true);
  return `came after ${came} ms, went after ${went} ms`;
});

const load = () => simulator.control.loadFeeder(papers);

await check('ten pages come through the USB while a second interface answers', async () => {
  let bytes = 0;
  let pages = 0;
  let name = '';
  for await (const page of scan(usb)) {
    bytes += page.bytes.length;
    assert.equal(sum(page.bytes), sum(papers[pages]!.jpeg));
    pages++;
    if (pages > 1) continue;
    const scanner = openScanner(`escl:${MFP}`, scannerDeps({ usb: usb.connect }));
    name = (await scanner.describe(never)).name;
  }
  assert.equal(pages, 10);
  assert.notEqual(name, '');
  return `${pages} pages, ${bytes} bytes from ${name}`;
});

await check('a PDF is printed through the USB, octet by octet and once', async () => {
  const pdf = await PDFDocument.create();
  for (let page = 0; page < 5; page++) pdf.addPage([595, 842]).drawText(`page ${page + 1}`);
  await pdf.attach(randomBytes(700_000), 'filling.bin');
  const octets = await pdf.save();
  writeFileSync('/tmp/slip.pdf', octets);
  const device = openPrinter(`ipp:${MFP}`, printerDeps({ usb: usb.connect }));
  const job = await device.print('/tmp/slip.pdf', 'slip-1', never, { copies: 2 });
  const again = await device.print('/tmp/slip.pdf', 'slip-1', never, { copies: 2 });
  assert.equal(job.state, 'completed');
  assert.deepEqual(again, job);
  const sums = printer.documents().map((file) => sum(readFileSync(file)));
  assert.deepEqual(sums, [sum(octets)]);
  return `job ${job.id}, ${octets.length} bytes, ${job.pages} pages`;
});

await check('a pipe that the device halts is cleared and read again', async () => {
  assert.equal(await get('/stall'), 'stalled');
  return 'stalled, then answered';
});

await check('an answer that nobody wants any more does not become the next one', async () => {
  const cut = new AbortController();
  load();
  const code = await codeOf(async () => {
    for await (const page of scan(usb, cut.signal)) if (page.index === 1) setTimeout(() => cut.abort(), 300);
  });
  assert.match(code, /^CANCELLED/);
  const first = await get('/eSCL/ScannerStatus');
  assert.match(first, /ScannerStatus/);
  return code;
});

await check('both interfaces held by another program are named busy', async () => {
  const other = createUsb({ launch: () => forkUsbHost() });
  const held = await Promise.all(['a', 'b'].map(() => holdOpen(other)));
  const code = await codeOf(() => describeWith(usb));
  for (const stream of held) stream.destroy();
  await other.close();
  assert.match(code, /^SCANNER_BUSY/);
  assert.equal(await codeOf(() => describeWith(usb)), 'nothing');
  return code;
});

await check('a user without rights sees the device and is told why it does not open', async () => {
  const child = spawn(process.execPath, [import.meta.filename, 'denied'], {
    uid: 65534,
    gid: 65534,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  await once(child, 'close');
  const { presence, code } = JSON.parse(said) as { presence: UsbPresence; code: string };
  assert.equal(hasMfp(presence), true, said);
  assert.match(code, /^SCANNER_DENIED/);
  return code;
});

await check('a USB process that is killed in mid-answer costs the scan and nothing else', async () => {
  load();
  let pages = 0;
  const code = await codeOf(async () => {
    for await (const page of scan(usb)) {
      pages = page.index + 1;
      if (pages === 2) setTimeout(() => process.kill(hostPids.at(-1)!, 'SIGKILL'), 200);
    }
  });
  assert.match(code, /^(SCANNER_UNREACHABLE|PAGE_TRUNCATED)/);
  assert.equal(pages, 2);
  const back = await listed((presence) => presence.state === 'ok' && hasMfp(presence));
  assert.match(await get('/eSCL/ScannerStatus'), /ScannerStatus/);
  return `${code}, 2 pages kept, back after ${back} ms`;
});

await check('unplugged in mid-scan: named, the whole pages kept; plugged in again it scans', async () => {
  await sleep(1000);
  load();
  const pages: RawPage[] = [];
  const code = await codeOf(async () => {
    for await (const page of scan(usb)) {
      pages.push(page);
      if (pages.length === 3) setTimeout(() => mfp.unplug(), 200);
    }
  });
  assert.match(code, /^(SCANNER_UNREACHABLE|PAGE_TRUNCATED)/);
  assert.equal(pages.length, 3);
  for (const { bytes } of pages) assert.deepEqual([...bytes.slice(-2)], [0xff, 0xd9]);
  const went = await listed((presence) => !hasMfp(presence));
  const gone = await codeOf(() => describeWith(usb));
  assert.match(gone, /^SCANNER_UNREACHABLE .*usb-absent/);
  mfp.plugIn();
  await listed(hasMfp);
  load();
  let after = 0;
  for await (const _page of scan(usb)) if (++after === 2) break;
  assert.equal(after, 2);
  return `${code}; shown as gone after ${went} ms; then ${gone}; then scanned again`;
});

await usb.close();
gadget.kill('SIGKILL');
udev.kill('SIGKILL');
await simulator.stop();
await printer.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function sum(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

function describeWith(service: UsbService) {
  return openScanner(`escl:${MFP}`, scannerDeps({ usb: service.connect })).describe(never);
}

function asIs(fault: UsbFault): Error {
  return fault;
}

/** The body of the answer to one GET over the USB. */
async function get(path: string): Promise<string> {
  const request = http.request({
    path,
    host: 'localhost',
    headers: { Connection: 'keep-alive' },
    createConnection: () => usb.connect(DEVICE, asIs),
  });
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return body;
}

/** An interface that is held by a program that says nothing. */
async function holdOpen(service: UsbService) {
  const stream = service.connect(DEVICE, asIs);
  await once(stream, 'connect');
  return stream;
}
