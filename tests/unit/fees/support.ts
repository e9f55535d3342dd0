import { CounterError } from '../../../src/contract/errors.ts';
import type { FeeLine } from '../../../src/contract/fees.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { type Dossier, fold } from '../../../src/main/dossiers/dossier.ts';
import { procedure, stamp, uuid } from '../dossiers/samples.ts';

export function line(name: string, more: Partial<FeeLine> = {}): FeeLine {
  return {
    code: '',
    name,
    kind: 'fee',
    amount: 8000,
    quantity: 1,
    due: 'reception',
    exemption: null,
    ...more,
  };
}

/** A dossier that was just received, with nothing to pay yet. */
export function received(): Dossier {
  const draft = fold(commands.open({ dossierId: uuid(1), procedure }, stamp()));
  return { ...draft, state: 'received', receivedVersion: 1, receivedAt: '2026-10-08T01:10:00.000Z' };
}

export function codeOf(action: () => unknown): string {
  try {
    action();
    return 'none';
  } catch (error) {
    if (error instanceof CounterError) return error.code;
    throw error;
  }
}

/** mulberry32: the same seed gives the same numbers on every machine. */
export function randomOf(seed: number) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return {
    below: (n: number) => next() % n,
    pick: <T>(list: readonly T[]): T => list[next() % list.length]!,
  };
}
