/**
 * A scan helper (docs/scan-helper.md) that misbehaves as it is told: `node fake-helper.ts BEHAVIOUR COMMAND`.
 * FAKE_PAGE names a whole picture, FAKE_ROOT a folder for its own notes. Pages are written before they are announced,
 * in one write, so that nothing depends on how fast it is.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

const [behaviour = 'good', ...rest] = (process.argv[2] ?? '').split(':');
const argument = rest.join(':');
const command = process.argv[3] ?? '';
const PAGE = process.env.FAKE_PAGE ?? '';
const ROOT = process.env.FAKE_ROOT ?? '';

const line = (event: object) => `${JSON.stringify(event)}\n`;
const hello = line({ event: 'hello', contract: 1, helper: 'fake 1' });
const end = (pages: number) => line({ event: 'end', pages });
const page = (index: number, file = `p${index}.jpg`) => line({ event: 'page', index, file, dpi: 300 });

/** A pipe takes 64 KiB at a time. */
function say(text: string | Uint8Array): void {
  let left = Buffer.from(text);
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Writes n whole pages and returns their announcements. */
function pages(n: number): string {
  const announced = Array.from({ length: n }, (_, index) => {
    copyFileSync(PAGE, `p${index}.jpg`);
    return page(index);
  });
  return announced.join('');
}

/** One page of the given name is announced; `make` decides what stands under it. */
function oddPage(name: string, make: () => void): void {
  make();
  say(hello + page(0, name) + end(1));
}

function hang(): void {
  setInterval(() => {}, 3_600_000);
}

function child(options: { detached?: boolean; script?: string } = {}): ChildProcess {
  const script = options.script ?? 'sleep 600';
  const started = spawn('/bin/sh', ['-c', script], { stdio: 'inherit', detached: options.detached ?? false });
  appendFileSync(path.join(ROOT, 'children'), `${started.pid}\n`);
  started.unref();
  return started;
}

const request = (): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    process.stdin.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.includes('\n')) resolve(text);
    });
  });

/** Ends by itself when its input is closed, as the contract asks. */
async function untilCancelled(): Promise<void> {
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once('end', resolve));
  writeFileSync(path.join(ROOT, 'cancelled'), 'gracefully');
  say(line({ event: 'error', code: 'CANCELLED' }));
  process.exitCode = 1;
}

const BEHAVIOURS: Record<string, () => void | Promise<void>> = {
  good: () => say(hello + pages(Number(argument || 2)) + end(Number(argument || 2))),
  'list-and-describe': () => {
    const devices = ['wia:{6BDD1FC6}\\0001', 'Máy quét ở quầy 1'].map((id, i) => ({
      event: 'device',
      id,
      name: `Scanner ${i + 1}`,
    }));
    const description = {
      event: 'description',
      name: 'fi-8170',
      sources: ['adf', 'adf-duplex'],
      dpis: { min: 100, max: 600, step: 50 },
      modes: ['color', 'gray'],
    };
    say(hello + (command === 'list' ? devices : [description]).map(line).join('') + line({ event: 'end' }));
  },
  'endless-list': () => {
    say(hello);
    setInterval(() => say(line({ event: 'device', id: 'x', name: 'x' }).repeat(500)), 5);
  },
  'nothing-there': () => say(hello + line({ event: 'end' })),
  'keeps-request': async () => {
    writeFileSync(path.join(ROOT, 'request.json'), await request());
    writeFileSync(path.join(ROOT, 'where.json'), JSON.stringify([process.cwd(), process.env.TMPDIR]));
    BEHAVIOURS.good!();
    process.exit(0);
  },
  'byte-order-mark': () => say(`\ufeff${hello}${pages(1).replaceAll('\n', '\r\n')}${end(1)}`),
  warming: async () => {
    say(hello);
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      say(line({ event: 'progress', page: 0, percent: 0 }));
    }
    say(pages(1) + end(1));
  },
  'crash-at-once': () => {
    process.kill(process.pid, 'SIGSEGV');
  },
  'crash-after': () => {
    say(hello + pages(2));
    process.kill(process.pid, 'SIGKILL');
  },
  'crash-after-end': () => {
    say(hello + pages(2) + end(2));
    process.kill(process.pid, 'SIGKILL');
  },
  exit: () => process.exit(Number(argument)),
  'hang-silent': hang,
  'hang-after-hello': () => {
    say(hello);
    hang();
  },
  'hang-after-pages': () => {
    say(hello + pages(2));
    hang();
  },
  'hang-after-end': () => {
    say(hello + pages(2) + end(2));
    hang();
  },
  'hang-after-error': () => {
    say(hello + pages(1) + line({ event: 'error', code: 'JAMMED', detail: 'sheet 2' }));
    hang();
  },
  'ignores-cancel': () => {
    process.on('SIGTERM', () => {});
    say(hello + pages(1));
    child({ script: 'trap "" TERM; while :; do sleep 1; done' });
    hang();
  },
  'ends-on-closed-input': async () => {
    say(hello + pages(1));
    await untilCancelled();
  },
  garbage: () => say(hello + pages(1).concat('Segmentation fault?\n', end(1))),
  'garbage-first': () => say('NAPS2 8.3\n'),
  'not-an-object': () => say(`${hello}[1,2,3]\n`),
  'deep-json': () => say(`${hello}${'['.repeat(30_000)}\n`),
  'empty-line': () => say(`${hello}\n`),
  'unknown-event': () => say(hello + pages(1) + line({ event: 'blank-page', index: 1 }) + end(1)),
  'wrong-types': () => say(`${hello}${line({ event: 'page', index: '0', file: 'p0.jpg', dpi: 300 })}`),
  'half-line': () => say(hello + pages(2) + page(2).slice(0, 20)),
  'long-line': () => say(Buffer.concat([Buffer.from(hello + pages(1)), Buffer.alloc(10 << 20, 'x')])),
  'long-line-ended': () => say(`${hello}${pages(1)}${'x'.repeat(10 << 20)}\n${end(1)}`),
  'bad-utf8': () =>
    say(Buffer.concat([Buffer.from(hello + pages(1)), Buffer.from([0x7b, 0xff, 0xfe, 0x0a])])),
  'wrong-version': () => say(line({ event: 'hello', contract: 2, helper: 'future' }) + pages(1) + end(1)),
  'page-before-hello': () => say(pages(1) + hello + end(1)),
  'hello-twice': () => say(hello + hello + pages(1) + end(1)),
  'page-after-end': () => say(hello + pages(1) + end(1) + page(1)),
  'end-twice': () => say(hello + pages(1) + end(1) + end(1)),
  'skips-index': () => say(hello + pages(1) + page(2, 'p0.jpg') + end(2)),
  'repeats-index': () => say(hello + pages(1) + page(0, 'p0.jpg') + end(2)),
  'device-in-scan': () => say(hello + line({ event: 'device', id: 'x', name: 'x' }) + end(0)),
  'miscounts-high': () => say(hello + pages(2) + end(10_000)),
  'miscounts-low': () => say(hello + pages(2) + end(1)),
  'no-count': () => say(hello + pages(2) + line({ event: 'end' })),
  'no-end': () => say(hello + pages(2)),
  endless: () => say(hello + pages(Number(argument))),
  'claims-10000': () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => page(index));
    say(hello + pages(2) + lines.slice(2).join('') + end(10_000));
  },
  name: () => oddPage(argument, () => copyFileSync(PAGE, path.join(ROOT, 'outside.jpg'))),
  symlink: () => oddPage('p0.jpg', () => symlinkSync(PAGE, 'p0.jpg')),
  hardlink: () =>
    oddPage('p0.jpg', () => {
      copyFileSync(PAGE, path.join(ROOT, 'twin.jpg'));
      linkSync(path.join(ROOT, 'twin.jpg'), 'p0.jpg');
    }),
  fifo: () => oddPage('p0.jpg', () => spawnSync('mkfifo', ['p0.jpg'])),
  folder: () => oddPage('p0.jpg', () => mkdirSync('p0.jpg')),
  missing: () => say(hello + pages(1) + page(1) + end(2)),
  empty: () => oddPage('p0.jpg', () => writeFileSync('p0.jpg', '')),
  'not-a-picture': () => oddPage('p0.jpg', () => writeFileSync('p0.jpg', 'MZ this is no picture at all')),
  truncated: () => {
    const announced = pages(2);
    truncateSync('p1.jpg', 700);
    say(hello + announced + end(2));
  },
  'being-written': () => {
    const whole = readFileSync(PAGE);
    const file = openSync('p0.jpg', 'w');
    writeSync(file, whole.subarray(0, whole.length - 100));
    say(hello + page(0));
    // The rest is written once the counter has read what was there.
    setInterval(() => {
      if (existsSync('p0.jpg')) return;
      writeSync(file, whole.subarray(-100));
      say(end(1));
      process.exit(0);
    }, 5);
  },
  huge: () => oddPage('p0.jpg', () => writeFileSync('p0.jpg', Buffer.alloc(Number(argument) + 1))),
  'same-file-twice': () => {
    copyFileSync(PAGE, 'p0.jpg');
    say(hello + page(0) + page(1, 'P0.JPG') + end(2));
  },
  error: () => {
    say(hello + line({ event: 'error', code: argument, detail: 'the driver said so' }));
    process.exitCode = 1;
  },
  'error-after-pages': () => {
    say(hello + pages(2) + line({ event: 'error', code: argument }));
    process.exitCode = 1;
  },
  'error-before-hello': () => {
    say(line({ event: 'error', code: 'DRIVER_MISSING', detail: 'no WIA service' }));
    process.exitCode = 1;
  },
  'error-then-exit-0': () => say(hello + pages(1) + line({ event: 'error', code: 'JAMMED' })),
  'error-then-noise': () => say(`${hello}${line({ event: 'error', code: 'COVER_OPEN' })}\u0000{{{\n`),
  'leaves-children': () => {
    child();
    child({ script: 'trap "" TERM HUP; sleep 600' });
    say(hello + pages(2) + end(2));
    process.exit(0);
  },
  'leaves-a-daemon': () => {
    child({ detached: true, script: 'exec sleep 600' });
    say(hello + pages(2) + end(2));
    process.exit(0);
  },
  'stderr-forever': () => {
    say(hello + pages(1));
    setInterval(() => process.stderr.write('still here\n'), 5);
  },
  'progress-forever': () => {
    say(hello + pages(Number(argument || 0)));
    setInterval(() => say(line({ event: 'progress', page: 1, percent: 50 })), 5);
  },
  'fills-folder': () => {
    say(hello + pages(1));
    let n = 0;
    setInterval(() => {
      writeFileSync(`junk${n++}`, Buffer.alloc(1 << 20));
      say(line({ event: 'progress', page: 1, percent: 1 }));
    }, 5);
  },
  'leaves-files': () => {
    mkdirSync('deep/er', { recursive: true });
    writeFileSync('deep/er/secret.tif', 'of a citizen');
    writeFileSync(path.join(process.env.TMPDIR ?? '', 'cache.tmp'), 'of a citizen');
    say(hello + pages(1) + end(1));
  },
};

const chosen = BEHAVIOURS[behaviour];
if (!chosen) throw new Error(`no such behaviour: ${behaviour}`);
await chosen();
