import { describe, expect, it } from 'vitest';
import type { PendingDossier, SigningBatch } from '../../../src/contract/model.ts';
import {
  type DocumentState,
  dossiersOf,
  endedAtPin,
  isOver,
  leftOver,
  quarters,
  totalOf,
} from '../../../src/renderer/desks/clerk/signing/batch.ts';
import { pinProblem } from '../../../src/renderer/desks/clerk/signing/pin.ts';

function batch(states: readonly DocumentState[], change: Partial<SigningBatch> = {}): SigningBatch {
  return {
    batchId: 'b',
    state: 'running',
    key: 'pkcs11:m?token=T',
    done: states.filter((s) => s === 'signed').length,
    total: states.length,
    documents: states.map((state, i) => ({
      dossierId: `d${Math.floor(i / 2)}`,
      componentId: `c${i}`,
      attachmentId: null,
      name: `N${i}`,
      state,
    })),
    fault: null,
    ...change,
  };
}

describe('a batch of signatures', () => {
  it('is over when it is done or stopped, not while it runs or waits for its token', () => {
    const states = ['running', 'paused', 'done', 'stopped'] as const;
    expect(states.map((state) => isOver(batch([], { state })))).toEqual([false, false, true, true]);
  });

  it('counts what is left, failed ones among it, and names each dossier once', () => {
    const half = batch(['signed', 'failed', 'signed', 'waiting', 'waiting']);
    expect(leftOver(half)).toBe(3);
    expect(dossiersOf(half)).toEqual(['d0', 'd1', 'd2']);
  });

  it('goes back to the PIN only where the PIN was the fault and nothing is signed yet', () => {
    const stopped = (code: 'TOKEN_PIN_WRONG' | 'TOKEN_PIN_LOCKED', states: readonly DocumentState[]) =>
      endedAtPin(batch(states, { state: 'stopped', fault: { code, details: {} } }));
    expect(stopped('TOKEN_PIN_WRONG', ['waiting'])).toBe(true);
    expect(stopped('TOKEN_PIN_WRONG', ['signed', 'waiting'])).toBe(false);
    expect(stopped('TOKEN_PIN_LOCKED', ['waiting'])).toBe(false);
    expect(endedAtPin(batch(['waiting'], { state: 'stopped' }))).toBe(false);
  });

  it('is told in quarters, whatever its length', () => {
    const of = (done: number, total: number) => quarters({ ...batch([]), done, total });
    expect([of(0, 0), of(0, 12), of(2, 12), of(3, 12), of(12, 12), of(1, 2)]).toEqual([0, 0, 0, 1, 4, 2]);
  });
});

it('adds up what will be signed', () => {
  const document = { componentId: 'c', attachmentId: null, name: 'N', pages: 2, doubtful: 1 };
  const pending: PendingDossier[] = [
    { dossierId: 'a', applicant: 'A', procedure: 'P', documents: [document, { ...document, doubtful: 0 }] },
    { dossierId: 'b', applicant: '', procedure: 'P', documents: [{ ...document, pages: 5 }] },
  ];
  expect(totalOf(pending)).toEqual({ dossiers: 2, documents: 3, pages: 9, doubtful: 2 });
  expect(totalOf([])).toEqual({ dossiers: 0, documents: 0, pages: 0, doubtful: 0 });
});

describe('a PIN before any token is asked', () => {
  it.each([
    ['246810', true, null],
    ['', true, 'sign.pinEmpty'],
    ['', false, null],
    ['a|b', true, null],
    ['004190000123|085012345|Nông Thị Mẫu|05021990|Nữ', true, 'sign.pinIsCard'],
    ['004190000123|085012345|Nông Thị Mẫu|05021990|Nữ', false, 'sign.pinIsCard'],
  ] as const)('%j for a token: %j gives %j', (pin, isToken, problem) =>
    expect(pinProblem(pin, isToken)).toBe(problem),
  );
});
