import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { formForDossier, formInForce, labelsOf, parseSlipForm } from '../../../src/main/slips/form.ts';
import { parseUnitForm, withUnitForms } from '../../../src/main/slips/unit-forms.ts';

const FOLDER = path.join(import.meta.dirname, '../../../resources/slips');
const raw = (name: string) => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8'));
const now = parseSlipForm(raw('tt03-2025-mau01.json'));
const old = parseSlipForm(raw('tt01-2018-mau01.json'));
const shipped = [now, old];

const change = (over: object) =>
  parseUnitForm({ changes: 'reception', provenance: 'Quyết định số 1', ...over });
const invalid = (problem: string) =>
  expect.objectContaining({
    code: 'CONFIG_INVALID',
    details: expect.objectContaining({ file: 'slip-form', problem: expect.stringContaining(problem) }),
  });

describe('the form of a paper', () => {
  it('is that of the kind and the day of receipt, by both regulations', () => {
    expect(formInForce(shipped, 'reception', '2025-09-14').regulation).toContain('01/2018');
    expect(formInForce(shipped, 'reception', '2025-09-15').regulation).toContain('03/2025');
    expect(() => formInForce(shipped, 'refusal', '2026-01-01')).toThrow(invalid('no refusal on 2026-01-01'));
    expect(() => formInForce(shipped, 'reception', '2018-11-22')).toThrow(invalid('no reception'));
  });

  it('stays that of the day of receipt on whatever day it is issued, where that set has such a paper', () => {
    expect(formForDossier(shipped, 'reception', '2025-09-01', '2026-01-05')).toBe(old);
    expect(formForDossier(shipped, 'reception', null, '2026-01-05')).toBe(now);
    const stop = parseSlipForm(raw('tt03-2025-mau05.json'));
    expect(formForDossier([stop], 'stop', '2025-09-01', '2026-01-05')).toBe(stop);
  });

  it('is refused with the missing label named', () => {
    expect(labelsOf(now, ['title']).title).toContain('GIẤY TIẾP NHẬN');
    expect(() => labelsOf(now, ['title', 'noSuchLabel'])).toThrow(invalid('labels.noSuchLabel'));
  });

  it('is refused where its margins leave nothing to write on', () => {
    const wide = { ...now.paper, marginsMm: { ...now.paper.marginsMm, left: 120 } };
    expect(() => parseSlipForm({ ...now, paper: wide })).toThrow(invalid('paper.marginsMm'));
  });
});

describe("a unit's own forms", () => {
  it('replace labels one by one, and paper as a whole', () => {
    const paper = { widthMm: 210, heightMm: 297, marginsMm: { top: 20, right: 15, bottom: 20, left: 30 } };
    const labels = { unitAbbreviation: 'BPTNTKQ' };
    const [merged, other] = withUnitForms(shipped, [
      change({ regulation: 'Thông tư 03/2025', paper, labels }),
    ]);
    expect(merged).toMatchObject({ paper, form: now.form, regulation: now.regulation });
    expect(merged!.labels).toEqual({ ...now.labels, ...labels });
    expect(merged!.provenance).toBe(`${now.provenance} Quyết định số 1`);
    expect(other).toEqual(old);
  });

  it('can keep the old form past its end, for a unit that still must use it', () => {
    const kept = change({ regulation: 'Thông tư 01/2018', effectiveTo: '2026-06-30', precedence: 1 });
    const forms = withUnitForms(shipped, [kept]);
    expect(formInForce(forms, 'reception', '2026-06-30').regulation).toContain('01/2018');
    expect(formInForce(forms, 'reception', '2026-07-01').regulation).toContain('03/2025');
  });

  it('change every form of the kind where no regulation is named, in the order given', () => {
    const forms = withUnitForms(shipped, [
      change({ labels: { title: 'A' } }),
      change({ labels: { title: 'B' }, regulation: 'Thông tư 01/2018' }),
    ]);
    expect(forms.map((f) => f.labels.title)).toEqual(['A', 'B']);
  });

  it('may be whole forms, which take the place of the shipped one or stand before the others', () => {
    const own = { ...now, labels: { ...now.labels, title: 'RIÊNG' } };
    expect(withUnitForms(shipped, [parseUnitForm(own)]).map((f) => f.labels.title)).toEqual([
      'RIÊNG',
      old.labels.title,
    ]);
    const beside = { ...own, regulation: 'Quyết định 1/QĐ-UBND' };
    const forms = withUnitForms(shipped, [parseUnitForm(beside)]);
    expect(forms).toHaveLength(3);
    expect(formInForce(forms, 'reception', '2026-01-01').regulation).toBe('Quyết định 1/QĐ-UBND');
  });

  it.each([
    [{ changes: 'reception' }, 'provenance'],
    [{ changes: 'no-such-kind', provenance: 'x' }, 'changes'],
    [{ changes: 'reception', provenance: 'x', lables: {} }, 'lables'],
    [{ changes: 'reception', provenance: 'x', labels: { title: '' } }, 'labels.title'],
    [{ changes: 'reception', provenance: 'x', precedence: 10 }, 'precedence'],
    [null, ''],
    [[], 'object'],
    ['reception', ''],
  ])('are refused with the place named: %j', (given, problem) => {
    expect(() => parseUnitForm(given)).toThrow(invalid(problem));
  });

  it('are refused where they change nothing that is shipped', () => {
    const lost = change({ regulation: 'Thông tư 99/2099' });
    expect(() => withUnitForms(shipped, [lost])).toThrow(invalid('no form reception Thông tư 99/2099'));
  });
});
