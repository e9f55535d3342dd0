import { once } from 'node:events';
import http from 'node:http';
import { describe, expect, it } from 'vitest';
import type { HostChannel } from '../../../src/main/signing/keys/token-host/channel.ts';
import { createUsb } from '../../../src/main/usb/client.ts';
import type { UsbFault } from '../../../src/main/usb/faults.ts';
import type { UsbPresence } from '../../../src/main/usb/port.ts';

const EMPTY: UsbPresence = { state: 'ok', reason: '', devices: [] };
const DEVICE = { vendorId: 1, productId: 2, serial: null };
const asIs = (fault: UsbFault) => fault;

type Message = Record<string, unknown> & { op: string; seq?: number; data?: Uint8Array };

interface Played extends HostChannel {
  say(message: unknown): void;
  die(): void;
  readonly asked: Message[];
  killed: boolean;
}

/** A host's process played by a test. */
function fakeHost(answer: (message: Message, host: Played) => void = () => {}) {
  const hosts: Played[] = [];
  const launch = (): HostChannel => {
    let onMessage = (_message: unknown) => {};
    let onExit = () => {};
    const host: Played = {
      asked: [],
      killed: false,
      post: (message) => {
        host.asked.push(message as Message);
        answer(message as Message, host);
      },
      onMessage: (handler) => {
        onMessage = handler;
      },
      onExit: (handler) => {
        onExit = handler;
      },
      kill: () => {
        host.killed = true;
        queueMicrotask(onExit);
      },
      say: (message) => onMessage(message),
      die: () => onExit(),
    };
    hosts.push(host);
    return host;
  };
  return { launch, hosts };
}

const tellsEmpty = (message: Message, host: { say(message: unknown): void }) => {
  if (message.op === 'watch') queueMicrotask(() => host.say({ type: 'presence', presence: EMPTY }));
};

describe('the USB of the machine', () => {
  it('starts its process with the first question and not before', async () => {
    const { launch, hosts } = fakeHost(tellsEmpty);
    const usb = createUsb({ launch });
    expect(hosts).toHaveLength(0);
    expect(await usb.list()).toEqual(EMPTY);
    expect(await usb.list()).toEqual(EMPTY);
    expect(hosts).toHaveLength(1);
    await usb.close();
    expect(hosts[0]!.killed).toBe(true);
    expect(await usb.list()).toMatchObject({ state: 'unavailable', reason: 'closed' });
  });

  it('says that its process is silent instead of waiting for ever', async () => {
    const { launch } = fakeHost();
    const usb = createUsb({ launch, listMs: 10 });
    expect(await usb.list()).toEqual({ state: 'unavailable', reason: 'host-silent', devices: [] });
    await usb.close();
  });

  it('starts a process that died again for those who watch, with longer and longer waits', async () => {
    const { launch, hosts } = fakeHost(tellsEmpty);
    const usb = createUsb({ launch, backoffMs: [5, 40], steadyMs: 10_000 });
    const seen: UsbPresence[] = [];
    usb.onChange((presence) => seen.push(presence));
    await expect.poll(() => seen.length).toBe(1);
    hosts[0]!.die();
    expect(seen.at(-1)).toEqual({ state: 'unavailable', reason: 'host-crashed', devices: [] });
    expect(await usb.list()).toMatchObject({ reason: 'host-crashed' });
    await expect.poll(() => hosts.length).toBe(2);
    await expect.poll(() => seen.at(-1)).toEqual(EMPTY);
    hosts[1]!.die();
    await expect.poll(() => hosts.length).toBe(3);
    await usb.close();
  });

  it('goes on watching over a process that a scan started before its time', async () => {
    const { launch, hosts } = fakeHost(tellsEmpty);
    const usb = createUsb({ launch, backoffMs: [60_000] });
    const seen: UsbPresence[] = [];
    usb.onChange((presence) => seen.push(presence));
    await expect.poll(() => seen.length).toBe(1);
    hosts[0]!.die();
    usb.connect(DEVICE, asIs).on('error', () => {});
    await expect.poll(() => seen.at(-1)).toEqual(EMPTY);
    expect(hosts).toHaveLength(2);
    await usb.close();
  });

  it('does without plug events once a process died while it watched for them', async () => {
    const { launch, hosts } = fakeHost(tellsEmpty);
    const usb = createUsb({ launch, backoffMs: [1] });
    usb.onChange(() => {});
    hosts[0]!.die();
    await expect.poll(() => hosts.length).toBe(2);
    expect(hosts.map((host) => host.asked[0])).toEqual([
      { op: 'watch', events: true },
      { op: 'watch', events: false },
    ]);
    await usb.close();
  });

  it('that cannot start its process says so and throws nothing', async () => {
    const usb = createUsb({
      launch: () => {
        throw new Error('no more processes');
      },
      backoffMs: [60_000],
    });
    usb.onChange(() => {});
    expect(await usb.list()).toMatchObject({ state: 'unavailable', reason: 'host-crashed' });
    const stream = usb.connect(DEVICE, asIs);
    expect((await once(stream, 'error'))[0]).toMatchObject({ code: 'unavailable' });
    await usb.close();
  });

  it('stops telling those who left', async () => {
    const { launch, hosts } = fakeHost(tellsEmpty);
    const usb = createUsb({ launch });
    const seen: UsbPresence[] = [];
    const leave = usb.onChange((presence) => seen.push(presence));
    await expect.poll(() => seen.length).toBe(1);
    leave();
    hosts[0]!.say({ type: 'presence', presence: { ...EMPTY, reason: 'x' } });
    expect(seen).toHaveLength(1);
    await usb.close();
  });

  it.each([
    'nonsense',
    { type: 'presence', presence: { state: 'ok', reason: '', devices: [{ id: 1 }] } },
    { type: 'presence', presence: { ...EMPTY, devices: Array.from({ length: 2000 }, () => ({})) } },
  ])('kills a process that speaks nonsense', async (message) => {
    const { launch, hosts } = fakeHost();
    const usb = createUsb({ launch, backoffMs: [10_000] });
    usb.onChange(() => {});
    hosts[0]!.say(message);
    await expect.poll(() => hosts[0]!.killed).toBe(true);
    expect(await usb.list()).toMatchObject({ state: 'unavailable', reason: 'host-crashed' });
    await usb.close();
  });
});

describe('a stream to a USB device', () => {
  /** Answers a whole HTTP exchange, in reads of a few octets. */
  function deviceWith(answer: string, size = 10) {
    let written = '';
    let at = 0;
    return fakeHost((message, host) => {
      const reply = (more: object) =>
        queueMicrotask(() => host.say({ type: 'done', seq: message.seq, ...more }));
      if (message.op === 'write') {
        written += Buffer.from(message.data!).toString('latin1');
        reply({});
      } else if (message.op === 'read') {
        const data = Buffer.from(answer.slice(at, at + size), 'latin1');
        at += data.length;
        const told = () => (written === '' ? setTimeout(told, 1) : reply({ data, end: at >= answer.length }));
        told();
      } else if (message.op !== 'watch') reply({});
    });
  }

  it('is a connection to node:http, and is over with the answer', async () => {
    const { launch } = deviceWith('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    const usb = createUsb({ launch });
    const stream = usb.connect(DEVICE, asIs);
    let connected = 0;
    stream.on('connect', () => connected++);
    const request = http.request({
      host: 'localhost',
      headers: { Connection: 'keep-alive' },
      createConnection: () => stream,
    });
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
    expect([body, response.complete, connected]).toEqual(['hello', true, 1]);
    await expect.poll(() => stream.destroyed).toBe(true);
    await usb.close();
  });

  it('closes at the device what is left early', async () => {
    const { launch, hosts } = deviceWith('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhello');
    const usb = createUsb({ launch });
    const stream = usb.connect(DEVICE, asIs);
    await once(stream, 'connect');
    stream.destroy();
    await expect.poll(() => hosts[0]!.asked.at(-1)?.op).toBe('close');
    await usb.close();
  });

  it('fails by name when the process dies', async () => {
    const { launch, hosts } = fakeHost();
    const usb = createUsb({ launch });
    const stream = usb.connect(DEVICE, asIs);
    const failed = once(stream, 'error');
    hosts[0]!.die();
    expect((await failed)[0]).toMatchObject({ code: 'unavailable' });
    await usb.close();
  });

  it('fails with the error that its room gives to a fault', async () => {
    const { launch } = fakeHost((message, host) => {
      if (message.op === 'open')
        queueMicrotask(() => host.say({ type: 'fault', seq: message.seq, code: 'busy', message: 'held' }));
    });
    const usb = createUsb({ launch });
    const stream = usb.connect(DEVICE, (fault) => new Error(`named ${fault.code}`));
    expect((await once(stream, 'error'))[0]).toMatchObject({ message: 'named busy' });
    await usb.close();
    const late = usb.connect(DEVICE, asIs);
    expect((await once(late, 'error'))[0]).toMatchObject({ code: 'unavailable' });
  });
});
