import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NoResponse, type PivCard } from './virtual-card.ts';

/**
 * A smart card reader: a real pcscd with vpcd's driver. That driver listens on every address, so both live in a network
 * namespace of their own, with a mount namespace in which /run is theirs; a relay in there makes the driver's port a
 * socket file, and the folder of pcscd's own socket is bound to one outside. The namespaces end with their processes,
 * and those with the test, however it ends.
 */
export interface VirtualReader {
  /** What a program needs that is to find this reader and nothing else. */
  readonly env: Readonly<Record<string, string>>;
  /** Done when pcscd has powered the card. */
  insert(card: PivCard): Promise<void>;
  /** Pulls the card out at once; pcscd sees it within 0.4 s, and what it is asked meanwhile goes wrong. */
  remove(): void;
  /** Pulls the card out in the very moment when pcscd looks for it: it has seen that when this is done. */
  pullOut(): Promise<void>;
  stop(): Promise<void>;
}

/** What vpcd listens on; only in the namespace. */
const PORT = 35963;
const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';

const READER = (driver: string) => `FRIENDLYNAME "Counter Reader"
DEVICENAME /dev/null:0x${PORT.toString(16).toUpperCase()}
LIBPATH ${driver}
CHANNELID 0x${PORT.toString(16).toUpperCase()}
`;

/** OpenSC keeps no file of a card, and asks only its PIV driver: the others' questions take a second. */
const OPENSC = (folder: string) => `app default {
  debug = 0;
  card_drivers = PIV-II;
  file_cache_dir = ${folder}/cache;
  framework pkcs15 { use_file_caching = false; }
}
app opensc-pkcs11 { pkcs11 { plug_and_play = false; } }
`;

const RELAY = `const net = require('node:net');
net.createServer((a) => {
  const b = net.connect(${PORT}, '127.0.0.1');
  a.pipe(b).pipe(a);
  a.on('error', () => b.destroy()); b.on('error', () => a.destroy());
  a.on('close', () => b.destroy()); b.on('close', () => a.destroy());
}).listen(process.argv[1]);`;

/** Why no reader can be made here; null where one can. */
export function readerObstacle(): string | null {
  const tried = spawnSync(
    'unshare',
    ['-n', '-m', 'sh', '-c', 'ip link set lo up && mount -t tmpfs none /run'],
    {
      encoding: 'utf8',
    },
  );
  return tried.status === 0 ? null : `namespaces refused: ${(tried.stderr ?? '').trim() || tried.error}`;
}

export async function startReader(): Promise<VirtualReader> {
  const folder = mkdtempSync(path.join(tmpdir(), 'pcsc-'));
  const at = (name: string) => path.join(folder, name);
  for (const name of ['run', 'cache', 'readers']) mkdirSync(at(name));
  writeFileSync(at('readers/vpcd'), READER(DRIVER));
  writeFileSync(at('opensc.conf'), OPENSC(folder));
  const children: ChildProcess[] = [];
  const start = (program: string, args: string[]) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => {
        said = (said + text.toString()).slice(-4000);
      });
    children.push(child);
    return { child, said: () => said };
  };
  let line: Line | null = null;
  const remove = () => {
    line?.socket.destroy();
    line = null;
  };
  const stop = async () => {
    remove();
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  let daemon: ReturnType<typeof start>;
  try {
    const inside = `ip link set lo up && mount -t tmpfs none /run && mkdir /run/pcscd &&
      mount --bind ${at('run')} /run/pcscd && exec setpriv --pdeathsig KILL pcscd -f -c ${at('readers')}`;
    daemon = start('unshare', ['-n', '-m', 'sh', '-c', inside]);
    await until(() => exists(at('run/pcscd.comm')), 'pcscd', daemon.said);
    const space = ['-t', String(daemon.child.pid), '-n'];
    start('nsenter', [
      ...space,
      'setpriv',
      '--pdeathsig',
      'KILL',
      process.execPath,
      '-e',
      RELAY,
      at('relay'),
    ]);
    await until(() => exists(at('relay')), 'the relay', daemon.said);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env: { PCSCLITE_CSOCK_NAME: at('run/pcscd.comm'), OPENSC_CONF: at('opensc.conf') },
    remove,
    stop,
    async pullOut() {
      if (!line || line.socket.destroyed) return;
      // A reader whose card is silent looks at nothing any more.
      await Promise.race([line.endAtNextLook(), sleep(PATIENCE_MS)]);
      remove();
      await sleep(SETTLE_MS);
    },
    async insert(card) {
      remove();
      card.reset();
      for (let tries = 0; ; tries++) {
        line = serve(card, connect(at('relay')));
        const powered = await line.powered.then(
          () => true,
          () => false,
        );
        if (powered) break;
        // pcscd has its own socket some time before the driver has its port.
        if (tries === 100) throw new Error(`the reader takes no card: ${daemon.said()}`);
        await sleep(SETTLE_MS);
      }
      await sleep(SETTLE_MS);
    },
  };
}

/** vpcd's one-octet commands. */
const POWERED = 1;
const ATR_ASKED = 4;
/** What pcscd takes to tell its clients of what it has seen. */
const SETTLE_MS = 100;
/** Several of pcscd's looks, which are 0.4 s apart. */
const PATIENCE_MS = 3000;

interface Line {
  readonly socket: Socket;
  /** Done when the card is powered. */
  readonly powered: Promise<void>;
  /** Ends the line instead of answering when the driver next asks whether there is a card. */
  endAtNextLook(): Promise<void>;
}

/** vpcd's protocol: a length of two octets, then a command of one octet or an APDU; ATR and responses go back so. */
function serve(card: PivCard, socket: Socket): Line {
  const powered = Promise.withResolvers<void>();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let ending = false;
  let waiting = Buffer.alloc(0);
  const send = (octets: Uint8Array) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(octets.length);
    socket.write(Buffer.concat([length, octets]));
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', (more: Buffer) => {
    waiting = Buffer.concat([waiting, more]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const message = waiting.subarray(2, 2 + waiting.readUInt16BE(0));
      waiting = waiting.subarray(2 + message.length);
      if (message.length === 1) {
        const command = message[0]!;
        if (command === ATR_ASKED && ending) {
          socket.destroy();
          return;
        }
        if (command === POWERED) powered.resolve();
        if (command === ATR_ASKED) send(card.atr);
        else card.reset();
        continue;
      }
      try {
        send(card.transmit(message));
      } catch (error) {
        if (!(error instanceof NoResponse)) throw error;
        if (error.pulled) socket.destroy();
        return;
      }
    }
  });
  socket.once('close', () => powered.reject(new Error('the card was pulled before it was powered')));
  return {
    socket,
    powered: powered.promise,
    endAtNextLook: () => {
      ending = true;
      return closed;
    },
  };
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

async function until(test: () => boolean, what: string, said: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (test()) return;
    await sleep(50);
  }
  throw new Error(`${what} did not start: ${said()}`);
}
