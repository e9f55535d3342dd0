import { describe, expect, it } from 'vitest';
import { applicant } from '../../../src/contract/model.ts';
import {
  type ApplicantFields,
  applicantOf,
  EMPTY_FIELDS,
  fieldsOf,
  parseDay,
  problemsOf,
  warningsOf,
} from '../../../src/renderer/desks/clerk/applicant-form.ts';

const GOOD: ApplicantFields = {
  ...EMPTY_FIELDS,
  name: 'Nông Thị Mẫu',
  identityNumber: '004190000123',
  birthDate: '05/02/1990',
  gender: 'female',
};
const problems = (change: Partial<ApplicantFields>) =>
  problemsOf({ ...GOOD, ...change }, '2026-11-23').map((p) => p.field);

describe('the day of birth', () => {
  it.each([
    ['05/02/1990', '1990-02-05'],
    ['5/2/1990', '1990-02-05'],
    ['05021990', '1990-02-05'],
    [' 29.02.2024 ', '2024-02-29'],
  ])('reads %s', (typed, day) => expect(parseDay(typed)).toBe(day));
  it.each(['29/02/2023', '31/04/1990', '1990', '00/01/1990', '1990-02-05', 'abc', ''])(
    'takes %s for no day',
    (typed) => expect(parseDay(typed)).toBeNull(),
  );
});

describe("the citizen's fields", () => {
  it('are good as the card gives them, and make an applicant of the contract', () => {
    expect(problems({})).toEqual([]);
    expect(applicant.parse(applicantOf(GOOD))).toMatchObject({ birthDate: '1990-02-05', gender: 'female' });
  });

  it('come back from an applicant as they went in', () => {
    expect(applicantOf(fieldsOf(applicantOf(GOOD)))).toEqual(applicantOf(GOOD));
    expect(fieldsOf(null)).toEqual(EMPTY_FIELDS);
  });

  it('compose decomposed letters and drop stray spaces', () => {
    const value = applicantOf({
      ...GOOD,
      name: '  Nông   Thị Mẫu '.normalize('NFD'),
      identityNumber: '0041 9000 0123',
    });
    expect(value.name).toBe('Nông Thị Mẫu');
    expect(value.identityNumber).toBe('004190000123');
  });

  it.each<[string, Partial<ApplicantFields>, string[]]>([
    ['no name', { name: '   ' }, ['name']],
    ['eleven digits', { identityNumber: '00419000012' }, ['identityNumber']],
    ['letters in the number', { identityNumber: '00419000012A' }, ['identityNumber']],
    ['a day that never was', { birthDate: '30/02/1990' }, ['birthDate']],
    ['a day to come', { birthDate: '24/11/2026' }, ['birthDate']],
    ['a short phone number', { phone: '0912345' }, ['phone']],
    ['a broken address', { email: 'a@' }, ['email']],
    ['several at once', { name: '', email: 'x' }, ['name', 'email']],
  ])('are refused with %s', (_, change, fields) => expect(problems(change)).toEqual(fields));

  it.each<[string, Partial<ApplicantFields>]>([
    ['an old card of nine digits', { identityNumber: '085012345' }],
    ['a mobile', { phone: '0912 345 678' }],
    ['a landline', { phone: '+842063852123' }],
    ['a business without a personal number', { kind: 'business', identityNumber: '4800123456' }],
    ['no day of birth', { birthDate: '' }],
  ])('are taken with %s', (_, change) => expect(problems(change)).toEqual([]));

  it('only warn where the number disagrees with year or gender', () => {
    expect(warningsOf(GOOD)).toEqual([]);
    expect(warningsOf({ ...GOOD, birthDate: '05/02/1991' })).toEqual(['BIRTH_YEAR_DIFFERS']);
    expect(warningsOf({ ...GOOD, gender: 'male' })).toEqual(['GENDER_DIFFERS']);
    expect(
      warningsOf({ ...GOOD, identityNumber: '004210000123', birthDate: '01/01/2010', gender: 'male' }),
    ).toEqual([]);
    expect(warningsOf({ ...GOOD, identityNumber: '085012345', gender: 'male' })).toEqual([]);
  });
});
