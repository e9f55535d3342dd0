import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { formInForce, parseSlipForm } from '../../../src/main/slips/form.ts';
import { slipQrText } from '../../../src/main/slips/qr-text.ts';
import { exact, printable, tidy } from '../../../src/main/slips/text.ts';
import { fill, writeDuration, writeInstant } from '../../../src/main/slips/wording.ts';

const FILE = path.join(import.meta.dirname, '../../../resources/slips/tt03-2025-mau01.json');
const raw = () => JSON.parse(readFileSync(FILE, 'utf8'));
const form = parseSlipForm(raw());

describe('dates as official papers write them', () => {
  it.each([
    ['2026-02-03T02:05:00Z', '09 giờ 05 phút, ngày 03 tháng 02 năm 2026'],
    ['2026-01-31T17:00:00Z', '00 giờ 00 phút, ngày 01 tháng 02 năm 2026'],
    ['2026-03-09T09:59:00Z', '16 giờ 59 phút, ngày 09 tháng 3 năm 2026'],
    ['2026-10-08T01:10:00Z', '08 giờ 10 phút, ngày 08 tháng 10 năm 2026'],
    ['2025-12-31T18:00:00Z', '01 giờ 00 phút, ngày 01 tháng 01 năm 2026'],
  ])('%s is %s', (instant, text) => {
    expect(writeInstant(form, instant)).toBe(text);
  });
});

describe('amounts and time limits', () => {
  it.each([
    [{ value: 5, unit: 'working-day' } as const, '05 ngày làm việc'],
    [{ value: 15, unit: 'day' } as const, '15 ngày'],
    [{ value: 8, unit: 'hour' } as const, '08 giờ làm việc'],
    [{ value: 1, unit: 'same-day' } as const, 'trong ngày làm việc'],
    [{ value: 0, unit: 'day' } as const, 'trong ngày làm việc'],
    [null, 'theo quy định của pháp luật chuyên ngành'],
  ])('%j is %s', (duration, text) => {
    expect(writeDuration(form, duration)).toBe(text);
  });

  it('leave a placeholder that has no value standing, so that it is seen', () => {
    expect(fill('{a} và {b}', { a: 1 })).toBe('1 và {b}');
  });
});

describe('the QR text', () => {
  const slip = {
    dossierCode: 'H14.22.05-260203-0975',
    procedureCode: '1.004884',
    identityNumber: '004190000123',
    paperName: 'Giấy tiếp nhận'.normalize('NFD'),
    systemName: 'A|B\nC',
    issuedAt: '2026-02-03T02:05:00Z',
    dueAt: null,
  };

  it('has eight fields however its values look', () => {
    expect(slipQrText(slip)).toBe(
      'MCC1|H14.22.05-260203-0975|1.004884|004190000123|Giấy tiếp nhận|A/B/C|202602030905|',
    );
  });
});

describe('text for the paper', () => {
  const known = new Set([...'abc Nguyễn'].map((c) => c.codePointAt(0)!));

  it('loses control characters and marks that turn text about', () => {
    expect(tidy('a\u202ebc\u0000\n\tb\u00a0 c\u200b')).toBe('abc b c');
  });

  it('shows what cannot be printed as a box, or refuses it by its name', () => {
    expect(printable('ab王c', known)).toBe('ab□c');
    expect(() => exact('ab王', 'name', known)).toThrow(
      expect.objectContaining({
        code: 'SLIP_TEXT_UNPRINTABLE',
        details: { field: 'name', character: 'U+738B' },
      }),
    );
    expect(exact(' Nguyễn '.normalize('NFD'), 'name', known)).toBe('Nguyễn');
  });
});

describe('forms as data', () => {
  it('are chosen by the day of receipt', () => {
    const old = { ...form, regulation: 'old', effectiveFrom: '2018-01-01', effectiveTo: '2025-09-14' };
    expect(formInForce([old, form], 'reception', '2025-09-14').regulation).toBe('old');
    expect(formInForce([old, form], 'reception', '2025-09-15').regulation).toContain('03/2025');
    const none = () => formInForce([form], 'reception', '2025-09-14');
    expect(none).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('with a label missing or emptied are refused, and the label is named', () => {
    const broken = raw();
    broken.labels.title = '';
    expect(() => parseSlipForm(broken)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        details: expect.objectContaining({ problem: expect.stringContaining('labels.title') }),
      }),
    );
    expect(() => parseSlipForm(null)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
