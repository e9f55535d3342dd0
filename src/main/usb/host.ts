import { listDevices, type NativeUsb, placesOf } from './driver.ts';
import { EXCHANGE_LIMITS } from './exchange.ts';
import { type HostMessage, hostRequest } from './messages.ts';
import { createPool, POOL_LIMITS } from './pool.ts';
import { createServer } from './server.ts';

/**
 * The USB host: the one process that loads the native USB module, which ends its process on a machine without a USB
 * subsystem. Under plain Node it talks over the fork's channel, in Electron over the utility process's port.
 */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

function portOfThisProcess() {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort) {
    return {
      post: (message: HostMessage) => parentPort.postMessage(message),
      onMessage: (handler: (message: unknown) => void) =>
        parentPort.on('message', ({ data }) => handler(data)),
    };
  }
  if (!process.send) throw new Error('the USB host is started by the engine');
  process.on('disconnect', () => process.exit(0));
  return {
    post: (message: HostMessage) => void process.send?.(message),
    onMessage: (handler: (message: unknown) => void) => void process.on('message', handler),
  };
}

async function loadUsb(): Promise<NativeUsb | null> {
  try {
    const { usb } = await import('usb');
    return usb as unknown as NativeUsb;
  } catch {
    // No prebuilt module for this machine, or one that its system cannot load: 'no-module' is what it comes to.
    return null;
  }
}

const usb = loadUsb();
const port = portOfThisProcess();
const server = createServer({
  usb: async () => {
    const native = await usb;
    if (!native) return null;
    return {
      list: () => listDevices(native),
      onPlug: (listener) => {
        native.addEventListener('connect', listener);
        native.addEventListener('disconnect', listener);
      },
      pool: createPool({
        places: (device) => placesOf(native, device),
        exchange: EXCHANGE_LIMITS,
        pool: POOL_LIMITS,
        now: () => performance.now(),
      }),
    };
  },
  post: port.post,
});
port.onMessage((message) => {
  const request = hostRequest.safeParse(message);
  // Only the engine speaks here; what it did not mean to say ends the host rather than be guessed at.
  if (!request.success) process.exit(2);
  server.handle(request.data);
});
