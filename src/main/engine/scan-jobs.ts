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
  /** Starts the job, or throws before the feeder moves, and returns at once; pages, the end and a failure come as events. */
  start(request: ScanRequest): string;
  cancel(scanId: string): void;
  /** Throws DOSSIER_STATE {reason: 'scanning'} while pages are on their way into the dossier. */
  assertIdle(dossierId: string): void;
  /** Cancels what runs and waits until the last whole page is durable. */
  close(): Promise<void>;
}

interface Job {
  readonly request: ScanRequest;
  readonly stop: AbortController;
  readonly done: Promise<void>;
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
  const running = new Map<string, Job>();

  /** The page is durable, and a row says so, before anybody is told of it (design, principle 2). */
  async function keep(scanId: string, request: ScanRequest, raw: RawPage, image: PageImage): Promise<void> {
    const picture = await store.vault.putBytes(image.image);
    const thumbnail = await store.vault.putBytes(image.thumbnail);
    const original = image.untouched ? null : await store.vault.putBytes(raw.bytes);
    const id = randomUUID();
    const facts = {
      id,
      width: image.width,
      height: image.height,
      dpi: image.dpi,
      treatment: image.treatment,
      findings: image.findings,
      origin: 'scan' as const,
      separator: null,
      revision: 0,
      confirmed: false,
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
   * Pages enter the pipeline as they come, several at once, and are kept one after the other in their order. A picture
   * that cannot be read does not hold up those behind it. A page that cannot be written does: what is kept must not
   * have a gap that nobody sees.
   */
  function createBelt(scanId: string, request: ScanRequest) {
    const onBelt: Promise<void>[] = [];
    let last = Promise.resolve();
    let kept = 0;
    let unreadable: CounterError | null = null;

    async function keepInTurn(raw: RawPage, before: Promise<void>): Promise<void> {
      const [read, turn] = await Promise.allSettled([imaging.process(raw), before]);
      if (turn.status === 'rejected') throw turn.reason;
      if (read.status === 'fulfilled') {
        await keep(scanId, request, raw, read.value);
        kept += 1;
        return;
      }
      const error = asUnreadable(read.reason, raw.index);
      log.warn({ scanId, err: error }, 'a page cannot be read');
      unreadable ??= error;
    }

    return {
      kept: () => kept,
      /** The first page whose picture could not be read. */
      unreadable: () => unreadable,
      /** Waits while the belt is full, so that memory does not grow with the job. Rejects once nothing can be kept. */
      async put(raw: RawPage): Promise<void> {
        last = keepInTurn(raw, last);
        last.catch(() => undefined); // told to whoever takes the page off the belt
        onBelt.push(last);
        if (onBelt.length >= IN_FLIGHT) await onBelt.shift();
      },
      /** Waits for all that is on the belt; resolves with the first failure to write, or null. */
      async clear(): Promise<unknown> {
        const ends = await Promise.allSettled(onBelt.splice(0));
        return ends.find((end) => end.status === 'rejected')?.reason ?? null;
      },
    };
  }

  async function run(
    scanId: string,
    scanner: Scanner,
    request: ScanRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const belt = createBelt(scanId, request);
    let stopped: unknown = null;
    try {
      for await (const raw of scanner.scan(request.settings, signal)) await belt.put(raw);
    } catch (error) {
      stopped = error;
    }
    // What had arrived whole before the failure is kept all the same.
    const failure = (await belt.clear()) ?? stopped ?? belt.unreadable();
    const pages = belt.kept();
    if (failure === null) {
      bus.publish('scan.finished', { scanId, pages });
      return;
    }
    log.warn({ scanId, err: failure }, 'scan failed');
    bus.publish('scan.failed', { scanId, pages, error: toErrorShape(failure) });
  }

  return {
    start(request) {
      assertTakesPages(journal.load(request.dossierId), request.componentId);
      const scanner = openScanner(request.device);
      if ([...running.values()].some((job) => job.request.device === request.device)) {
        throw new CounterError('SCANNER_BUSY', { device: request.device });
      }
      const scanId = randomUUID();
      const stop = new AbortController();
      // The caller learns the job's number before its first event.
      const done = new Promise<void>((resolve) => setImmediate(resolve))
        .then(() => run(scanId, scanner, request, stop.signal))
        .finally(() => running.delete(scanId));
      running.set(scanId, { request, stop, done });
      return scanId;
    },
    cancel(scanId) {
      running.get(scanId)?.stop.abort();
    },
    assertIdle(dossierId) {
      if (![...running.values()].some((job) => job.request.dossierId === dossierId)) return;
      throw new CounterError('DOSSIER_STATE', { reason: 'scanning' });
    },
    async close() {
      for (const job of running.values()) job.stop.abort();
      await Promise.all([...running.values()].map((job) => job.done));
    },
  };
}

/** A failure of the picture itself, with the number of its sheet (from 1); any other failure is thrown on. */
function asUnreadable(error: unknown, index: number): CounterError {
  if (!(error instanceof CounterError) || !error.code.startsWith('IMAGE_')) throw error;
  return new CounterError(error.code, { ...error.details, page: index + 1 }, { cause: error });
}
