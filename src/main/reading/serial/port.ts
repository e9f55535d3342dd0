import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { lockLine } from './lock-file.ts';

/** An open serial port as far as a reader needs it. */
export interface BytePort {
  /** What came, at least one octet; rejects when the port goes away or is closed. */
  read(): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface PortSettings {
  /** `COM3`, `/dev/ttyACM0`, `/dev/serial/by-id/…`. */
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits?: 7 | 8;
  readonly stopBits?: 1 | 2;
  readonly parity?: 'none' | 'even' | 'odd';
}

/** Readers send a few hundred octets at a time. */
const BUFFER_BYTES = 4096;

/** Opens a port for this process alone. */
export function openPort(settings: PortSettings): Promise<BytePort> {
  return process.platform === 'win32' ? openWindows(settings) : openTerminal(settings);
}

/**
 * The native module is loaded here, so that a machine on which it cannot be loaded still starts. It serves Windows
 * alone: its Linux side (13.0.0, poller.cpp) ended the whole process with SIGSEGV in 3 of 12 runs of the tests.
 */
async function openWindows(settings: PortSettings): Promise<BytePort> {
  const { autoDetect } = await import('@serialport/bindings-cpp');
  const { path, baudRate, dataBits = 8, stopBits = 1, parity = 'none' } = settings;
  const port = await autoDetect().open({ path, baudRate, dataBits, stopBits, parity, lock: true });
  const buffer = Buffer.alloc(BUFFER_BYTES);
  return {
    async read() {
      const { bytesRead } = await port.read(buffer, 0, buffer.length);
      return Uint8Array.from(buffer.subarray(0, bytesRead));
    },
    close: async () => {
      if (port.isOpen) await port.close();
    },
  };
}

/** A serial port is a terminal line: `stty` sets it up, and Node's own terminal stream reads it. */
async function openTerminal(settings: PortSettings): Promise<BytePort> {
  const unlock = await lockLine(settings.path);
  const handle = await opened(settings).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
  const stream = new ReadStream(handle.fd);
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  return {
    async read() {
      const { done, value } = await pieces.next();
      if (done) throw new Error('the port was hung up');
      return Uint8Array.from(value);
    },
    async close() {
      stream.destroy();
      await handle.close();
      await unlock();
    },
  };
}

async function opened(settings: PortSettings): Promise<FileHandle> {
  // Without O_NONBLOCK opening waits for a carrier that readers do not give.
  const handle = await open(settings.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  try {
    if (!isatty(handle.fd)) throw new Error('not a serial port');
    await setUp(settings);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const run = promisify(execFile);

async function setUp({ path, baudRate, dataBits = 8, stopBits = 1, parity = 'none' }: PortSettings) {
  const bits = [`cs${dataBits}`, stopBits === 2 ? 'cstopb' : '-cstopb'];
  const check = parity === 'none' ? ['-parenb'] : ['parenb', parity === 'odd' ? 'parodd' : '-parodd'];
  const device = process.platform === 'darwin' ? '-f' : '-F';
  // Raw comes first: it sets eight bits and no parity itself.
  const args = [device, path, 'raw', '-echo', 'clocal', 'cread', String(baudRate), ...bits, ...check];
  await run('stty', args, { timeout: 5_000 });
}
