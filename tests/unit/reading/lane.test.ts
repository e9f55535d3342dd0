import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLane, type Lane } from '../../../src/main/reading/lane.ts';
import { DEFAULT_READING_LIMITS, type ReadingLimits } from '../../../src/main/reading/limits.ts';
import { ODD } from './support/odd-worker.ts';

const WORKER = new URL('./support/odd-worker.ts', import.meta.url);
const NOWHERE = { langPath: '', osdPath: '', corePath: '', background: true };
const never = new AbortController().signal;

let lane: Lane;
afterEach(() => lane.close());

function open(limits: Partial<ReadingLimits> = {}, worker: URL | string = WORKER): void {
  lane = createLane(worker, NOWHERE, { ...DEFAULT_READING_LIMITS, ...limits });
}

/** How many pages the thread that read this one had had. */
async function page(dpi = 300, signal = never): Promise<number> {
  const result = await lane.run({ kind: 'read', image: new Uint8Array(8), dpi }, signal);
  if (result.kind !== 'read') throw new Error('another answer');
  return Number(result.words[0]!.text);
}

describe('the reading lane', () => {
  it('reads one page after the other in one thread, in the order asked', async () => {
    open();
    expect(await Promise.all([page(), page(), page()])).toEqual([1, 2, 3]);
  });

  it.each([
    ['exits', 'thread'],
    ['throws', 'thread'],
    ['refuses', 'recogniser'],
  ] as const)('a thread that %s costs one page, and the next one is read', async (what, reason) => {
    open();
    const outcomes = await Promise.allSettled([page(), page(ODD[what]), page(), page()]);
    expect(outcomes.map((o) => (o.status === 'fulfilled' ? o.value : o.reason.code))).toEqual([
      1,
      'READING_FAILED',
      1,
      2,
    ]);
    expect(outcomes[1]).toMatchObject({ reason: { details: { reason } } });
  });

  it('a thread that hangs is given up, costs one page, and the next one is read', async () => {
    // Only the page that hangs is in a hurry: how long a thread takes to start is the machine's affair.
    let timeoutMs = DEFAULT_READING_LIMITS.timeoutMs;
    lane = createLane(WORKER, NOWHERE, {
      ...DEFAULT_READING_LIMITS,
      get timeoutMs() {
        return timeoutMs;
      },
    });
    expect(await page()).toBe(1);
    timeoutMs = 100;
    const hanging = page(ODD.hangs);
    timeoutMs = DEFAULT_READING_LIMITS.timeoutMs;
    await expect(hanging).rejects.toMatchObject({
      code: 'READING_FAILED',
      details: { reason: 'timeout', timeoutMs: 100 },
    });
    expect(await page()).toBe(1);
  });

  it('replaces the thread after its share of pages', async () => {
    open({ recycleAfter: 2 });
    expect(await Promise.all([page(), page(), page(), page(), page()])).toEqual([1, 2, 1, 2, 1]);
  });

  it('replaces a thread that holds too much memory, and keeps its page', async () => {
    open();
    expect(await Promise.all([page(), page(ODD.hungry), page()])).toEqual([1, 2, 1]);
  });

  it('ends the thread after a while without work', async () => {
    open({ idleMs: 1 });
    expect(await page()).toBe(1);
    let had = 2;
    // A page that comes in time is read by the old thread; sooner or later one comes late.
    for (let i = 0; had !== 1 && i < 200; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      had = await page();
    }
    expect(had).toBe(1);
  });

  it('ends the page under way and forgets the waiting ones when they are cancelled', async () => {
    open();
    const running = new AbortController();
    const waiting = new AbortController();
    const first = page(ODD.hangs, running.signal);
    const second = page(300, waiting.signal);
    const third = page();
    waiting.abort();
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    running.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await third).toBe(1);
    await expect(page(300, running.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('cancels everything when it is closed, a hanging page too', async () => {
    open();
    const outcomes = Promise.allSettled([page(ODD.hangs), page()]);
    await lane.close();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CANCELLED' } });
    await expect(page()).rejects.toMatchObject({ code: 'CANCELLED' });
    await lane.close();
  });

  it('fails page by page where there is not even a path to a thread', async () => {
    open({}, 'neither-absolute-nor-relative.js');
    await expect(page()).rejects.toMatchObject({ code: 'READING_FAILED', details: { reason: 'thread' } });
    await expect(page()).rejects.toMatchObject({ code: 'READING_FAILED', details: { reason: 'thread' } });
  });

  it('fails page by page where the thread cannot even start', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'reading-lane-'));
    open({}, path.join(folder, 'no-worker.js'));
    await expect(page()).rejects.toMatchObject({ code: 'READING_FAILED' });
    await expect(page()).rejects.toMatchObject({ code: 'READING_FAILED' });
    rmSync(folder, { recursive: true });
  });
});
