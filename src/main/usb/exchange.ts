import { UsbFault } from './faults.ts';
import { answerFraming, requestFraming } from './framing.ts';

/** The two bulk pipes of one claimed interface. Failures are UsbFaults. */
export interface BulkPair {
  /** Octets of one packet (USB 2.0 §5.8.3: 512 at high speed, 64 at full speed). */
  readonly packet: number;
  write(data: Uint8Array): Promise<void>;
  /** @param length a multiple of `packet`; fewer octets come where a short packet ends the transfer */
  read(length: number, timeoutMs: number): Promise<Uint8Array>;
}

export interface ExchangeLimits {
  /** Longest silence of a device that owes an answer; scanners need up to two minutes for a page. */
  readonly readMs: number;
  /** How long one transfer waits: a transfer under way cannot be taken back. */
  readonly sliceMs: number;
  /** Silence after which nothing old is left in the pipe. */
  readonly quietMs: number;
  /** How long the rest of an answer is fetched that nobody wants any more. */
  readonly drainMs: number;
}

export const EXCHANGE_LIMITS: ExchangeLimits = {
  readMs: 130_000,
  sliceMs: 5_000,
  quietMs: 150,
  drainMs: 130_000,
};

/** Largest transfer: what one read hands over. */
const MAX_TRANSFER = 64 * 1024;
/** Old octets that are thrown away before a device counts as speaking without end. */
const MAX_STALE = 256 << 20;

/** One request and its answer over one interface. */
export interface Exchange {
  write(data: Uint8Array): Promise<void>;
  /** The next octets of the answer; `end` with the last ones. */
  read(): Promise<{ data: Uint8Array; end: boolean }>;
  /**
   * Fetches the rest of an answer that nobody wants any more, so that the next exchange does not get it. False
   * where that cannot be done (the request was cut, the device failed): the interface must be claimed anew.
   */
  finish(): Promise<boolean>;
}

export function startExchange(pair: BulkPair, limits: ExchangeLimits): Exchange {
  let method = '';
  const request = requestFraming((name) => {
    method = name;
  });
  const answer = answerFraming(() => method);
  let reading: Promise<Uint8Array> | null = null;
  let writing: Promise<void> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let broken = false;
  /** Nobody waits for the answer any more, and it is not fetched either. */
  let left = false;

  /** One transfer is always under way while an answer is owed, so that the device need not wait for us. */
  function transfer(): Promise<Uint8Array> {
    reading ??= patientRead();
    reading.catch(() => {
      broken = true;
    });
    return reading;
  }

  /** A transfer of one packet brings all or nothing, so waiting can be cut into slices without losing an octet. */
  async function patientRead(): Promise<Uint8Array> {
    const length = transferLength(answer.expects, pair.packet);
    if (length > pair.packet) return pair.read(length, limits.readMs);
    for (let waited = limits.sliceMs; ; waited += limits.sliceMs) {
      try {
        return await pair.read(length, limits.sliceMs);
      } catch (error) {
        const silent = error instanceof UsbFault && error.code === 'timeout';
        if (!silent || left || waited >= limits.readMs) throw error;
      }
    }
  }

  /** Whoever reads waits for the reader before: a chunk is taken once. */
  function next(): Promise<Uint8Array> {
    const turn = last.then(nextInTurn);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function nextInTurn(): Promise<Uint8Array> {
    if (answer.done) return new Uint8Array(0);
    for (;;) {
      const chunk = await transfer();
      reading = null;
      // An empty transfer only says that a full packet was the last one.
      const data = answer.feed(chunk);
      if (answer.done || data.length > 0) return data;
    }
  }

  return {
    async write(data) {
      try {
        request.feed(data);
        writing = writeShort(pair, data);
        await writing;
      } catch (error) {
        broken = true;
        throw error;
      }
    },

    async read() {
      if (answer.done) return { data: new Uint8Array(0), end: true };
      try {
        const data = await next();
        if (!answer.done) void transfer();
        return { data, end: answer.done };
      } catch (error) {
        broken = true;
        throw error;
      }
    },

    async finish() {
      if (request.untouched && answer.untouched && reading === null && !broken) return true;
      // A request that was cut cannot be taken back: only a new claim tells the device so.
      try {
        if (request.done && !broken) {
          await within(drain(), limits.drainMs);
          return true;
        }
      } catch (error) {
        if (!(error instanceof UsbFault)) throw error;
      }
      // An interface is not let go while a transfer is under way on it.
      left = true;
      await Promise.allSettled([reading, writing]);
      return false;
    },
  };

  async function drain(): Promise<void> {
    while (!answer.done) await next();
  }
}

/**
 * Never more than certainly comes, in whole packets: a device that ends a message with a full packet and sends no
 * empty one after it would leave a longer transfer waiting for ever.
 */
export function transferLength(expects: number, packet: number): number {
  const whole = Math.floor(Math.min(expects, MAX_TRANSFER) / packet) * packet;
  return Math.max(whole, packet);
}

/** Ends with a short packet, so that no device waits for the end of a transfer. */
async function writeShort(pair: BulkPair, data: Uint8Array): Promise<void> {
  if (data.length === 0) return;
  const cut = data.length % pair.packet === 0 ? data.length - 1 : data.length;
  await pair.write(data.subarray(0, cut));
  if (cut < data.length) await pair.write(data.subarray(cut));
}

/** Reads until the device is silent: what an earlier program asked for and never fetched. */
export async function discardOld(pair: BulkPair, limits: ExchangeLimits, now: () => number): Promise<void> {
  const until = now() + limits.drainMs;
  let bytes = 0;
  for (;;) {
    try {
      bytes += (await pair.read(pair.packet, limits.quietMs)).length;
    } catch (error) {
      if (error instanceof UsbFault && error.code === 'timeout') return;
      throw error;
    }
    if (bytes > MAX_STALE || now() > until)
      throw new UsbFault('protocol', 'the device speaks without being asked');
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UsbFault('timeout', 'the rest of an answer')), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
