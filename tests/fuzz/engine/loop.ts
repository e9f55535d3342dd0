import type { Target } from '../targets/target.ts';
import type { Coverage } from './coverage.ts';
import { type Random, randomFrom } from './random.ts';

export interface LoopOptions {
  /** Determines every input, together with the target. */
  readonly seed: string;
  readonly executions: number;
  /** Asked after each of the first batches and then closed; null = outcomes alone tell what is new. */
  readonly coverage: Coverage | null;
  /** Told of each input before it is run, so that one that ends the process is known. */
  readonly before?: (input: Uint8Array, execution: number) => void;
  readonly progress?: (executions: number) => Promise<void>;
}

export interface Finding {
  readonly kind: 'crash' | 'slow' | 'memory' | 'hang';
  /** The same for inputs that fail at the same place. */
  readonly key: string;
  readonly message: string;
  readonly input: Uint8Array;
}

export interface LoopResult {
  readonly executions: number;
  readonly crashes: number;
  /** One for each key. */
  readonly findings: readonly Finding[];
  /** Different outcomes, by name. */
  readonly outcomes: number;
  readonly corpus: number;
  /** Characters of the code under test that ran while coverage was asked for. */
  readonly covered: number;
  /** Of the slowest execution. */
  readonly slowest: number;
}

const BATCH = 128;
/** A word that it is alive after so many executions. */
const BEAT = 16;
/** Coverage slows the code down and soon finds nothing more: it is asked for so many executions of a slice. */
const _EXPLORING = 6000;
const MAX_CORPUS = 4096;
const MAX_OUTCOMES = 20_000;
/** A single input of a few kilobytes may take this long, and make the process this much larger. */
const SLOW_MILLISECONDS = 3000;
const MEMORY_KILOBYTES = 256 * 1024;

/** Feeds a target with mutated inputs; those that reach something new are mutated further. */
export async function fuzz(target: Target, options: LoopOptions): Promise<LoopResult> {
  const { coverage, executions, before } = options;
  const random = randomFrom(`${target.name}/${options.seed}`);
  const corpus: Uint8Array[] = [...target.seeds];
  const outcomes = new Set<string>();
  const findings = new Map<string, Finding>();
  let crashes = 0;
  let done = 0;
  let slowest = 0;
  const exploring = coverage !== null;

  function found(kind: Finding['kind'], input: Uint8Array, error: unknown): void {
    const key = `${kind} ${keyOf(error)}`;
    if (!findings.has(key)) findings.set(key, { kind, key, message: textOf(error), input });
  }

  function keep(input: Uint8Array): void {
    if (corpus.length < MAX_CORPUS) corpus.push(input);
    else corpus[target.seeds.length + random.below(MAX_CORPUS - target.seeds.length)] = input;
  }

  async function execute(input: Uint8Array): Promise<void> {
    before?.(input, done);
    const start = performance.now();
    const memory = process.resourceUsage().maxRSS;
    try {
      const outcome = await target.run(input);
      if (outcomes.size < MAX_OUTCOMES && !outcomes.has(outcome)) {
        outcomes.add(outcome);
        keep(input);
      }
    } catch (error) {
      crashes++;
      found('crash', input, error);
    }
    const took = performance.now() - start;
    slowest = Math.max(slowest, took);
    if (took > SLOW_MILLISECONDS) found('slow', input, new Error(`${Math.round(took)} ms`));
    const grown = process.resourceUsage().maxRSS - memory;
    if (grown > MEMORY_KILOBYTES) found('memory', input, new Error(`${Math.round(grown / 1024)} MB`));
    done++;
  }

  const beat = async () => options.progress?.(done);
  for (const seed of target.seeds) await execute(seed);
  coverage?.fresh();
  while (done < executions) {
    const batch: Uint8Array[] = [];
    for (let i = Math.min(BATCH, executions - done); i > 0; i--) {
      const input = nextInput(target, corpus, random);
      batch.push(input);
      await execute(input);
      if (i % BEAT === 0) await beat();
    }
    if (coverage && coverage.fresh() > 0)
      for (const input of await newOnes(target, batch, coverage, beat)) keep(input);
    await beat();
  }
  if (exploring) coverage?.close();
  const covered = coverage?.reached ?? 0;
  const size = { outcomes: outcomes.size, corpus: corpus.length, covered, slowest };
  return { executions: done, crashes, findings: [...findings.values()], ...size };
}

function nextInput(target: Target, corpus: readonly Uint8Array[], random: Random): Uint8Array {
  // What came last is often what leads on.
  const recent = random.once(3) ? Math.min(corpus.length, 32) : corpus.length;
  const base = corpus[corpus.length - 1 - random.below(recent)]!;
  return target.next(base, random.pick(corpus), random);
}

/** The members of a batch that reached the new blocks: V8 counts for all of them together, so each is run again. */
async function newOnes(
  target: Target,
  batch: readonly Uint8Array[],
  coverage: Coverage,
  beat: () => Promise<void>,
): Promise<readonly Uint8Array[]> {
  const kept: Uint8Array[] = [];
  coverage.forgetLast();
  for (const input of batch) {
    try {
      await target.run(input);
    } catch {
      // A crash was noted when it ran first; what it reached counts all the same.
    }
    if (coverage.fresh() > 0) kept.push(input);
    await beat();
  }
  return kept;
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Name of the error and the two innermost places in this project's own code. */
export function keyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const places = [...(error.stack ?? '').matchAll(/src\/main\/([\w./-]+:\d+)/g)].slice(0, 2).map((m) => m[1]);
  return [error.name, ...places].join(' ');
}
