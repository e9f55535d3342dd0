import { randomUUID } from 'node:crypto';
import { CounterError, toErrorShape } from '../../contract/errors.ts';
import type { ScanSettings } from '../../contract/model.ts';
import { addPage, assertTakesPages } from '../dossiers/commands.ts';
import type { Imaging, PageImage } from '../imaging/port.ts';
import type { RawPage, Scanner } from '../scanning/port.ts';
import type { Store } from '../store/index.ts';
import type { EventBus } from './events.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';

export interface ScanRequest {
  readonly dossierId: string;
  readonly componentId: string;
  readonly device: string;
  readonly settings: ScanSettings;
  readonly actor: string;
}

export interface ScanJobs {
  /** Starts the job and returns at once; pages, the end and a failure come as events. */
  start(request: ScanRequest): string;
  cancel(scanId: string): void;
  /** Cancels what runs and waits until the last whole page is durable. */
  close(): Promise<void>;
}

/** Pages that may be in the pipeline at once: enough to keep two cores busy, few enough to bound the memory. */
const IN_FLIGHT = 3;

export function createScanJobs(parts: {
  readonly openScanner: (uri: string) => Scanner;
  readonly imaging: Imaging;
  readonly store: Store;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly log: Log;
}): ScanJobs {
  const { openScanner, imaging, store, journal, bus, log } = parts;
  const running = new Map<string, { readonly device: string; stop: AbortController; done: Promise<void> }>();

  /** The page is durable, and a row says so, before anybody is told of it (design, principle 2). */
  async function keep(scanId: string, request: ScanRequest, raw: RawPage, image: PageImage): Promise<void> {
    const picture = await store.vault.putBytes(image.jpeg);
    const thumbnail = await store.vault.putBytes(image.thumbnail);
    const original = image.untouched ? null : await store.vault.putBytes(raw.bytes);
    const id = randomUUID();
    const facts = {
      id,
      width: image.width,
      height: image.height,
      dpi: image.dpi,
      straightenedBy: image.straightenedBy,
    };
    const dossier = journal.change(
      request.dossierId,
      request.actor,
      (d, stamp) => addPage(d, { componentId: request.componentId, page: facts }, stamp),
      {
        objects: [picture, thumbnail, ...(original ? [original] : [])],
        page: {
          id,
          imageHash: picture.hash,
          thumbnailHash: thumbnail.hash,
          originalHash: original?.hash ?? null,
        },
      },
    );
    const page = dossier.components.flatMap((c) => c.pages).find((p) => p.id === id)!;
    const { dossierId, componentId } = request;
    bus.publish('scan.page', { scanId, dossierId, componentId, page });
  }

  /**
   * Pages enter the pipeline as they come, several at once, and are kept one after the other in their order. A page
   * that cannot be kept does not hold up those behind it; the job then ends with its failure.
   */
  function createBelt(scanId: string, request: ScanRequest) {
    const onBelt: Promise<void>[] = [];
    let last: Promise<unknown> = Promise.resolve();
    let kept = 0;
    async function keepInTurn(raw: RawPage, before: Promise<unknown>): Promise<void> {
      const [image] = await Promise.all([imaging.process(raw), before]);
      await keep(scanId, request, raw, image);
      kept += 1;
    }
    return {
      kept: () => kept,
      /** Waits while the belt is full, so that memory does not grow with the job. */
      async put(raw: RawPage): Promise<void> {
        const page = keepInTurn(raw, last);
        last = page.catch(() => undefined); // reported where the page itself is awaited
        onBelt.push(page);
        if (onBelt.length >= IN_FLIGHT) await onBelt.shift();
      },
      async clear(): Promise<void> {
        const failed = (await Promise.allSettled(onBelt.splice(0))).find(
          (page) => page.status === 'rejected',
        );
        if (failed) throw failed.reason;
      },
    };
  }

  async function run(scanId: string, request: ScanRequest, signal: AbortSignal): Promise<void> {
    const belt = createBelt(scanId, request);
    try {
      let failure: unknown;
      try {
        for await (const raw of openScanner(request.device).scan(request.settings, signal))
          await belt.put(raw);
      } catch (error) {
        failure = error;
      }
      // What had arrived whole before the failure is kept all the same.
      await belt.clear();
      if (failure) throw failure;
      bus.publish('scan.finished', { scanId, pages: belt.kept() });
    } catch (error) {
      log.warn({ scanId, err: error }, 'scan failed');
      bus.publish('scan.failed', { scanId, pages: belt.kept(), error: toErrorShape(error) });
    }
  }

  return {
    start(request) {
      assertTakesPages(journal.load(request.dossierId), request.componentId);
      if ([...running.values()].some((job) => job.device === request.device)) {
        throw new CounterError('SCANNER_BUSY', { device: request.device });
      }
      const scanId = randomUUID();
      const stop = new AbortController();
      // The caller learns the job's number before its first event.
      const done = new Promise<void>((resolve) => setImmediate(resolve))
        .then(() => run(scanId, request, stop.signal))
        .finally(() => running.delete(scanId));
      running.set(scanId, { device: request.device, stop, done });
      return scanId;
    },
    cancel(scanId) {
      running.get(scanId)?.stop.abort();
    },
    async close() {
      for (const job of running.values()) job.stop.abort();
      await Promise.all([...running.values()].map((job) => job.done));
    },
  };
}
