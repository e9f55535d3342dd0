import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScanLimits } from '../../../src/main/scanning/index.ts';
import { type HelperBench, helperBench, noted } from './helper-bench.ts';

let bench: HelperBench;
beforeEach(async () => {
  bench = await helperBench();
});
afterEach(() => bench.close());

const NOTHING_LEFT = { files: [], processes: [] };
const BOTH = [0, 1];

/** Behaviour, pages kept, error (undefined = a whole scan), details of the error, limits where they matter. */
type Row = [string, number[], string | undefined, Record<string, unknown>?, Partial<ScanLimits>?];

const protocol = (
  behaviour: string,
  pages: number[],
  what: string,
  more = {},
  limits?: Partial<ScanLimits>,
) => [behaviour, pages, 'SCANNER_PROTOCOL', { what, ...more }, limits] as Row;

const ROWS: Row[] = [
  ['good:3', [0, 1, 2], undefined],
  ['byte-order-mark', [0], undefined],
  ['crash-after-end', BOTH, undefined],
  ['leaves-files', [0], undefined],
  ['leaves-children', BOTH, undefined],
  ['good:0', [], 'SCANNER_EMPTY'],

  ['crash-at-once', [], 'SCANNER_IO', { reason: 'scan-program-killed' }],
  ['crash-after', BOTH, 'SCANNER_IO', { reason: 'scan-program-killed', page: 3 }],
  ['hang-silent', [], 'SCANNER_TIMEOUT', { pages: 0 }, { listMs: 400 }],
  ['hang-after-hello', [], 'SCANNER_TIMEOUT', { pages: 0 }, { idleMs: 300 }],
  ['hang-after-pages', BOTH, 'SCANNER_TIMEOUT', { pages: 2 }, { idleMs: 300 }],
  ['hang-after-end', BOTH, undefined, {}, { closeMs: 200 }],
  ['hang-after-error', [0], 'SCANNER_JAMMED', { page: 2 }, { closeMs: 200 }],
  ['stderr-forever', [0], 'SCANNER_TIMEOUT', { pages: 1 }, { idleMs: 300 }],
  ['progress-forever', [], 'SCANNER_TIMEOUT', { pages: 0 }, { pageMs: 400 }],
  protocol('fills-folder', [0], 'folder-too-large', {}, { maxFolderBytes: 8 << 20, folderCheckMs: 20 }),

  protocol('garbage', [0], 'line-json'),
  protocol('garbage-first', [], 'line-json'),
  protocol('not-an-object', [], 'line-event'),
  protocol('deep-json', [], 'line-json'),
  protocol('empty-line', [], 'line-json'),
  protocol('unknown-event', [0], 'line-event'),
  protocol('wrong-types', [], 'line-event'),
  protocol('half-line', BOTH, 'half-line'),
  protocol('long-line', [0], 'line-too-long'),
  protocol('long-line-ended', [0], 'line-too-long'),
  protocol('bad-utf8', [0], 'line-encoding'),
  protocol('wrong-version', [], 'helper-contract', { wanted: 1, found: 2 }),
  protocol('page-before-hello', [], 'event-order', { event: 'page' }),
  protocol('hello-twice', [], 'event-order', { event: 'hello' }),
  protocol('page-after-end', [0], 'event-order', { event: 'page' }),
  protocol('end-twice', [0], 'event-order', { event: 'end' }),
  protocol('skips-index', [0], 'event-order'),
  protocol('repeats-index', [0], 'event-order'),
  protocol('device-in-scan', [], 'event-order', { event: 'device' }),
  protocol('miscounts-high', BOTH, 'page-count', { announced: 10_000, given: 2 }),
  protocol('miscounts-low', BOTH, 'page-count', { announced: 1, given: 2 }),
  protocol('no-count', BOTH, 'page-count'),
  protocol('no-end', BOTH, 'no-end'),
  protocol('endless:5', [0, 1, 2], 'endless-job', { pages: 3 }, { maxPages: 3 }),
  protocol('claims-10000', BOTH, 'page-file', { page: 3, reason: 'ENOENT' }),

  protocol('missing', [0], 'page-file', { page: 2, reason: 'ENOENT' }),
  protocol('symlink', [], 'page-file', { reason: 'not-plain' }),
  protocol('hardlink', [], 'page-file', { reason: 'not-plain' }),
  protocol('fifo', [], 'page-file', { reason: 'not-plain' }),
  protocol('folder', [], 'page-file', { reason: 'not-plain' }),
  protocol('not-a-picture', [], 'page-format'),
  protocol('huge:100000', [], 'page-too-large', { page: 1 }, { maxPageBytes: 100_000 }),
  protocol('same-file-twice', [0], 'page-twice', { page: 2 }),
  ['empty', [], 'PAGE_TRUNCATED', { page: 1, bytes: 0 }],
  ['truncated', [0], 'PAGE_TRUNCATED', { page: 2, bytes: 700 }],
  ['being-written', [], 'PAGE_TRUNCATED', { page: 1 }],
  ...[
    '../../outside.jpg',
    '/etc/passwd',
    'sub/p.jpg',
    '.hidden',
    '..',
    'C:p.jpg',
    'p.jpg:stream',
    'a\\p.jpg',
  ].map((name) => protocol(`name:${name}`, [], 'page-file', { page: 1 })),
  protocol('name:a\nb', [], 'page-file'),

  ['error-before-hello', [], 'SCANNER_TOOL_MISSING', { helper: 'DRIVER_MISSING' }],
  ['error-then-exit-0', [0], 'SCANNER_JAMMED', { page: 2 }],
  ['error-then-noise', [], 'SCANNER_COVER_OPEN'],
  ['error:BUSY', [], 'SCANNER_BUSY'],
  ['error:JAMMED', [], 'SCANNER_JAMMED', { page: 1 }],
  ['error:DOUBLE_FEED', [], 'SCANNER_JAMMED', { helper: 'DOUBLE_FEED' }],
  ['error:COVER_OPEN', [], 'SCANNER_COVER_OPEN'],
  ['error:EMPTY', [], 'SCANNER_EMPTY'],
  ['error:DENIED', [], 'SCANNER_DENIED'],
  ['error:IO', [], 'SCANNER_IO'],
  ['error:TIMEOUT', [], 'SCANNER_TIMEOUT'],
  ['error:UNREACHABLE', [], 'SCANNER_UNREACHABLE'],
  ['error:UNSUPPORTED', [], 'SCANNER_UNSUPPORTED'],
  ['error:CANCELLED', [], 'CANCELLED'],
  ['error:DISK_FULL', [], 'DISK_FULL'],
  ['error:DISK_FAILED', [], 'DISK_FAILED'],
  ['error:INTERNAL', [], 'SCANNER_IO'],
  ['error:constructor', [], 'SCANNER_IO', { helper: 'unknown-code' }],
  ['error-after-pages:JAMMED', BOTH, 'SCANNER_JAMMED', { page: 3 }],
];

describe('a scan helper', () => {
  it.each(ROWS)(
    'that does %s: pages %j, error %s',
    async (behaviour, pages, code, details = {}, limits = {}) => {
      const run = await bench.scan(bench.fake(behaviour), { limits });
      expect(run).toMatchObject({ indexes: pages, code, details, ...NOTHING_LEFT });
      expect(noted(bench, 'twin.jpg') ?? '').not.toContain('moved');
    },
  );

  it('may be slow to warm up as long as it says so', async () => {
    const run = await bench.scan(bench.fake('warming'), { limits: { idleMs: 5_000 } });
    expect(run).toMatchObject({ indexes: [0], code: undefined, ...NOTHING_LEFT });
  });

  it('may leave nothing running, and what flees its group does not hold the scan', async () => {
    const { processes, ...run } = await bench.scan(bench.fake('leaves-a-daemon'));
    expect(run).toMatchObject({ indexes: BOTH, code: undefined, files: [] });
    // A process that made itself a session of its own is out of reach; it is named here so that nobody thinks otherwise.
    expect(processes.map(String)).toEqual(noted(bench, 'children')?.trim().split('\n'));
  });
});

describe('the exit status of a helper', () => {
  const shell = (script: string) =>
    ({ kind: 'json-lines', program: '/bin/sh', args: ['-c', script] }) as const;
  const HELLO = `echo '{"event":"hello","contract":1,"helper":"sh"}'`;
  const PAGE = `cp "$FAKE_PAGE" p0.jpg; echo '{"event":"page","index":0,"file":"p0.jpg","dpi":200}'`;
  const expected = (status: number) => {
    if (status === 0) return { code: 'SCANNER_PROTOCOL', details: { what: 'no-end', pages: 1 } };
    if (status === 2) return { code: 'SCANNER_PROTOCOL', details: { what: 'helper-contract' } };
    return { code: 'SCANNER_IO', details: { reason: 'helper-ended', status, page: 2 } };
  };

  it('without its end is a named failure, each of the 256', async () => {
    // Sixteen devices at a time; what one leaves behind is looked for once the last of them is done.
    for (let first = 0; first < 256; first += 16) {
      const statuses = Array.from({ length: 16 }, (_, i) => first + i);
      const runs = await Promise.all(
        statuses.map((status) => bench.scan(shell(`${HELLO}; ${PAGE}; exit ${status}`))),
      );
      for (const [i, { indexes, code, details }] of runs.entries()) {
        const status = first + i;
        expect({ indexes, code, details }, `exit ${status}`).toMatchObject({
          indexes: [0],
          ...expected(status),
        });
      }
    }
    expect(await bench.scan(shell('exit 1'))).toMatchObject({ ...NOTHING_LEFT });
  });

  it('after its end changes nothing: the pages are safe', async () => {
    for (const status of [1, 2, 3, 127, 255]) {
      const run = await bench.scan(
        shell(`${HELLO}; ${PAGE}; echo '{"event":"end","pages":1}'; exit ${status}`),
      );
      expect(run, `exit ${status}`).toMatchObject({ indexes: [0], code: undefined, ...NOTHING_LEFT });
    }
  });
});

describe('a helper that cannot be started', () => {
  const json = (program: string) => ({ kind: 'json-lines', program }) as const;

  it.each(['missing', 'not-executable', 'folder'])('(%s) is named', async (kind) => {
    const program = path.join(bench.root, kind === 'folder' ? 'temp' : kind);
    if (kind === 'not-executable') await writeFile(program, '#!/bin/sh\n');
    const run = await bench.scan(json(program));
    const details = { program: path.basename(program) };
    expect(run).toMatchObject({ indexes: [], code: 'SCANNER_TOOL_MISSING', details, ...NOTHING_LEFT });
  });

  it('because it is no program is named by how it ended', async () => {
    const program = path.join(bench.root, 'no-program');
    await writeFile(program, Buffer.from('\x7fELFnot really'));
    await chmod(program, 0o755);
    // The C library gives such a file to the shell.
    expect(await bench.scan(json(program))).toMatchObject({
      code: 'SCANNER_IO',
      details: { status: 127 },
      ...NOTHING_LEFT,
    });
  });

  it('is refused where its path is not whole, or nobody configured it', async () => {
    expect(await bench.scan(json('node'))).toMatchObject({ code: 'SCANNER_TOOL_MISSING' });
    const foreign = await bench.scan(bench.fake('good'), { uri: 'helper:other/one' });
    expect(foreign).toMatchObject({ code: 'SCANNER_URI_INVALID', details: { reason: 'unknown-helper' } });
    const inherited = await bench.scan(bench.fake('good'), { uri: 'helper:constructor/one' });
    expect(inherited).toMatchObject({ code: 'SCANNER_URI_INVALID' });
  });
});

describe('a cancelled helper', () => {
  async function cancelled(behaviour: string, limits: Partial<ScanLimits> = {}) {
    const stop = new AbortController();
    return bench.scan(bench.fake(behaviour), { limits, signal: stop.signal, onPage: () => stop.abort() });
  }

  it('ends by itself when its input is closed', async () => {
    const run = await cancelled('ends-on-closed-input', { killGraceMs: 10_000 });
    expect(run).toMatchObject({ indexes: [0], code: 'CANCELLED', ...NOTHING_LEFT });
    expect(noted(bench, 'cancelled')).toBe('gracefully');
  });

  it.each(['ignores-cancel', 'hang-after-pages', 'progress-forever:1', 'stderr-forever'])(
    'that does %s is ended with what it started',
    async (behaviour) => {
      expect(await cancelled(behaviour)).toMatchObject({ indexes: [0], code: 'CANCELLED', ...NOTHING_LEFT });
    },
  );

  it('never starts where the scan was cancelled before', async () => {
    const run = await bench.scan(bench.fake('keeps-request'), { signal: AbortSignal.abort() });
    expect(run).toMatchObject({ indexes: [], code: 'CANCELLED', ...NOTHING_LEFT });
    expect(noted(bench, 'request.json')).toBeUndefined();
  });
});
