import { UsbFault } from './faults.ts';
import type { HostMessage, HostRequest, StreamRequest } from './messages.ts';
import type { Pool } from './pool.ts';
import type { UsbDeviceInfo, UsbPresence } from './port.ts';

/** The USB of this machine as the host uses it. */
export interface LocalUsb {
  /** Rejects on a machine without a USB subsystem. */
  list(): Promise<UsbDeviceInfo[]>;
  /** Calls back after something was plugged in or out. Not to be called before `list` has succeeded. */
  onPlug(listener: () => void): void;
  readonly pool: Pool;
}

/** Plug events can be missing (no udevd, an event lost): the list is looked at anyway, at this interval. */
export const LOOK_EVERY_MS = 3_000;
/** A device is ready a moment after its event. */
const SETTLE_MS = 150;
/** Streams that may be open at once; an engine that forgets to close them must not hold every interface. */
const MAX_STREAMS = 64;

interface Stream {
  readonly opened: ReturnType<Pool['open']>;
  done: boolean;
}

/** What the host does with what it is asked; its process, module and channel are given to it. */
export function createServer(options: {
  readonly usb: () => Promise<LocalUsb | null>;
  readonly post: (message: HostMessage) => void;
  readonly lookEveryMs?: number;
}): { handle(request: HostRequest): void } {
  const { post, lookEveryMs = LOOK_EVERY_MS } = options;
  const local = options.usb();
  const streams = new Map<number, Stream>();
  let told = '';
  let watching = false;
  let wantsEvents = false;
  let looked: Promise<void> = Promise.resolve();

  /** One look after the other, so that an older list never comes after a newer one. */
  function look(): Promise<void> {
    looked = looked.then(lookNow);
    return looked;
  }

  async function lookNow(): Promise<void> {
    const usb = await local;
    const presence = await presenceNow(usb);
    const text = JSON.stringify(presence);
    if (text !== told) post({ type: 'presence', presence });
    told = text;
    if (!wantsEvents || presence.state !== 'ok') return;
    wantsEvents = false;
    usb?.onPlug(() => void setTimeout(look, SETTLE_MS));
  }

  async function watch(events: boolean): Promise<void> {
    if (watching) return;
    watching = true;
    wantsEvents = events;
    await look();
    // Without the module nothing can change; a USB subsystem may still appear (a virtual machine's).
    if (await local) setInterval(look, lookEveryMs);
  }

  async function perform(request: StreamRequest): Promise<{ data?: Uint8Array; end?: boolean }> {
    if (request.op === 'open') return open(request.stream, request.device);
    const stream = streams.get(request.stream);
    if (request.op === 'close') {
      if (stream) close(request.stream, stream);
      return {};
    }
    if (!stream) throw new UsbFault('failed', 'no such stream');
    const { exchange } = await stream.opened;
    if (request.op === 'write') {
      await exchange.write(request.data);
      return {};
    }
    const read = await exchange.read();
    // The interface is free as soon as the answer is complete, whenever the reader gets round to closing.
    if (read.end) close(request.stream, stream);
    return read;
  }

  async function open(id: number, device: Parameters<Pool['open']>[0]): Promise<Record<string, never>> {
    const usb = await local;
    if (!usb) throw new UsbFault('unavailable', 'no-module');
    if (streams.has(id) || streams.size >= MAX_STREAMS) throw new UsbFault('busy', 'too many streams');
    const stream: Stream = { opened: openWhereListed(usb, device), done: false };
    streams.set(id, stream);
    try {
      await stream.opened;
    } catch (error) {
      streams.delete(id);
      throw error;
    }
    return {};
  }

  /** Answers nothing: what is left of the device's answer may take minutes, and nobody waits for it. */
  function close(id: number, stream: Stream): void {
    streams.delete(id);
    if (stream.done) return;
    stream.done = true;
    stream.opened.then(
      ({ done }) => done(),
      // It never opened; that was answered to `open`.
      () => {},
    );
  }

  return {
    handle(request) {
      if (request.op === 'watch') {
        void watch(request.events);
        return;
      }
      const { seq } = request;
      perform(request).then(
        (result) => post({ type: 'done', seq, ...result }),
        (error: unknown) => {
          const fault =
            error instanceof UsbFault ? error : new UsbFault('failed', 'unexpected', { cause: error });
          post({ type: 'fault', seq, code: fault.code, message: fault.message.slice(0, 200) });
        },
      );
    },
  };
}

async function openWhereListed(usb: LocalUsb, device: Parameters<Pool['open']>[0]) {
  try {
    return await usb.pool.open(device);
  } catch (error) {
    if (error instanceof UsbFault) throw error;
    throw new UsbFault('unavailable', 'no-usb', { cause: error });
  }
}

async function presenceNow(usb: LocalUsb | null): Promise<UsbPresence> {
  if (!usb) return { state: 'unavailable', reason: 'no-module', devices: [] };
  try {
    return { state: 'ok', reason: '', devices: await usb.list() };
  } catch {
    // The package's message differs by system and says no more than this.
    return { state: 'unavailable', reason: 'no-usb', devices: [] };
  }
}
