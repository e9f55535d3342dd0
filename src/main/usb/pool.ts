import { formatUsbAddress, type UsbAddress } from './address.ts';
import { type BulkPair, discardOld, type Exchange, type ExchangeLimits, startExchange } from './exchange.ts';
import { UsbFault } from './faults.ts';

/** One claimed interface, with a handle of its own: letting it go ends what is under way on it and nothing else. */
export interface ClaimedPair extends BulkPair {
  release(): Promise<void>;
}

/** An IPP-over-USB interface of a device that is plugged in. */
export interface PairPlace {
  /** The same for one interface of one device as long as it stays plugged in. */
  readonly key: string;
  /** Claims the interface and selects its alternate setting, by which the device forgets what was cut. */
  claim(): Promise<ClaimedPair>;
}

export interface PoolLimits {
  /** How long a free interface is awaited; below the time an HTTP client gives a connection. */
  readonly waitMs: number;
  /** An interface nobody uses is let go after this, for other programs. */
  readonly idleMs: number;
}

export const POOL_LIMITS: PoolLimits = { waitMs: 4_000, idleMs: 3_000 };

export interface Pool {
  /**
   * An exchange on a free interface of the device.
   * @throws UsbFault absent, ambiguous, no-http, busy, denied
   */
  open(device: UsbAddress): Promise<{ exchange: Exchange; done(): Promise<void> }>;
  /** Lets everything go. */
  close(): Promise<void>;
}

interface Slot {
  readonly key: string;
  pair: ClaimedPair | null;
  /** Claims and exchanges of one interface follow each other. */
  inUse: boolean;
  idle: NodeJS.Timeout | undefined;
}

/** Hands out interfaces: one exchange at a time on each, several at once where a device has several. */
export function createPool(options: {
  readonly places: (device: UsbAddress) => Promise<readonly PairPlace[]>;
  readonly exchange: ExchangeLimits;
  readonly pool: PoolLimits;
  readonly now: () => number;
}): Pool {
  const { places, exchange: limits, pool, now } = options;
  const slots = new Map<string, Slot>();
  const waiting = new Set<() => void>();
  /** Counts releases, so that one between a look and the wait for it is not missed. */
  let releases = 0;

  function slotOf(key: string): Slot {
    const known = slots.get(key);
    if (known) return known;
    const made: Slot = { key, pair: null, inUse: false, idle: undefined };
    slots.set(key, made);
    return made;
  }

  /** The interface stays taken until it is released: a claim before that would find it busy. */
  async function letGo(slot: Slot): Promise<void> {
    clearTimeout(slot.idle);
    slot.inUse = true;
    const { pair } = slot;
    slot.pair = null;
    await pair?.release();
    slots.delete(slot.key);
    wakeAll();
  }

  function free(slot: Slot): void {
    slot.inUse = false;
    slot.idle = setTimeout(() => {
      if (!slot.inUse) void letGo(slot);
    }, pool.idleMs);
    slot.idle.unref();
    wakeAll();
  }

  function wakeAll(): void {
    releases++;
    for (const wake of waiting) wake();
  }

  /** A claimed interface that is free, else the first that can be claimed. */
  async function take(found: readonly PairPlace[]): Promise<{ slot: Slot; pair: ClaimedPair } | UsbFault> {
    const open = found.filter((place) => !slotOf(place.key).inUse);
    const sorted = [...open].sort((a, b) => Number(!slotOf(a.key).pair) - Number(!slotOf(b.key).pair));
    let refusal = new UsbFault('busy', 'every interface is in use');
    for (const place of sorted) {
      const slot = slotOf(place.key);
      // Another call may have taken it while this one waited for a claim.
      if (slot.inUse) continue;
      slot.inUse = true;
      clearTimeout(slot.idle);
      try {
        slot.pair ??= await fresh(place);
        return { slot, pair: slot.pair };
      } catch (error) {
        slots.delete(slot.key);
        if (!(error instanceof UsbFault)) throw error;
        refusal = error;
      }
    }
    return refusal;
  }

  async function fresh(place: PairPlace): Promise<ClaimedPair> {
    const pair = await place.claim();
    try {
      await discardOld(pair, limits, now);
      return pair;
    } catch (error) {
      await pair.release();
      throw error;
    }
  }

  return {
    async open(device) {
      const until = now() + pool.waitMs;
      for (;;) {
        const before = releases;
        const found = await places(device);
        if (found.length === 0) throw new UsbFault('no-http', formatUsbAddress(device));
        const taken = await take(found);
        if (!(taken instanceof UsbFault)) {
          const { slot, pair } = taken;
          const exchange = startExchange(pair, limits);
          return {
            exchange,
            done: async () => {
              if (await exchange.finish()) free(slot);
              else await letGo(slot);
            },
          };
        }
        const left = until - now();
        if (taken.code !== 'busy' || left <= 0) throw taken;
        if (releases === before) await change(waiting, Math.min(left, 500));
      }
    },

    async close() {
      await Promise.all([...slots.values()].map(letGo));
    },
  };
}

/** Until an interface becomes free, at most `ms`: another program tells nobody when it lets one go. */
function change(waiting: Set<() => void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      waiting.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    waiting.add(wake);
  });
}
