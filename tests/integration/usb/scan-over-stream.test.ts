import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openScanner, type RawPage, scannerDeps } from '../../../src/main/scanning/index.ts';
import { createUsb, type UsbService } from '../../../src/main/usb/client.ts';
import { UsbFault } from '../../../src/main/usb/faults.ts';
import type { HostMessage, HostRequest } from '../../../src/main/usb/messages.ts';
import type { ClaimedPair } from '../../../src/main/usb/pool.ts';
import { createPool } from '../../../src/main/usb/pool.ts';
import { createServer } from '../../../src/main/usb/server.ts';
import { type ScannerSimulator, startScannerSimulator } from '../../../src/simulators/scanner/index.ts';

const never = new AbortController().signal;
const PACKET = 512;

/**
 * Bulk pipes whose other end is a server's connection: what leads to the host is cut into transfers as a device does,
 * and a read that asks for more than has come waits.
 */
function pipesTo(port: number): ClaimedPair {
  const socket = connect(port, '127.0.0.1');
  let queue = Buffer.alloc(0);
  let gone = false;
  let wake = () => {};
  socket.on('data', (chunk) => {
    queue = Buffer.concat([queue, chunk]);
    wake();
  });
  for (const event of ['close', 'error']) {
    socket.on(event, () => {
      gone = true;
      wake();
    });
  }
  return {
    packet: PACKET,
    write: (data) =>
      new Promise((resolve, reject) => {
        socket.write(data, (error) => (error ? reject(new UsbFault('unplugged')) : resolve()));
      }),
    async read(length, timeoutMs) {
      const until = performance.now() + timeoutMs;
      while (queue.length === 0) {
        if (gone) throw new UsbFault('unplugged');
        const left = until - performance.now();
        if (left <= 0) throw new UsbFault('timeout');
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const data = queue.subarray(0, length);
      queue = queue.subarray(data.length);
      return data;
    },
    release: async () => void socket.destroy(),
  };
}

/** The whole way of the USB but the bus itself: client, messages, host, pool, exchange. */
function usbTo(simulator: ScannerSimulator, interfaces: number): UsbService {
  return createUsb({
    launch: () => {
      let toEngine = (_message: unknown) => {};
      let exit = () => {};
      const server = createServer({
        usb: async () => ({
          list: async () => [],
          onPlug: () => {},
          pool: createPool({
            places: async () =>
              Array.from({ length: interfaces }, (_, index) => ({
                key: String(index),
                claim: async () => pipesTo(simulator.port),
              })),
            exchange: { readMs: 10_000, sliceMs: 50, quietMs: 5, drainMs: 5_000 },
            pool: { waitMs: 2_000, idleMs: 100 },
            now: () => performance.now(),
          }),
        }),
        post: (message: HostMessage) => queueMicrotask(() => toEngine(structuredClone(message))),
      });
      return {
        post: (message) => server.handle(structuredClone(message) as HostRequest),
        onMessage: (handler) => {
          toEngine = handler;
        },
        onExit: (handler) => {
          exit = handler;
        },
        kill: () => queueMicrotask(() => exit()),
      };
    },
  });
}

describe('eSCL over the USB, short of the bus', () => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.stop();
  });

  async function start(options: Parameters<typeof startScannerSimulator>[0], interfaces = 2) {
    const simulator = await startScannerSimulator(options);
    const usb = usbTo(simulator, interfaces);
    open.push(simulator, { stop: () => usb.close() });
    return { simulator, scanner: openScanner('escl:usb:1209:4d46:S', scannerDeps({ usb: usb.connect })) };
  }

  async function scan(scanner: ReturnType<typeof openScanner>): Promise<RawPage[]> {
    const pages: RawPage[] = [];
    for await (const page of scanner.scan({ source: 'adf', dpi: 100, mode: 'gray' }, never)) pages.push(page);
    return pages;
  }

  it.each([1, 2])('a whole feeder comes through %i interface(s)', async (interfaces) => {
    const { scanner } = await start({ sheets: 4 }, interfaces);
    expect(await scanner.describe(never)).toMatchObject({ uri: 'escl:usb:1209:4d46:S', origin: 'escl' });
    expect(await scan(scanner)).toHaveLength(4);
  });

  it('a jam in the middle keeps the whole pages and is named', async () => {
    const { scanner } = await start({ sheets: 4, faults: [{ kind: 'jam', page: 2 }] as never });
    await expect(scan(scanner)).rejects.toMatchObject({ code: 'SCANNER_JAMMED' });
  });

  it('a device that vanishes in the middle is named', async () => {
    const { scanner, simulator } = await start({ sheets: 4 });
    const pages: RawPage[] = [];
    const scanning = (async () => {
      for await (const page of scanner.scan({ source: 'adf', dpi: 100, mode: 'gray' }, never)) {
        pages.push(page);
        if (pages.length === 2) simulator.control.inject({ kind: 'crash' } as never);
      }
    })();
    await expect(scanning).rejects.toMatchObject({ code: 'SCANNER_UNREACHABLE' });
    expect(pages).toHaveLength(2);
  });
});

describe('eSCL over a USB that fails', () => {
  it.each([
    ['busy', 'SCANNER_BUSY'],
    ['denied', 'SCANNER_DENIED'],
    ['absent', 'SCANNER_UNREACHABLE'],
    ['unplugged', 'SCANNER_UNREACHABLE'],
    ['unavailable', 'SCANNER_UNREACHABLE'],
    ['ambiguous', 'SCANNER_URI_INVALID'],
    ['no-http', 'SCANNER_UNSUPPORTED'],
    ['timeout', 'SCANNER_TIMEOUT'],
    ['stalled', 'SCANNER_IO'],
    ['protocol', 'SCANNER_PROTOCOL'],
  ] as const)('by %s is %s', async (fault, code) => {
    const usb = createUsb({
      launch: () => {
        let answer = (_message: unknown) => {};
        let exit = () => {};
        return {
          post: (message) => {
            const { seq } = message as { seq?: number };
            if (seq !== undefined)
              queueMicrotask(() => answer({ type: 'fault', seq, code: fault, message: '' }));
          },
          onMessage: (handler) => {
            answer = handler;
          },
          onExit: (handler) => {
            exit = handler;
          },
          kill: () => queueMicrotask(() => exit()),
        };
      },
    });
    const scanner = openScanner('escl:usb:1209:4d46', scannerDeps({ usb: usb.connect }));
    await expect(scanner.describe(never)).rejects.toMatchObject({ code });
    await usb.close();
  });

  it('without any USB is unreachable', async () => {
    const scanner = openScanner('escl:usb:1209:4d46', scannerDeps());
    await expect(scanner.describe(never)).rejects.toMatchObject({ code: 'SCANNER_UNREACHABLE' });
    expect(() => openScanner('escl:usb:1209', scannerDeps())).toThrow(
      expect.objectContaining({ code: 'SCANNER_URI_INVALID' }),
    );
  });
});
