import { z } from 'zod';

/** The parts of the API that a fault can be aimed at. */
export const ROUTES = ['token', 'numbers', 'upload', 'file', 'record', 'receipt'] as const;
export type Route = (typeof ROUTES)[number];

/**
 * One misbehaviour. `at` aims it at a route (default: any), `after` lets that many matching requests pass first,
 * `times` is how often it strikes (default 1).
 */
export const fault = z.object({
  kind: z.enum([
    /** Stops listening until `clear`: connections are refused. */
    'down',
    /** Takes the connection and resets it before reading the request. */
    'drop',
    /** Revokes every token and answers 401. */
    'unauthorized',
    'forbidden',
    /** Answers `status` (default 500) without doing anything. */
    'failed',
    /** Waits `delayMs` before doing anything. */
    'slow',
    /** Resets the connection when the upload bodies received since the fault was set reach `atByte`. */
    'cut-upload',
    /** Does what was asked, then resets the connection instead of answering. */
    'lost-answer',
    /** Does what was asked, then answers 500 all the same. */
    'failed-after',
    /** Tells a wrong hash of a stored file. */
    'lying-hash',
    /** Tells a wrong hash of the stored record. */
    'lying-receipt',
    /** Tells the receipt of another dossier. */
    'wrong-receipt',
    'too-large',
    /** Answers 200 with a web page, as a captive portal or a gateway's maintenance page does. */
    'html',
    /** Answers 200 with JSON that stops in the middle. */
    'garbage',
    /** Answers 200 with a body that never ends. */
    'endless',
    /** Sends the client elsewhere. */
    'redirect',
    /** Says that a chunk arrived damaged (460). */
    'damaged-chunk',
    /** Forgets an unfinished upload (404), as a server that expires them does. */
    'forget-upload',
    'no-numbers',
    /** The province's clock is wrong by `shiftMs` until `clear`. */
    'clock',
  ]),
  at: z.enum([...ROUTES, 'any']).default('any'),
  times: z.number().int().positive().default(1),
  after: z.number().int().nonnegative().default(0),
  status: z.number().int().min(400).max(599).default(500),
  delayMs: z.number().int().nonnegative().default(0),
  atByte: z.number().int().nonnegative().default(0),
  shiftMs: z.number().int().default(0),
});
export type Fault = z.input<typeof fault>;
export type FaultKind = Fault['kind'];
type LiveFault = z.output<typeof fault>;

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The fault of that kind which strikes this request, used up by one, or null. */
  take(kind: FaultKind, route: Route): LiveFault | null;
  /** Counts `bytes` of an upload body against the next cut; true where the connection is to be reset now. */
  cutAfter(bytes: number): boolean;
  clockShiftMs(): number;
  /** Faults that have not struck as often as they were meant to. */
  pending(): number;
}

export function createFaults(initial: readonly Fault[] = []): Faults {
  let live: LiveFault[] = [];
  const spend = (one: LiveFault) => {
    one.times -= 1;
    if (one.times === 0) live = live.filter((other) => other !== one);
  };
  const faults: Faults = {
    add: (raw) => void live.push(fault.parse(raw)),
    clear: () => {
      live = [];
    },
    take(kind, route) {
      const one = live.find((f) => f.kind === kind && (f.at === 'any' || f.at === route));
      if (!one) return null;
      if (one.after > 0) {
        one.after -= 1;
        return null;
      }
      spend(one);
      return one;
    },
    cutAfter(bytes) {
      const one = live.find((f) => f.kind === 'cut-upload');
      if (!one) return false;
      one.atByte -= bytes;
      if (one.atByte > 0) return false;
      spend(one);
      return true;
    },
    clockShiftMs: () => live.filter((f) => f.kind === 'clock').reduce((sum, f) => sum + f.shiftMs, 0),
    pending: () => live.filter((f) => f.kind !== 'clock' && f.kind !== 'down').length,
  };
  for (const one of initial) faults.add(one);
  return faults;
}
