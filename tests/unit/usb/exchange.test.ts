import { describe, expect, it } from 'vitest';
import { startExchange, transferLength } from '../../../src/main/usb/exchange.ts';
import { UsbFault } from '../../../src/main/usb/faults.ts';
import { fakePair } from './fake-device.ts';

const limits = { readMs: 5_000, sliceMs: 50, quietMs: 5, drainMs: 200 };
const GET = Buffer.from('GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n0123456789abcdef';

async function readAll(exchange: ReturnType<typeof startExchange>): Promise<string> {
  let text = '';
  for (;;) {
    const { data, end } = await exchange.read();
    text += Buffer.from(data).toString('latin1');
    if (end) return text;
  }
}

describe('an exchange over two bulk pipes', () => {
  it('brings the answer whole, and asks for no octet more than certainly comes', async () => {
    const pair = fakePair(8);
    const exchange = startExchange(pair, limits);
    await exchange.write(GET);
    pair.say(OK);
    expect(await readAll(exchange)).toBe(OK);
    expect(await exchange.finish()).toBe(true);
    // The last 16 octets are two full packets with nothing after them: a longer read would never end.
    expect(Math.max(...pair.reads)).toBeLessThanOrEqual(16);
  });

  it.each([
    [0, 8],
    [7, 8],
    [8, 8],
    [20, 16],
    [1 << 30, 64 * 1024],
  ])('with %i octets to come reads %i', (expects, length) => {
    expect(transferLength(expects, 8)).toBe(length);
  });

  it('ends every write with a short packet', async () => {
    const pair = fakePair(8);
    const exchange = startExchange(pair, limits);
    const request = Buffer.from(`GET /${'x'.repeat(6)} HTTP/1.1\r\nA: b\r\n\r\n`);
    await exchange.write(request.subarray(0, 16));
    await exchange.write(request.subarray(16));
    expect(pair.written.map((part) => part.length % 8)).not.toContain(0);
    expect(Buffer.concat(pair.written)).toEqual(request);
  });

  it('fetches what nobody wants any more, so that the interface is clean', async () => {
    const pair = fakePair(8);
    const exchange = startExchange(pair, limits);
    await exchange.write(GET);
    pair.say(OK.slice(0, 44));
    await exchange.read();
    const finished = exchange.finish();
    pair.say(OK.slice(44));
    expect(await finished).toBe(true);
  });

  it('takes a chunk once when a reader still waits while it is drained', async () => {
    const pair = fakePair(8);
    const exchange = startExchange(pair, limits);
    await exchange.write(GET);
    const reading = exchange.read();
    const finished = exchange.finish();
    pair.say(OK);
    await reading;
    expect(await finished).toBe(true);
  });

  it('is not usable again where the device never sends the rest', async () => {
    const pair = fakePair(8);
    const exchange = startExchange(pair, limits);
    await exchange.write(GET);
    pair.say(OK.slice(0, 40));
    expect(await exchange.finish()).toBe(false);
  });

  it('is not usable again where the request was cut', async () => {
    const pair = fakePair(8);
    const exchange = startExchange(pair, limits);
    await exchange.write(Buffer.from('POST /x HTTP/1.1\r\nContent-Length: 100\r\n\r\nab'));
    expect(await exchange.finish()).toBe(false);
  });

  it('waits through silent transfers, loses no octet, and leaves none under way', async () => {
    const pair = fakePair(8);
    const slow = startExchange(pair, { ...limits, sliceMs: 3 });
    await slow.write(GET);
    setTimeout(() => pair.say(OK), 20);
    expect(await readAll(slow)).toBe(OK);
    const cut = startExchange(pair, { ...limits, sliceMs: 3 });
    await cut.write(Buffer.from('POST /x HTTP/1.1\r\nContent-Length: 100\r\n\r\nab'));
    const read = cut.read();
    expect(await cut.finish()).toBe(false);
    await expect(read).rejects.toMatchObject({ code: 'timeout' });
  });

  it('is usable again where nothing was asked at all', async () => {
    expect(await startExchange(fakePair(), limits).finish()).toBe(true);
  });

  it.each(['unplugged', 'stalled', 'timeout'] as const)('passes on that the device was %s', async (code) => {
    const pair = fakePair(8);
    const exchange = startExchange(pair, limits);
    await exchange.write(GET);
    pair.fail(new UsbFault(code));
    await expect(exchange.read()).rejects.toMatchObject({ code });
    expect(await exchange.finish()).toBe(false);
  });
});
