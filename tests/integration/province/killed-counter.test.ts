import { afterEach, describe, expect, test } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { Province } from '../../../src/main/province/port.ts';
import { readRecords } from '../../../src/simulators/province/index.ts';
import { startCounter } from './support/counter.ts';
import { createMemoryQueue, type MemoryQueue } from './support/memory-queue.ts';
import { never, startWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world.stop());

class Killed extends Error {}

/** A process that dies at its `steps`-th step; from then on nothing that it does has an effect. */
function createLife(steps: number) {
  let left = steps;
  const step = () => {
    left -= 1;
    if (left < 0) throw new Killed();
  };
  return {
    isOver: () => left < 0,
    /** Every call is two steps, before and after, so that work may be done whose end is never noted. */
    wrap<T extends object>(target: T): T {
      return new Proxy(target, {
        get(_, name) {
          const method = Reflect.get(target, name) as (...args: unknown[]) => unknown;
          if (name === 'add') return method;
          return (...args: unknown[]) => {
            step();
            const result = method.apply(target, args);
            if (!(result instanceof Promise)) {
              step();
              return result;
            }
            return result.then((value: unknown) => {
              step();
              return value;
            });
          };
        },
      });
    },
  };
}

/** One life of the counter on a queue that survives it; true where it had nothing left to do. */
async function live(queue: MemoryQueue, province: Province, steps: number, setUp: (add: Adder) => void) {
  const life = createLife(steps);
  const counter = startCounter(life.wrap(province), steps, life.wrap(queue));
  setUp(counter.add);
  const abort = new AbortController();
  try {
    await counter.outbox.drain({ untilEmpty: true, signal: abort.signal });
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  return !life.isOver();
}
type Adder = (id: string, sizes: readonly number[]) => void;

describe('a counter that is killed', () => {
  test('at every single step of a delivery, and started again, delivers once', async () => {
    world = await startWorld();
    let finished = 0;
    for (let steps = 1; finished === 0 && steps < 200; steps += 1) {
      const id = `d${steps}`;
      const queue = createMemoryQueue();
      // The rows are the engine's, written before; a life only gets the bytes to send.
      const first = (add: Adder) => add(id, [3000, 10]);
      queue.add(id, [`${id}-document-0`, `${id}-document-1`]);
      const unwrapped = { ...queue, add: () => undefined };
      if (await live(unwrapped, world.province, steps, first)) finished = steps;
      expect(await live(unwrapped, world.province, 1000, first)).toBe(true);
      expect(queue.row(id).state).toBe('sent');
      const mine = readRecords(world.folder).filter((r) => r.key === `key-of-${id}`);
      expect(mine.map((r) => r.receipt.maBienNhan)).toEqual([queue.row(id).receipt?.reference]);
      expect(world.simulator.control.files()).toHaveLength(2 * steps);
    }
    // A delivery has steps enough for the loop to have meant something.
    expect(finished).toBeGreaterThan(20);
  });

  test('a full disk at the moment of the receipt loses nothing and sends nothing twice', async () => {
    world = await startWorld();
    const queue = createMemoryQueue();
    let full = 3;
    const failing = {
      ...queue,
      markSent(...args: Parameters<MemoryQueue['markSent']>) {
        full -= 1;
        if (full >= 0) throw new CounterError('DISK_FULL');
        queue.markSent(...args);
      },
    };
    const counter = startCounter(world.province, 1, failing);
    counter.add('a', [100]);
    await counter.outbox.drain({ untilEmpty: true, signal: never });
    expect(counter.faults).toEqual(['DISK_FULL', 'DISK_FULL', 'DISK_FULL']);
    expect(queue.row('a').state).toBe('sent');
    expect(world.simulator.control.stats().requests.record).toBe(1);
  });

  test('a queue that cannot be read for a while does not end the background work', async () => {
    world = await startWorld();
    const queue = createMemoryQueue();
    let broken = 3;
    const failing = {
      ...queue,
      nextDue(...args: Parameters<MemoryQueue['nextDue']>) {
        broken -= 1;
        if (broken >= 0) throw new CounterError('DISK_FAILED');
        return queue.nextDue(...args);
      },
    };
    const counter = startCounter(world.province, 1, failing);
    counter.add('a', [100]);
    counter.outbox.start();
    await expect.poll(() => queue.row('a').state, { timeout: 10_000 }).toBe('sent');
    await counter.outbox.stop();
    expect(counter.faults).toEqual(['DISK_FAILED', 'DISK_FAILED', 'DISK_FAILED']);
  });
});
