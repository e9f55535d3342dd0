import { randomUUID } from 'node:crypto';
import { localDay } from '../calendar/local-time.ts';
import type { Province } from '../province/port.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

export interface OfficialNumbers {
  /** The day's next number in hand, which nobody has yet. Undefined = none. */
  next(at: Date): string | undefined;
  /** The day's next number, now the dossier's; belongs in the transaction that writes it. Undefined = none. */
  take(dossierId: string, at: Date): string | undefined;
  inHand(at: Date): number;
  /** Asks the province for `count` numbers for the day of `at`, and keeps them. */
  fetch(at: Date, count: number, signal: AbortSignal): Promise<void>;
}

/**
 * Official dossier numbers: the province's own, reserved beforehand so that a slip can carry one when the line is
 * down (design, principle 4). A request that was cut is repeated under the same key and gives the same block.
 */
export function createOfficialNumbers(parts: {
  readonly store: Store;
  readonly province: Province;
  readonly unit: string;
  /** Whether the province answered: null, or why not. */
  readonly onContact: (error: unknown) => void;
}): OfficialNumbers {
  const { store, province, unit, onContact } = parts;

  /** The key outlives a kill between the request and its answer; it stands for this request and no other. */
  function pendingKey(setting: string): string {
    const known = store.settings.get(setting);
    if (known) return known;
    const key = randomUUID();
    store.settings.set(setting, key);
    return key;
  }

  return {
    next: (at) => store.numbers.next(unit, localDay(at)),
    take: (dossierId, at) => store.numbers.take(unit, localDay(at), dossierId),
    inHand: (at) => store.numbers.free(unit, localDay(at)),
    async fetch(at, count, signal) {
      const day = localDay(at);
      const setting = `numbers.request.${unit}.${day}.${count}`;
      const key = pendingKey(setting);
      const values = await province
        .reserveNumbers({ unit, day, count, key }, signal)
        .catch((error: unknown) => {
          onContact(error);
          throw error;
        });
      onContact(null);
      store.transaction(() => {
        store.numbers.add(unit, day, values);
        // The next block is another request; it may have begun already, where two asked at once.
        if (store.settings.get(setting) === key) store.settings.set(setting, '');
      });
    },
  };
}

/** How often the day's numbers are looked after; the first time at once. */
const LOOK_MS = 10 * 60_000;
const FETCH_PATIENCE_MS = 30_000;

/** Sees to it that the day has `count` numbers before the line goes down, not when it is down. */
export function keepNumbersInHand(
  numbers: OfficialNumbers,
  count: number,
  clock: Clock,
  log: Log,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  async function look(): Promise<void> {
    const today = clock.now();
    if (numbers.inHand(today) > 0) return;
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(FETCH_PATIENCE_MS)]);
    try {
      await numbers.fetch(today, count, signal);
    } catch (error) {
      if (!stopping.signal.aborted) log.info({ err: error }, 'no official numbers could be set aside');
    }
  }
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await looking;
    },
  };
}
