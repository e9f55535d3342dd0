import { randomUUID } from 'node:crypto';
import { CounterError, type ErrorCode } from '../../../src/contract/errors.ts';
import type { PrintJobView } from '../../../src/contract/printing.ts';
import type { VerificationReport } from '../../../src/contract/verification.ts';
import type { Emit, Handlers } from './fake-world.ts';

type PrintOperations =
  | 'prints.start'
  | 'prints.list'
  | 'prints.get'
  | 'prints.history'
  | 'prints.cancel'
  | 'prints.settle'
  | 'printers.capabilities';

export interface FakePrints {
  readonly handlers: Pick<Handlers, PrintOperations>;
  /** Jobs stay where they are until the test moves them on. */
  holdPrints(): void;
  /** What becomes of the newest job. */
  movePrint(change: Partial<PrintJobView>): void;
  printJobs(): readonly PrintJobView[];
}

/** A print queue in memory: a job is printed at once unless a test holds it. */
export function fakePrints(
  emit: Emit,
  judge: () => VerificationReport,
  kindOf: (documentId: string) => PrintJobView['kind'],
): FakePrints {
  const jobs = new Map<string, PrintJobView>();
  let held = false;

  function find(id: string): PrintJobView {
    const job = jobs.get(id);
    if (!job) throw new CounterError('PRINT_UNKNOWN');
    return job;
  }
  function move(id: string, change: Partial<PrintJobView>): PrintJobView {
    const next = { ...find(id), ...change };
    jobs.set(id, next);
    emit('print.changed', next);
    return next;
  }
  const of = (documentId: string) => [...jobs.values()].filter((job) => job.documentId === documentId);
  const blocked = (code: ErrorCode | null) => ({ blockedBy: code });

  return {
    holdPrints() {
      held = true;
    },
    movePrint(change) {
      move([...jobs.keys()].at(-1)!, change);
    },
    printJobs: () => [...jobs.values()],
    handlers: {
      'prints.start': ({ accept, ...wish }) => {
        const { indication } = judge();
        const lets = indication !== 'TOTAL-FAILED' && (indication !== 'INDETERMINATE' || accept !== '');
        if (!lets) throw new CounterError('DOCUMENT_UNTRUSTED', { indication: indication ?? 'none' });
        const kind = kindOf(wish.documentId);
        const earlier = of(wish.documentId);
        if (kind === 'slip' && earlier.length > 0 && wish.reason === '')
          throw new CounterError('PRINT_REASON_MISSING', { prints: earlier.length });
        const at = new Date().toISOString();
        const job: PrintJobView = {
          ...{ ...wish, ...blocked(null), kind, id: randomUUID(), name: 'giay-to.pdf', state: 'queued' },
          ...{ error: null, sidesDone: 0, firstCopy: 1 + earlier.length, actor: 'Nông Thị Hiền' },
          ...{ settled: null, settledBy: '', createdAt: at, changedAt: at },
        };
        jobs.set(job.id, job);
        emit('print.changed', job);
        if (!held) setTimeout(() => move(job.id, { state: 'done' }), 50);
        return job;
      },
      'prints.list': () =>
        [...jobs.values()].filter((job) => !['done', 'failed', 'cancelled'].includes(job.state)),
      'prints.get': ({ printId }) => find(printId),
      'prints.history': ({ documentId }) => of(documentId),
      'prints.cancel': ({ printId }) => move(printId, { state: 'cancelled' }),
      'prints.settle': ({ printId, answer }) =>
        move(printId, {
          settled: answer,
          state: answer === 'printed' ? 'done' : answer === 'again' ? 'queued' : 'cancelled',
        }),
      'printers.capabilities': ({ printer }) => ({
        uri: printer,
        sheets: [{ width: 21_000, height: 29_700 }],
        custom: null,
        trays: ['tray-1', 'by-pass-tray'],
        sides: ['one-sided', 'two-sided-long-edge'],
        maxCopies: 99,
        formats: ['application/pdf'],
      }),
    },
  };
}
