import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { BindingPortInterface } from '@serialport/bindings-cpp';

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

/**
 * Opens a port for this process alone. The native module is loaded here, so that a machine on which it cannot be
 * loaded still starts.
 */
export async function openPort(settings: PortSettings): Promise<BytePort> {
  const { autoDetect } = await import('@serialport/bindings-cpp');
  const { path, baudRate, dataBits = 8, stopBits = 1, parity = 'none' } = settings;
  const port: BindingPortInterface = await autoDetect().open({
    path,
    baudRate,
    dataBits,
    stopBits,
    parity,
    lock: true,
  });
  const buffer = Buffer.alloc(BUFFER_BYTES);
  const take = isPosix(port)
    ? () => readPosix(port, buffer)
    : async () => (await readPort(port, buffer)).length;
  return {
    read: async () => Uint8Array.from(buffer.subarray(0, await take())),
    close: async () => {
      if (port.isOpen) await port.close();
    },
  };
}

async function readPort(port: BindingPortInterface, buffer: Buffer): Promise<Buffer> {
  const { bytesRead } = await port.read(buffer, 0, buffer.length);
  return buffer.subarray(0, bytesRead);
}

/** What the bindings for Linux and macOS show of themselves (LinuxPortBinding, DarwinPortBinding). */
interface PosixPort extends BindingPortInterface {
  readonly fd: number | null;
  readonly poller: { once(event: 'readable', callback: (error: Error | null) => void): unknown };
}

function isPosix(port: BindingPortInterface): port is PosixPort {
  return 'poller' in port && 'fd' in port;
}

const readFile = promisify(read);

/**
 * The bindings' own read (13.0.0, unix-read.js) reads again and again where a terminal that was hung up between two
 * reads gives 0 octets: observed as 3 s of processor time in 3 s, for as long as the reader stays away. So 0 is the end.
 */
async function readPosix(port: PosixPort, buffer: Buffer): Promise<number> {
  for (;;) {
    if (port.fd === null) throw new Error('the port is closed');
    try {
      const { bytesRead } = await readFile(port.fd, buffer, 0, buffer.length, null);
      if (bytesRead === 0) throw new Error('the port was hung up');
      return bytesRead;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN' && code !== 'EWOULDBLOCK' && code !== 'EINTR') throw error;
    }
    await readable(port);
  }
}

function readable(port: PosixPort): Promise<void> {
  return new Promise((resolve, reject) => {
    port.poller.once('readable', (error) => (error ? reject(error) : resolve()));
  });
}
