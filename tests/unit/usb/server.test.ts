import { describe, expect, it } from 'vitest';
import { UsbFault } from '../../../src/main/usb/faults.ts';
import type { HostMessage } from '../../../src/main/usb/messages.ts';
import { createPool } from '../../../src/main/usb/pool.ts';
import type { UsbDeviceInfo } from '../../../src/main/usb/port.ts';
import { createServer } from '../../../src/main/usb/server.ts';
import { fakePair, placeOf } from './fake-device.ts';

const DEVICE = { vendorId: 1, productId: 2, serial: null };
const TOKEN: UsbDeviceInfo = {
  id: 'usb:25dd:2371',
  vendorId: 0x25dd,
  productId: 0x2371,
  manufacturer: 'Bit4id',
  product: 'TokenME',
  serial: '',
  kinds: ['token'],
  ippUsb: false,
};

function start(
  options: {
    list?: () => Promise<UsbDeviceInfo[]>;
    module?: boolean;
    pair?: ReturnType<typeof fakePair>;
  } = {},
) {
  const posted: HostMessage[] = [];
  let plug = () => {};
  let subscribed = 0;
  const pair = options.pair ?? fakePair();
  const server = createServer({
    usb: async () =>
      options.module === false
        ? null
        : {
            list: options.list ?? (async () => []),
            onPlug: (listener) => {
              subscribed++;
              plug = listener;
            },
            pool: createPool({
              places: async () => [placeOf('k', async () => pair)],
              exchange: { readMs: 1_000, sliceMs: 50, quietMs: 2, drainMs: 100 },
              pool: { waitMs: 50, idleMs: 20 },
              now: () => performance.now(),
            }),
          },
    post: (message) => posted.push(message),
    lookEveryMs: 20,
  });
  return { server, posted, pair, plug: () => plug(), subscribed: () => subscribed };
}

const presences = (posted: readonly HostMessage[]) =>
  posted.flatMap((message) => (message.type === 'presence' ? [message.presence] : []));

describe('the USB host', () => {
  it('says that the machine has no module, and never that it has an empty bus', async () => {
    const { server, posted } = start({ module: false });
    server.handle({ op: 'watch', events: true });
    await expect.poll(() => presences(posted)).toHaveLength(1);
    expect(presences(posted)[0]).toEqual({ state: 'unavailable', reason: 'no-module', devices: [] });
    server.handle({ seq: 1, op: 'open', stream: 1, device: DEVICE });
    await expect.poll(() => posted.at(-1)).toMatchObject({ type: 'fault', seq: 1, code: 'unavailable' });
  });

  it('asks for no plug events on a machine without USB, where that would end the process', async () => {
    let there = false;
    const { server, posted, subscribed } = start({
      list: async () => {
        if (!there) throw new Error('no usb subsystem');
        return [TOKEN];
      },
    });
    server.handle({ op: 'watch', events: true });
    await expect.poll(() => presences(posted)).toHaveLength(1);
    expect(presences(posted)[0]).toMatchObject({ state: 'unavailable', reason: 'no-usb' });
    expect(subscribed()).toBe(0);
    there = true;
    await expect.poll(() => presences(posted).at(-1)).toMatchObject({ state: 'ok', devices: [TOKEN] });
    expect(subscribed()).toBe(1);
  });

  it('tells a change once, also without any event', async () => {
    let devices: UsbDeviceInfo[] = [];
    const { server, posted, subscribed } = start({ list: async () => devices });
    server.handle({ op: 'watch', events: false });
    server.handle({ op: 'watch', events: false });
    await expect.poll(() => presences(posted)).toHaveLength(1);
    devices = [TOKEN];
    await expect.poll(() => presences(posted)).toHaveLength(2);
    devices = [];
    await expect.poll(() => presences(posted)).toHaveLength(3);
    expect(subscribed()).toBe(0);
  });

  it('carries one exchange over a stream and ends it with the answer', async () => {
    const { server, posted, pair } = start();
    server.handle({ seq: 1, op: 'open', stream: 7, device: DEVICE });
    await expect.poll(() => posted.at(-1)).toMatchObject({ type: 'done', seq: 1 });
    const data = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    server.handle({ seq: 2, op: 'write', stream: 7, data });
    server.handle({ seq: 3, op: 'read', stream: 7 });
    await expect.poll(() => pair.written.length).toBeGreaterThan(0);
    pair.say('HTTP/1.1 204 No Content\r\n\r\n');
    await expect.poll(() => posted.at(-1)).toMatchObject({ type: 'done', seq: 3, end: true });
    server.handle({ seq: 4, op: 'read', stream: 7 });
    await expect.poll(() => posted.at(-1)).toMatchObject({ type: 'fault', seq: 4, code: 'failed' });
    server.handle({ seq: 5, op: 'close', stream: 7 });
    await expect.poll(() => posted.at(-1)).toMatchObject({ type: 'done', seq: 5 });
  });

  it('refuses a stream number that is in use and more streams than it keeps', async () => {
    const { server, posted } = start();
    for (let stream = 1; stream <= 66; stream++) {
      server.handle({ seq: stream, op: 'open', stream, device: DEVICE });
    }
    server.handle({ seq: 100, op: 'open', stream: 1, device: DEVICE });
    await expect
      .poll(() => posted.filter((m) => m.type === 'fault').map((m) => m.seq))
      .toEqual(expect.arrayContaining([65, 66, 100]));
  });

  it('names what it did not expect', async () => {
    const pair = fakePair();
    pair.fail(new UsbFault('unplugged'));
    const { server, posted } = start({ pair });
    server.handle({ seq: 1, op: 'open', stream: 1, device: DEVICE });
    await expect.poll(() => posted.at(-1)).toMatchObject({ type: 'fault', seq: 1, code: 'unplugged' });
  });
});
