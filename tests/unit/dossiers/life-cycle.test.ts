import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DossierState, dossierState, lifeCycleAction } from '../../../src/contract/life-cycle.ts';
import { OPERATIONS } from '../../../src/contract/operations.ts';
import { actionsFor } from '../../../src/main/dossiers/actions.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import * as course from '../../../src/main/dossiers/course-commands.ts';
import { assertRole, rolesOf } from '../../../src/main/dossiers/course-guards.ts';
import { apply, fold } from '../../../src/main/dossiers/dossier.ts';
import { type DossierEvent, dossierEvent } from '../../../src/main/dossiers/events.ts';
import { historyOf } from '../../../src/main/dossiers/history.ts';
import * as intake from '../../../src/main/dossiers/intake-commands.ts';
import { parseLifeCycleRules, supplementLimit } from '../../../src/main/dossiers/life-cycle-rules.ts';
import { nationalState, parseStateCodes, standingOf } from '../../../src/main/dossiers/state-codes.ts';
import { TRANSITIONS } from '../../../src/main/dossiers/transitions.ts';
import {
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
} from './course-samples.ts';
import { procedure, stamp, uuid } from './samples.ts';

const RESOURCES = path.join(import.meta.dirname, '../../../resources');
const json = (name: string): unknown => JSON.parse(readFileSync(path.join(RESOURCES, name), 'utf8'));
const S = stamp(60);
const CONTEXT = { supplements: ONCE };

describe('who may do what', () => {
  /** The operation behind each action. */
  const OPERATION: Partial<Record<string, keyof typeof OPERATIONS>> = {
    'look-up': 'components.lookUp',
    count: 'components.count',
    'see-original': 'components.seeOriginal',
    'return-original': 'components.returnOriginal',
  };
  const nameOf = (action: string) =>
    OPERATION[action] ??
    (`dossiers.${action.replace(/-(\w)/g, (_, c: string) => c.toUpperCase())}` as keyof typeof OPERATIONS);

  for (const action of lifeCycleAction.options)
    it(`the door and the table agree on ${action}`, () => {
      expect([...OPERATIONS[nameOf(action)].roles].sort()).toEqual([...rolesOf(action)].sort());
    });

  it('decisions are the head’s, and an admin decides nothing', () => {
    const heads = lifeCycleAction.options.filter((a) => !rolesOf(a).includes('clerk'));
    expect(heads).toEqual(['decline-refusal', 'refuse', 'stop', 'close', 'extend']);
    for (const action of lifeCycleAction.options)
      expect(failure(() => assertRole(action, 'admin'))).toEqual({
        code: 'FORBIDDEN_ROLE',
        details: { action, role: 'admin' },
      });
  });

  it('lists everything, each with what stands in the way', () => {
    const list = actionsFor(received(), 'clerk', CONTEXT);
    expect(list.map((a) => a.action)).toEqual(lifeCycleAction.options);
    const allowed = list.filter((a) => a.allowed).map((a) => a.action);
    expect(allowed).toEqual([
      'join',
      'see-original',
      'ask-supplement',
      'propose-refusal',
      'withdraw',
      'forward',
      'ask-payment',
      'result-ready',
    ]);
    const why = new Map(list.map((a) => [a.action, a.why]));
    expect(why.get('refuse')).toEqual({
      code: 'FORBIDDEN_ROLE',
      details: { action: 'refuse', role: 'clerk' },
    });
    expect(why.get('hand-out')).toEqual({
      code: 'DOSSIER_STATE',
      details: { state: 'received', action: 'hand-out' },
    });
    expect(actionsFor(draft(), 'clerk', CONTEXT).find((a) => a.action === 'receive')!.why!.code).toBe(
      'APPLICANT_INCOMPLETE',
    );
    expect(actionsFor(complete(), 'clerk', CONTEXT).find((a) => a.action === 'receive')).toEqual({
      action: 'receive',
      allowed: true,
      why: null,
    });
  });
});

describe('the table of transitions', () => {
  it('leads from every state but the last ones to an end', () => {
    const next = new Map<DossierState, Set<DossierState>>(dossierState.options.map((s) => [s, new Set()]));
    for (const { from, to } of Object.values(TRANSITIONS))
      for (const state of from) if (to !== 'same' && to !== 'resumed') next.get(state)!.add(to);
    const reached = (from: DossierState): Set<DossierState> => {
      const met = new Set<DossierState>();
      const walk = (s: DossierState) => {
        for (const t of next.get(s)!)
          if (!met.has(t)) {
            met.add(t);
            walk(t);
          }
      };
      walk(from);
      return met;
    };
    for (const state of dossierState.options.filter((s) => s !== 'discarded' && s !== 'closed'))
      expect(reached(state).has('closed')).toBe(true);
    expect(reached('draft').size).toBe(dossierState.options.length - 1);
    expect([reached('closed').size, reached('discarded').size]).toEqual([0, 0]);
  });

  it('takes no event that cannot follow', () => {
    const closed: DossierEvent = { type: 'closed', ...S, reason: 'x' };
    expect(failure(() => apply(received(), closed)).code).toBe('STORE_CORRUPT');
    const declined: DossierEvent = { type: 'refusal-declined', ...S, reason: 'x' };
    expect(failure(() => apply(received(), declined)).code).toBe('STORE_CORRUPT');
  });
});

describe('how often a supplement may be asked for', () => {
  it('is once by the rules in force, on every day', () => {
    const rules = parseLifeCycleRules(json('life-cycle-rules.json'));
    for (const day of ['2017-01-01', '2020-05-01', '2025-07-01', '2026-11-23'])
      expect(supplementLimit(rules, '1.013227', day).most).toBe(1);
    expect(supplementLimit(rules, '1.013227', '2026-11-23').source).toContain('NĐ 118/2025');
  });

  it('is what the newest rule for the procedure says, else the newest for all', () => {
    const rule = (from: string, most: number, procedures: string[]) => ({
      from,
      most,
      procedures,
      source: `${from}`,
    });
    const rules = parseLifeCycleRules({
      supplementRequests: [
        rule('2025-07-01', 1, []),
        rule('2026-01-01', 2, ['A']),
        rule('2026-06-01', 3, ['A']),
        rule('2026-06-01', 0, []),
      ],
    });
    expect(supplementLimit(rules, 'A', '2025-12-31').most).toBe(1);
    expect(supplementLimit(rules, 'A', '2026-01-01').most).toBe(2);
    expect(supplementLimit(rules, 'A', '2026-06-01').most).toBe(3);
    expect(supplementLimit(rules, 'B', '2026-06-01').most).toBe(0);
  });

  it('is not read from a broken file', () => {
    for (const raw of [
      null,
      {},
      { supplementRequests: [] },
      { supplementRequests: [{ from: 'x', most: 1, procedures: [], source: 's' }] },
    ])
      expect(failure(() => parseLifeCycleRules(raw))).toMatchObject({
        code: 'CONFIG_INVALID',
        details: { file: 'life-cycle-rules.json' },
      });
  });
});

describe('states for other systems', () => {
  const codes = parseStateCodes(json('dossier-states.json'));
  const steps = {
    ask: (d) => course.askSupplement(d, REQUEST, ONCE, S),
    take: (d) => course.takeSupplement(d, () => LATER, S),
    refuse: (d) => course.refuse(d, { reason: 'x', documentId: null }, S),
    withdraw: (d) => course.withdraw(d, { reason: 'x', askedBy: '', documentId: null }, S),
    stop: (d) => course.stop(d, { reason: 'x', askedBy: '', documentId: null }, S),
    close: (d) => course.close(d, 'x', S),
    forward: (d) => course.forward(d, { agency: 'A', person: '' }, S),
    pay: (d) => course.askPayment(d, 'x', S),
    result: (d) => course.resultReady(d, [RESULT], S),
    handOut: (d) => course.handOut(d, HAND_OUT, S),
    discard: (d) => commands.discard(d, 'x', S),
  } satisfies Record<string, Step>;
  const { ask, take, refuse, withdraw, stop, close, forward, pay, result, handOut, discard } = steps;

  // TrangThaiHoSo and OpenCPS, by hand from the facts.
  const cases: readonly [string, Step[], number | null, string | null][] = [
    ['a draft', [], null, null],
    ['given up', [discard], null, null],
    ['received', [receive], 2, 'new'],
    ['a supplement asked for', [receive, ask], 5, 'waiting'],
    ['the same before reception', [ask], 5, 'waiting'],
    ['supplemented', [receive, ask, take], 2, 'new'],
    ['being handled', [receive, forward], 4, 'processing'],
    ['waiting for money', [receive, pay], 6, 'paying'],
    ['with a result', [receive, result], 9, 'releasing'],
    ['returned', [receive, result, handOut], 10, 'done'],
    ['returned and closed', [receive, result, handOut, close], 10, 'done'],
    ['refused before reception', [refuse], 3, 'denied'],
    ['refused before reception and closed', [refuse, close], 3, 'denied'],
    ['refused later', [receive, refuse], 8, 'unresolved'],
    ['withdrawn and closed', [receive, withdraw, close], 7, 'cancelled'],
    ['stopped', [receive, stop], 8, 'unresolved'],
    ['closed without its supplement', [receive, ask, close], 8, 'unresolved'],
    ['closed without its supplement, never received', [ask, close], 3, 'denied'],
  ];
  for (const [what, way, national, opencps] of cases)
    it(`${what}: ${national}, ${opencps}`, () => {
      const state = nationalState(drive(complete(), ...way), codes);
      expect([state?.national ?? null, state?.opencps ?? null]).toEqual([national, opencps]);
    });

  it('carry the words of the national table', () => {
    expect(nationalState(received(), codes)).toEqual({
      national: 2,
      vi: 'Được tiếp nhận',
      en: 'Received',
      opencps: 'new',
    });
    const file = json('dossier-states.json') as { national: { code: number }[] };
    expect(file.national.map((n) => n.code)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('have a code in every state', () => {
    for (const state of dossierState.options) {
      if (state === 'closed') continue;
      expect(codes[standingOf({ state, cameFrom: null, receivedAt: S.at })]).toBeDefined();
    }
  });

  it('are not read from a broken file', () => {
    const file = json('dossier-states.json') as {
      national: unknown[];
      standings: { standing: string; national: number }[];
    };
    const broken = [
      null,
      { ...file, standings: file.standings.slice(1) },
      { ...file, standings: [...file.standings, file.standings[0]] },
      { ...file, national: file.national.slice(2) },
      {
        ...file,
        standings: file.standings.map((s) => (s.standing === 'received' ? { ...s, opencps: null } : s)),
      },
    ];
    for (const raw of broken)
      expect(failure(() => parseStateCodes(raw))).toMatchObject({
        code: 'CONFIG_INVALID',
        details: { file: 'dossier-states.json' },
      });
  });
});

describe('history', () => {
  const texts = ['vi', 'en'].map((lang) => json(`texts/${lang}.json`) as Record<string, string>);
  const journal: DossierEvent[] = commands.open({ dossierId: uuid(1), procedure }, stamp());
  const record = (...decide: Step[]) => {
    for (const step of decide) journal.push(...step(fold(journal)));
  };
  record(
    named,
    (d) => intake.seeOriginal(d, 'cccd', stamp(3)),
    (d) => intake.returnOriginal(d, 'cccd', stamp(4)),
    (d) => course.askSupplement(d, REQUEST, ONCE, stamp(5)),
    (d) => course.proposeRefusal(d, 'Không đến', stamp(6)),
    (d) =>
      course.refuse(d, { reason: 'Quá hạn', documentId: null }, { at: stamp(7).at, actor: 'truong.phong' }),
  );

  it('tells who did what when and why, and where it led', () => {
    const lines = historyOf(journal);
    expect(lines.map((l) => [l.version, l.actor, l.from, l.to, l.why])).toEqual([
      [1, 'clerk.a', null, 'draft', ''],
      [3, 'clerk.a', 'draft', 'draft', ''],
      [4, 'clerk.a', 'draft', 'draft', ''],
      [5, 'clerk.a', 'draft', 'supplement-asked', 'Bản nộp không rõ'],
      [6, 'clerk.a', 'supplement-asked', 'supplement-asked', 'Không đến'],
      [7, 'truong.phong', 'supplement-asked', 'refused', 'Quá hạn'],
    ]);
    expect(lines[1]!.values).toEqual({ paper: 'Giấy cccd' });
    expect(lines[5]!.at).toBe(stamp(7).at);
  });

  it('has words in both languages for every event that it may show, and fills their gaps', () => {
    const keys = dossierEvent.options.map((o) => o.shape.type.value);
    const shown = new Set([
      'opened',
      'received',
      'discarded',
      'code-assigned',
      'document-accepted',
      'sent',
      'update-sent',
      'send-failed',
    ]);
    for (const type of keys.slice(keys.indexOf('submitter-set'), keys.indexOf('receipt-cancelled') + 1))
      shown.add(type);
    for (const text of texts) expect([...shown].filter((type) => !text[`history.${type}`])).toEqual([]);
    for (const { key, values } of historyOf(journal))
      for (const text of texts) {
        const gaps = [...text[key]!.matchAll(/\{(\w+)/g)]
          .map((m) => m[1]!)
          .filter((gap) => !/^(yes|no|other)$/.test(gap));
        for (const gap of gaps.filter((g) => new RegExp(`\\{${g}[,}]`).test(text[key]!)))
          expect(Object.keys(values)).toContain(gap);
      }
    for (const text of texts)
      expect(lifeCycleAction.options.filter((a) => !text[`dossier.action.${a}`])).toEqual([]);
  });
});
