import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  listSerialPorts,
  type SerialReader,
  type SerialReaderOptions,
  type SerialReading,
  type SerialState,
  watchSerialReader,
} from '../../../src/main/reading/serial/index.ts';
import { type BytePort, openPort } from '../../../src/main/reading/serial/port.ts';
import { describeWithPeers } from '../../support/peers.ts';

const CARD = '001099012345|012345678|Nguyễn Thị Mẫu|02011990|Nữ|Số 1, Phố Huế, Hai Bà Trưng, Hà Nội|01012022';

function listenTo(options: SerialReaderOptions, port?: () => Promise<BytePort>) {
  const readings: SerialReading[] = [];
  const states: SerialState[] = [];
  const reader = watchSerialReader(
    { retryMs: [20, 80], ...options },
    (reading) => readings.push(reading),
    (state) => states.push(state),
    ...(port ? ([port] as const) : []),
  );
  return {
    reader,
    readings,
    states,
    kinds: () => states.map((s) => (s.kind === 'away' ? s.reason : s.kind)),
  };
}

describeWithPeers(['socat'], 'a serial reader on a pair of pseudo-terminals', () => {
  let room: string;
  let cable: ChildProcess | undefined;
  let reader: SerialReader | undefined;

  const device = () => path.join(room, 'reader');
  const gun = () => path.join(room, 'gun');
  async function plugIn() {
    const end = (link: string) => `pty,raw,echo=0,link=${link}`;
    cable = spawn('socat', [end(device()), end(gun())], { stdio: 'ignore' });
    await expect.poll(() => existsSync(gun()) && existsSync(device()), { timeout: 10_000 }).toBe(true);
  }
  async function unplug() {
    const gone = new Promise((resolve) => cable?.once('exit', resolve));
    cable?.kill();
    await gone;
    cable = undefined;
  }
  async function shoot(...parts: (string | Uint8Array)[]) {
    const handle = await open(gun(), 'r+');
    try {
      for (const part of parts) await handle.writeFile(part);
    } finally {
      await handle.close();
    }
  }

  beforeEach(async () => {
    room = await mkdtemp(path.join(tmpdir(), 'counter-serial-'));
  });
  afterEach(async () => {
    await reader?.close();
    reader = undefined;
    if (cable) await unplug();
    await rm(room, { recursive: true, force: true });
  });
  const start = (options: Partial<SerialReaderOptions> = {}) => {
    const heard = listenTo({ path: device(), baudRate: 9600, ...options });
    reader = heard.reader;
    return heard;
  };

  it('gives the lines that are scanned', async () => {
    await plugIn();
    const { readings, kinds } = start();
    await expect.poll(kinds).toEqual(['open']);
    await shoot(`${CARD}\r\n`, '8934567890123\r');
    await expect
      .poll(() => readings)
      .toEqual([
        { kind: 'line', text: CARD },
        { kind: 'line', text: '8934567890123' },
      ]);
  });

  it('names what is no UTF-8 or has no end, and reads on', async () => {
    await plugIn();
    const { readings, kinds } = start({ gapMs: 50 });
    await expect.poll(kinds).toEqual(['open']);
    await shoot(Uint8Array.of(0x4e, 0xfd, 0x0d));
    await shoot('no line end');
    await expect.poll(() => readings.length).toBe(2);
    await shoot('good\n');
    await expect
      .poll(() => readings)
      .toEqual([
        { kind: 'damaged', reason: 'encoding', bytes: 2 },
        { kind: 'damaged', reason: 'unfinished', bytes: 11 },
        { kind: 'line', text: 'good' },
      ]);
  });

  it('is awaited where it is not plugged in, and comes back after it went', async () => {
    const { readings, kinds } = start();
    await expect.poll(kinds).toEqual(['absent']);
    await plugIn();
    await expect.poll(kinds).toEqual(['absent', 'open']);
    await shoot('first\r');
    await expect.poll(() => readings.length).toBe(1);
    await unplug();
    await expect.poll(kinds).toEqual(['absent', 'open', 'lost', 'absent']);
    await plugIn();
    await expect.poll(() => kinds().at(-1)).toBe('open');
    await shoot('second\r');
    await expect.poll(() => readings.at(-1)).toEqual({ kind: 'line', text: 'second' });
  });

  it('ends a read that begins after the reader went, instead of reading nothing for ever', async () => {
    await plugIn();
    const port = await openPort({ path: device(), baudRate: 9600 });
    await unplug();
    await expect(port.read()).rejects.toThrow();
    await port.close();
  });

  it('is busy while another has it', async () => {
    await plugIn();
    const first = start();
    await expect.poll(first.kinds).toEqual(['open']);
    const second = listenTo({ path: device(), baudRate: 9600 });
    try {
      await expect.poll(() => second.kinds()[0]).toBe('busy');
    } finally {
      await second.reader.close();
    }
    expect(first.kinds()).toEqual(['open']);
  });

  it('lets its port go when it is closed', async () => {
    await plugIn();
    const first = start();
    await expect.poll(first.kinds).toEqual(['open']);
    await first.reader.close();
    expect(first.kinds()).toEqual(['open', 'closed']);
    const again = start();
    await expect.poll(again.kinds).toEqual(['open']);
  });

  it('reports a path that is no port, and does not fall', async () => {
    const { kinds } = start({ path: import.meta.filename });
    await expect.poll(kinds).toEqual(['failed']);
  });
});

describe('a serial reader', () => {
  it.each([
    ['Error: Permission denied, cannot open /dev/ttyACM0', 'denied'],
    ['Error: No such file or directory, cannot open /dev/ttyACM0', 'absent'],
    ['Opening COM3: File not found', 'absent'],
    ['Error Resource temporarily unavailable Cannot lock port', 'busy'],
    ['Opening COM3: Unknown error code 31', 'failed'],
  ])('tells %j as %s', async (message, reason) => {
    const { reader, states } = listenTo({ path: 'x', baudRate: 9600 }, () =>
      Promise.reject(new Error(message)),
    );
    await expect.poll(() => states.length).toBe(1);
    expect(states[0]).toMatchObject({ kind: 'away', reason });
    await reader.close();
  });

  it('waits longer from try to try, and is closed in the middle of it', async () => {
    const tries: number[] = [];
    const { reader, kinds } = listenTo({ path: 'x', baudRate: 9600, retryMs: [1, 3_600_000] }, () => {
      tries.push(tries.length);
      return Promise.reject(new Error('no such device'));
    });
    await expect.poll(() => tries.length).toBeGreaterThan(5);
    await reader.close();
    expect(kinds()).toEqual(['absent', 'closed']);
    const made = tries.length;
    expect(made).toBeLessThan(24);
  });

  it('gives nothing more after it was closed, and closes a port that opened too late', async () => {
    let opened = (_: BytePort) => {};
    let closed = 0;
    const { reader, readings, kinds } = listenTo(
      { path: 'x', baudRate: 9600 },
      () =>
        new Promise((resolve) => {
          opened = resolve;
        }),
    );
    const closing = reader.close();
    opened({
      read: async () => new TextEncoder().encode('late\r'),
      close: async () => {
        closed++;
      },
    });
    await closing;
    expect({ readings, kinds: kinds(), closed }).toEqual({ readings: [], kinds: ['closed'], closed: 1 });
  });
});

describe('the list of serial ports', () => {
  it('is there on every machine, if only empty', async () => {
    const noted: string[] = [];
    const ports = await listSerialPorts((what) => noted.push(what));
    for (const port of ports) expect(port.path).not.toBe('');
    expect(ports.length === 0 || noted.length === 0).toBe(true);
  });
});

describeWithPeers(['socat'], 'a serial line opened and closed many times', () => {
  it('leaves no file open, no lock behind and no process ended', { timeout: 60_000 }, async () => {
    const room = await mkdtemp(path.join(tmpdir(), 'counter-serial-'));
    const [ours, theirs] = [path.join(room, 'reader'), path.join(room, 'gun')];
    const end = (link: string) => `pty,raw,echo=0,link=${link}`;
    const cable = spawn('socat', [end(ours), end(theirs)], { stdio: 'ignore' });
    try {
      await expect.poll(() => existsSync(ours) && existsSync(theirs), { timeout: 10_000 }).toBe(true);
      const openFiles = () => readdirSync('/proc/self/fd').length;
      const cycle = async () => {
        const port = await openPort({ path: ours, baudRate: 9600 });
        const waiting = port.read().then(
          () => 'read',
          () => 'ended',
        );
        await port.close();
        expect(await waiting).toBe('ended');
      };
      await cycle();
      const before = openFiles();
      for (let i = 0; i < 40; i += 1) await cycle();
      expect(openFiles()).toBeLessThanOrEqual(before + 1);
      expect(existsSync(`/var/lock/LCK..${path.basename(realpathSync(ours))}`)).toBe(false);
    } finally {
      const gone = new Promise((resolve) => cable.once('exit', resolve));
      cable.kill();
      await gone;
      await rm(room, { recursive: true });
    }
  });
});
