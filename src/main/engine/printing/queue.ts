import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CounterError } from '../../../contract/errors.ts';
import type { EventPayload } from '../../../contract/events.ts';
import { hasEnded, mayFollow } from '../../printing/job-states.ts';
import type { Printer, PrintOptions, PrintProgress } from '../../printing/port.ts';
import type { Store } from '../../store/index.ts';
import type { PrintJobRecord } from '../../store/print-jobs.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { verdictOf } from './verdict.ts';

/** What is to be printed; the rest of a job follows from what happens to it. */
export type PrintOrder = Pick<
  PrintJobRecord,
  | 'documentId'
  | 'dossierId'
  | 'vaultHash'
  | 'kind'
  | 'name'
  | 'printer'
  | 'copies'
  | 'sides'
  | 'tray'
  | 'paper'
  | 'actor'
  | 'reason'
>;

/** A file that is ready for its printer. */
export interface Prepared extends Pick<PrintOptions, 'copies' | 'sheet' | 'scaling'> {
  readonly file: string;
}

export interface PrintQueue {
  /** @throws CounterError PRINT_REASON_MISSING {prints} where a person must say why it is printed again */
  start(order: PrintOrder): PrintJobRecord;
  /** @throws CounterError PRINT_UNKNOWN, PRINT_STATE */
  cancel(id: string): PrintJobRecord;
  /** @throws CounterError PRINT_UNKNOWN, PRINT_STATE where nobody asked */
  settle(id: string, answer: 'printed' | 'again' | 'drop', actor: string): PrintJobRecord;
  /** Takes up what an earlier run of the engine left. */
  resume(): void;
}

export interface QueueParts {
  readonly store: Pick<Store, 'printJobs' | 'transaction' | 'workspace'>;
  readonly openPrinter: (uri: string) => Printer;
  /** Makes the file for the printer; `folder` is wiped with the job. */
  readonly prepare: (
    job: PrintJobRecord,
    printer: Printer,
    folder: string,
    signal: AbortSignal,
  ) => Promise<Prepared>;
  readonly clock: Clock;
  readonly tell: (job: EventPayload<'print.changed'>) => void;
  readonly log: Log;
  /** Aborts when the engine closes: jobs stay where they are, and the next start goes on with them. */
  readonly closing: AbortSignal;
  /** Pause before a printer that could not go on is asked again, milliseconds. */
  readonly retryMs?: number;
}

const RETRY_MS = 5_000;
/** How long a printer that is to drop a job is waited for. */
const CANCEL_MS = 20_000;

/**
 * The counter's print jobs, one at a time for each printer. Every step is in the store before it is taken, so that a
 * job that may have left is never sent again by a restart: its printer is asked what became of it, and where it cannot
 * say, a person is.
 */
export function createPrintQueue(parts: QueueParts): PrintQueue {
  const { store, clock, closing, log, retryMs = RETRY_MS } = parts;
  const lanes = new Set<string>();
  const running = new Map<string, AbortController>();

  const must = (id: string): PrintJobRecord => {
    const job = store.printJobs.get(id);
    if (!job) throw new CounterError('PRINT_UNKNOWN');
    return job;
  };

  function move(job: PrintJobRecord, change: Partial<PrintJobRecord>): PrintJobRecord {
    const now = must(job.id);
    const state = change.state ?? now.state;
    if (!mayFollow(now.state, state)) throw new CounterError('PRINT_STATE', { state: now.state });
    const blockedBy = state === 'blocked' ? (change.blockedBy ?? now.blockedBy) : null;
    const next = { ...now, ...change, blockedBy };
    // A printer that is asked again and again says the same again and again.
    if (JSON.stringify(next) === JSON.stringify(now)) return now;
    next.changedAt = clock.now().toISOString();
    store.transaction(() => store.printJobs.save(next));
    parts.tell(viewOf(next));
    return next;
  }

  function wake(printer: string): void {
    if (closing.aborted || lanes.has(printer)) return;
    lanes.add(printer);
    void drain(printer)
      .catch(async (err: unknown) => {
        // A full disk, say: the job is as it was, and is tried again when there has been time for help.
        log.error({ printer, err }, 'the print queue of a printer has stopped');
        await sleep(retryMs, undefined, { signal: closing }).catch(() => undefined);
      })
      .finally(() => {
        lanes.delete(printer);
        // One may have come between the last look and the end of the lane.
        if (!closing.aborted && store.printJobs.next(printer)) wake(printer);
      });
  }

  async function drain(printer: string): Promise<void> {
    for (;;) {
      // Whoever starts a job gets its answer before the job's first event.
      await new Promise((resolve) => setImmediate(resolve));
      if (closing.aborted) return;
      const job = store.printJobs.next(printer);
      if (!job) return;
      await work(job);
    }
  }

  async function work(job: PrintJobRecord): Promise<void> {
    const stop = new AbortController();
    running.set(job.id, stop);
    try {
      await store.workspace.withFolder((folder) => untilSettled(job, folder, stop.signal));
    } catch (error) {
      // What ended the engine's work on it is taken up by the next start.
      if (closing.aborted) return;
      throw error;
    } finally {
      running.delete(job.id);
    }
  }

  /** Tries until the job has ended, nobody is sure of it, or the engine closes. */
  async function untilSettled(job: PrintJobRecord, folder: string, stop: AbortSignal): Promise<void> {
    const either = AbortSignal.any([stop, closing]);
    let prepared: Prepared | undefined;
    for (;;) {
      try {
        const printer = parts.openPrinter(job.printer);
        prepared ??= await parts.prepare(job, printer, folder, either);
        await print(printer, job, prepared, stop);
        if (!closing.aborted) move(job, { state: 'done', error: null });
        return;
      } catch (error) {
        if (closing.aborted) return;
        if (stop.aborted) return takeBack(job, error);
        const verdict = verdictOf(error, must(job.id).mayHaveLeft);
        log.warn({ printId: job.id, err: error, verdict: verdict.state }, 'a print did not go through');
        // A printer that refused a job as a whole printed nothing of it.
        const refused = verdict.state === 'failed' && verdict.error.code !== 'PRINTER_JOB_FAILED';
        move(job, { ...verdict, ...(refused && { mayHaveLeft: false }) });
        if (verdict.state !== 'blocked') return;
      }
      await sleep(retryMs, undefined, { signal: either }).catch(() => undefined);
    }
  }

  async function print(printer: Printer, job: PrintJobRecord, prepared: Prepared, stop: AbortSignal) {
    const { file, copies = job.copies, sheet, scaling } = prepared;
    const onProgress = ({ state, sides, blockedBy }: PrintProgress) => {
      if (closing.aborted) return;
      if (blockedBy) move(job, { state: 'blocked', blockedBy, sidesDone: sides });
      else if (state === 'sending') move(job, { state: 'sending', mayHaveLeft: true });
      else move(job, { state: 'printing', mayHaveLeft: true, sidesDone: sides });
    };
    const ended = await printer.print(file, keyOf(job), stop, {
      ...{ copies, sides: job.sides, tray: job.tray, onProgress, leave: closing },
      ...(sheet && { sheet }),
      ...(scaling && { scaling }),
    });
    if (ended.state !== 'completed') throw new CounterError('PRINTER_STOPPED', { state: ended.state });
  }

  /** A person took it back. What cannot be said of it then, a person says. */
  async function takeBack(job: PrintJobRecord, reason: unknown): Promise<void> {
    if (!must(job.id).mayHaveLeft) return void move(job, { state: 'cancelled' });
    let became: 'cancelled' | 'completed' | 'unknown' = 'unknown';
    try {
      const printer = parts.openPrinter(job.printer);
      became = await printer.cancel(keyOf(job), AbortSignal.any([closing, AbortSignal.timeout(CANCEL_MS)]));
    } catch (err) {
      log.warn({ printId: job.id, err, reason }, 'a printer did not say whether it dropped a job');
    }
    if (closing.aborted) return;
    if (became === 'unknown')
      move(job, { state: 'unsure', error: { code: 'PRINTER_JOB_UNCERTAIN', details: {} } });
    else move(job, { state: became === 'completed' ? 'done' : 'cancelled' });
  }

  return {
    start(order) {
      const at = clock.now().toISOString();
      const job = store.transaction(() => {
        const earlier = order.documentId === null ? [] : copiesOf(store.printJobs.of(order.documentId));
        const asks = order.kind === 'slip' || order.kind === 'result';
        if (asks && earlier.length > 0 && order.reason === '')
          throw new CounterError('PRINT_REASON_MISSING', { prints: earlier.length });
        const made: PrintJobRecord = {
          ...order,
          id: randomUUID(),
          state: 'queued',
          attempt: 1,
          mayHaveLeft: false,
          blockedBy: null,
          error: null,
          sidesDone: 0,
          firstCopy: 1 + earlier.reduce((sum, { copies }) => sum + copies, 0),
          settled: null,
          settledBy: '',
          createdAt: at,
          changedAt: at,
        };
        store.printJobs.add(made);
        return made;
      });
      parts.tell(viewOf(job));
      wake(job.printer);
      return job;
    },
    cancel(id) {
      const job = must(id);
      if (hasEnded(job.state) || job.state === 'unsure')
        throw new CounterError('PRINT_STATE', { state: job.state });
      const worker = running.get(id);
      if (!worker) return move(job, { state: 'cancelled' });
      worker.abort();
      return job;
    },
    settle(id, answer, actor) {
      const job = must(id);
      if (job.state !== 'unsure') throw new CounterError('PRINT_STATE', { state: job.state });
      const said = { settled: answer, settledBy: actor };
      if (answer === 'printed') return move(job, { ...said, state: 'done', error: null });
      if (answer === 'drop') return move(job, { ...said, state: 'cancelled' });
      const again = { state: 'queued', attempt: job.attempt + 1, mayHaveLeft: false, error: null } as const;
      const queued = move(job, { ...said, ...again, sidesDone: 0 });
      wake(job.printer);
      return queued;
    },
    resume() {
      for (const { printer, state } of store.printJobs.open()) if (state !== 'unsure') wake(printer);
    },
  };
}

/** The prints of a document that may have become paper. */
function copiesOf(jobs: readonly PrintJobRecord[]): readonly PrintJobRecord[] {
  const gone = (job: PrintJobRecord) => job.state === 'failed' || job.state === 'cancelled';
  return jobs.filter((job) => !gone(job) || job.mayHaveLeft || job.attempt > 1);
}

/** What the printer knows the job by: the same after a restart, another one where a person wants it anew. */
function keyOf(job: PrintJobRecord): string {
  return job.attempt === 1 ? job.id : `${job.id}.${job.attempt}`;
}

export function viewOf(job: PrintJobRecord): EventPayload<'print.changed'> {
  const { dossierId: _d, vaultHash: _v, attempt: _a, mayHaveLeft: _m, ...view } = job;
  return view;
}
