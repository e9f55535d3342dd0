import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { FeeLine } from '../../../src/contract/fees.ts';
import type { PaperCounts } from '../../../src/contract/life-cycle.ts';
import { dossierView } from '../../../src/contract/model.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import * as course from '../../../src/main/dossiers/course-commands.ts';
import { apply, type Dossier, fold, livePages, toView } from '../../../src/main/dossiers/dossier.ts';
import { type DossierEvent, dossierEvent } from '../../../src/main/dossiers/events.ts';
import * as intake from '../../../src/main/dossiers/intake-commands.ts';
import { owedLines } from '../../../src/main/fees/lines.ts';
import {
  type Ask,
  answer,
  DUE_AFTER_SUPPLEMENT,
  DUE_AT_RECEPTION,
  freshModel,
  type Model,
} from './course-model.ts';
import { applicant, page, procedure, signature, spec, uuid } from './samples.ts';

const WALKS = 100_000;
const STEPS = 24;
/** Every so many walks, what takes longer: each event through the journal's schema, the view through the contract's. */
const CLOSELY = 50;
const PAPER = 'don';
const START = Date.UTC(2026, 9, 8, 1);
const TEXTS = ['A', 'B'] as const;
const SMALL = { ...procedure, components: [spec(PAPER)] };

/** xorshift32: the same seed walks the same way on every machine. */
function randomOf(seed: number) {
  let x = (seed * 2654435761) >>> 0 || 1;
  const next = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
  return { below: (n: number) => next() % n, pick: <T>(list: readonly T[]) => list[next() % list.length]! };
}
type Random = ReturnType<typeof randomOf>;

const at = (second: number) => new Date(START + second * 1000).toISOString();
const onDay = (day: number) => ({ at: new Date(START + day * 86_400_000).toISOString(), reasons: [] });
const receiptOf = (version: number) => ({
  reference: `R-${version}`,
  at: '2026-10-08T02:00:00.000Z',
  recordSha256: 'b'.repeat(64),
});
const COUNTS: Record<Model['counts'], PaperCounts | null> = {
  none: null,
  original: { originals: 1, certified: 0, photocopies: 0 },
  photocopy: { originals: 0, certified: 0, photocopies: 1 },
};
const CONTACT = { name: '', phone: '' };

/** Half of the steps are what a counter would do next, so that walks come far; the other half are anything. */
function nextAsk(m: Model, random: Random, n: number): Ask {
  const text = random.pick(TEXTS);
  const usual: Ask[] = [];
  const open = m.state === 'draft' || m.state === 'supplement-asked';
  if (open && !m.named && m.state === 'draft') usual.push({ do: 'name' });
  if (open && m.pages.length === 0) usual.push({ do: 'addPage', page: uuid(n + 1) });
  if (open && m.pages.length > 0 && !m.signed) usual.push({ do: 'sign' });
  if (m.state === 'draft' && m.named && m.signed) usual.push({ do: 'receive' }, { do: 'receive' });
  if (m.state === 'supplement-asked') usual.push({ do: 'take' });
  if (m.refusal !== null) usual.push({ do: 'decline' }, { do: 'refuse', text: '' });
  if (m.state === 'received') usual.push({ do: 'askSupplement', text }, { do: 'forward', text });
  if (m.state === 'processing')
    usual.push({ do: 'result', id: uuid(700), number: text }, { do: 'askPayment' });
  if (m.state === 'supplemented') usual.push({ do: 'forward', text });
  if (m.state === 'waiting-payment') usual.push({ do: m.owed > 0 ? 'pay' : 'clearPayment' });
  if (m.state === 'result-ready')
    usual.push(m.owed > 0 ? { do: 'pay' } : { do: 'handOut', to: text, excuse: false });
  if (m.state === 'returned') usual.push({ do: 'close' });
  if (usual.length > 0 && random.below(2) === 0) return random.pick(usual);
  const any: Ask[] = [
    { do: 'name' },
    { do: 'addPage', page: uuid(n + 1) },
    ...m.pages.slice(0, 1).map((p): Ask => ({ do: 'removePage', page: p })),
    { do: 'sign' },
    { do: 'receive' },
    { do: 'see' },
    { do: 'giveBack' },
    { do: 'take' },
    { do: 'decline' },
    { do: 'askPayment' },
    { do: 'clearPayment' },
    { do: 'close' },
    { do: m.owed > 0 ? 'pay' : 'owe' },
    { do: 'count', counts: random.pick(['none', 'original', 'photocopy']) },
    { do: 'lookUp', lookup: random.pick(['none', 'match', 'no-match', 'no-match']) },
    { do: 'askSupplement', text },
    { do: 'propose', text },
    { do: 'forward', text },
    { do: 'extend', day: random.pick([10, 25, 35]) },
    { do: 'result', id: uuid(700 + random.below(2)), number: text },
    { do: 'handOut', to: text, excuse: random.below(2) === 0 },
    ...(m.delivered < m.rows.length ? ([{ do: 'deliver' }, { do: 'deliver' }] as Ask[]) : []),
    ...(m.delivered > 0 ? ([{ do: 'deliverAgain' }] as Ask[]) : []),
  ];
  const ends: Ask[] = [
    { do: 'discard' },
    { do: 'secret' },
    { do: 'refuse', text: random.pick(['', ...TEXTS]) },
    { do: 'withdraw', text },
    { do: 'stop', text },
  ];
  return random.pick(random.below(8) === 0 ? ends : any);
}

/** The same request made of the code under test. */
function decide(d: Dossier, ask: Ask, m: Model, random: Random, n: number): readonly DossierEvent[] {
  const stamp = { at: at(n), actor: 'clerk.a' };
  switch (ask.do) {
    case 'name':
      return commands.setApplicant(d, applicant, stamp);
    case 'addPage':
      return commands.addPage(d, { componentId: PAPER, page: { ...page(1), id: ask.page } }, stamp);
    case 'removePage':
      return commands.removePage(d, ask.page, stamp);
    case 'sign': {
      const pageIds = livePages(d.components[0]!).map((p) => p.id);
      return commands.signComponent(
        d,
        { componentId: PAPER, signature: signature(pageIds.length), pageIds },
        stamp,
      );
    }
    case 'count':
      return intake.count(d, { componentId: PAPER, counts: COUNTS[ask.counts] }, stamp);
    case 'lookUp': {
      const { lookup: answered } = ask;
      const lookup =
        answered === 'none'
          ? null
          : { base: 'CSDL', reference: '', at: at(0), answer: answered, fallback: '' };
      return intake.lookUp(d, { componentId: PAPER, lookup }, stamp);
    }
    case 'see':
      return intake.seeOriginal(d, PAPER, stamp);
    case 'giveBack':
      return intake.returnOriginal(d, PAPER, stamp);
    case 'receive': {
      const code = { value: 'H14-1', kind: 'official' } as const;
      const slip = { slipDocumentId: uuid(800), slipNumber: 1 };
      return commands.receive(
        d,
        { code, receivedAt: stamp.at, due: onDay(DUE_AT_RECEPTION), ...slip },
        stamp,
      );
    }
    case 'discard':
      return commands.discard(d, 'A', stamp);
    case 'secret':
      return intake.stopConfidential(d, { mark: 'MẬT', componentId: null }, stamp);
    case 'askSupplement': {
      const request = { items: [ask.text], reason: 'x', contact: CONTACT, documentId: null };
      return course.askSupplement(d, request, { most: m.limit, source: '' }, stamp);
    }
    case 'take':
      return course.takeSupplement(d, () => onDay(DUE_AFTER_SUPPLEMENT), stamp);
    case 'propose':
      return course.proposeRefusal(d, ask.text, stamp);
    case 'decline':
      return course.declineRefusal(d, 'x', stamp);
    case 'refuse':
      return course.refuse(d, { reason: ask.text, documentId: null }, stamp);
    case 'withdraw':
      return course.withdraw(d, { reason: ask.text, askedBy: '', documentId: null }, stamp);
    case 'stop':
      return course.stop(d, { reason: ask.text, askedBy: '', documentId: null }, stamp);
    case 'close':
      return course.close(d, 'x', stamp);
    case 'forward':
      return course.forward(d, { agency: ask.text, person: '' }, stamp);
    case 'askPayment':
      return course.askPayment(d, 'x', stamp);
    case 'clearPayment':
      return course.clearPayment(d, () => d.due, stamp);
    case 'extend':
      return course.extend(d, { due: onDay(ask.day), reason: 'x', documentId: null }, stamp);
    case 'result': {
      const { id, number } = ask;
      const facts = {
        code: '',
        name: 'Giấy phép',
        issuedOn: null,
        validity: '',
        scope: '',
        documentId: null,
      };
      return course.resultReady(d, [{ id, number, ...facts }], stamp);
    }
    case 'handOut': {
      const keptOriginals = ask.excuse ? 'Đến lấy sau' : '';
      return course.handOut(
        d,
        { to: ask.to, identityNumber: '', way: 'counter', proof: 'signature', keptOriginals },
        stamp,
      );
    }
    // Money is another room's; here it only has to be owed, and to be paid.
    case 'owe': {
      const line: FeeLine = {
        code: `P${n}`,
        name: 'Lệ phí',
        kind: 'charge',
        amount: 50_000,
        quantity: 1,
        due: 'return',
        exemption: null,
      };
      return [{ type: 'fees-set', ...stamp, fees: [...d.fees, line] }];
    }
    case 'pay': {
      const lines = owedLines(d);
      const receipt = { form: '', sign: 'K', number: n + 1, documentId: null };
      const payment = {
        id: uuid(500 + n),
        at: stamp.at,
        by: 'x',
        amount: 50_000,
        way: 'cash' as const,
        reference: '',
        receipt,
        lines,
        cancelled: null,
      };
      return [
        {
          type: 'fee-paid',
          ...stamp,
          payment: payment as Extract<DossierEvent, { type: 'fee-paid' }>['payment'],
        },
      ];
    }
    case 'deliver': {
      const version = m.rows[m.delivered]!;
      return commands.markSent(d, receiptOf(version), version, stamp);
    }
    case 'deliverAgain': {
      const version = m.rows[random.below(m.delivered)]!;
      return commands.markSent(d, receiptOf(version), version, stamp);
    }
  }
}

/** What the dossier and the model say of themselves, where they must say the same. */
function differences(d: Dossier, m: Model): string[] {
  const paper = d.components[0]!;
  const waiting = m.delivered < m.rows.length;
  const pairs: Record<string, readonly [unknown, unknown]> = {
    state: [d.state, m.state],
    delivery: [d.delivery, m.rows.length === 0 ? 'none' : waiting ? 'waiting' : 'sent'],
    toTell: [d.toTell, m.rows.at(-1) ?? 0],
    told: [d.told, m.rows[m.delivered - 1] ?? 0],
    received: [d.receivedAt !== null, m.received],
    refusal: [d.refusalProposed?.reason ?? null, m.refusal],
    requests: [d.supplements.length, m.requests.length],
    answered: [
      d.supplements.filter((s) => s.answeredAt === null).length,
      m.requests.filter((r) => r.open).length,
    ],
    due: [d.due?.at ?? null, m.due === null ? null : onDay(m.due).at],
    extended: [d.extension !== null, m.extendedTo !== null],
    held: [paper.seen !== null && paper.seen.returnedAt === null, m.held],
    pages: [livePages(paper).length, m.pages.length],
    signed: [paper.signature !== null, m.signed],
    results: [d.results.length, m.results.size],
    handedTo: [d.handedOut?.to ?? null, m.handedTo],
    ended: [d.ended?.reason ?? null, m.endReason],
  };
  return Object.entries(pairs).flatMap(([name, [is, should]]) =>
    is === should ? [] : [`${name}: ${String(is)} instead of ${String(should)}`],
  );
}

function outcomeOf(run: () => readonly DossierEvent[]): { outcome: string; events: readonly DossierEvent[] } {
  try {
    const events = run();
    return { outcome: events.length === 0 ? 'nothing' : 'change', events };
  } catch (error) {
    if (error instanceof CounterError) return { outcome: error.code, events: [] };
    throw error;
  }
}

function walk(seed: number, count: (what: string) => void): void {
  const random = randomOf(seed);
  const m = freshModel(1 + random.below(2));
  const journal = [
    ...commands.open({ dossierId: uuid(1), procedure: SMALL }, { at: at(0), actor: 'clerk.a' }),
  ];
  let d = fold(journal);
  let accepted = 1;
  for (let n = 0; n < STEPS; n += 1) {
    const ask = nextAsk(m, random, n);
    const { outcome, events } = outcomeOf(() => decide(d, ask, m, random, n));
    const expected = answer(m, ask, d.version + 1);
    for (const event of events) {
      journal.push(event);
      d = apply(d, event);
    }
    if (outcome === 'change') accepted += 1;
    // A refused step has changed neither.
    const agree = () => (events.length > 0 || n === STEPS - 1 ? differences(d, m) : []);
    const wrong = outcome === expected ? agree() : [`${outcome} instead of ${expected}`];
    if (wrong.length > 0 || d.version !== accepted)
      throw new Error(
        `seed ${seed}, step ${n}, ${JSON.stringify(ask)}: ${wrong.join('; ') || 'an event was lost'}`,
      );
    count(outcome);
  }
  count(d.state);
  const kept = JSON.parse(JSON.stringify(journal)) as DossierEvent[];
  const closely = seed % CLOSELY === 0;
  const replayed = fold(closely ? kept.map((event) => dossierEvent.parse(event)) : kept);
  if (JSON.stringify(replayed) !== JSON.stringify(d))
    expect({ seed, dossier: replayed }).toEqual({ seed, dossier: d });
  if (closely) expect(dossierView.strict().parse(toView(d))).toEqual(toView(d));
}

describe('random walks through a dossier’s life', () => {
  it(`${WALKS} walks agree with a plain model, lose no event and replay from their journal`, {
    timeout: 600_000,
  }, () => {
    const met = new Map<string, number>();
    const count = (what: string) => met.set(what, (met.get(what) ?? 0) + 1);
    for (let seed = 1; seed <= WALKS; seed += 1) walk(seed, count);
    // The walks must have met every end and every refusal, or they prove little.
    const refusals = [
      ...[
        'DOSSIER_STATE',
        'APPLICANT_INCOMPLETE',
        'COMPONENT_MISSING',
        'COMPONENT_UNSIGNED',
        'COMPONENT_NOT_DIGITISED',
      ],
      ...[
        'REFUSAL_PENDING',
        'SUPPLEMENT_ASKED',
        'EXTENSION_GIVEN',
        'RESULT_EXISTS',
        'ORIGINALS_KEPT',
        'FEES_UNPAID',
      ],
      'BAD_REQUEST',
    ];
    const states = [
      ...[
        'draft',
        'discarded',
        'received',
        'supplement-asked',
        'supplemented',
        'processing',
        'waiting-payment',
      ],
      ...['result-ready', 'returned', 'refused', 'withdrawn', 'stopped', 'closed'],
    ];
    const seldom = [...refusals, ...states].filter((what) => (met.get(what) ?? 0) < 200);
    expect(seldom, JSON.stringify(Object.fromEntries(met))).toEqual([]);
  });
});
