import type { OutboxStatus } from '../../contract/model.ts';
import { BACKOFF_MS, backoffMs } from './backoff.ts';
import { type DeliveryParts, deliver } from './delivery.ts';
import { judgeFault } from './faults.ts';
import type { OutboxItem } from './queue.ts';

export interface OutboxParts extends DeliveryParts {
  readonly clock: { now(): Date };
  /** Resolves after `ms` or when the signal aborts; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Numbers in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly onChange: (status: OutboxStatus) => void;
  /** Failures with their technical origin, for the log; the queue's own (a full disk) end up here too. */
  readonly onFault: (error: unknown, item: OutboxItem | null) => void;
}

/** What became of one attempt; idle = nothing was due; held = the line rests after a fault. */
export type PushOutcome = 'sent' | 'retry' | 'needs-person' | 'cancelled' | 'idle' | 'held';

export interface DrainSummary {
  readonly sent: number;
  readonly retries: number;
  readonly needsPerson: number;
}

export interface Outbox {
  /** Tries the oldest item that is due; takes its turn behind whatever is being sent. */
  pushOnce(signal: AbortSignal): Promise<PushOutcome>;
  /**
   * Tries every waiting item once, now, back-off or not; ends early where the province cannot be reached at all.
   * With `untilEmpty` it goes on, waiting out the back-offs, until nothing waits but for a person, or the signal aborts.
   */
  drain(options: { readonly untilEmpty: boolean; readonly signal: AbortSignal }): Promise<DrainSummary>;
  /** Sends in the background from now on. */
  start(): void;
  /** Ends the background work; an upload under way is called off and goes on from there next time. */
  stop(): Promise<void>;
  /** Says that something new may be due. */
  wake(): void;
  /** What another use of the province showed: null = it answered. */
  noteContact(error: unknown): void;
  status(): OutboxStatus;
}

/** Faults in a row, whichever dossiers met them, after which the line is taken for broken. */
const ROW_OF_FAULTS = 3;
/** The line is tried again at least this often, however long it has been down. */
const LONGEST_HOLD_MS = 60_000;
/** The background loop looks again after this long even if nobody woke it. */
const IDLE_MS = 60_000;
/** Later than any wait, and still four digits of year: a queue may compare ISO 8601 texts. */
const ALWAYS = new Date('9999-12-31T23:59:59.999Z');
const NONE: ReadonlySet<string> = new Set();

interface Line {
  online: boolean;
  faultsInRow: number;
  holdUntil: number;
}

function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = tail.then(task);
    // The caller is told of a failure through `run`; the next in turn only waits for the end.
    tail = run.then(
      () => undefined,
      () => undefined,
    );
    return run;
  };
}

export function createOutbox(parts: OutboxParts): Outbox {
  const { queue, clock } = parts;
  const line: Line = { online: false, faultsInRow: 0, holdUntil: 0 };
  const inTurn = createTurns();
  let background: { readonly abort: AbortController; readonly done: Promise<void> } | null = null;
  const resting = new Set<AbortController>();
  let wakes = 0;

  const status = (): OutboxStatus => ({ ...queue.counts(), online: line.online });
  const announce = () => parts.onChange(status());
  const nowMs = () => clock.now().getTime();

  /** Milliseconds that the line still rests; bounded, so that a clock set back cannot stop it for a year. */
  const holdMs = () => Math.min(Math.max(0, line.holdUntil - nowMs()), LONGEST_HOLD_MS);

  function noteAnswer(): void {
    line.online = true;
    line.faultsInRow = 0;
    line.holdUntil = 0;
  }

  function noteFault(online: boolean, wholeLine: boolean): void {
    line.online = online;
    line.faultsInRow += 1;
    if (!wholeLine && line.faultsInRow < ROW_OF_FAULTS) return;
    line.holdUntil = nowMs() + backoffMs(line.faultsInRow, parts.random, LONGEST_HOLD_MS);
  }

  function settle(error: unknown, item: OutboxItem): { outcome: PushOutcome; wholeLine: boolean } {
    const verdict = judgeFault(error);
    parts.onFault(error, item);
    if (verdict.needsPerson) {
      queue.markNeedsPerson(item.id, verdict.code);
      // A refusal is an answer; a fault of our own disk says nothing about the line.
      if (verdict.online) noteAnswer();
      return { outcome: 'needs-person', wholeLine: false };
    }
    noteFault(verdict.online || (line.online && !verdict.code.startsWith('PROVINCE_')), verdict.wholeLine);
    const wait = backoffMs(item.attempts + 1, parts.random);
    queue.markFault(item.id, verdict.code, new Date(nowMs() + wait));
    return { outcome: 'retry', wholeLine: verdict.wholeLine };
  }

  async function attempt(
    item: OutboxItem,
    signal: AbortSignal,
  ): Promise<{ outcome: PushOutcome; wholeLine: boolean }> {
    queue.markSending(item.id);
    announce();
    try {
      const receipt = await deliver(parts, item, signal);
      queue.markSent(item.id, receipt);
      noteAnswer();
      return { outcome: 'sent', wholeLine: false };
    } catch (error) {
      if (!signal.aborted) return settle(error, item);
      queue.putBack(item.id);
      return { outcome: 'cancelled', wholeLine: false };
    } finally {
      announce();
    }
  }

  /** Due by the clock; where the earliest wait is longer than any we set, the clock was set back, and it is due. */
  function dueItem(): OutboxItem | null {
    const now = clock.now();
    const next = queue.nextDueAt();
    const setBack = next !== null && next.getTime() - now.getTime() > BACKOFF_MS.longest + 1000;
    return queue.nextDue(setBack ? next : now, NONE);
  }

  const pushOnce = (signal: AbortSignal): Promise<PushOutcome> =>
    inTurn(async () => {
      if (signal.aborted) return 'cancelled';
      if (holdMs() > 0) return 'held';
      const item = dueItem();
      return item ? (await attempt(item, signal)).outcome : 'idle';
    });

  /** How long there is nothing to do: until the line has rested or the next item falls due. */
  function restMs(): number {
    const next = queue.nextDueAt();
    const untilDue = next === null ? IDLE_MS : Math.max(0, next.getTime() - nowMs());
    return Math.max(1, Math.min(IDLE_MS, holdMs() || untilDue));
  }

  async function onePass(signal: AbortSignal, onOutcome: (outcome: PushOutcome) => void): Promise<void> {
    const tried = new Set<string>();
    let goOn = true;
    while (goOn && !signal.aborted) {
      goOn = await inTurn(async () => {
        const item = signal.aborted ? null : queue.nextDue(ALWAYS, tried);
        if (!item) return false;
        tried.add(item.id);
        const { outcome, wholeLine } = await attempt(item, signal);
        onOutcome(outcome);
        return !wholeLine;
      });
    }
  }

  function isEmpty(): boolean {
    const counts = queue.counts();
    return counts.waiting + counts.sending === 0;
  }

  /** Rests until there may be something to do; not at all where somebody called `wake` since `seen`. */
  async function rest(signal: AbortSignal, seen: number, ms: number): Promise<void> {
    if (wakes !== seen || signal.aborted) return;
    const alarm = new AbortController();
    const ring = () => alarm.abort();
    resting.add(alarm);
    signal.addEventListener('abort', ring, { once: true });
    await parts.sleep(ms, alarm.signal);
    signal.removeEventListener('abort', ring);
    resting.delete(alarm);
  }

  async function drain({
    untilEmpty,
    signal,
  }: {
    untilEmpty: boolean;
    signal: AbortSignal;
  }): Promise<DrainSummary> {
    const summary = { sent: 0, retries: 0, needsPerson: 0 };
    const count = (outcome: PushOutcome) => {
      if (outcome === 'sent') summary.sent += 1;
      if (outcome === 'retry') summary.retries += 1;
      if (outcome === 'needs-person') summary.needsPerson += 1;
    };
    await onePass(signal, count);
    while (untilEmpty && !signal.aborted && !isEmpty()) {
      const seen = wakes;
      const outcome = await pushOnce(signal);
      count(outcome);
      if (outcome === 'idle' || outcome === 'held') await rest(signal, seen, restMs());
    }
    return summary;
  }

  async function loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const seen = wakes;
      try {
        const outcome = await pushOnce(signal);
        if (outcome === 'idle' || outcome === 'held') await rest(signal, seen, restMs());
      } catch (error) {
        // The queue itself failed (a full disk): what it kept is untouched, and the disk may be freed.
        parts.onFault(error, null);
        await rest(signal, seen, IDLE_MS);
      }
    }
  }

  return {
    pushOnce,
    drain,
    start() {
      if (background) return;
      const abort = new AbortController();
      background = { abort, done: loop(abort.signal) };
    },
    async stop() {
      background?.abort.abort();
      await background?.done;
      background = null;
    },
    wake() {
      wakes += 1;
      for (const alarm of resting) alarm.abort();
    },
    noteContact(error) {
      if (error === null) noteAnswer();
      else line.online = judgeFault(error).online;
      announce();
    },
    status,
  };
}
