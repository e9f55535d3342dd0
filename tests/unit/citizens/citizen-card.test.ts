import { describe, expect, it } from 'vitest';
import { citizenCard } from '../../../src/contract/model.ts';
import { readCitizenCard } from '../../../src/main/citizens/citizen-card.ts';

const NOW = new Date('2026-10-08T02:00:00Z');
const CHIP = '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Thục Phán, Cao Bằng|12052022';
const CARD = '004090000456||Lý Văn Thử|17081990|Nam|Xóm Bản Mẫu, Xã Bảo Lâm, Cao Bằng|20092024||||';
const read = (line: string) => readCitizenCard(line, NOW);
const warnings = (line: string) => read(line).warnings;

describe('the QR line of a citizen card', () => {
  it('of 2021 gives seven fields', () => {
    const card = read(CHIP);
    expect(citizenCard.parse(card)).toEqual(card);
    expect(card).toEqual({
      applicant: {
        name: 'Nông Thị Mẫu',
        identityNumber: '004190000123',
        kind: 'citizen',
        birthDate: '1990-02-05',
        gender: 'female',
        address: 'Tổ 3, Phường Thục Phán, Cao Bằng',
        phone: '',
        email: '',
        ethnicity: null,
        place: null,
      },
      issuedOn: '2022-05-12',
      oldNumber: '085012345',
      warnings: [],
    });
  });

  it('of 2024 gives the same seven; what follows is not kept', () => {
    const card = read(`${CARD.slice(0, -3)}|Lý Văn Cha|Nông Thị Mẹ|x\r\n`);
    expect(card.warnings).toEqual([]);
    expect(JSON.stringify(card)).not.toMatch(/Cha|Mẹ/);
  });

  it('is kept in NFC with names as they are printed', () => {
    const upper = CHIP.replace('Nông Thị Mẫu', "H'HEN K’Brơi nông").normalize('NFD');
    expect(read(upper).applicant.name).toBe("H'HEN K’Brơi nông".normalize('NFC'));
    expect(read(upper).applicant.address).toBe('Tổ 3, Phường Thục Phán, Cao Bằng'.normalize('NFC'));
  });

  it.each([
    ['a birth year that the number denies', CHIP.replace('05021990', '05021991'), ['BIRTH_YEAR_DIFFERS']],
    ['a gender that the number denies', CHIP.replace('|Nữ|', '|Nam|'), ['GENDER_DIFFERS']],
    ['an old nine-digit number', CHIP.replace('004190000123', '085012345'), ['NUMBER_SHAPE']],
    ['a number of no province', CHIP.replace('004190000123', '904190000123'), ['NUMBER_SHAPE']],
    ['a century that does not fit', CHIP.replace('004190000123', '004390000123'), ['BIRTH_YEAR_DIFFERS']],
    ['a gender that is not one', CHIP.replace('|Nữ|', '|N|'), ['TEXT_DAMAGED']],
    ['a card that ran out', '004060000456||Lý Thử|17081960|Nam|Xã Bảo Lâm|20092016', ['CARD_EXPIRED']],
  ])('with %s is read with a warning', (_what, line, expected) => {
    expect(warnings(line)).toEqual(expected);
  });

  it('born this century fits its digits', () => {
    expect(warnings('004306000456||Lý Thị Thử|17082006|Nữ|Xã Bảo Lâm|20092022')).toEqual([]);
    expect(warnings('004206000456||Lý Văn Thử|17082006|Nam|Xã Bảo Lâm|20092022')).toEqual([]);
  });

  it('damaged by a wrong code page says so', () => {
    const garbled = new TextDecoder('iso-8859-2').decode(new TextEncoder().encode(CHIP));
    expect(warnings(garbled)).toContain('TEXT_DAMAGED');
    expect(warnings(CHIP.replace('Mẫu', 'M\ufffdu'))).toContain('TEXT_DAMAGED');
    expect(warnings(CHIP.replace('Mẫu', 'M??u'))).toContain('TEXT_DAMAGED');
  });

  it('read as a code page that gives every byte back is put right, and says so', () => {
    const bytes = new TextEncoder().encode(CHIP);
    for (const page of ['windows-1252', 'windows-1258']) {
      const card = read(new TextDecoder(page).decode(bytes));
      expect(card.applicant, page).toEqual(read(CHIP).applicant);
      expect(card.warnings, page).toEqual(['TEXT_REPAIRED']);
    }
    expect(read(Buffer.from(bytes).toString('latin1')).applicant).toEqual(read(CHIP).applicant);
  });

  it('of which one field is beyond repair keeps the others right', () => {
    const garbled = Buffer.from(CHIP).toString('latin1').split('|');
    const card = read(garbled.with(5, garbled[5]!.replace(/[\u0080-\u009f]/u, '?')).join('|'));
    expect(card.applicant.name).toBe('Nông Thị Mẫu');
    expect(card.warnings).toEqual(['TEXT_DAMAGED', 'TEXT_REPAIRED']);
  });

  it('says when an input method was left on', () => {
    expect(warnings(CHIP.replace('Nông Thị Mẫu', 'Nguyeenx Thij Maaux'))).toEqual(['INPUT_METHOD']);
    expect(() => read(CHIP.replace('Nông Thị Mẫu', 'Nguye6n4 Thi5 Ma6u4'))).toThrow('keystrokes');
  });

  it('with a place that no list of provinces has warns', () => {
    expect(warnings(CHIP.replace('004190', '097190'))).toEqual(['PLACE_UNKNOWN']);
    expect(warnings(CHIP.replace('004190', '000190'))).toEqual(['PLACE_UNKNOWN']);
    expect(warnings(CHIP.replace('004190', '003190'))).toEqual([]);
  });

  it('is told from the line of a health insurance card', () => {
    const hex = (text: string) => Buffer.from(text).toString('hex');
    const line = `GD4040123456789|${hex('Nông Thị Mẫu')}|05/02/1990|2|${hex('Xã Bảo Lâm')}|04 - 012|01/01/2026|-|01/01/2026`;
    expect(() => read(line)).toThrow('insurance');
    expect(() => read('1|2|3')).toThrow('fields');
  });

  it('does not take rare but right Vietnamese for damage', () => {
    for (const name of ['LÃ THỊ HẢI', 'Đặng Ãnh', 'Ấu Ướt Ỷ', 'Y Moan Êban', 'Nguyễn Thị Ngã', 'ÂU CƠ']) {
      expect(warnings(CHIP.replace('Nông Thị Mẫu', name)), name).toEqual([]);
    }
  });

  it('runs out on the birthday itself, by the calendar of Việt Nam', () => {
    const line = '004201000456||Lý Văn Thử|08102001|Nam|Xã Bảo Lâm|20092021';
    const at = (iso: string) => readCitizenCard(line, new Date(iso)).warnings;
    expect(at('2026-10-07T16:59:00Z')).toEqual([]);
    expect(at('2026-10-07T17:00:00Z')).toEqual(['CARD_EXPIRED']);
  });

  it('of a card issued within two years of an age limit lasts to the next one', () => {
    expect(warnings('004201000456||Lý Văn Thử|08102001|Nam|Xã Bảo Lâm|20092025')).toEqual([]);
  });

  it('issued to somebody over 58 never runs out', () => {
    expect(warnings('004040000456||Lý Văn Thử|08101940|Nam|Xã Bảo Lâm|20092021')).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a web address', 'https://dichvucong.gov.vn/'],
    ['too few fields', '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ'],
    ['letters for a number', CHIP.replace('004190000123', 'ABC190000123')],
    ['no name', CHIP.replace('Nông Thị Mẫu', ' ')],
    ['a day that does not exist', CHIP.replace('05021990', '31021990')],
    ['a health-insurance card', 'GD4|4e67|05021990|2|4361|04-001|01012026|-|'],
    ['a control character in the name', CHIP.replace('Thị', 'Th\u0007')],
    ['an endless name', CHIP.replace('Nông Thị Mẫu', 'a'.repeat(256))],
  ])('that holds %s is refused', (_what, line) => {
    expect(() => read(line)).toThrow(expect.objectContaining({ code: 'CITIZEN_QR_INVALID' }));
  });
});
