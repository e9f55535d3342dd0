/** Runs inside the guest of run.ts: the checks of the USB code against the virtual bus. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openScanner, scannerDeps } from '../../src/main/scanning/index.ts';
import { createUsb, forkUsbHost } from '../../src/main/usb/client.ts';
import { startScannerSimulator } from '../../src/simulators/scanner/index.ts';
import { makeGadget, mountFunctionFs, startBus } from './bus.ts';

let passed = 0;
let failed = 0;

async function check(name: string, body: () => Promise<string | undefined>): Promise<void> {
  const started = performance.now();
  try {
    const remark = (await body()) ?? '';
    passed++;
    console.log(`ok - ${name}${remark ? `: ${remark}` : ''} (${Math.round(performance.now() - started)} ms)`);
  } catch (error) {
    failed++;
    console.log(`FAILED - ${name}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

console.log('guest: node', process.version);
const usb = createUsb({ launch: () => forkUsbHost() });
await check('a machine without USB lists nothing and says why', async () => JSON.stringify(await usb.list()));
startBus(2);
const udev = spawn('/usr/lib/systemd/systemd-udevd', { stdio: 'ignore' });
const simulator = await startScannerSimulator({ sheets: 10, seed: 3 });
const folders = ['a', 'b'].map((name) => `/mnt/${name}`);
const mfp = makeGadget({
  name: 'mfp',
  vendorId: 0x1209,
  productId: 0x4d46,
  serial: 'MFP-0001',
  product: 'Counter MFP',
  functions: ['ffs.a', 'ffs.b'],
});
for (const [index, name] of ['a', 'b'].entries()) mountFunctionFs(name, folders[index]!);
const program = spawn(
  process.execPath,
  [`${import.meta.dirname}/gadget.ts`, String(simulator.port), '8631', ...folders],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
await once(program.stdout, 'data');
usb.onChange((presence) => console.log('change:', JSON.stringify(presence)));
mfp.plugIn();
await sleep(4000);
await check('listed', async () => JSON.stringify(await usb.list()));
await check('scan', async () => {
  const scanner = openScanner('escl:usb:1209:4d46:MFP-0001', scannerDeps({ usb: usb.connect }));
  const never = new AbortController().signal;
  console.log(JSON.stringify(await scanner.describe(never)));
  let bytes = 0;
  let pages = 0;
  for await (const page of scanner.scan({ source: 'adf', dpi: 200, mode: 'color' } as never, never)) {
    bytes += page.bytes.length;
    pages++;
  }
  return `${pages} pages, ${bytes} bytes`;
});
console.log(`${passed} passed, ${failed} failed`);
function stop(child: ChildProcess): void {
  child.kill('SIGKILL');
}
stop(program);
stop(udev);
await usb.close();
await simulator.stop();
process.exit(failed === 0 ? 0 : 1);
