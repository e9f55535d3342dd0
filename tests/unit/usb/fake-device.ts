import { UsbFault } from '../../../src/main/usb/faults.ts';
import type { ClaimedPair, PairPlace } from '../../../src/main/usb/pool.ts';

/** A device with one interface whose octets a test feeds and reads. Reads wait for octets as real pipes do. */
export interface FakePair extends ClaimedPair {
  readonly written: Buffer[];
  readonly reads: number[];
  /** Hands octets to the reader, in transfers of at most what it asks for. */
  say(text: string): void;
  fail(fault: UsbFault): void;
  released: number;
}

export function fakePair(packet = 8): FakePair {
  let queue = Buffer.alloc(0);
  let fault: UsbFault | null = null;
  let wake = () => {};
  const pair: FakePair = {
    packet,
    written: [],
    reads: [],
    released: 0,
    say(text) {
      queue = Buffer.concat([queue, Buffer.from(text, 'latin1')]);
      wake();
    },
    fail(with_) {
      fault = with_;
      wake();
    },
    write: async (data) => {
      if (fault) throw fault;
      pair.written.push(Buffer.from(data));
    },
    async read(length, timeoutMs) {
      pair.reads.push(length);
      if (length % packet !== 0) throw new Error(`a read of ${length} octets babbles`);
      if (queue.length === 0 && !fault) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            fault ??= queue.length === 0 ? new UsbFault('timeout') : null;
            resolve();
          }, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      if (queue.length === 0 && fault) {
        const thrown = fault;
        if (fault.code === 'timeout') fault = null;
        throw thrown;
      }
      const data = queue.subarray(0, length);
      queue = queue.subarray(data.length);
      return data;
    },
    release: async () => {
      pair.released++;
      pair.fail(new UsbFault('failed', 'released'));
    },
  };
  return pair;
}

export function placeOf(key: string, claim: () => Promise<ClaimedPair>): PairPlace {
  return { key, claim };
}
