import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { CounterError, toErrorShape } from '../../contract/errors.ts';
import type { Indication, PageView } from '../../contract/model.ts';
import { addAttachment, addPageAt } from '../dossiers/commands.ts';
import { componentOf, whereIs, whereIsAttachment } from '../dossiers/dossier.ts';
import type { Imaging, ImagingOrder, PageImage } from '../imaging/port.ts';
import type { RawPage } from '../scanning/port.ts';
import type { Store } from '../store/index.ts';
import { documentName } from './document-name.ts';
import type { EventBus } from './events.ts';
import { keptFindings } from './findings.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import type { Route } from './page-route.ts';

/** What a scanner or a file gives. */
export type Incoming =
  | { readonly kind: 'page'; readonly page: RawPage; readonly photo: boolean }
  | {
      readonly kind: 'document';
      readonly path: string;
      readonly name: string;
      readonly pages: number;
      readonly signatures: number;
      readonly bytes: number;
    };

export interface PageJob {
  readonly dossierId: string;
  readonly actor: string;
  readonly origin: Exclude<PageView['origin'], 'photo'>;
  readonly route: Route;
  readonly order: ImagingOrder;
  /** Called once; what it yields is kept in its order. */
  open(signal: AbortSignal): AsyncIterable<Incoming>;
  /** Once nothing more comes and all is durable, before the screens are told of the end; may itself fail. */
  settle?(failure: unknown): Promise<void>;
}

export interface PageJobs {
  /** Starts the job and returns its id at once; pages, the end and a failure come as events. */
  start(job: PageJob): string;
  cancel(jobId: string): void;
  /** Pages that a job has kept, in their order, while the program runs; null for a job that is not known. */
  pagesOf(jobId: string): readonly string[] | null;
  /** True while any job runs. */
  busy(): boolean;
  /** Throws DOSSIER_STATE {reason: 'scanning'} while pages are on their way into the dossier. */
  assertIdle(dossierId: string): void;
  /** Cancels what runs and waits until the last whole page is durable. */
  close(): Promise<void>;
}

/** Pages that may be in the pipeline at once: enough to keep two cores busy, few enough to bound the memory. */
const IN_FLIGHT = 4;
/** Jobs whose pages are remembered, for manual duplex. */
const REMEMBERED = 20;

interface Running {
  readonly dossierId: string;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

export function createPageJobs(parts: {
  readonly imaging: Imaging;
  readonly store: Store;
  readonly journal: Journal;
  readonly bus: EventBus;
  /** What becomes of the signatures of a PDF that comes in. */
  readonly judgeArriving: (path: string) => Promise<Indication | null>;
  readonly log: Log;
}): PageJobs {
  const { imaging, store, journal, bus, log } = parts;
  const running = new Map<string, Running>();
  const kept = new Map<string, string[]>();

  /** The page is durable, and a row says so, before anybody is told of it (design, principle 2). */
  async function keepPage(jobId: string, job: PageJob, raw: RawPage, image: PageImage, photo: boolean) {
    const picture = await store.vault.putBytes(image.image);
    const thumbnail = await store.vault.putBytes(image.thumbnail);
    const original = image.untouched ? null : await store.vault.putBytes(raw.bytes);
    const id = randomUUID();
    const { width, height, dpi, treatment } = image;
    const findings = keptFindings(image.findings, raw.repeats !== undefined);
    const step = job.route.decide(journal.load(job.dossierId), { index: raw.index, findings });
    const facts = {
      ...{ id, width, height, dpi, treatment, findings, revision: 0, confirmed: false },
      origin: photo ? ('photo' as const) : job.origin,
      separator: step.separator,
    };
    const dossier = journal.change(
      job.dossierId,
      job.actor,
      (d, stamp) => addPageAt(d, { ...step, page: facts }, stamp),
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
    job.route.kept(id);
    kept.get(jobId)?.push(id);
    const { component, page } = whereIs(dossier, id)!;
    const { dossierId } = job;
    bus.publish('scan.page', { scanId: jobId, dossierId, componentId: component.spec.id, page });
  }

  async function keepDocument(jobId: string, job: PageJob, file: Extract<Incoming, { kind: 'document' }>) {
    const object = await store.vault.putFile(file.path);
    const sha256 = await sha256Of(file.path);
    const id = randomUUID();
    const verdict = file.signatures > 0 ? await parts.judgeArriving(file.path) : null;
    const { name, pages, signatures, bytes } = file;
    const componentId = job.route.component();
    const order = (componentOf(journal.load(job.dossierId), componentId)?.attachments.length ?? 0) + 1;
    const dossier = journal.change(
      job.dossierId,
      job.actor,
      (d, stamp) =>
        addAttachment(
          d,
          { componentId, attachment: { id, name, pages, signatures, verdict, bytes, sha256 } },
          stamp,
        ),
      {
        objects: [object],
        document: {
          ...{ id, kind: 'component', componentId, vaultHash: object.hash, sha256, bytes },
          name: documentName(componentId, order),
        },
      },
    );
    const { attachment } = whereIsAttachment(dossier, id)!;
    bus.publish('scan.attachment', { scanId: jobId, dossierId: job.dossierId, componentId, attachment });
  }

  /**
   * What comes enters the pipeline at once, several at a time, and is kept one after the other in its order. A picture
   * that cannot be read does not hold up those behind it. A page that cannot be written does: what is kept must not
   * have a gap that nobody sees.
   */
  function createBelt(jobId: string, job: PageJob) {
    const onBelt: Promise<void>[] = [];
    let last = Promise.resolve();
    let count = 0;
    let unreadable: CounterError | null = null;

    async function keepInTurn(item: Incoming, before: Promise<void>): Promise<void> {
      const work =
        item.kind === 'page'
          ? imaging.process(item.page, { ...job.order, ...(item.photo && { photo: true }) })
          : Promise.resolve(null);
      const [read, turn] = await Promise.allSettled([work, before]);
      if (turn.status === 'rejected') throw turn.reason;
      if (read.status === 'rejected') {
        const error = asUnreadable(read.reason, item.kind === 'page' ? item.page.index : 0);
        log.warn({ jobId, err: error }, 'a page cannot be read');
        unreadable ??= error;
        return;
      }
      if (item.kind === 'document') await keepDocument(jobId, job, item);
      else await keepPage(jobId, job, item.page, read.value!, item.photo);
      count += 1;
    }

    return {
      kept: () => count,
      /** The first page whose picture could not be read. */
      unreadable: () => unreadable,
      /** Waits while the belt is full, so that memory does not grow with the job. Rejects once nothing can be kept. */
      async put(item: Incoming): Promise<void> {
        last = keepInTurn(item, last);
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

  async function run(jobId: string, job: PageJob, signal: AbortSignal): Promise<void> {
    const belt = createBelt(jobId, job);
    let stopped: unknown = null;
    try {
      for await (const item of job.open(signal)) await belt.put(item);
    } catch (error) {
      stopped = error;
    }
    // What had arrived whole before the failure is kept all the same.
    let failure: unknown = (await belt.clear()) ?? stopped ?? belt.unreadable();
    try {
      await job.settle?.(failure);
    } catch (error) {
      failure ??= error;
    }
    const pages = belt.kept();
    if (failure === null) {
      bus.publish('scan.finished', { scanId: jobId, pages, note: job.route.note() });
      return;
    }
    log.warn({ jobId, err: failure }, 'pages stopped coming');
    bus.publish('scan.failed', { scanId: jobId, pages, error: toErrorShape(failure) });
  }

  return {
    start(job) {
      const jobId = randomUUID();
      const stop = new AbortController();
      kept.set(jobId, []);
      for (const old of [...kept.keys()].slice(0, -REMEMBERED)) if (!running.has(old)) kept.delete(old);
      // The caller learns the job's number before its first event.
      const done = new Promise<void>((resolve) => setImmediate(resolve))
        .then(() => run(jobId, job, stop.signal))
        .finally(() => running.delete(jobId));
      running.set(jobId, { dossierId: job.dossierId, stop, done });
      return jobId;
    },
    cancel(jobId) {
      running.get(jobId)?.stop.abort();
    },
    pagesOf: (jobId) => kept.get(jobId) ?? null,
    busy: () => running.size > 0,
    assertIdle(dossierId) {
      if (![...running.values()].some((job) => job.dossierId === dossierId)) return;
      throw new CounterError('DOSSIER_STATE', { reason: 'scanning' });
    },
    async close() {
      for (const job of running.values()) job.stop.abort();
      await Promise.all([...running.values()].map((job) => job.done));
    },
  };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** A failure of the picture itself, with the number of its sheet (from 1); any other failure is thrown on. */
function asUnreadable(error: unknown, index: number): CounterError {
  if (!(error instanceof CounterError) || !error.code.startsWith('IMAGE_')) throw error;
  return new CounterError(error.code, { ...error.details, page: index + 1 }, { cause: error });
}
