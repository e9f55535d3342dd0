import { describe, expect, it } from 'vitest';
import { type DossierState, dossierState } from '../../../src/contract/life-cycle.ts';
import { dossierView } from '../../../src/contract/model.ts';
import * as course from '../../../src/main/dossiers/course-commands.ts';
import { type Dossier, toView } from '../../../src/main/dossiers/dossier.ts';
import * as intake from '../../../src/main/dossiers/intake-commands.ts';
import { ENDED } from '../../../src/main/dossiers/transitions.ts';
import {
  add,
  CONTACT,
  complete,
  draft,
  drive,
  failure,
  HAND_OUT,
  LATER,
  named,
  ONCE,
  REQUEST,
  RESULT,
  receive,
  received,
  type Step,
  sign,
} from './course-samples.ts';
import { stamp, uuid } from './samples.ts';

const S = stamp(60);
const steps = {
  ask: (d) => course.askSupplement(d, REQUEST, ONCE, S),
  take: (d) => course.takeSupplement(d, () => LATER, stamp(61)),
  propose: (d) => course.proposeRefusal(d, 'Không thuộc thẩm quyền', S),
  decline: (d) => course.declineRefusal(d, 'Thuộc thẩm quyền', S),
  refuse: (d) => course.refuse(d, { reason: 'Không thuộc thẩm quyền', documentId: null }, S),
  withdraw: (d) =>
    course.withdraw(d, { reason: 'Không còn nhu cầu', askedBy: 'Nông Thị Mẫu', documentId: null }, S),
  stop: (d) => course.stop(d, { reason: 'Đề nghị dừng', askedBy: 'Nông Thị Mẫu', documentId: null }, S),
  close: (d) => course.close(d, 'Đã xong', S),
  forward: (d) => course.forward(d, { agency: 'Phòng Kinh tế', person: '' }, S),
  askPayment: (d) => course.askPayment(d, 'Nộp thuế', S),
  clearPayment: (d) => course.clearPayment(d, () => d.due, S),
  extend: (d) => course.extend(d, { due: LATER, reason: 'Chờ xác minh', documentId: null }, S),
  result: (d) => course.resultReady(d, [RESULT], S),
  handOut: (d) => course.handOut(d, HAND_OUT, S),
} as const satisfies Record<string, Step>;
type Name = keyof typeof steps;

/** A dossier in each state, with two ways to the states that differ by whether it was received. */
const samples: Record<string, Dossier> = {
  draft: complete(),
  received: received(),
  'supplement-asked': drive(received(), steps.ask),
  'supplement-asked, never received': drive(complete(), steps.ask),
  supplemented: drive(received(), steps.ask, steps.take),
  processing: drive(received(), steps.forward),
  'waiting-payment': drive(received(), steps.askPayment),
  'result-ready': drive(received(), steps.result),
  returned: drive(received(), steps.result, steps.handOut),
  refused: drive(received(), steps.refuse),
  withdrawn: drive(received(), steps.withdraw),
  stopped: drive(received(), steps.stop),
  closed: drive(received(), steps.stop, steps.close),
};

/** Where each command leads, written out by hand from the law; what is left out must be refused. '=' gives no event. */
const LEADS: Record<Name, Partial<Record<string, DossierState | '='>>> = {
  ask: {
    draft: 'supplement-asked',
    received: 'supplement-asked',
    processing: 'supplement-asked',
    'supplement-asked': '=',
    'supplement-asked, never received': '=',
  },
  take: {
    'supplement-asked': 'supplemented',
    'supplement-asked, never received': 'draft',
    supplemented: '=',
  },
  propose: {
    draft: 'draft',
    received: 'received',
    'supplement-asked': 'supplement-asked',
    'supplement-asked, never received': 'supplement-asked',
    supplemented: 'supplemented',
    processing: 'processing',
    'waiting-payment': 'waiting-payment',
  },
  decline: {},
  refuse: {
    draft: 'refused',
    received: 'refused',
    'supplement-asked': 'refused',
    'supplement-asked, never received': 'refused',
    supplemented: 'refused',
    processing: 'refused',
    'waiting-payment': 'refused',
    refused: '=',
  },
  withdraw: {
    received: 'withdrawn',
    'supplement-asked': 'withdrawn',
    'supplement-asked, never received': 'withdrawn',
    supplemented: 'withdrawn',
    processing: 'withdrawn',
    'waiting-payment': 'withdrawn',
    withdrawn: '=',
  },
  stop: {
    received: 'stopped',
    'supplement-asked': 'stopped',
    supplemented: 'stopped',
    processing: 'stopped',
    'waiting-payment': 'stopped',
    stopped: '=',
  },
  close: {
    'supplement-asked': 'closed',
    'supplement-asked, never received': 'closed',
    returned: 'closed',
    refused: 'closed',
    withdrawn: 'closed',
    stopped: 'closed',
    closed: '=',
  },
  forward: { received: 'processing', supplemented: 'processing', processing: '=' },
  askPayment: {
    received: 'waiting-payment',
    supplemented: 'waiting-payment',
    processing: 'waiting-payment',
    'waiting-payment': '=',
  },
  clearPayment: { 'waiting-payment': 'received' },
  extend: {
    received: 'received',
    supplemented: 'supplemented',
    processing: 'processing',
    'waiting-payment': 'waiting-payment',
  },
  result: {
    received: 'result-ready',
    supplemented: 'result-ready',
    processing: 'result-ready',
    'result-ready': '=',
  },
  handOut: { 'result-ready': 'returned', returned: '=' },
};

describe('every command in every state', () => {
  for (const name of Object.keys(steps) as Name[]) {
    for (const [where, dossier] of Object.entries(samples)) {
      const leads = LEADS[name][where];
      it(`${name} of a dossier that is ${where}: ${leads ?? 'refused'}`, () => {
        // An extended appointment must be later than the one that the supplement brought.
        const later = { at: '2026-11-02T01:10:00.000Z', reasons: [] };
        const decide: Step =
          name === 'extend'
            ? (d) => course.extend(d, { due: later, reason: 'Chờ', documentId: null }, S)
            : steps[name];
        if (leads === undefined) {
          expect(failure(() => decide(dossier)).code).toMatch(
            /^(DOSSIER_STATE|RESULT_EXISTS|SUPPLEMENT_ASKED)$/,
          );
          return;
        }
        const after = drive(dossier, decide);
        expect(decide(dossier)).toHaveLength(leads === '=' ? 0 : 1);
        expect(after.state).toBe(leads === '=' ? dossier.state : leads);
        expect(dossierView.strict().parse(toView(after))).toEqual(toView(after));
      });
    }
  }

  it('meets every state', () => {
    const met = new Set(Object.values(samples).map((d) => d.state));
    expect(dossierState.options.filter((s) => !met.has(s))).toEqual(['discarded']);
  });
});

describe('a supplement', () => {
  it('is asked for with items, a reason and who explains it', () => {
    const d = drive(received(), steps.ask);
    expect(d.supplements).toEqual([
      {
        askedAt: S.at,
        askedBy: 'clerk.a',
        items: REQUEST.items,
        reason: REQUEST.reason,
        contact: CONTACT,
        documentId: null,
        answeredAt: null,
      },
    ]);
    const without = (over: Partial<typeof REQUEST>) => () =>
      course.askSupplement(received(), { ...REQUEST, ...over }, ONCE, S);
    expect(failure(without({ items: ['  '] }))).toEqual({ code: 'BAD_REQUEST', details: { field: 'items' } });
    expect(failure(without({ reason: ' ' }))).toEqual({ code: 'BAD_REQUEST', details: { field: 'reason' } });
  });

  it('is asked for once, unless the rule allows more', () => {
    const other = { ...REQUEST, items: ['Tờ khai'] };
    const answered = samples.supplemented!;
    expect(failure(() => course.askSupplement(answered, other, ONCE, S))).toEqual({
      code: 'SUPPLEMENT_ASKED',
      details: { times: 1, rule: 'Điều 17' },
    });
    // Another request while the first is open is a second one.
    expect(failure(() => course.askSupplement(samples['supplement-asked']!, other, ONCE, S)).code).toBe(
      'SUPPLEMENT_ASKED',
    );
    const twice = drive(answered, (d) => course.askSupplement(d, other, { most: 2, source: '' }, S));
    expect([twice.state, twice.supplements.length]).toEqual(['supplement-asked', 2]);
    expect(
      failure(() => course.askSupplement(samples['supplement-asked']!, other, { most: 2, source: '' }, S))
        .code,
    ).toBe('DOSSIER_STATE');
  });

  it('counts also where it was asked for before reception', () => {
    const d = drive(complete(), steps.ask, steps.take, receive);
    expect([d.state, d.supplements.length]).toEqual(['received', 1]);
    expect(failure(() => course.askSupplement(d, { ...REQUEST, items: ['Tờ khai'] }, ONCE, S)).code).toBe(
      'SUPPLEMENT_ASKED',
    );
  });

  it('is complete only with its papers there and signed, and gives a new due date', () => {
    const open = drive(samples['supplement-asked']!, add('don', 20));
    expect(failure(() => steps.take(open))).toMatchObject({
      code: 'COMPONENT_UNSIGNED',
      details: { count: 1 },
    });
    const taken = drive(open, sign('don', 10, 20), steps.take);
    expect([taken.state, taken.due, taken.supplements[0]!.answeredAt]).toEqual([
      'supplemented',
      LATER,
      stamp(61).at,
    ]);
    // Where it was never received, reception looks at the papers.
    const back = drive(draft(), named, steps.ask, steps.take);
    expect([back.state, back.due]).toEqual(['draft', null]);
    expect(failure(() => receive(back)).code).toBe('COMPONENT_MISSING');
  });
});

describe('a paper before reception', () => {
  it('is addressed to somebody', () => {
    for (const name of ['ask', 'refuse'] as const)
      expect(failure(() => steps[name](draft()))).toEqual({
        code: 'APPLICANT_INCOMPLETE',
        details: { missing: 'applicant' },
      });
  });
});

describe('a refusal', () => {
  it('stops everything but the end until the head has decided', () => {
    const d = drive(received(), steps.propose);
    expect(d.refusalProposed).toEqual({ at: S.at, by: 'clerk.a', reason: 'Không thuộc thẩm quyền' });
    for (const name of ['ask', 'forward', 'askPayment', 'result'] as const)
      expect(failure(() => steps[name](d)).code).toBe('REFUSAL_PENDING');
    expect(failure(() => course.proposeRefusal(d, 'Lý do khác', S)).code).toBe('REFUSAL_PENDING');
    expect(steps.propose(d)).toEqual([]);
    expect(failure(() => receive(drive(complete(), steps.propose))).code).toBe('REFUSAL_PENDING');
    expect(drive(d, steps.decline, steps.forward).state).toBe('processing');
    for (const name of ['withdraw', 'stop', 'refuse'] as const)
      expect(drive(d, steps[name]).refusalProposed).toBeNull();
  });

  it('takes the reason that was proposed where the head gives none, and never goes without one', () => {
    const d = drive(received(), steps.propose, (x) =>
      course.refuse(x, { reason: ' ', documentId: uuid(9) }, stamp(70)),
    );
    expect(d.ended).toEqual({
      at: stamp(70).at,
      by: 'clerk.a',
      reason: 'Không thuộc thẩm quyền',
      askedBy: 'clerk.a',
      documentId: uuid(9),
    });
    expect(d.finishedAt).toBe(stamp(70).at);
    expect(failure(() => course.refuse(received(), { reason: ' ', documentId: null }, S))).toEqual({
      code: 'BAD_REQUEST',
      details: { field: 'reason' },
    });
    expect(failure(() => course.proposeRefusal(received(), ' ', S)).code).toBe('BAD_REQUEST');
    expect(failure(() => course.declineRefusal(d, ' ', S)).code).toBe('BAD_REQUEST');
  });
});

describe('an end without a result', () => {
  it('is no longer possible once there is a result (TT 03/2025/TT-VPCP Điều 7)', () => {
    expect(failure(() => steps.stop(samples['result-ready']!)).code).toBe('RESULT_EXISTS');
    expect(failure(() => steps.stop(samples.returned!)).code).toBe('RESULT_EXISTS');
  });

  it('names who asked and why', () => {
    expect(samples.stopped!.ended).toMatchObject({ reason: 'Đề nghị dừng', askedBy: 'Nông Thị Mẫu' });
    expect(
      failure(() => course.withdraw(received(), { reason: '', askedBy: '', documentId: null }, S)).code,
    ).toBe('BAD_REQUEST');
    expect(failure(() => course.close(samples.stopped!, ' ', S)).code).toBe('BAD_REQUEST');
  });

  it('is not closed while an original is here', () => {
    const seen = drive(received(), (d) => intake.seeOriginal(d, 'cccd', S), steps.withdraw);
    expect(failure(() => steps.close(seen))).toEqual({
      code: 'ORIGINALS_KEPT',
      details: { names: 'Giấy cccd', count: 1 },
    });
    expect(drive(seen, (d) => intake.returnOriginal(d, 'cccd', S), steps.close).state).toBe('closed');
  });
});

describe('money', () => {
  const owing = (d: Dossier): Dossier => ({
    ...d,
    fees: [
      {
        code: 'P1',
        name: 'Lệ phí',
        kind: 'charge',
        amount: 50_000,
        quantity: 1,
        due: 'return',
        exemption: null,
      },
    ],
  });

  it('goes on from where it waited', () => {
    const due = { at: '2026-11-02T01:10:00.000Z', reasons: [] };
    const extendMore: Step = (d) => course.extend(d, { due, reason: 'Chờ', documentId: null }, S);
    for (const from of ['received', 'supplemented', 'processing']) {
      const d = drive(samples[from]!, steps.askPayment);
      expect(drive(d, extendMore, steps.clearPayment).state).toBe(from);
    }
    // Forwarded, and then supplemented: it waits from the later one.
    const later = drive(samples.processing!, steps.ask, steps.take, steps.askPayment);
    expect(drive(later, steps.clearPayment).state).toBe('supplemented');
  });

  it('that is owed stops going on, and stops the hand-out', () => {
    expect(failure(() => steps.clearPayment(owing(samples['waiting-payment']!)))).toEqual({
      code: 'FEES_UNPAID',
      details: { amount: 50_000 },
    });
    expect(failure(() => steps.handOut(owing(samples['result-ready']!)))).toEqual({
      code: 'FEES_UNPAID',
      details: { amount: 50_000 },
    });
  });
});

describe('an extension', () => {
  it('is given once, to a later day, with a reason', () => {
    const d = drive(received(), steps.extend);
    expect(d.extension).toEqual({
      at: S.at,
      by: 'clerk.a',
      reason: 'Chờ xác minh',
      from: '2026-10-15T01:10:00.000Z',
      to: LATER.at,
      documentId: null,
    });
    expect(d.due).toEqual(LATER);
    expect(steps.extend(d)).toEqual([]);
    const again = { at: '2026-12-01T01:00:00.000Z', reasons: [] };
    expect(failure(() => course.extend(d, { due: again, reason: 'Lần hai', documentId: null }, S)).code).toBe(
      'EXTENSION_GIVEN',
    );
    for (const at of ['2026-10-15T01:10:00.000Z', '2026-10-14T01:10:00.000Z'])
      expect(
        failure(() =>
          course.extend(received(), { due: { at, reasons: [] }, reason: 'x', documentId: null }, S),
        ),
      ).toEqual({ code: 'BAD_REQUEST', details: { field: 'due' } });
    const late = { at: '2027-01-01T00:00:00.000Z', actor: 'x' };
    expect(
      failure(() => course.extend(received(), { due: LATER, reason: 'x', documentId: null }, late)).details,
    ).toEqual({ field: 'due' });
  });

  it('needs a date to extend', () => {
    const undated = { ...received(), due: null };
    expect(failure(() => steps.extend(undated))).toMatchObject({
      code: 'DOSSIER_STATE',
      details: { reason: 'no-due-date' },
    });
  });
});

describe('a result', () => {
  it('is joined by others, and one of the same id takes its place', () => {
    const second = { ...RESULT, id: uuid(701), name: 'Bản vẽ' };
    const d = drive(
      samples['result-ready']!,
      (x) => course.resultReady(x, [second], stamp(65)),
      (x) => course.resultReady(x, [{ ...RESULT, number: '16/GPXD' }], stamp(66)),
    );
    expect(d.results.map((r) => [r.id, r.number])).toEqual([
      [RESULT.id, '16/GPXD'],
      [second.id, '15/GPXD'],
    ]);
    expect(d.finishedAt).toBe(S.at);
    expect(failure(() => course.resultReady(received(), [], S)).code).toBe('BAD_REQUEST');
    expect(failure(() => course.resultReady(received(), [{ ...RESULT, name: ' ' }], S)).code).toBe(
      'BAD_REQUEST',
    );
  });

  it('is not handed out while originals are here, unless somebody says why', () => {
    const seen = drive(received(), (d) => intake.seeOriginal(d, 'don', S), steps.result);
    expect(failure(() => steps.handOut(seen)).code).toBe('ORIGINALS_KEPT');
    const kept = drive(seen, (d) =>
      course.handOut(d, { ...HAND_OUT, keptOriginals: 'Công dân đến lấy sau' }, S),
    );
    expect(kept.handedOut).toMatchObject({ to: 'Nông Thị Mẫu', keptOriginals: 'Công dân đến lấy sau' });
    // It is owed still, also after the end.
    expect(failure(() => steps.close(kept)).code).toBe('ORIGINALS_KEPT');
    expect(failure(() => course.handOut(samples['result-ready']!, { ...HAND_OUT, to: ' ' }, S)).code).toBe(
      'BAD_REQUEST',
    );
  });

  it('handed to somebody else afterwards is another matter', () => {
    expect(failure(() => course.handOut(samples.returned!, { ...HAND_OUT, to: 'Người khác' }, S)).code).toBe(
      'DOSSIER_STATE',
    );
  });
});

describe('forwarding', () => {
  it('keeps every way, and the same way once', () => {
    const d = drive(samples.processing!, (x) =>
      course.forward(x, { agency: 'Phòng Kinh tế', person: 'Ông B' }, S),
    );
    expect(d.forwarded.map((f) => f.person)).toEqual(['', 'Ông B']);
    expect(failure(() => course.forward(received(), { agency: ' ', person: '' }, S)).code).toBe(
      'BAD_REQUEST',
    );
  });
});

describe('what the province has to be told', () => {
  it('is every step of a dossier that it gets, and nothing of one that it never gets', () => {
    const told = drive(
      received(),
      steps.ask,
      steps.take,
      steps.forward,
      steps.result,
      steps.handOut,
      steps.close,
    );
    expect([told.toTell, told.delivery]).toEqual([told.version, 'waiting']);
    const never = drive(complete(), steps.ask, steps.refuse, steps.close);
    expect([never.toTell, never.delivery]).toEqual([0, 'none']);
    const proposed = drive(received(), steps.propose);
    expect(proposed.toTell).toBe(received().version);
  });

  it('every ended state takes no further step but its close', () => {
    for (const dossier of Object.values(samples).filter((d) => ENDED.includes(d.state))) {
      for (const name of ['ask', 'take', 'propose', 'forward', 'askPayment', 'extend', 'result'] as const)
        expect(failure(() => steps[name](dossier)).code).toBe('DOSSIER_STATE');
    }
  });
});
