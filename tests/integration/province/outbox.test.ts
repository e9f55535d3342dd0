import { afterEach, describe, expect, test } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { Province } from '../../../src/main/province/port.ts';
import type { Fault } from '../../../src/simulators/province/index.ts';
import { readRecords, readStoredFile } from '../../../src/simulators/province/index.ts';
import { startCounter } from './support/counter.ts';
import { never, seeded, startWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world.stop());

const drain = { untilEmpty: true, signal: never };

describe('the outbox', () => {
  test('sends a dossier without a code: takes a number, uploads, sends, keeps the receipt', async () => {
    world = await startWorld();
    const counter = startCounter(world.province);
    counter.add('a', [300_000, 10]);
    expect(await counter.outbox.drain(drain)).toEqual({ sent: 1, retries: 0, needsPerson: 0 });
    const [record] = world.simulator.control.records();
    expect(counter.queue.row('a').receipt?.reference).toBe(record!.receipt.maBienNhan);
    expect(counter.outbox.status()).toMatchObject({ waiting: 0, sending: 0, sent: 1, online: true });
  });

  test('asks before it sends again when the answer was lost, and the province has one record', async () => {
    world = await startWorld();
    const counter = startCounter(world.province);
    counter.add('a', [1000]);
    await world.simulator.control.inject({ kind: 'lost-answer', at: 'record' });
    expect(await counter.outbox.drain(drain)).toEqual({ sent: 1, retries: 1, needsPerson: 0 });
    expect(counter.faults).toEqual(['PROVINCE_UNREACHABLE']);
    expect(world.simulator.control.records()).toHaveLength(1);
    // The second attempt found the receipt: no second POST of the record.
    expect(world.simulator.control.stats().requests).toMatchObject({ record: 1, receipt: 1 });
  });

  test.each<[string, Fault, string]>([
    ['a refused record', { kind: 'clock', shiftMs: -86_400_000 }, 'PROVINCE_REFUSED'],
    ['missing rights', { kind: 'forbidden', at: 'record' }, 'PROVINCE_FORBIDDEN'],
    ['a hash that is not ours', { kind: 'lying-receipt', at: 'record' }, 'PROVINCE_HASH_MISMATCH'],
    ['the receipt of another dossier', { kind: 'wrong-receipt', at: 'record' }, 'PROVINCE_HASH_MISMATCH'],
    ['a stored file with another hash', { kind: 'lying-hash' }, 'PROVINCE_HASH_MISMATCH'],
  ])('leaves %s to a person and sends the next dossier', async (_, fault, code) => {
    world = await startWorld();
    const counter = startCounter(world.province);
    counter.add('a', [1000]);
    counter.add('b', [1000]);
    await world.simulator.control.inject(fault);
    await counter.outbox.pushOnce(never);
    await world.simulator.control.clear();
    expect(counter.queue.row('a')).toMatchObject({ state: 'needs-person', fault: code });
    expect(await counter.outbox.drain(drain)).toEqual({ sent: 1, retries: 0, needsPerson: 0 });
    expect(counter.queue.row('b').state).toBe('sent');
  });

  test('leaves a code that another key has used to a person', async () => {
    world = await startWorld();
    const counter = startCounter(world.province);
    counter.add('a', [100]);
    await counter.outbox.drain(drain);
    counter.add('b', [100]);
    counter.codes.set('b', counter.codes.get('a')!);
    await counter.outbox.drain(drain);
    expect(counter.queue.row('b')).toMatchObject({ state: 'needs-person', fault: 'PROVINCE_CONFLICT' });
    expect(world.simulator.control.records()).toHaveLength(1);
  });

  test('keeps a dossier waiting through every passing fault, for longer and longer', async () => {
    world = await startWorld();
    const counter = startCounter(world.province);
    counter.add('a', [1000]);
    const waits: number[] = [];
    const faults: Fault[] = [
      { kind: 'failed', at: 'record' },
      { kind: 'html', at: 'record' },
      { kind: 'unauthorized', at: 'record', times: 2 },
      { kind: 'garbage', at: 'record' },
      { kind: 'failed-after', at: 'record' },
    ];
    for (const fault of faults) {
      await world.simulator.control.inject(fault);
      const drained = await counter.outbox.drain({ untilEmpty: false, signal: never });
      expect(drained).toEqual({ sent: 0, retries: 1, needsPerson: 0 });
      waits.push(counter.queue.row('a').nextAttemptAt!.getTime() - counter.now().getTime());
    }
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(Math.max(1000, 500 * 2 ** i));
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** i);
    }
    expect(counter.faults).toEqual([
      'PROVINCE_FAILED',
      'PROVINCE_PROTOCOL',
      'PROVINCE_UNAUTHORIZED',
      'PROVINCE_PROTOCOL',
      'PROVINCE_FAILED',
    ]);
    await counter.outbox.drain(drain);
    expect(counter.queue.row('a').state).toBe('sent');
    expect(world.simulator.control.records()).toHaveLength(1);
  });

  test('does not try every dossier in vain while the province is down, and sends all once it is back', async () => {
    world = await startWorld();
    const counter = startCounter(world.province);
    for (let i = 0; i < 20; i += 1) counter.add(`d${i}`, [100]);
    await world.simulator.control.inject({ kind: 'down' });
    expect(await counter.outbox.drain({ untilEmpty: false, signal: never })).toEqual({
      sent: 0,
      retries: 1,
      needsPerson: 0,
    });
    expect(counter.outbox.status()).toMatchObject({ online: false, waiting: 20 });
    expect(await counter.outbox.pushOnce(never)).toBe('held');
    await world.simulator.control.clear();
    expect((await counter.outbox.drain(drain)).sent).toBe(20);
    expect(world.simulator.control.records()).toHaveLength(20);
    expect(counter.outbox.status()).toMatchObject({ online: true, waiting: 0, sent: 20 });
  });

  test('a dossier that always fails does not hold up the others', async () => {
    world = await startWorld();
    const poisoned: Province = {
      ...world.province,
      send: (record, key, updating, signal) =>
        key === 'key-of-bad'
          ? Promise.reject(new CounterError('PROVINCE_FAILED', { status: 500 }))
          : world.province.send(record, key, updating, signal),
    };
    const counter = startCounter(poisoned);
    counter.add('bad', [10]);
    for (let i = 0; i < 5; i += 1) counter.add(`good${i}`, [10]);
    for (let i = 0; i < 8; i += 1) await counter.outbox.pushOnce(never);
    for (let i = 0; i < 5; i += 1) expect(counter.queue.row(`good${i}`).state).toBe('sent');
    expect(counter.queue.row('bad').state).toBe('waiting');
  });

  test('a local file that is gone needs a person; the others go', async () => {
    world = await startWorld();
    const counter = startCounter({
      ...world.province,
      upload: (file, state, onState, signal) =>
        file.key.includes('bad')
          ? Promise.reject(new CounterError('VAULT_OBJECT_MISSING'))
          : world.province.upload(file, state, onState, signal),
    });
    counter.add('bad', [10]);
    counter.add('good', [10]);
    expect(await counter.outbox.drain(drain)).toEqual({ sent: 1, retries: 0, needsPerson: 1 });
    expect(counter.queue.row('bad')).toMatchObject({ state: 'needs-person', fault: 'VAULT_OBJECT_MISSING' });
  });

  test('called off in mid-upload it puts the dossier back and later goes on where the province stands', async () => {
    world = await startWorld();
    const abort = new AbortController();
    let reads = 0;
    const province = world.connect({ chunkBytes: 64 * 1024 });
    const counter = startCounter({
      ...province,
      upload: (file, state, onState, signal) =>
        province.upload(
          {
            ...file,
            read: (offset, length) => {
              reads += 1;
              if (reads === 4) abort.abort();
              return file.read(offset, length);
            },
          },
          state,
          onState,
          signal,
        ),
    });
    counter.add('a', [500_000]);
    expect(await counter.outbox.pushOnce(abort.signal)).toBe('cancelled');
    expect(counter.queue.row('a')).toMatchObject({ state: 'waiting', fault: null });
    expect(world.simulator.control.stats().uploadBytesKept).toBe(3 * 65_536);
    await counter.outbox.drain(drain);
    expect(counter.queue.row('a').state).toBe('sent');
    expect(world.simulator.control.stats().uploadBytesKept).toBe(500_000);
  });

  test('sends in the background as soon as it is woken, and stops', async () => {
    world = await startWorld();
    const counter = startCounter(world.province);
    counter.outbox.start();
    counter.add('a', [1000]);
    counter.outbox.wake();
    await expect.poll(() => counter.queue.row('a').state, { timeout: 10_000 }).toBe('sent');
    counter.add('b', [1000]);
    counter.outbox.wake();
    await expect.poll(() => counter.queue.row('b').state, { timeout: 10_000 }).toBe('sent');
    await counter.outbox.stop();
    counter.add('c', [1000]);
    counter.outbox.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(counter.queue.row('c').state).toBe('waiting');
  });

  test('a clock set back by a year does not stop what waits', async () => {
    world = await startWorld();
    const counter = startCounter(world.province);
    counter.add('a', [10]);
    counter.queue.markSending('a');
    counter.queue.markFault('a', 'PROVINCE_FAILED', new Date(counter.now().getTime() + 365 * 86_400_000));
    expect(await counter.outbox.pushOnce(never)).toBe('sent');
  });

  test('background sending and a manual push never send the same dossier at once', async () => {
    world = await startWorld();
    const counter = startCounter(world.province);
    for (let i = 0; i < 6; i += 1) counter.add(`d${i}`, [10]);
    counter.outbox.start();
    await Promise.all([
      counter.outbox.drain(drain),
      counter.outbox.drain(drain),
      counter.outbox.drain(drain),
    ]);
    await counter.outbox.stop();
    expect(world.simulator.control.stats().requests.record).toBe(6);
    expect(counter.outbox.status().sent).toBe(6);
  });
});

describe('exactly once under random faults', () => {
  const KINDS: Fault['kind'][] = [
    'drop',
    'failed',
    'failed-after',
    'lost-answer',
    'unauthorized',
    'html',
    'garbage',
  ];
  const ROUTES = ['numbers', 'upload', 'file', 'record', 'receipt', 'any'] as const;

  test.each([1, 2, 3, 4, 5, 6])('ten dossiers, seed %i', async (seed) => {
    world = await startWorld({ tokenSeconds: 5 });
    const random = seeded(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const counter = startCounter(world.connect({ chunkBytes: 16_384 }), seed);
    const ids = Array.from({ length: 10 }, (_, i) => `d${i}`);
    for (const id of ids)
      counter.add(id, [Math.floor(random() * 90_000) + 1, Math.floor(random() * 5000) + 1]);
    for (let i = 0; i < 60; i += 1) {
      const cut: Fault = { kind: 'cut-upload', atByte: Math.floor(random() * 200_000) };
      const other: Fault = { kind: pick(KINDS), at: pick(ROUTES), after: Math.floor(random() * 12) };
      await world.simulator.control.inject(random() < 0.2 ? cut : other);
    }
    await counter.outbox.drain(drain);
    expect(counter.faults.length).toBeGreaterThan(5);
    expect(counter.outbox.status()).toMatchObject({ waiting: 0, sending: 0, needsPerson: 0, sent: 10 });
    const kept = readRecords(world.folder);
    expect(kept.map((r) => r.key).sort()).toEqual(ids.map((id) => `key-of-${id}`).sort());
    for (const id of ids) {
      const record = kept.find((r) => r.key === `key-of-${id}`)!;
      expect(counter.queue.row(id).receipt?.reference).toBe(record.receipt.maBienNhan);
      for (const file of counter.queue.row(id).files) {
        expect(readStoredFile(world.folder, file.stored!.remoteId)).not.toBeNull();
      }
    }
    expect(world.simulator.control.files()).toHaveLength(20);
  });
});
