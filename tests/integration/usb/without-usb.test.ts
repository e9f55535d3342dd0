import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPrinter, printerDeps } from '../../../src/main/printing/open.ts';
import { openScanner, scannerDeps } from '../../../src/main/scanning/index.ts';
import { createUsb, forkUsbHost } from '../../../src/main/usb/client.ts';
import type { UsbPresence } from '../../../src/main/usb/port.ts';

const never = new AbortController().signal;

/**
 * The real process with the real module, on whatever machine this runs: on one with USB it lists, on one without it
 * says why there is no list. On neither may anything crash.
 */
describe('the USB process on this machine', () => {
  it('lists or says why not, and ends when it is told to', async () => {
    const pids: number[] = [];
    const usb = createUsb({ launch: () => forkUsbHost({ onLaunch: (pid) => pids.push(pid) }) });
    const presence = await usb.list();
    expect(['ok', 'no-usb', 'no-module']).toContain(presence.reason || presence.state);
    await usb.close();
    expect(pids).toHaveLength(1);
    expect(() => process.kill(pids[0]!, 0)).toThrow();
  });

  it('names a device that is not there, for a scan and for a print', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'usb-'));
    const file = path.join(folder, 'a.jpg');
    await writeFile(file, Buffer.from('ffd8ffe000', 'hex'));
    const usb = createUsb({ launch: () => forkUsbHost() });
    const scanner = openScanner('escl:usb:dead:beef', scannerDeps({ usb: usb.connect }));
    await expect(scanner.describe(never)).rejects.toMatchObject({ code: 'SCANNER_UNREACHABLE' });
    const printer = openPrinter('ipp:usb:dead:beef', printerDeps({ usb: usb.connect }));
    await expect(printer.print(file, 'k', never)).rejects.toMatchObject({ code: 'PRINTER_UNREACHABLE' });
    await usb.close();
    await rm(folder, { recursive: true });
  });

  it('is started again after a kill, and told of to those who watch', async () => {
    const pids: number[] = [];
    const usb = createUsb({
      launch: () => forkUsbHost({ onLaunch: (pid) => pids.push(pid) }),
      backoffMs: [10],
    });
    const seen: UsbPresence[] = [];
    usb.onChange((presence) => seen.push(presence));
    const before = await usb.list();
    process.kill(pids[0]!, 'SIGKILL');
    await expect.poll(() => seen.map(({ reason }) => reason)).toContain('host-crashed');
    await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toEqual(before);
    expect(pids).toHaveLength(2);
    await usb.close();
  });

  it.each(['process.exit(1)', 'process.abort()', 'throw new Error("no")', 'setInterval(() => {}, 1000)'])(
    'that does %s instead costs the list and nothing else',
    async (program) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'usb-'));
      const script = path.join(folder, 'host.mjs');
      await writeFile(script, `${program};\n`);
      const usb = createUsb({ launch: () => forkUsbHost({ script }), listMs: 1_500, backoffMs: [60_000] });
      expect(await usb.list()).toMatchObject({ state: 'unavailable', devices: [] });
      await usb.close();
      await rm(folder, { recursive: true });
    },
  );
});
