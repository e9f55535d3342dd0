import { describe, expect, it } from 'vitest';
import { freshIntake } from '../../../src/contract/life-cycle.ts';
import { dossierView } from '../../../src/contract/model.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { type Dossier, toView } from '../../../src/main/dossiers/dossier.ts';
import * as intake from '../../../src/main/dossiers/intake-commands.ts';
import { assertPapers, digitisingOf, isOwed } from '../../../src/main/dossiers/papers.ts';
import {
  add,
  complete,
  draft,
  drive,
  failure,
  receive,
  received,
  type Step,
  sign,
} from './course-samples.ts';
import { spec, stamp, uuid } from './samples.ts';

const S = stamp(60);
const SUBMITTER = {
  name: 'Lò Văn Nộp',
  identityNumber: '004190000999',
  address: 'Bản Cuôn',
  phone: '',
  email: '' as const,
  authorisation: 'GUQ số 3',
};
const LOOKUP = {
  base: 'CSDL quốc gia về dân cư',
  reference: 'R1',
  at: S.at,
  answer: 'match' as const,
  fallback: '',
};
const COUNTS = { originals: 0, certified: 0, photocopies: 0 };
const of = (d: Dossier, id: string) => d.components.find((c) => c.spec.id === id)!;
const count = (componentId: string, counts: Partial<typeof COUNTS> | null): Step => {
  return (d) => intake.count(d, { componentId, counts: counts && { ...COUNTS, ...counts } }, S);
};
const lookUp = (componentId: string, over: object = {}): Step => {
  return (d) => intake.lookUp(d, { componentId, lookup: { ...LOOKUP, ...over } }, S);
};

/** Each does something on a draft the first time, and nothing the second. */
const writes: Record<string, Step> = {
  setSubmitter: (d) => intake.setSubmitter(d, SUBMITTER, S),
  setIntake: (d) => intake.setIntake(d, { ...freshIntake, sets: 2, summary: 'Xin gia hạn' }, S),
  count: count('don', { originals: 1 }),
  lookUp: lookUp('don'),
};

describe('what is noted at the counter', () => {
  for (const [name, decide] of Object.entries(writes)) {
    it(`${name}: once, while papers are taken in, and then no more`, () => {
      const d = drive(draft(), decide);
      expect(d.version).toBe(2);
      expect(decide(d)).toEqual([]);
      expect(dossierView.strict().parse(toView(d))).toEqual(toView(d));
      expect(failure(() => decide(received())).code).toBe('DOSSIER_STATE');
    });
  }

  it('is taken back by null', () => {
    const d = drive(draft(), writes.setSubmitter!, writes.count!, writes.lookUp!);
    const back = drive(
      d,
      (x) => intake.setSubmitter(x, null, S),
      count('don', null),
      (x) => intake.lookUp(x, { componentId: 'don', lookup: null }, S),
    );
    expect([back.submitter, of(back, 'don').counts, of(back, 'don').lookup]).toEqual([null, null, null]);
    expect(back.version).toBe(7);
  });

  it('keeps names in NFC, and needs one', () => {
    const d = drive(draft(), (x) =>
      intake.setSubmitter(x, { ...SUBMITTER, name: 'Lò Văn Nộp'.normalize('NFD') }, S),
    );
    expect(d.submitter!.name).toBe('Lò Văn Nộp'.normalize('NFC'));
    expect(failure(() => intake.setSubmitter(draft(), { ...SUBMITTER, name: ' ' }, S)).details).toEqual({
      field: 'name',
    });
    expect(failure(() => lookUp('don', { base: ' ' })(draft())).details).toEqual({ field: 'base' });
  });

  it('knows only papers that exist', () => {
    for (const id of ['ghi-chu', 'khong-co']) {
      for (const decide of [
        count(id, {}),
        lookUp(id),
        (d: Dossier) => intake.seeOriginal(d, id, S),
        (d: Dossier) => intake.returnOriginal(d, id, S),
      ])
        expect(failure(() => decide(draft())).code).toBe('COMPONENT_UNKNOWN');
    }
  });

  it('takes a case of the procedure only', () => {
    const cases = draft({ components: [spec('don', { situation: 'Cấp lại' })] });
    const set = (situation: string) => intake.setIntake(cases, { ...freshIntake, situation }, S);
    expect(set('Cấp lại')).toHaveLength(1);
    expect(failure(() => set('Cấp mới'))).toEqual({ code: 'BAD_REQUEST', details: { field: 'situation' } });
  });
});

describe('dossiers that belong together', () => {
  it('are joined and parted at any time before the end', () => {
    const join =
      (visitId: string | null, name: string | null): Step =>
      (d) =>
        intake.join(d, { visitId, group: name === null ? null : { id: uuid(5), name } }, S);
    const d = drive(received(), join(uuid(4), 'Nhóm'));
    expect([d.visitId, d.group]).toEqual([uuid(4), { id: uuid(5), name: 'Nhóm' }]);
    expect(join(uuid(4), 'Nhóm')(d)).toEqual([]);
    expect(drive(d, join(null, null)).group).toBeNull();
    const ended = drive(draft(), (x) => commands.discard(x, 'Bỏ', S));
    expect(failure(() => join(uuid(4), null)(ended)).code).toBe('DOSSIER_STATE');
  });
});

describe('originals', () => {
  it('are seen, given back, and may be seen again', () => {
    const see: Step = (d) => intake.seeOriginal(d, 'cccd', S);
    const back: Step = (d) => intake.returnOriginal(d, 'cccd', stamp(70));
    expect(failure(() => back(draft()))).toMatchObject({
      code: 'DOSSIER_STATE',
      details: { reason: 'no-original' },
    });
    const d = drive(draft(), see);
    expect(see(d)).toEqual([]);
    const given = drive(d, back);
    expect(of(given, 'cccd').seen).toEqual({ at: S.at, by: 'clerk.a', returnedAt: stamp(70).at });
    expect(back(given)).toEqual([]);
    expect(of(drive(given, see), 'cccd').seen!.returnedAt).toBeNull();
  });

  it('go back whatever became of the dossier, but none is taken after its end', () => {
    const seen = drive(
      draft(),
      (d) => intake.seeOriginal(d, 'cccd', S),
      (d) => commands.discard(d, 'Bỏ', S),
    );
    expect(intake.returnOriginal(seen, 'cccd', S)).toHaveLength(1);
    expect(failure(() => intake.seeOriginal(seen, 'don', S)).code).toBe('DOSSIER_STATE');
  });
});

describe('what is digitised (TT 01/2023/TT-VPCP Điều 4, TT 03/2025/TT-VPCP Điều 5 khoản 2)', () => {
  const judged = (over: Parameters<typeof spec>[1], ...steps: Step[]) =>
    digitisingOf(of(drive(draft({ components: [spec('don', over)] }), ...steps), 'don'));
  const see: Step = (d) => intake.seeOriginal(d, 'don', S);
  const cases: readonly [string, Parameters<typeof spec>[1], Step[], string][] = [
    ['an original that the catalogue asks for', {}, [], 'required'],
    [
      'an original that was counted',
      { originals: 0, copies: 1 },
      [count('don', { originals: 1 })],
      'required',
    ],
    ['an original beside photocopies', {}, [count('don', { originals: 1, photocopies: 2 })], 'required'],
    ['a photocopy', {}, [count('don', { photocopies: 1 })], 'never'],
    ['a certified copy', {}, [count('don', { certified: 1 })], 'never'],
    ['a photocopy whose original was seen', {}, [count('don', { photocopies: 1 }), see], 'optional'],
    ['a copy that nobody has counted', { originals: 0, copies: 1 }, [], 'optional'],
    ['a paper that is shown', { handling: 'show' }, [], 'never'],
    ['an explanation', { handling: 'note' }, [], 'never'],
    ['data that stand in for the paper', {}, [lookUp('don')], 'never'],
    ['a paper asked for after all', {}, [lookUp('don', { fallback: 'Dữ liệu cũ' })], 'required'],
    ['data that do not match', {}, [lookUp('don', { answer: 'no-match' })], 'required'],
    ['a secret paper', { name: 'Bản đồ (MẬT)' }, [], 'never'],
  ];
  for (const [what, over, steps, verdict] of cases)
    it(`${what}: ${verdict}`, () => {
      expect(judged(over, ...steps)).toBe(verdict);
    });
});

describe('what reception asks for', () => {
  const check = (d: Dossier) => () => assertPapers(d);

  it('nothing of another case of the procedure', () => {
    const procedure = {
      components: [
        spec('don'),
        spec('cap-lai', { situation: 'Cấp lại' }),
        spec('cap-moi', { situation: 'Cấp mới' }),
      ],
    };
    const d = drive(draft(procedure), add('don', 10), sign('don', 10));
    const inCase = (situation: string) =>
      drive(d, (x) => intake.setIntake(x, { ...freshIntake, situation }, S));
    expect(failure(check(d)).details).toEqual({ names: 'Giấy cap-lai; Giấy cap-moi', count: 2 });
    expect(failure(check(inCase('Cấp lại'))).details).toEqual({ names: 'Giấy cap-lai', count: 1 });
    expect(isOwed(of(inCase('Cấp lại'), 'cap-moi'), 'Cấp lại')).toBe(false);
  });

  it('no paper that data stand in for', () => {
    const d = drive(draft(), add('don', 10), sign('don', 10));
    expect(failure(check(d)).code).toBe('COMPONENT_MISSING');
    expect(check(drive(d, lookUp('giay-phep')))).not.toThrow();
    for (const answer of ['no-match', 'no-data', 'insufficient'])
      expect(failure(check(drive(d, lookUp('giay-phep', { answer })))).code).toBe('COMPONENT_MISSING');
  });

  it('no scan of a copy that was handed in, and no paper twice', () => {
    const d = drive(draft(), add('don', 10), sign('don', 10));
    const copies = drive(d, count('giay-phep', { photocopies: 2 }));
    expect(check(copies)).not.toThrow();
    expect(failure(check(drive(d, count('giay-phep', {})))).code).toBe('COMPONENT_MISSING');
    const scanned = drive(copies, add('giay-phep', 11), sign('giay-phep', 11));
    expect(failure(check(scanned))).toEqual({
      code: 'COMPONENT_NOT_DIGITISED',
      details: { names: 'Giấy giay-phep', count: 1 },
    });
    expect(check(drive(scanned, (x) => commands.removePage(x, uuid(11), S)))).not.toThrow();
    expect(check(drive(scanned, (x) => intake.seeOriginal(x, 'giay-phep', S)))).not.toThrow();
  });

  it('the document of every original that was counted, also of a paper that few owe', () => {
    const d = drive(complete(), count('uy-quyen', { originals: 1 }));
    expect(failure(check(d)).details).toEqual({ names: 'Giấy uy-quyen', count: 1 });
    expect(check(drive(d, add('uy-quyen', 12), sign('uy-quyen', 12)))).not.toThrow();
  });

  it('no paper dossier for a procedure that is taken online only', () => {
    const d = complete({ onlineOnly: true });
    expect(failure(() => receive(d)).code).toBe('PROCEDURE_ONLINE_ONLY');
    expect(
      drive(d, (x) => intake.setIntake(x, { ...freshIntake, channel: 'online' }, S), receive).state,
    ).toBe('received');
  });
});

describe('a secret paper', () => {
  const stop: Step = (d) => intake.stopConfidential(d, { mark: 'MẬT', componentId: 'don' }, S);

  it('ends the draft by the rule, and the end stays', () => {
    const d = drive(complete(), stop);
    expect([d.state, d.delivery, d.toTell]).toEqual(['discarded', 'none', 0]);
    expect(d.discardReason).toContain('NĐ 30/2020/NĐ-CP Điều 22');
    expect(stop(d)).toEqual([]);
    expect(failure(() => receive(d)).code).toBe('DOSSIER_STATE');
  });

  it('of an unknown component, or of a dossier that was received, is not ended so', () => {
    expect(
      failure(() => intake.stopConfidential(draft(), { mark: 'MẬT', componentId: 'khong-co' }, S)).code,
    ).toBe('COMPONENT_UNKNOWN');
    expect(failure(() => stop(received())).code).toBe('DOSSIER_STATE');
    expect(failure(() => stop(drive(draft(), (d) => commands.discard(d, 'Bỏ', S)))).code).toBe(
      'DOSSIER_STATE',
    );
  });
});
