import { describe, expect, it } from 'vitest';
import wording from '../../../resources/texts/certified-copy.json' with { type: 'json' };
import { CounterError } from '../../../src/contract/errors.ts';
import {
  attestationOf,
  bookYear,
  certificationFee,
  parseCertification,
} from '../../../src/main/dossiers/certified-copy.ts';

const facts = {
  id: '3f1d0a4e-6f0f-4a4c-9d61-0a5b2f2b7a11',
  requester: ' Hoàng Văn Thử ',
  document: 'Bằng tốt nghiệp THPT số 123',
  originalCompared: true,
  officer: { name: 'Nông Thị Mẫu', title: ['TM. ỦY BAN NHÂN DÂN', 'CHỦ TỊCH'] },
  authority: { name: 'Ủy ban nhân dân xã Bảo Lâm' },
};

function codeOf(raw: unknown): string {
  try {
    parseCertification(raw);
    return 'none';
  } catch (error) {
    if (error instanceof CounterError) return error.code;
    throw error;
  }
}

describe('the certification of an electronic copy', () => {
  it('takes what it is told, tidied, one copy unless more are asked for', () => {
    expect(parseCertification(facts)).toMatchObject({ requester: 'Hoàng Văn Thử', copies: 1 });
  });

  it.each([
    ['nothing', null],
    ['no id', { ...facts, id: 'x' }],
    ['no requester', { ...facts, requester: '  ' }],
    ['an original that nobody compared', { ...facts, originalCompared: false }],
    ['an original that nobody spoke of', { ...facts, originalCompared: undefined }],
    ['no copy', { ...facts, copies: 0 }],
    ['half a copy', { ...facts, copies: 1.5 }],
    ['no officer', { ...facts, officer: { name: '' } }],
    ['a name as long as a page', { ...facts, officer: { name: 'a'.repeat(121) } }],
    ['no authority', { ...facts, authority: undefined }],
  ])('refuses %s', (_, raw) => expect(codeOf(raw)).toBe('BAD_REQUEST'));

  it('stops at a secret paper', () => {
    expect(codeOf({ ...facts, document: 'Công văn MẬT số 12' })).toBe('CONFIDENTIAL_PAPER');
  });

  it.each([
    [1, 1, 2000],
    [2, 1, 4000],
    [3, 1, 5000],
    [10, 2, 24_000],
    [198, 1, 200_000],
    [199, 1, 200_000],
    [1000, 3, 600_000],
  ])('costs what the procedure says: %i pages, %i copies', (pages, copies, fee) => {
    expect(certificationFee(pages, copies, wording.fee)).toBe(fee);
  });

  it('belongs to the year at the counter, not in Greenwich', () => {
    expect(bookYear(new Date('2026-12-31T16:59:59Z'))).toBe(2026);
    expect(bookYear(new Date('2026-12-31T17:00:00Z'))).toBe(2027);
  });

  it('is attested in the words of the form', () => {
    const entry = { number: 7, volume: '02', year: 2027, bookSign: 'SCT/BS', at: '2026-12-31T18:00:00.000Z' };
    expect(attestationOf(entry, { name: 'Nông Thị Mẫu', title: [] }, wording)).toEqual({
      title: 'CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH',
      number: 'Số chứng thực: 07, quyển số: 02/2027 - SCT/BS',
      date: 'Ngày 01 tháng 01 năm 2027',
      functionLines: ['NGƯỜI THỰC HIỆN CHỨNG THỰC'],
      officer: 'Nông Thị Mẫu',
    });
    const march = { ...entry, number: 123, at: '2027-03-09T03:00:00.000Z' };
    const { number, date, functionLines } = attestationOf(march, facts.officer, wording);
    expect([number, date]).toEqual([
      'Số chứng thực: 123, quyển số: 02/2027 - SCT/BS',
      'Ngày 09 tháng 3 năm 2027',
    ]);
    expect(functionLines).toEqual(facts.officer.title);
  });
});
