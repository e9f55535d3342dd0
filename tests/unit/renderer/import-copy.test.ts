import { describe, expect, it } from 'vitest';
import type { Client } from '../../../src/contract/client.ts';
import { CounterError } from '../../../src/contract/errors.ts';
import {
  type CopyAction,
  copyReducer,
  NO_COPY,
} from '../../../src/renderer/desks/clerk/copying/copy-state.ts';
import {
  type ImportItem,
  importReducer,
  importState,
  isPdf,
} from '../../../src/renderer/desks/clerk/importing/import-state.ts';
import { PIECE, upload } from '../../../src/renderer/desks/clerk/importing/upload.ts';
import { jobsReducer, NO_JOBS } from '../../../src/renderer/desks/clerk/scanning/jobs.ts';

const item: ImportItem = {
  key: 'k',
  name: 'a.jpg',
  bytes: 200,
  dossierId: 'd',
  componentId: 'c',
  as: 'auto',
  sent: null,
  scanId: null,
  fault: null,
};
const bad = { code: 'IMAGE_UNREADABLE', details: {} } as const;

describe('a file on its way in', () => {
  it('waits, is sent, is read and is done, whichever message comes first', () => {
    expect(importState(item, NO_JOBS)).toEqual({ phase: 'waiting' });
    expect(importState({ ...item, sent: 50 }, NO_JOBS)).toEqual({ phase: 'sending', share: 0.25 });
    const taken = { ...item, sent: 200, scanId: 's' };
    expect(importState(taken, NO_JOBS)).toEqual({ phase: 'reading', pages: 0 });
    const done = jobsReducer(NO_JOBS, { type: 'finished', scanId: 's', pages: 3, note: null });
    expect(importState(taken, done)).toEqual({ phase: 'done', pages: 3 });
    const failed = jobsReducer(NO_JOBS, { type: 'failed', scanId: 's', pages: 0, fault: bad });
    expect(importState(taken, failed)).toEqual({ phase: 'failed', fault: bad });
  });

  it('fails alone, and can be tried again', () => {
    let items = importReducer([], { type: 'added', items: [item, { ...item, key: 'l' }] });
    items = importReducer(items, { type: 'failed', key: 'k', fault: bad });
    expect(items.map((i) => i.fault)).toEqual([bad, null]);
    items = importReducer(items, { type: 'again', key: 'k' });
    expect(items[0]).toEqual(item);
    expect(importReducer(items, { type: 'gone', keys: ['k', 'l'] })).toEqual([]);
  });

  it('is asked about where it is a PDF', () => {
    expect(isPdf({ name: 'A.PDF' })).toBe(true);
    expect(isPdf({ name: 'a', type: 'application/pdf' })).toBe(true);
    expect(isPdf({ name: 'pdf.jpg', type: 'image/jpeg' })).toBe(false);
  });
});

describe('handing a file over', () => {
  function engine(failAt = -1) {
    const calls: { operation: string; input: Record<string, unknown> }[] = [];
    const call = async (operation: string, input: Record<string, unknown>) => {
      calls.push({ operation, input });
      if (operation === 'uploads.chunk' && input.index === failAt) throw new CounterError('DISK_FULL');
      return { uploadId: 'u' };
    };
    return { calls, client: { call } as unknown as Client };
  }
  const file = (bytes: number) => new File([new Uint8Array(bytes).fill(7)], 'a.bin');
  const never = new AbortController().signal;

  it('goes in pieces of 1 MiB, in order, and tells how far it is', async () => {
    const { client, calls } = engine();
    const sent: number[] = [];
    await upload(client, file(2 * PIECE + 5), never, (bytes) => sent.push(bytes));
    const chunks = calls.filter((c) => c.operation === 'uploads.chunk');
    expect(chunks.map((c) => c.input.index)).toEqual([0, 1, 2]);
    expect(chunks.map((c) => atob(c.input.base64 as string).length)).toEqual([PIECE, PIECE, 5]);
    expect(sent).toEqual([PIECE, 2 * PIECE, 2 * PIECE + 5]);
    expect(calls[0]?.input).toEqual({ name: 'a.bin', bytes: 2 * PIECE + 5 });
  });

  it('abandons what it began when the engine fails or the clerk stops it', async () => {
    const failing = engine(1);
    await expect(upload(failing.client, file(3 * PIECE), never)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(failing.calls.at(-1)?.operation).toBe('uploads.abandon');
    const stopped = engine();
    const stop = new AbortController();
    const work = upload(stopped.client, file(3 * PIECE), stop.signal, () => stop.abort());
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(stopped.calls.filter((c) => c.operation === 'uploads.chunk')).toHaveLength(1);
    expect(stopped.calls.at(-1)?.operation).toBe('uploads.abandon');
  });

  it('does not begin with an empty file', async () => {
    const { client, calls } = engine();
    await expect(upload(client, file(0), never)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    expect(calls).toEqual([]);
  });
});

describe('a copy', () => {
  const run = (...actions: CopyAction[]) => actions.reduce(copyReducer, NO_COPY);
  const progress = (copyId: string, pages: number): CopyAction => ({
    type: 'progress',
    copyId,
    stage: 'scanning',
    pages,
  });
  const accepted: CopyAction = { type: 'accepted', copyId: 'x' };

  it('takes events that overtake the answer to its start, and none of others', () => {
    const end: CopyAction = { type: 'finished', copyId: 'x', pages: 2, copies: 3 };
    expect(run({ type: 'asked' }, progress('y', 9), progress('x', 2), accepted)).toMatchObject({
      phase: 'running',
      pages: 2,
    });
    expect(run({ type: 'asked' }, progress('x', 2), end, accepted)).toEqual({
      phase: 'finished',
      pages: 2,
      copies: 3,
    });
    expect(run({ type: 'asked' }, accepted, { ...end, copyId: 'y' })).toMatchObject({ phase: 'running' });
  });

  it('is no failure when the clerk stopped it, and is one when the printer fails', () => {
    const cancelled = { code: 'CANCELLED', details: {} } as const;
    expect(run({ type: 'asked' }, accepted, { type: 'failed', copyId: 'x', error: cancelled })).toEqual(
      NO_COPY,
    );
    expect(run({ type: 'asked' }, accepted, { type: 'failed', copyId: 'x', error: bad })).toEqual({
      phase: 'failed',
      fault: bad,
    });
    expect(run({ type: 'asked' }, { type: 'dismissed' })).toMatchObject({ phase: 'running' });
  });
});
