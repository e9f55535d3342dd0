import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A real `ippeveprinter`. It registers itself with Avahi whatever it is told, so it lives in a network namespace of
 * its own with a message bus and an Avahi; a relay there makes it reachable through a socket file, because files are
 * not part of the namespace. Nothing listens on the machine's own network.
 */
export interface PrinterNamespace {
  /** The socket file that leads to the printer. */
  readonly socket: string;
  connect(): Socket;
  /** Files of the documents that it has kept, with `-k`. */
  documents(): string[];
  /** Kills the printer as a power cut does; it forgets its jobs. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface NamespaceOptions {
  /** A shell script that prints one job; `$1` is the document. Its stderr tells the printer its state. */
  readonly command?: string;
}

const BUS_CONFIG = (socket: string) => `<busconfig><type>system</type><listen>unix:path=${socket}</listen>
<auth>EXTERNAL</auth><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy></busconfig>`;

const AVAHI_CONFIG = '[server]\nuse-ipv6=no\nallow-interfaces=lo\nenable-dbus=yes\n[publish]\n[wide-area]\n';

const RELAY = `const net = require('node:net');
net.createServer((a) => {
  const b = net.connect(8631, '127.0.0.1');
  a.pipe(b).pipe(a);
  a.on('error', () => b.destroy()); b.on('error', () => a.destroy());
  a.on('close', () => b.destroy()); b.on('close', () => a.destroy());
}).listen(process.argv[1]);`;

export async function startPrinter(options: NamespaceOptions = {}): Promise<PrinterNamespace> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ipp-'));
  const name = `ipp-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const children: ChildProcess[] = [];
  const ip = (...args: string[]) => {
    const done = spawnSync('ip', args, { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr}`);
  };
  const inside = (args: string[], env: Record<string, string> = {}) => {
    const child = spawn('ip', ['netns', 'exec', name, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-4000);
    });
    children.push(child);
    return { child, said: () => said };
  };
  const stop = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    spawnSync('ip', ['netns', 'delete', name]);
    rmSync(folder, { recursive: true, force: true });
  };

  const spool = path.join(folder, 'spool');
  const bus = path.join(folder, 'bus');
  const relay = path.join(folder, 'relay');
  mkdirSync(spool);
  writeFileSync(path.join(folder, 'bus.conf'), BUS_CONFIG(bus));
  writeFileSync(path.join(folder, 'avahi.conf'), AVAHI_CONFIG);
  const command = path.join(folder, 'command');
  const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus}` };
  const startServer = () => {
    const formats = 'application/pdf,image/jpeg,image/pwg-raster';
    const server = ['-vv', '-n', 'localhost', '-p', '8631', '-d', spool, '-k', '-c', command];
    return inside(['ippeveprinter', ...server, '-f', formats, 'Counter Printer'], env);
  };
  let printer: ReturnType<typeof inside>;
  writeFileSync(command, `#!/bin/sh\n${options.command ?? 'exit 0'}\n`, { mode: 0o755 });
  try {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'multicast', 'on', 'up');
    ip('-n', name, 'route', 'add', '224.0.0.0/4', 'dev', 'lo');
    inside(['dbus-daemon', `--config-file=${folder}/bus.conf`, '--nofork', '--nopidfile']);
    await until(() => exists(bus), 'the message bus');
    // Its pid file has a fixed place; the mount is seen in this process's own name space only.
    const avahi = `mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon &&
      exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f ${folder}/avahi.conf`;
    const daemon = inside(['sh', '-c', avahi], env);
    await until(() => daemon.said().includes('Server startup complete'), 'avahi-daemon', daemon.said);
    printer = startServer();
    inside([process.execPath, '-e', RELAY, relay]);
    await until(() => exists(relay), 'the relay');
    await until(async () => answers(relay), 'ippeveprinter', printer.said);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    socket: relay,
    connect: () => connect(relay),
    documents: () =>
      readdirSync(spool)
        .filter((file) => /\.(?:pdf|jpe?g)$/.test(file))
        .map((file) => path.join(spool, file)),
    async kill() {
      const ended = new Promise((resolve) => printer.child.once('exit', resolve));
      printer.child.kill('SIGKILL');
      await ended;
    },
    async restart() {
      printer = startServer();
      await until(async () => answers(relay), 'ippeveprinter', printer.said);
    },
    stop,
  };
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Whether somebody behind the relay answers HTTP. */
function answers(relay: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(relay);
    socket.once('connect', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    for (const event of ['error', 'close']) socket.once(event, () => resolve(false));
  });
}

async function until(test: () => boolean | Promise<boolean>, what: string, said = () => ''): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await test()) return;
    await sleep(50);
  }
  throw new Error(`${what} did not start: ${said()}`);
}
