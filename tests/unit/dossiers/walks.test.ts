import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { dossierView } from '../../../src/contract/model.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { apply, type Dossier, fold, toView } from '../../../src/main/dossiers/dossier.ts';
import type { DossierEvent } from '../../../src/main/dossiers/events.ts';
import { applicant, page, procedure, signature, stamp, uuid } from './samples.ts';

const WALKS = 3000;
const STEPS = 60;
const TARGETS = ['don', 'giay-phep', 'uy-quyen', 'cccd', 'nowhere'];
const SUBMIT = ['don', 'giay-phep', 'uy-quyen'];

/** xorshift32: the same seed walks the same way on every machine. */
function randomOf(seed: number) {
  let x = seed * 2654435761 || 1;
  const next = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
  return { below: (n: number) => next() % n, pick: <T>(list: readonly T[]) => list[next() % list.length]! };
}

/** A second, plainer idea of a dossier: what each component holds, written without the code under test. */
interface Model {
  state: 'draft' | 'received' | 'sent' | 'discarded';
  named: boolean;
  lists: Map<string, { id: string; removed: boolean }[]>;
  signed: Set<string>;
  code: 'none' | 'temporary' | 'official';
}

type Outcome = 'change' | 'nothing' | string;
type Random = ReturnType<typeof randomOf>;
interface Step {
  expected: Outcome;
  decide: (d: Dossier) => DossierEvent[];
  advance?: () => void;
}

const live = (m: Model, c: string) => (m.lists.get(c) ?? []).filter((p) => !p.removed).map((p) => p.id);
const homeOf = (m: Model, id: string) => SUBMIT.find((c) => m.lists.get(c)!.some((p) => p.id === id));

function stepOf(m: Model, random: Random, n: number): Step {
  const kind = random.below(12);
  // Signing is steered towards what is open, or hardly a walk would come to be received.
  const open = SUBMIT.filter((c) => live(m, c).length > 0 && !m.signed.has(c));
  const steered = (kind === 7 || kind === 8) && open.length > 0 && random.below(4) > 0;
  const target = random.pick(steered ? open : TARGETS);
  const pageId = uuid(random.below(8) + 1);
  const home = homeOf(m, pageId);
  const kept = home ? m.lists.get(home)!.find((p) => p.id === pageId)! : undefined;
  const guard = (rest: () => Step): Step => {
    const step = rest();
    return m.state === 'draft' ? step : { ...step, expected: 'DOSSIER_STATE' };
  };

  if (kind <= 2) {
    return guard(() => ({
      decide: (d) =>
        commands.addPage(
          d,
          { componentId: target, page: page(Number.parseInt(pageId.slice(-4), 16)) },
          stamp(n),
        ),
      expected: !SUBMIT.includes(target)
        ? 'COMPONENT_UNKNOWN'
        : !home
          ? 'change'
          : home === target && !kept!.removed
            ? 'nothing'
            : 'DOSSIER_STATE',
      advance: () => {
        m.lists.get(target)!.push({ id: pageId, removed: false });
        m.signed.delete(target);
      },
    }));
  }
  if (kind === 3 || kind === 4) {
    const remove = kind === 3;
    return guard(() => ({
      decide: (d) => (remove ? commands.removePage : commands.restorePage)(d, pageId, stamp(n)),
      expected: !kept ? 'PAGE_UNKNOWN' : kept.removed === remove ? 'nothing' : 'change',
      advance: () => {
        kept!.removed = remove;
        m.signed.delete(home!);
      },
    }));
  }
  if (kind === 5 || kind === 6) {
    const index = random.below(5);
    const others = live(m, target).filter((id) => id !== pageId);
    const wanted = [...others.slice(0, index), pageId, ...others.slice(index)];
    const same = home === target && live(m, target).join() === wanted.join();
    return guard(() => ({
      decide: (d) => commands.movePages(d, { pageIds: [pageId], componentId: target, index }, stamp(n)),
      expected: !SUBMIT.includes(target)
        ? 'COMPONENT_UNKNOWN'
        : !kept || kept.removed
          ? 'PAGE_UNKNOWN'
          : same
            ? 'nothing'
            : 'change',
      advance: () => {
        const from = m.lists.get(home!)!;
        from.splice(from.indexOf(kept!), 1);
        const to = m.lists.get(target)!;
        const before = others[index];
        const at = before === undefined ? to.length : to.findIndex((p) => p.id === before);
        to.splice(at, 0, kept!);
        m.signed.delete(home!);
        m.signed.delete(target);
      },
    }));
  }
  if (kind === 7 || kind === 8) {
    const ids = live(m, target);
    const stale = random.below(6) === 0 && ids.length > 0;
    const claimed = stale ? [...ids, uuid(99)] : ids;
    return guard(() => ({
      decide: (d) =>
        commands.signComponent(
          d,
          { componentId: target, signature: signature(claimed.length), pageIds: claimed },
          stamp(n),
        ),
      expected: !SUBMIT.includes(target)
        ? 'COMPONENT_UNKNOWN'
        : ids.length === 0
          ? 'COMPONENT_MISSING'
          : stale
            ? 'DOSSIER_STATE'
            : 'change',
      advance: () => m.signed.add(target),
    }));
  }
  if (kind === 9) {
    return guard(() => ({
      decide: (d) => commands.setApplicant(d, applicant, stamp(n)),
      expected: m.named ? 'nothing' : 'change',
      advance: () => {
        m.named = true;
      },
    }));
  }
  if (kind === 10 && random.below(3) > 0) {
    const temporary = random.below(2) === 0;
    const needed = ['don', 'giay-phep'];
    return guard(() => ({
      decide: (d) =>
        commands.receive(
          d,
          {
            code: {
              value: temporary ? 'T-1' : 'H14.20-261008-0001',
              kind: temporary ? 'temporary' : 'official',
            },
            receivedAt: '2026-10-08T01:10:00.000Z',
            due: null,
            slipDocumentId: uuid(800),
            slipNumber: null,
          },
          stamp(n),
        ),
      expected: !m.named
        ? 'APPLICANT_INCOMPLETE'
        : needed.some((c) => live(m, c).length === 0)
          ? 'COMPONENT_MISSING'
          : open.length > 0
            ? 'COMPONENT_UNSIGNED'
            : 'change',
      advance: () => {
        m.state = 'received';
        m.code = temporary ? 'temporary' : 'official';
      },
    }));
  }
  if (kind === 10) {
    const rare = random.below(8) === 0;
    if (!rare)
      return { decide: (d) => commands.assignCode(d, 'H14.20-261008-0001', stamp(n)), ...codeStep(m) };
    return guard(() => ({
      decide: (d) => commands.discard(d, 'Rút hồ sơ', stamp(n)),
      expected: 'change',
      advance: () => {
        m.state = 'discarded';
      },
    }));
  }
  return {
    decide: (d) =>
      commands.markSent(
        d,
        { reference: 'R', at: '2026-10-08T02:00:00.000Z', recordSha256: 'b'.repeat(64) },
        d.receivedVersion,
        stamp(n),
      ),
    expected: m.state === 'received' ? 'change' : m.state === 'sent' ? 'nothing' : 'DOSSIER_STATE',
    advance: () => {
      m.state = 'sent';
    },
  };
}

function codeStep(m: Model): Pick<Step, 'expected'> & { advance: () => void } {
  const expected = m.code === 'none' ? 'DOSSIER_STATE' : m.code === 'official' ? 'nothing' : 'change';
  return {
    expected,
    advance: () => {
      m.code = 'official';
    },
  };
}

function outcomeOf(decide: () => DossierEvent[]): { outcome: Outcome; events: DossierEvent[] } {
  try {
    const events = decide();
    return { outcome: events.length > 0 ? 'change' : 'nothing', events };
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    return { outcome: error.code, events: [] };
  }
}

function compare(d: Dossier, m: Model): void {
  expect(d.state).toBe(m.state === 'sent' ? 'received' : m.state);
  expect(d.delivery).toBe(m.state === 'received' ? 'waiting' : m.state === 'sent' ? 'sent' : 'none');
  expect(d.code?.kind ?? 'none').toBe(m.code);
  for (const c of SUBMIT) {
    const component = d.components.find((x) => x.spec.id === c)!;
    expect(component.pages.filter((p) => !p.removed).map((p) => p.id)).toEqual(live(m, c));
    expect(component.signature !== null).toBe(m.signed.has(c));
  }
}

function freezeAll<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freezeAll);
  }
  return value;
}

describe('random walks of commands', () => {
  it(`${WALKS} walks agree with a plain model, and the journal alone gives the same dossier`, () => {
    const reached = new Map<string, number>();
    for (let seed = 1; seed <= WALKS; seed++) {
      const random = randomOf(seed);
      const m: Model = {
        state: 'draft',
        named: false,
        lists: new Map(SUBMIT.map((c) => [c, []])),
        signed: new Set(),
        code: 'none',
      };
      const journal = commands.open({ dossierId: uuid(1), procedure }, stamp());
      let d = freezeAll(fold(journal));
      for (let n = 0; n < STEPS; n++) {
        const step = stepOf(m, random, n);
        const { outcome, events } = outcomeOf(() => step.decide(d));
        if (outcome !== step.expected) {
          expect({ seed, n, outcome }).toEqual({ seed, n, outcome: step.expected });
        }
        if (outcome === 'change') step.advance?.();
        journal.push(...events);
        for (const event of events) d = freezeAll(apply(d, event));
        reached.set(outcome, (reached.get(outcome) ?? 0) + 1);
      }
      compare(d, m);
      expect(fold(journal)).toEqual(d);
      expect(d.version).toBe(journal.length);
      if (seed % 50 === 0) dossierView.parse(toView(d));
      reached.set(m.state, (reached.get(m.state) ?? 0) + 1);
    }
    // The walks must have met every kind of end and refusal, or they prove little.
    for (const what of [
      'draft',
      'received',
      'sent',
      'discarded',
      'COMPONENT_UNSIGNED',
      'APPLICANT_INCOMPLETE',
    ]) {
      expect(reached.get(what) ?? 0).toBeGreaterThan(20);
    }
  });

  it('removing a page and bringing it back leaves the order as it was', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomOf(seed);
      let d = fold(commands.open({ dossierId: uuid(1), procedure }, stamp()));
      const run = (events: DossierEvent[]) => {
        for (const e of events) d = apply(d, e);
      };
      for (let n = 1; n <= 6; n++)
        run(commands.addPage(d, { componentId: random.pick(SUBMIT), page: page(n) }, stamp(n)));
      const before = d.components;
      const gone = [...new Set([1, 2, 3].map(() => random.below(6) + 1))];
      for (const n of gone) run(commands.removePage(d, uuid(n), stamp()));
      for (const n of gone.reverse()) run(commands.restorePage(d, uuid(n), stamp()));
      expect(d.components).toEqual(before);
    }
  });
});
