import { UsbFault } from './faults.ts';

/**
 * Finds where HTTP/1.1 messages end (RFC 9112 §6). On the USB no connection closes, so the length of a message is
 * the only way to know that a device has said all; the octets themselves are passed on as they are.
 */
export interface Framing {
  readonly done: boolean;
  /** Nothing of the message has come yet. */
  readonly untouched: boolean;
  /** Octets that certainly follow; 0 where that is not known. */
  readonly expects: number;
  /**
   * Returns what of the chunk belongs to the message; what comes before a status line or after the end is left out.
   * @throws UsbFault protocol
   */
  feed(chunk: Uint8Array): Uint8Array;
}

/** Longest head or trailer that is taken; devices send well below 4 KB. */
const MAX_HEAD = 64 * 1024;
const MAX_CHUNK_LINE = 1024;
const STATUS_LINE = /HTTP\/1\.[01] [1-5][0-9][0-9]/;
/** A status line that is cut at the end of a transfer is looked for again with what follows. */
const STATUS_LINE_LENGTH = 'HTTP/1.1 200'.length;
const AFTER_CHUNK = '\r\n0\r\n\r\n'.length;

type State = 'head' | 'fixed' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer' | 'done';

interface Machine {
  state: State;
  remaining: number;
  /** What has come of a head, a chunk's size line or a trailer line. */
  held: Buffer;
}

/** The answer to a request. Octets before its status line, left over by a program that died, are dropped. */
export function answerFraming(method: () => string): Framing {
  return framing((head, machine) => {
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
    if (status < 200) return;
    if (method() === 'HEAD' || status === 204 || status === 304) machine.state = 'done';
    else if (!startBody(head, machine))
      throw new UsbFault('protocol', 'an answer without a length never ends on the USB');
  }, true);
}

/** A request as the HTTP client writes it; without a length it has no body. */
export function requestFraming(onMethod: (method: string) => void): Framing {
  return framing((head, machine) => {
    const method = /^([A-Z]+) /.exec(head)?.[1];
    if (method === undefined) throw new UsbFault('protocol', 'not an HTTP request');
    onMethod(method);
    if (!startBody(head, machine)) machine.state = 'done';
  }, false);
}

function startBody(head: string, machine: Machine): boolean {
  const coding = fieldOf(head, 'transfer-encoding');
  if (coding !== undefined) {
    if (!/(?:^|,)\s*chunked$/i.test(coding)) throw new UsbFault('protocol', 'unknown transfer coding');
    machine.state = 'chunk-size';
    return true;
  }
  const length = fieldOf(head, 'content-length');
  if (length === undefined) return false;
  if (!/^\d{1,15}$/.test(length)) throw new UsbFault('protocol', 'unreadable length');
  machine.remaining = Number(length);
  machine.state = machine.remaining > 0 ? 'fixed' : 'done';
  return true;
}

function fieldOf(head: string, name: string): string | undefined {
  const line = head.split('\r\n').find((text) => text.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}

function framing(onHead: (head: string, machine: Machine) => void, skipsStale: boolean): Framing {
  const machine: Machine = { state: 'head', remaining: 0, held: Buffer.alloc(0) };
  let untouched = true;

  function feed(chunk: Uint8Array): Uint8Array {
    let rest: Buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const out: Buffer[] = [];
    while (rest.length > 0 && machine.state !== 'done') {
      const { state } = machine;
      if (state === 'head') rest = takeHead(rest, out);
      else if (state === 'chunk-size' || state === 'trailer') rest = takeLine(rest, out);
      else rest = takeBody(rest, out);
    }
    if (out.length > 0) untouched = false;
    return out.length === 1 ? out[0]! : Buffer.concat(out);
  }

  function takeHead(rest: Buffer, out: Buffer[]): Buffer {
    let seen: Buffer = Buffer.concat([machine.held, rest]);
    if (skipsStale) seen = fromStatusLine(seen);
    const end = skipsStale && !STATUS_LINE.test(latin1(seen)) ? -1 : seen.indexOf('\r\n\r\n');
    if (end < 0) {
      if (seen.length > MAX_HEAD) throw new UsbFault('protocol', 'endless head');
      machine.held = seen;
      return Buffer.alloc(0);
    }
    machine.held = Buffer.alloc(0);
    const head = seen.subarray(0, end + 4);
    onHead(head.toString('latin1'), machine);
    out.push(head);
    return seen.subarray(end + 4);
  }

  /** A chunk's size, or a line of the trailer, the last of which is empty. */
  function takeLine(rest: Buffer, out: Buffer[]): Buffer {
    const seen = Buffer.concat([machine.held, rest]);
    const end = seen.indexOf('\r\n');
    if (end < 0 ? seen.length > MAX_CHUNK_LINE : end > MAX_CHUNK_LINE)
      throw new UsbFault('protocol', 'endless chunk line');
    if (end < 0) {
      machine.held = seen;
      return Buffer.alloc(0);
    }
    machine.held = Buffer.alloc(0);
    const line = seen.subarray(0, end).toString('latin1');
    out.push(seen.subarray(0, end + 2));
    if (machine.state === 'trailer') {
      if (line === '') machine.state = 'done';
    } else {
      const size = /^([0-9a-f]{1,12})\s*(?:;.*)?$/i.exec(line)?.[1];
      if (size === undefined) throw new UsbFault('protocol', 'unreadable chunk size');
      machine.remaining = Number.parseInt(size, 16);
      machine.state = machine.remaining === 0 ? 'trailer' : 'chunk-data';
    }
    return seen.subarray(end + 2);
  }

  function takeBody(rest: Buffer, out: Buffer[]): Buffer {
    const taken = rest.subarray(0, machine.remaining);
    out.push(taken);
    machine.remaining -= taken.length;
    if (machine.remaining === 0) {
      if (machine.state === 'fixed') machine.state = 'done';
      else if (machine.state === 'chunk-end') machine.state = 'chunk-size';
      else {
        machine.state = 'chunk-end';
        machine.remaining = 2;
      }
    }
    return rest.subarray(taken.length);
  }

  return {
    feed,
    get done() {
      return machine.state === 'done';
    },
    get untouched() {
      return untouched;
    },
    get expects() {
      if (machine.state === 'fixed') return machine.remaining;
      return machine.state === 'chunk-data' ? machine.remaining + AFTER_CHUNK : 0;
    },
  };
}

function latin1(octets: Buffer): string {
  return octets.toString('latin1');
}

function fromStatusLine(seen: Buffer): Buffer {
  const found = STATUS_LINE.exec(latin1(seen));
  if (found) return seen.subarray(found.index);
  return seen.subarray(Math.max(0, seen.length - STATUS_LINE_LENGTH + 1));
}
