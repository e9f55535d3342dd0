import { describe, expect, it } from 'vitest';
import { UsbFault } from '../../../src/main/usb/faults.ts';
import { createPool, type PairPlace } from '../../../src/main/usb/pool.ts';
import { type FakePair, fakePair, placeOf } from './fake-device.ts';

const DEVICE = { vendorId: 1, productId: 2, serial: null };
const OK = 'HTTP/1.1 204 No Content\r\n\r\n';

function poolOf(places: () => readonly PairPlace[], waitMs = 60) {
  return createPool({
    places: async () => places(),
    exchange: { readMs: 1_000, sliceMs: 50, quietMs: 2, drainMs: 100 },
    pool: { waitMs, idleMs: 30 },
    now: () => performance.now(),
  });
}

function interfaces(count: number) {
  const claimed: FakePair[] = [];
  const places = Array.from({ length: count }, (_, index) =>
    placeOf(`1/1/${index}`, async () => {
      const pair = fakePair();
      claimed.push(pair);
      return pair;
    }),
  );
  return { places, claimed };
}

describe('the interfaces of a device', () => {
  it('are given out one exchange each, and the third waits for the first to be done', async () => {
    const { places, claimed } = interfaces(2);
    const pool = poolOf(() => places, 5_000);
    const first = await pool.open(DEVICE);
    await pool.open(DEVICE);
    expect(claimed).toHaveLength(2);
    const third = pool.open(DEVICE);
    await first.done();
    await third;
    expect(claimed).toHaveLength(2);
    await pool.close();
  });

  it('are busy by name when nobody is done in time', async () => {
    const { places } = interfaces(1);
    const pool = poolOf(() => places);
    await pool.open(DEVICE);
    await expect(pool.open(DEVICE)).rejects.toMatchObject({ code: 'busy' });
    await pool.close();
  });

  it('are let go when nobody uses them', async () => {
    const { places, claimed } = interfaces(1);
    const pool = poolOf(() => places);
    const { done } = await pool.open(DEVICE);
    await done();
    await expect.poll(() => claimed[0]!.released).toBe(1);
  });

  it('are claimed anew after an exchange that could not be finished', async () => {
    const { places, claimed } = interfaces(1);
    const pool = poolOf(() => places);
    const { exchange, done } = await pool.open(DEVICE);
    await exchange.write(Buffer.from('POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n'));
    await done();
    expect(claimed[0]!.released).toBe(1);
    await pool.open(DEVICE);
    expect(claimed).toHaveLength(2);
    await pool.close();
  });

  it('are not claimed again before they are released', async () => {
    const order: string[] = [];
    const place = placeOf('k', async () => {
      order.push('claim');
      const pair = fakePair();
      return {
        ...pair,
        release: async () => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          order.push('release');
        },
      };
    });
    const pool = poolOf(() => [place], 5_000);
    const { exchange, done } = await pool.open(DEVICE);
    await exchange.write(Buffer.from('POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n'));
    await Promise.all([done(), pool.open(DEVICE)]);
    expect(order).toEqual(['claim', 'release', 'claim']);
    await pool.close();
  });

  it('are emptied first of what an earlier program left in them', async () => {
    const pair = fakePair();
    pair.say('rest of an old page'.repeat(10));
    const pool = poolOf(() => [placeOf('k', async () => pair)]);
    const { exchange } = await pool.open(DEVICE);
    await exchange.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    pair.say(OK);
    const { data } = await exchange.read();
    const rest = Buffer.from(data).toString() + Buffer.from((await exchange.read()).data).toString();
    expect(rest.startsWith('HTTP/1.1 204')).toBe(true);
    await pool.close();
  });

  it('that refuse are passed over, and the reason of the last one is told', async () => {
    const good = interfaces(1);
    const bad = placeOf('bad', () => Promise.reject(new UsbFault('denied')));
    await poolOf(() => [bad, ...good.places]).open(DEVICE);
    expect(good.claimed).toHaveLength(1);
    await expect(poolOf(() => [bad]).open(DEVICE)).rejects.toMatchObject({ code: 'denied' });
  });

  it('that are held by another program for a moment are waited for', async () => {
    let tries = 0;
    const pair = fakePair();
    const place = placeOf('k', async () => {
      if (++tries < 3) throw new UsbFault('busy');
      return pair;
    });
    await poolOf(() => [place], 5_000).open(DEVICE);
    expect(tries).toBe(3);
  });

  it('that do not exist are named', async () => {
    await expect(poolOf(() => []).open(DEVICE)).rejects.toMatchObject({ code: 'no-http' });
  });
});
