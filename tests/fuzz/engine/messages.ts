import type { Finding } from './loop.ts';

/** What a worker is to do, as JSON in its argument. */
export interface Job {
  readonly target: string;
  readonly seed: string;
  readonly executions: number;
  /** File that holds the input that is being run: its number, its length, its octets. */
  readonly journal: string;
  readonly coverage: boolean;
  /** Runs the journal's input alone, to see whether it still hangs. */
  readonly replay?: boolean;
}

/** Octets travel as Base64. */
export interface SentFinding extends Omit<Finding, 'input'> {
  readonly input: string;
}

export interface Done {
  readonly type: 'done';
  readonly executions: number;
  readonly crashes: number;
  readonly findings: readonly SentFinding[];
  readonly outcomes: number;
  readonly corpus: number;
  readonly covered: number;
  readonly slowest: number;
  /** Largest resident set of the worker, in kilobytes. */
  readonly peak: number;
  /** Seconds of the processor. */
  readonly cpu: number;
}

export interface Progress {
  readonly type: 'progress';
  readonly executions: number;
}

export type Message = Done | Progress;
