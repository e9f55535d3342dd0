import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CounterError, type ErrorCode } from '../../../../src/contract/errors.ts';
import type { PrintJobView } from '../../../../src/contract/printing.ts';
import { silentLog } from '../../../../src/main/engine/log.ts';
import {
  createPrintQueue,
  type PrintOrder,
  type PrintQueue,
} from '../../../../src/main/engine/printing/queue.ts';
import { verdictOf } from '../../../../src/main/engine/printing/verdict.ts';
import { hasEnded, mayFollow } from '../../../../src/main/printing/job-states.ts';
import type { Cancelled, Printer, PrintOptions } from '../../../../src/main/printing/port.ts';
import { openStore, type Store } from '../../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../../src/main/store/key-vault.ts';

type Play = (key: string, signal: AbortSignal, options: PrintOptions) => Promise<void>;

let folder: string;
let store: Store;
let closing: AbortController;
let vaultHash: string;
let events: PrintJobView[];
let printed: string[];
let play: Play;
let taken: Cancelled;
let minute = 0;

const DOCUMENT = '11111111-1111-4111-8111-111111111111';

/** A printer that does what a test says with each job. */
const printer = (uri: string): Printer => ({
  uri,
  describe: async () => ({ name: uri, state: 'idle' }),
  capabilities: async () => {
    throw new Error('not asked here');
  },
  async print(_file, key, signal, options = {}) {
    await play(key, signal, options);
    printed.push(`${uri} ${key}`);
    return { id: key, state: 'completed', pages: 1, target: uri };
  },
  cancel: async () => taken,
});

const open = async () =>
  openStore({ dataDir: path.join(folder, 'data'), keyVault: fileKeyVault(path.join(folder, 'key')) });

function queueOf(workspace: Store['workspace'] = store.workspace): PrintQueue {
  closing = new AbortController();
  return createPrintQueue({
    store: { ...store, workspace },
    openPrinter: (uri) => {
      if (uri === 'gone') throw new CounterError('PRINTER_URI_INVALID', { reason: 'not-listed' });
      return printer(uri);
    },
    prepare: async (_job, _printer, at) => ({ file: path.join(at, 'x.pdf') }),
    clock: { now: () => new Date(Date.UTC(2026, 10, 23, 2, minute++)) },
    tell: (job) => events.push(job),
    log: silentLog,
    closing: closing.signal,
    retryMs: 5,
  });
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'print-queue-'));
  store = await open();
  const object = await store.vault.putBytes(Buffer.from('%PDF-'));
  store.transaction(() => store.objects.add(object, '2026-11-23T00:00:00.000Z'));
  vaultHash = object.hash;
  events = [];
  printed = [];
  taken = 'unknown';
  play = async () => undefined;
});
afterEach(async () => {
  closing.abort();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const order = (change: Partial<PrintOrder> = {}): PrintOrder => ({
  ...{ documentId: DOCUMENT, dossierId: null, vaultHash, kind: 'component', name: 'x.pdf', printer: 'a' },
  ...{ copies: 1, sides: 'one-sided', tray: '', paper: 'auto', actor: 'Nông Thị Mẫu', reason: '' },
  ...change,
});
const until = (test: () => boolean) => expect.poll(test, { timeout: 15_000, interval: 5 }).toBe(true);
const stateOf = (id: string) => store.printJobs.get(id)!.state;
const became = (id: string, state: string) => until(() => stateOf(id) === state);
const fail = (code: ErrorCode) => {
  throw new CounterError(code);
};
const forever = (signal: AbortSignal, leave?: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const either = leave ? AbortSignal.any([signal, leave]) : signal;
    either.addEventListener('abort', () => reject(new CounterError('CANCELLED')), { once: true });
  });

describe('the print queue', () => {
  it('prints job after job at one printer, side by side at two, and tells each step', async () => {
    const under = new Set<string>();
    play = async (key, _signal, { onProgress }) => {
      const at = store.printJobs.get(key)!.printer;
      expect(under.has(at)).toBe(false);
      under.add(at);
      onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
      await new Promise((resolve) => setTimeout(resolve, 5));
      onProgress?.({ state: 'processing', sides: 1, blockedBy: null });
      under.delete(at);
    };
    const queue = queueOf();
    const jobs = ['a', 'a', 'b', 'a'].map((name) => queue.start(order({ printer: name })));
    for (const { id } of jobs) await became(id, 'done');
    expect(printed.filter((p) => p.startsWith('a ')).map((p) => p.slice(2))).toEqual(
      jobs.filter((j) => j.printer === 'a').map((j) => j.id),
    );
    const steps = events.filter((e) => e.id === jobs[0]!.id).map((e) => e.state);
    expect(steps).toEqual(['queued', 'sending', 'printing', 'done']);
  });

  it('counts copies of a document, and wants a reason for a slip or a result that it printed before', async () => {
    const queue = queueOf();
    const first = queue.start(order({ kind: 'slip', copies: 2 }));
    await became(first.id, 'done');
    expect(() => queue.start(order({ kind: 'slip' }))).toThrow(
      expect.objectContaining({ code: 'PRINT_REASON_MISSING', details: { prints: 1 } }),
    );
    const again = queue.start(order({ kind: 'slip', reason: 'Công dân làm mất giấy' }));
    expect([first.firstCopy, again.firstCopy]).toEqual([1, 3]);
    await became(again.id, 'done');
    const other = queue.start(order({ kind: 'slip', documentId: '22222222-2222-4222-8222-222222222222' }));
    expect(other.firstCopy).toBe(1);
    expect(store.printJobs.of(DOCUMENT).map((j) => [j.actor, j.reason, j.copies])).toEqual([
      ['Nông Thị Mẫu', '', 2],
      ['Nông Thị Mẫu', 'Công dân làm mất giấy', 1],
    ]);
  });

  it('does not count what never reached paper', async () => {
    const queue = queueOf();
    play = async () => fail('PRINTER_REJECTED');
    const refused = queue.start(order({ kind: 'slip' }));
    await became(refused.id, 'failed');
    play = async () => undefined;
    expect(queue.start(order({ kind: 'slip' })).firstCopy).toBe(1);
  });

  it.each([
    'PRINTER_MEDIA_EMPTY',
    'PRINTER_JAMMED',
    'PRINTER_COVER_OPEN',
    'PRINTER_BUSY',
    'PRINTER_UNREACHABLE',
  ] as const)('goes on with the same key when %s is over', async (code) => {
    const keys: string[] = [];
    play = async (key) => {
      keys.push(key);
      if (keys.length < 3) fail(code);
    };
    const { id } = queueOf().start(order());
    await became(id, 'done');
    expect(keys).toEqual([id, id, id]);
    expect(events.filter((e) => e.state === 'blocked').map((e) => e.blockedBy)).toEqual([code]);
  });

  it('asks a person where nobody can say, and prints again under another key for that person alone', async () => {
    const keys: string[] = [];
    play = async (key, _signal, { onProgress }) => {
      keys.push(key);
      onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
      if (keys.length === 1) fail('PRINTER_PROTOCOL');
    };
    const queue = queueOf();
    const { id } = queue.start(order());
    await became(id, 'unsure');
    expect(store.printJobs.get(id)!.error).toMatchObject({ code: 'PRINTER_PROTOCOL' });
    expect(() => queue.cancel(id)).toThrow(expect.objectContaining({ code: 'PRINT_STATE' }));
    queue.settle(id, 'again', 'Hoàng Thị Thử');
    await became(id, 'done');
    expect(keys).toEqual([id, `${id}.2`]);
    expect(store.printJobs.get(id)).toMatchObject({
      settled: 'again',
      settledBy: 'Hoàng Thị Thử',
      error: null,
    });
    expect(() => queue.settle(id, 'again', 'x')).toThrow(expect.objectContaining({ code: 'PRINT_STATE' }));
  });

  it('takes a person’s word for it', async () => {
    play = async (_key, _signal, { onProgress }) => {
      onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
      fail('PRINTER_JOB_UNCERTAIN');
    };
    const queue = queueOf();
    const jobs = [queue.start(order()), queue.start(order())];
    for (const { id } of jobs) await became(id, 'unsure');
    expect(queue.settle(jobs[0]!.id, 'printed', 'x').state).toBe('done');
    expect(queue.settle(jobs[1]!.id, 'drop', 'x').state).toBe('cancelled');
    expect(printed).toEqual([]);
  });

  it('cancels what waits at once, and what runs at its printer', async () => {
    play = async (_key, signal, { onProgress, leave }) => {
      onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
      await forever(signal, leave);
    };
    const queue = queueOf();
    const [running, waiting] = [queue.start(order()), queue.start(order())];
    expect(queue.cancel(waiting.id).state).toBe('cancelled');
    await became(running.id, 'sending');
    taken = 'cancelled';
    queue.cancel(running.id);
    await became(running.id, 'cancelled');
    expect(() => queue.cancel(running.id)).toThrow(expect.objectContaining({ code: 'PRINT_STATE' }));
    expect(() => queue.cancel(DOCUMENT)).toThrow(expect.objectContaining({ code: 'PRINT_UNKNOWN' }));
  });

  it.each([
    ['completed', 'done'],
    ['unknown', 'unsure'],
  ] as const)('believes the printer of a job that was to be cancelled: %s', async (said, state) => {
    play = async (_key, signal, { onProgress, leave }) => {
      onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
      await forever(signal, leave);
    };
    const queue = queueOf();
    const { id } = queue.start(order());
    await became(id, 'sending');
    taken = said;
    queue.cancel(id);
    await became(id, state);
  });

  it('leaves a job at its printer when the engine closes, and goes on with it under its key', async () => {
    play = async (_key, signal, { onProgress, leave }) => {
      onProgress?.({ state: 'sending', sides: 0, blockedBy: null });
      await forever(signal, leave);
    };
    const first = queueOf();
    const [running, waiting] = [first.start(order()), first.start(order())];
    await became(running.id, 'sending');
    closing.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await store.close();
    store = await open();
    expect([stateOf(running.id), stateOf(waiting.id)]).toEqual(['sending', 'queued']);
    play = async () => undefined;
    queueOf().resume();
    await became(waiting.id, 'done');
    expect(printed).toEqual([`a ${running.id}`, `a ${waiting.id}`]);
  });

  it('asks a person about a job that may have left to a printer that is no longer configured', async () => {
    const queue = queueOf();
    const { id } = queue.start(order({ printer: 'gone' }));
    await became(id, 'failed');
    const job = { ...store.printJobs.get(id)!, id: DOCUMENT, state: 'printing' as const, mayHaveLeft: true };
    store.transaction(() => store.printJobs.add({ ...job, error: null }));
    queue.resume();
    await became(DOCUMENT, 'unsure');
  });

  it('goes on when the disk that was full has room again', async () => {
    let full = 3;
    const withFolder: Store['workspace']['withFolder'] = (use) =>
      full-- > 0 ? Promise.reject(new CounterError('DISK_FULL')) : store.workspace.withFolder(use);
    const queue = queueOf({ ...store.workspace, withFolder });
    const { id } = queue.start(order());
    await became(id, 'done');
    expect(printed).toEqual([`a ${id}`]);
  });

  it('keeps the record: nothing is taken out, and an end is final', async () => {
    const { id } = queueOf().start(order());
    await became(id, 'done');
    const job = store.printJobs.get(id)!;
    expect(() => store.printJobs.save({ ...job, state: 'queued' })).toThrow();
    expect(stateOf(id)).toBe('done');
    expect(store.printJobs.open()).toEqual([]);
    expect(store.printJobs.between('2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z')).toHaveLength(1);
  });
});

describe('what a failure makes of a print', () => {
  it.each([
    ['PRINTER_MEDIA_EMPTY', true, 'blocked'],
    ['PRINTER_UNREACHABLE', false, 'blocked'],
    ['PRINTER_REJECTED', true, 'failed'],
    ['PRINTER_JOB_FAILED', true, 'failed'],
    ['PRINTER_DENIED', false, 'failed'],
    ['PRINTER_DENIED', true, 'unsure'],
    ['PRINTER_PROTOCOL', false, 'failed'],
    ['PRINTER_PROTOCOL', true, 'unsure'],
    ['PRINTER_JOB_UNCERTAIN', false, 'unsure'],
    ['SPOOLER_FAILED', true, 'unsure'],
    ['SPOOLER_MISSING', false, 'failed'],
    ['DISK_FULL', false, 'failed'],
  ] as const)('%s, which may have left: %s → %s', (code, left, state) => {
    expect(verdictOf(new CounterError(code), left).state).toBe(state);
  });

  it('is unsure of whatever has no name once something may have left', () => {
    expect(verdictOf(new Error('?'), true)).toEqual({
      state: 'unsure',
      error: { code: 'INTERNAL', details: {} },
    });
  });
});

describe('states of a print', () => {
  it('have three ends, and only a person leads out of not knowing', () => {
    const states = [
      'queued',
      'sending',
      'printing',
      'blocked',
      'done',
      'failed',
      'cancelled',
      'unsure',
    ] as const;
    expect(states.filter(hasEnded)).toEqual(['done', 'failed', 'cancelled']);
    expect(states.filter((after) => mayFollow('unsure', after))).toEqual(['queued', 'done', 'cancelled']);
    // What may have left is never put back into the queue but by a person.
    for (const before of ['sending', 'printing', 'blocked'] as const)
      expect(mayFollow(before, 'queued')).toBe(false);
  });
});
