import { describe, expect, it } from 'vitest';
import { checkedApplicant, type TypedApplicant, typedApplicant } from '../../../src/contract/citizens.ts';
import { checkApplicant } from '../../../src/main/citizens/check-applicant.ts';
import { checkEmail, checkPhone } from '../../../src/main/citizens/contacts.ts';
import { birthPlaceOf, numberWarnings } from '../../../src/main/citizens/identity-number.ts';
import { isInsuranceLine } from '../../../src/main/citizens/insurance-card.ts';
import { checkOrganisationNumber, taxDigitFits } from '../../../src/main/citizens/organisations.ts';

describe('the twelve digits', () => {
  it.each([
    ['004190000123', '1990-02-05', 'female', []],
    ['004090000123', '1990-02-05', 'male', []],
    ['004306000123', '2006-02-05', 'female', []],
    ['004190000123', '1991-02-05', 'female', ['BIRTH_YEAR_DIFFERS']],
    ['004190000123', '1990-02-05', 'male', ['GENDER_DIFFERS']],
    ['004190000123', '1990-02-05', 'other', []],
    ['004190000123', null, null, []],
    ['097190000123', null, null, ['PLACE_UNKNOWN']],
    ['904190000123', null, null, ['NUMBER_SHAPE']],
    ['085012345', null, null, ['NUMBER_SHAPE']],
    ['', null, null, ['NUMBER_SHAPE']],
  ] as const)('%s of %s, %s: %j', (number, birth, gender, warnings) => {
    expect(numberWarnings(number, birth, gender)).toEqual(warnings);
  });

  it('name the province of first registration where the code is known by name', () => {
    expect(birthPlaceOf('004190000123')).toEqual({ code: '004', name: 'Cao Bằng' });
    expect(birthPlaceOf('026190000123')).toEqual({ code: '026', name: 'Vĩnh Phúc' });
    expect(birthPlaceOf('096190000123')).toEqual({ code: '096', name: null });
    expect(birthPlaceOf('097190000123')).toBeNull();
    expect(birthPlaceOf('085012345')).toBeNull();
  });
});

describe('a phone number', () => {
  it.each([
    ['0912345678', '0912345678'],
    ['091 234.56-78', '0912345678'],
    ['+84 912 345 678', '0912345678'],
    ['84912345678', '0912345678'],
    ['0084912345678', '0912345678'],
    ['+84 (0) 912345678', '0912345678'],
    ['(0206) 3852.123', '02063852123'],
    ['024 3825 1234', '02438251234'],
    ['０９１２３４５６７８', '0912345678'],
    ['', ''],
  ])('%j is %s', (typed, value) => {
    expect(checkPhone(typed)).toEqual({ value, warnings: [], suggestion: null });
    expect(checkPhone(value).value).toBe(value);
  });

  it.each(['12345', '0412345678', '+1 202 555 0100', 'không có', '09123456789', '0912 345'])(
    '%j is kept as it came, with a warning',
    (typed) => {
      expect(checkPhone(` ${typed} `)).toEqual({ value: typed, warnings: ['PHONE_SHAPE'], suggestion: null });
    },
  );

  it('of eleven digits of before 2018 is offered in ten', () => {
    expect(checkPhone('0168 234 5678')).toEqual({
      value: '01682345678',
      warnings: ['PHONE_OLD_PREFIX'],
      suggestion: '0382345678',
    });
    expect(checkPhone('01112345678').warnings).toEqual(['PHONE_SHAPE']);
  });
});

describe('an e-mail address', () => {
  it('loses blanks and the case of its host, nothing else', () => {
    expect(checkEmail(' Mau.NT@Example.GOV.vn ').value).toBe('Mau.NT@example.gov.vn');
    expect(checkEmail('').warnings).toEqual([]);
    for (const wrong of [
      'mau',
      'mau@',
      '@vn',
      'mau@x',
      'mẫu thị@example.vn',
      `${'a'.repeat(250)}@example.vn`,
    ])
      expect(checkEmail(wrong).warnings, wrong).toEqual(['EMAIL_SHAPE']);
  });
});

describe('the number of an organisation', () => {
  it('has a check digit that finds every wrong digit but those of a remainder of zero', () => {
    // Public numbers of large companies, whose tenth digit follows the rule.
    for (const number of ['0101248141', '0300588569', '0100109106']) {
      expect(taxDigitFits(number), number).toBe(true);
      let found = 0;
      for (let i = 0; i < 10; i += 1) {
        const other = number.slice(0, i) + String((Number(number[i]) + 1) % 10) + number.slice(i + 1);
        if (!taxDigitFits(other)) found += 1;
      }
      expect(found).toBe(10);
    }
  });

  it.each([
    ['0101248141', 'business', '0101248141', []],
    ['0101 248 141', 'business', '0101248141', []],
    ['0101248142', 'business', '0101248142', ['TAX_NUMBER_WRONG']],
    ['0101248141001', 'business', '0101248141-001', []],
    ['0101248141-001', 'business', '0101248141-001', []],
    ['12345', 'business', '12345', ['NUMBER_SHAPE']],
    ['004190000123', 'business', '004190000123', ['NUMBER_SHAPE']],
    ['004190000123', 'household-business', '004190000123', []],
    ['0101248141', 'household-business', '0101248141', []],
    ['HTX-05', 'organisation', 'HTX-05', []],
    ['', 'agency', '', []],
    ['h14.22.05', 'agency', 'H14.22.05', []],
    ['H62.12', 'agency', 'H62.12', ['AGENCY_CODE_CLOSED']],
    ['H14..05', 'agency', 'H14..05', ['NUMBER_SHAPE']],
    ['ZAB.1', 'agency', 'ZAB.1', []],
    [`H14${'.12'.repeat(12)}`, 'agency', `H14${'.12'.repeat(12)}`, ['NUMBER_SHAPE']],
  ] as const)('%s of a %s', (typed, kind, value, warnings) => {
    expect(checkOrganisationNumber(typed, kind)).toEqual({ value, warnings, suggestion: null });
  });

  it('of an agency in the old order is offered in the new one', () => {
    expect(checkOrganisationNumber('000.00.12.H14', 'agency')).toEqual({
      value: '000.00.12.H14',
      warnings: ['AGENCY_CODE_OLD'],
      suggestion: 'H14.12',
    });
    expect(checkOrganisationNumber('000.00.00.H14', 'agency').suggestion).toBe('H14');
  });
});

describe('what was typed of an applicant', () => {
  const check = (typed: Partial<TypedApplicant>) => {
    const checked = checkApplicant(typedApplicant.parse(typed));
    expect(checkedApplicant.parse(checked)).toEqual(checked);
    return checked;
  };

  it('may be nothing yet', () => {
    expect(check({}).warnings).toEqual([]);
  });

  it('is put in order, and what to look at is said field by field', () => {
    const checked = check({
      name: ' Nguyeenx   Thij An ',
      identityNumber: '0041 9000 0123',
      gender: 'male',
      birthDate: '1990-02-05',
      address: Buffer.from('Xã Bảo Lâm').toString('latin1'),
      phone: '+84 912 345 678',
      email: 'an@',
    });
    expect(checked.typed).toMatchObject({
      name: 'Nguyeenx Thij An',
      identityNumber: '004190000123',
      address: 'Xã Bảo Lâm',
      phone: '0912345678',
    });
    expect(checked.warnings).toEqual([
      { field: 'name', code: 'INPUT_METHOD' },
      { field: 'address', code: 'TEXT_REPAIRED' },
      { field: 'identityNumber', code: 'GENDER_DIFFERS' },
      { field: 'email', code: 'EMAIL_SHAPE' },
    ]);
    expect(checked.birthPlace).toEqual({ code: '004', name: 'Cao Bằng' });
  });

  it('with nine digits is an old paper; with a business number no birth place is told', () => {
    expect(check({ identityNumber: '085 012 345' })).toMatchObject({
      typed: { identityNumber: '085012345' },
      warnings: [{ field: 'identityNumber', code: 'NUMBER_OLD' }],
    });
    expect(check({ kind: 'business', identityNumber: '0101248141' })).toMatchObject({
      warnings: [],
      birthPlace: null,
    });
    expect(check({ phone: '01682345678' }).suggestions).toEqual([{ field: 'phone', value: '0382345678' }]);
  });
});

describe('the line of a health insurance card', () => {
  const hex = (text: string) => Buffer.from(text).toString('hex');
  it('is told by its hexadecimal name', () => {
    const line = [
      'GD4040123456789',
      hex('Nông Thị Mẫu'),
      '05/02/1990',
      '2',
      hex('Xã Bảo Lâm'),
      '04 - 012',
      '-',
      '-',
    ];
    expect(isInsuranceLine(line.join('|'))).toBe(true);
    expect(isInsuranceLine(line.with(0, '0123456789').join('|'))).toBe(true);
    expect(isInsuranceLine(line.with(1, 'Nông Thị Mẫu').join('|'))).toBe(false);
    expect(isInsuranceLine(line.with(3, 'Nữ').join('|'))).toBe(false);
    expect(isInsuranceLine('')).toBe(false);
  });
});
