import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { openDecoder } from '../../../src/main/importing/decoder-thread.ts';
import { createGate, importDeps } from '../../../src/main/importing/deps.ts';

const ODD = new URL('./support/odd-worker.ts', import.meta.url);
const never = new AbortController().signal;
const deps = (openMs = 60_000, pageMs = 60_000) =>
  importDeps({ workerPath: ODD, limits: { openMs, pageMs } });

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    return `${error.code} ${error.details.reason ?? error.details.part ?? ''}`.trim();
  }
}

const open = (what: string, kind: 'heic' | 'pdf', given = deps(), signal = never) =>
  openDecoder(kind, Buffer.from(what), given, signal);

describe('a decoder in a thread of its own', () => {
  it('that loops for ever is ended, and the next file has its turn', async () => {
    const given = deps(300);
    expect(await failure(open('l', 'heic', given))).toBe('IMAGE_UNREADABLE timeout');
    expect(await failure(open('l', 'pdf', given))).toBe('PDF_UNREADABLE timeout');
    const decoder = await open('o', 'heic', { ...deps(), gate: given.gate });
    expect(decoder.pages).toBe(1);
    await decoder.close();
  });

  it('that hangs at a page is given up', async () => {
    const decoder = await open('o', 'pdf', deps(60_000, 200));
    expect(await failure(decoder.page(0, 300))).toBe('PDF_UNREADABLE timeout');
    await decoder.close();
  });

  it('that dies or throws takes its own file along, not the process', async () => {
    const given = deps();
    expect(await failure(open('d', 'heic', given))).toBe('IMAGE_UNREADABLE worker');
    expect(await failure(open('t', 'pdf', given))).toBe('PDF_UNREADABLE worker');
    await (await open('o', 'heic', given)).close();
  });

  it('that is not there is a fault of the program', async () => {
    const missing = importDeps({ workerPath: new URL('./support/no-such.ts', import.meta.url) });
    expect(await failure(open('o', 'heic', missing))).toBe('INTERNAL importing-worker');
    const wrong = importDeps({ workerPath: 'no path of a worker' });
    for (let n = 0; n < 2; n++)
      expect(await failure(open('o', 'heic', wrong))).toBe('INTERNAL importing-worker');
  });

  it('is ended by a cancellation, also while it loops or while another has its turn', async () => {
    const given = deps();
    const first = new AbortController();
    const second = new AbortController();
    const looping = failure(open('l', 'heic', given, first.signal));
    const waiting = failure(open('o', 'heic', given, second.signal));
    second.abort();
    expect(await waiting).toBe('CANCELLED');
    first.abort();
    expect(await looping).toBe('CANCELLED');
    expect(await failure(open('o', 'heic', given, AbortSignal.abort()))).toBe('CANCELLED');
    await (await open('o', 'heic', given)).close();
  });
});

describe('turns', () => {
  it('are given in the order of asking, one at a time, and a release counts once', async () => {
    const gate = createGate();
    const order: number[] = [];
    const first = await gate.enter(never);
    const others = [1, 2, 3].map((n) =>
      gate.enter(never).then((release) => {
        order.push(n);
        release();
        release();
      }),
    );
    expect(order).toEqual([]);
    first();
    first();
    await Promise.all(others);
    expect(order).toEqual([1, 2, 3]);
    (await gate.enter(never))();
  });
});
