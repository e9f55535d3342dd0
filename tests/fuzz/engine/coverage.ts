import { Session } from 'node:inspector';

/** Which parts of some source files have run. */
export interface Coverage {
  /** How many characters of the code ran since it was asked last that no input had reached before. */
  fresh(): number;
  /** Takes what was new the last time for unknown again, so that its input can be looked for. */
  forgetLast(): void;
  /** Characters that were reached in all. */
  readonly reached: number;
  close(): void;
}

interface CoverageResult {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly {
        readonly startOffset: number;
        readonly endOffset: number;
        readonly count: number;
      }[];
    }[];
  }[];
}

/**
 * V8's own block coverage, which needs no instrumented code. Asking takes some milliseconds, which is why it is asked
 * for a batch of inputs. V8 joins neighbouring blocks of the same count, so that the ranges that it names change from
 * one time to the next: they are painted over the source, and the characters counted. `covers` are parts of the paths
 * of the files that count.
 */
export function startCoverage(covers: readonly string[]): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const seen = new Map<string, Uint8Array>();
  let last: [Uint8Array, number][] = [];
  let reached = 0;

  function paint(script: CoverageResult['result'][number]): void {
    const ranges = script.functions.flatMap((f) => f.ranges);
    const length = Math.max(...ranges.map((r) => r.endOffset));
    const now = new Uint8Array(length);
    // Outer ranges come before the inner ones, whose word is the better.
    for (const { startOffset, endOffset, count } of ranges)
      now.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    const known = seen.get(script.url) ?? new Uint8Array(length);
    seen.set(script.url, known);
    for (let i = 0; i < length; i++) {
      if (now[i] === 0 || known[i] === 1) continue;
      known[i] = 1;
      last.push([known, i]);
    }
  }

  return {
    get reached() {
      return reached;
    },
    fresh() {
      last = [];
      session.post('Profiler.takePreciseCoverage', (error: Error | null, taken: object) => {
        if (error) throw error;
        for (const script of (taken as CoverageResult).result) {
          if (covers.some((part) => script.url.includes(`/src/main/${part}`))) paint(script);
        }
      });
      reached += last.length;
      return last.length;
    },
    forgetLast() {
      for (const [known, i] of last) known[i] = 0;
      reached -= last.length;
      last = [];
    },
    close() {
      session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}
