import { describe, expect, it } from 'vitest';
import type { FeeLine } from '../../../src/contract/fees.ts';
import { FRESH_COURSE, type LifeCycleAction, type PossibleAction } from '../../../src/contract/life-cycle.ts';
import type { DossierView } from '../../../src/contract/model.ts';
import {
  instantAt,
  likelyStep,
  offeredSteps,
  paperOfStep,
} from '../../../src/renderer/desks/clerk/course/course.ts';
import {
  intakeProblems,
  situationsOf,
  submitterOf,
  valuesOf,
} from '../../../src/renderer/desks/clerk/course/intake-form.ts';
import { fieldsFor, linesOf, stepProblems } from '../../../src/renderer/desks/clerk/course/step-forms.ts';
import {
  countOf,
  draftOf,
  lineOf,
  paidAndOpen,
  parseDong,
} from '../../../src/renderer/desks/clerk/fees/fees.ts';
import { remembered } from '../../../src/renderer/desks/clerk/known.ts';
import { missingComponents } from '../../../src/renderer/desks/clerk/progress.ts';
import { PLAIN_APPLICANT, PLAIN_PAPER, PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';

const AT = '2026-11-23T02:00:00.000Z';
const ID = '5e0b2a3c-6f1d-4a52-9c87-1f2e3d4c5b6a';

function component(id: string, change: Partial<DossierView['components'][number]> = {}, situation = '') {
  return {
    spec: {
      ...{ id, code: '', name: `Giấy ${id}`, originals: 1, copies: 0, handling: 'submit' as const },
      ...{ required: true, group: '', ...PLAIN_SPEC, situation },
    },
    ...{ pages: [], signature: null, attachments: [], facts: null, ...PLAIN_PAPER },
    ...change,
  };
}

function dossier(change: Partial<DossierView> = {}): DossierView {
  const components = change.components ?? [component('c1')];
  return {
    id: ID,
    state: 'received',
    procedure: {
      ...{ code: '1.004884', name: 'Đăng ký lại khai sinh', field: { code: 'HT', name: 'Hộ tịch' } },
      ...{ version: '1', duration: null, ...PLAIN_PROCEDURE, results: [] },
      components: components.map((c) => c.spec),
    },
    applicant: null,
    code: null,
    ...{ openedAt: AT, openedBy: 'hien', receivedAt: AT, slipDocumentId: null, receipt: null },
    ...{ due: { at: '2026-11-26T02:30:00.000Z', reasons: [] }, sendFault: null },
    ...FRESH_COURSE,
    ...change,
    components,
  };
}

const can = (...actions: LifeCycleAction[]): PossibleAction[] =>
  actions.map((action) => ({ action, allowed: true, why: null }));
const cannot = (action: LifeCycleAction): PossibleAction => ({
  action,
  allowed: false,
  why: { code: 'FORBIDDEN_ROLE', details: {} },
});

describe('the steps that a counter is offered', () => {
  it('are led by what the state makes likely, where it is allowed', () => {
    expect(likelyStep(dossier(), can('forward', 'result-ready'))).toBe('forward');
    expect(likelyStep(dossier(), [cannot('forward'), ...can('result-ready')])).toBe('result-ready');
    expect(likelyStep(dossier({ state: 'result-ready' }), can('hand-out'))).toBe('hand-out');
    expect(likelyStep(dossier({ state: 'returned' }), [cannot('close')])).toBeNull();
    expect(likelyStep(dossier({ state: 'closed' }), can('close'))).toBeNull();
  });

  it('begin with the decision on a refusal that was proposed', () => {
    const proposed = dossier({ refusalProposed: { at: AT, by: 'hien', reason: 'x' } });
    expect(likelyStep(proposed, can('refuse', 'forward'))).toBe('refuse');
    expect(likelyStep(proposed, [cannot('refuse'), cannot('forward')])).toBeNull();
  });

  it('keep what is not allowed, behind the rest, with its reason', () => {
    const steps = offeredSteps([cannot('hand-out'), ...can('withdraw'), ...can('set-intake')]);
    expect(steps.map((s) => [s.action, s.allowed])).toEqual([
      ['withdraw', true],
      ['hand-out', false],
    ]);
    expect(steps[1]?.why?.code).toBe('FORBIDDEN_ROLE');
  });

  it('know the paper that a step brought, and none where it brought none', () => {
    const paper = { documentId: ID, kind: 'refusal' as const, number: 3, at: AT, by: 'hien' };
    const after = dossier({ papers: [{ ...paper, electronic: null }] });
    expect(paperOfStep(dossier(), after)?.kind).toBe('refusal');
    expect(paperOfStep(after, after)).toBeNull();
  });
});

describe('the forms of the steps', () => {
  it('read hours at the clock of the counter, and refuse hours that are none', () => {
    expect(instantAt('2026-12-01', '9:05')).toBe('2026-12-01T02:05:00.000Z');
    expect(instantAt('2026-12-01', '00h30')).toBe('2026-11-30T17:30:00.000Z');
    for (const bad of ['24:00', '9:60', '9', '', '09:5', 'chín'])
      expect(instantAt('2026-12-01', bad)).toBeNull();
    expect(instantAt(null, '09:00')).toBeNull();
  });

  it('ask for a later appointment, in words that fit what is wrong', () => {
    const problems = (day: string, time: string) =>
      stepProblems('extend', dossier(), { day, time, reason: 'x' });
    expect(problems('26/11/2026', '09:30')).toEqual({ day: 'course.problem.notLater' });
    expect(problems('31/11/2026', '09:30')).toEqual({ day: 'course.problem.day' });
    expect(problems('27/11/2026', '9 giờ')).toEqual({ time: 'course.problem.time' });
    expect(problems('27/11/2026', '09:30')).toEqual({});
  });

  it('take one item a line, without empty ones, and no more than a slip holds', () => {
    expect(linesOf(' một \n\n  hai   ba\n \n')).toEqual(['một', 'hai ba']);
    const items = Array.from({ length: 51 }, (_, i) => `mục ${i}`).join('\n');
    expect(stepProblems('ask-supplement', dossier(), { items, reason: 'x' })).toEqual({
      items: 'course.problem.many',
    });
    expect(stepProblems('ask-supplement', dossier(), { items: ' \n ', reason: ' ' })).toEqual({
      items: 'course.problem.items',
      reason: 'course.problem.reason',
    });
  });

  it('hand out with originals given back, or with a reason', () => {
    const seen = { at: AT, by: 'hien', returnedAt: null };
    const kept = dossier({ state: 'result-ready', components: [component('c1', { seen })] });
    const names = (d: DossierView) => fieldsFor('hand-out', d).map((f) => f.name);
    expect(names(kept)).toContain('keptOriginals');
    expect(names(dossier())).not.toContain('keptOriginals');
    expect(stepProblems('hand-out', kept, { to: 'A' })).toEqual({
      keptOriginals: 'course.problem.keptOriginals',
    });
    expect(stepProblems('hand-out', kept, { to: 'A', keptOriginals: 'Chờ đối chiếu' })).toEqual({});
  });
});

describe('the facts of the intake', () => {
  it('owe only the papers of the case that was chosen', () => {
    const components = [component('c1'), component('c2', {}, 'Trẻ em'), component('c3', {}, 'Người lớn')];
    const of = (situation: string) =>
      missingComponents(
        dossier({ state: 'draft', components, intake: { ...FRESH_COURSE.intake, situation } }),
      ).map((c) => c.spec.id);
    expect(of('')).toEqual(['c1', 'c2', 'c3']);
    expect(of('Trẻ em')).toEqual(['c1', 'c2']);
    expect(situationsOf(dossier({ components }))).toEqual(['Trẻ em', 'Người lớn']);
  });

  it('owe no paper that a base stands in for', () => {
    const lookup = { base: 'CSDL', reference: '1', at: AT, answer: 'match' as const, fallback: '' };
    const missing = (over: Partial<typeof lookup>) =>
      missingComponents(dossier({ components: [component('c1', { lookup: { ...lookup, ...over } })] }))
        .length;
    expect(missing({})).toBe(0);
    expect(missing({ fallback: 'Dữ liệu cũ' })).toBe(1);
  });

  it('name somebody where anything is said of them, and nobody where nothing is', () => {
    const empty = valuesOf(dossier());
    expect(submitterOf(empty)).toBeNull();
    expect(intakeProblems(empty)).toEqual([]);
    expect(intakeProblems({ ...empty, authorisation: 'x', sets: '100', email: 'x' })).toEqual([
      'sets',
      'name',
      'email',
    ]);
    expect(submitterOf({ ...empty, name: ' Lý  Văn Thử ' })?.name).toBe('Lý Văn Thử');
  });
});

describe('fees on the screen', () => {
  const line: FeeLine = {
    ...{ code: 'LP1', name: 'Lệ phí', kind: 'charge', amount: 8000, quantity: 2, due: 'reception' },
    exemption: null,
  };

  it('read money as it is typed, and nothing that is no money', () => {
    expect(['8000', '8.000', '8 000 đ', '0'].map(parseDong)).toEqual([8000, 8000, 8000, 0]);
    expect(['', '-5', 'tám', '1e3', '99999999999999'].map(parseDong)).toEqual([null, null, null, null, null]);
  });

  it('count pages only where a count was typed', () => {
    expect(['', '0', '3', ' 12 ', 'ba', '10001'].map((v) => countOf(v, 10_000))).toEqual([0, 0, 3, 12, 0, 0]);
  });

  it('come back from their fields as they went in', () => {
    const exempt = { ...line, exemption: { off: 3000, reason: 'Hộ nghèo', ground: 'NQ 21' } };
    for (const each of [line, exempt]) expect(lineOf(draftOf(each))).toEqual(each);
  });

  it('say the first thing that is wrong', () => {
    const draft = draftOf(line);
    expect(lineOf({ ...draft, name: ' ' })).toBe('name');
    expect(lineOf({ ...draft, amount: '' })).toBe('amount');
    expect(lineOf({ ...draft, quantity: '0' })).toBe('quantity');
    expect(lineOf({ ...draft, off: '16001', reason: 'x' })).toBe('off');
    expect(lineOf({ ...draft, off: '16000' })).toBe('reason');
  });

  it('tell paid lines from open ones, one for one, and forget cancelled receipts', () => {
    const payment = {
      ...{ id: ID, at: AT, by: 'hien', amount: 16_000, way: 'cash' as const, reference: '' },
      ...{ receipt: { form: 'F', sign: 'S', number: 1, documentId: null }, lines: [line], cancelled: null },
    };
    const twice = { fees: [line, line], payments: [payment] };
    expect(paidAndOpen(dossier(twice))).toEqual({ paid: [line], open: [line] });
    const cancelled = { at: AT, by: 'hien', reason: 'x' };
    const none = paidAndOpen(dossier({ ...twice, payments: [{ ...payment, cancelled }] }));
    expect(none).toEqual({ paid: [], open: [line, line] });
  });
});

describe('what an earlier visit knows', () => {
  it('fills what is empty, and only shows what reads otherwise now', () => {
    const applicant = {
      ...{ name: 'Nông Thị Mẫu', identityNumber: '004190000123', kind: 'citizen' as const },
      ...{ birthDate: '1990-02-05', gender: 'female' as const, address: 'Tổ 9', phone: '0912345678' },
      ...{ email: '', ...PLAIN_APPLICANT },
    };
    const known = {
      ...{ applicant, dossierId: ID, lastSeenAt: AT, dossiers: 1, by: 'number' as const, differs: [] },
    };
    const now = {
      ...{ name: 'NÔNG THỊ MẪU', identityNumber: '004190000123', kind: 'citizen' as const },
      ...{ birthDate: '', gender: '' as const, address: 'Tổ 3', phone: '', email: 'a@b.vn' },
    };
    expect(remembered(known, now)).toEqual({
      takes: { birthDate: '05/02/1990', gender: 'female', phone: '0912345678' },
      differs: { address: 'Tổ 9' },
    });
  });
});
