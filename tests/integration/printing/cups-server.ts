import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A real cupsd on loopback with folders of its own, and a queue that leads to cups-pdf. It runs in a mount namespace of
 * its own, so that the machine's /etc/cups and /var/spool stay as they are.
 */
export interface CupsServer {
  readonly port: number;
  /** `ipp://localhost:PORT/printers/PDF`. */
  readonly uri: string;
  /** PDFs that came out, oldest first. */
  papers(): string[];
  /** cupsdisable, cupsenable, cupsreject, cupsaccept on the queue. */
  admin(program: 'cupsdisable' | 'cupsenable' | 'cupsreject' | 'cupsaccept'): void;
  log(): string;
  stop(): Promise<void>;
}

const QUEUE = 'PDF';

export async function startCups(): Promise<CupsServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cups-'));
  chmodSync(folder, 0o755);
  const at = (name: string) => path.join(folder, name);
  for (const name of ['etc', 'etc/ppd', 'spool', 'cache', 'state', 'log', 'pdf-spool', 'pdf-log'])
    mkdirSync(at(name));
  for (const name of ['tmp', 'out']) {
    mkdirSync(at(name));
    chmodSync(at(name), 0o1777);
  }
  const port = await freePort();
  writeFileSync(
    at('etc/cupsd.conf'),
    `Listen localhost:${port}
LogLevel info
Browsing Off
WebInterface No
DefaultAuthType None
MaxLogSize 0
JobRetryInterval 1
<Location />
Order allow,deny
Allow localhost
</Location>
<Location /admin>
Order allow,deny
Allow localhost
</Location>
<Policy default>
JobPrivateAccess all
JobPrivateValues none
<Limit All>
Order deny,allow
</Limit>
</Policy>
`,
  );
  writeFileSync(
    at('etc/cups-files.conf'),
    `ServerRoot ${at('etc')}
RequestRoot ${at('spool')}
CacheDir ${at('cache')}
StateDir ${at('state')}
TempDir ${at('tmp')}
AccessLog ${at('log/access')}
ErrorLog ${at('log/error')}
PageLog ${at('log/page')}
SystemGroup root
FatalErrors none
`,
  );
  writeFileSync(
    at('etc/cups-pdf.conf'),
    `Out ${at('out')}
AnonDirName ${at('out')}
AnonUser root
Spool ${at('pdf-spool')}
Log ${at('pdf-log')}
Label 2
`,
  );
  const env = { ...process.env, CUPS_SERVER: `localhost:${port}` };
  const script = `mount --bind ${at('etc')} /etc/cups && exec cupsd -f -c /etc/cups/cupsd.conf -s /etc/cups/cups-files.conf`;
  const daemon = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: 'ignore' });
  const run = (program: string, args: readonly string[]) => {
    const done = spawnSync(program, args, { encoding: 'utf8', env, timeout: 20_000 });
    if (done.status !== 0) throw new Error(`${program}: ${done.stderr} ${logOf(at('log/error'))}`);
  };
  const stop = async () => {
    await end(daemon);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(() => spawnSync('lpstat', ['-r'], { env, encoding: 'utf8' }).stdout.includes('is running'));
    const model = 'lsb/usr/cups-pdf/CUPS-PDF_opt.ppd';
    run('lpadmin', ['-p', QUEUE, '-E', '-v', 'cups-pdf:/', '-m', model]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    uri: `ipp://localhost:${port}/printers/${QUEUE}`,
    papers: () =>
      readdirSync(at('out'))
        .filter((name) => name.endsWith('.pdf'))
        .sort((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]))
        .map((name) => path.join(at('out'), name)),
    admin: (program) => run(program, [QUEUE]),
    log: () => logOf(at('log/error')),
    stop,
  };
}

function logOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-4000);
  } catch {
    return '';
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(late);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function until(test: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (test()) return;
    await sleep(50);
  }
  throw new Error('cupsd did not start');
}
