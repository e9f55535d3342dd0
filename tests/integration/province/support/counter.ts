import { createOutbox, type Outbox } from '../../../../src/main/province/outbox.ts';
import type { Province } from '../../../../src/main/province/port.ts';
import { toAdapterTime } from '../../../../src/main/province/record.ts';
import { createMemoryQueue, type MemoryQueue } from './memory-queue.ts';
import { bytesOf, NOW, outgoing, recordFor, seeded, UNIT } from './world.ts';

export interface Counter {
  readonly queue: MemoryQueue;
  readonly outbox: Outbox;
  readonly codes: Map<string, string>;
  /** Every fault that the outbox met, by code. */
  readonly faults: string[];
  /** Adds a dossier with as many files as sizes. */
  add(id: string, sizes: readonly number[]): void;
  now(): Date;
}

/** A counter with an outbox in memory; its clock moves only when the outbox rests, so that back-offs cost no time. */
export function startCounter(
  province: Province,
  seed = 1,
  queue = createMemoryQueue(),
  start = NOW,
): Counter {
  const documents = new Map<string, Uint8Array>();
  const codes = new Map<string, string>();
  const faults: string[] = [];
  let nowMs = start.getTime();
  const received = toAdapterTime(start.toISOString());
  const day = `${received.slice(0, 4)}-${received.slice(4, 6)}-${received.slice(6, 8)}`;
  const outbox = createOutbox({
    queue,
    province,
    clock: { now: () => new Date(nowMs) },
    random: seeded(seed),
    // A real tick as well, so that a rest lets sockets and timers run.
    sleep: async (ms, signal) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (!signal.aborted) nowMs += ms;
    },
    onChange: () => undefined,
    onFault: (error) => faults.push((error as { code?: string }).code ?? String(error)),
    prepare: async () => {},
    openFile: async (documentId) => outgoing(`file-${documentId}`, documents.get(documentId)!),
    async ensureCode(item, signal) {
      if (codes.has(item.id)) return;
      const key = `code-for-${item.id}`;
      const [code] = await province.reserveNumbers({ unit: UNIT, day, count: 1, key }, signal);
      codes.set(item.id, code!);
    },
    async buildRecord(item, stored) {
      const files = item.files.map((f) => stored.get(f.documentId)!);
      const dates = { NgayNopHoSo: received, NgayTiepNhan: received, NgayHenTra: '' };
      return { ...recordFor(codes.get(item.id)!, files), ...dates };
    },
  });
  return {
    queue,
    outbox,
    codes,
    faults,
    add(id, sizes) {
      const ids = sizes.map((_, i) => `${id}-document-${i}`);
      for (const [i, size] of sizes.entries()) documents.set(ids[i]!, bytesOf(size + i, size));
      queue.add(id, ids);
    },
    now: () => new Date(nowMs),
  };
}
