import { describe, expect, it } from 'vitest';
import {
  crc16,
  MAX_PURPOSE,
  parseChecked,
  parseVietQr,
  purposeOf,
  type VietQr,
  vietQrText,
  withCrc,
} from '../../../src/main/fees/vietqr.ts';
import { codeOf, randomOf } from './support.ts';

/** Facts §11.9: one that a bank published, and one of our own. */
const PUBLISHED =
  '00020101021138480010A00000072701300006970403011621129950446040255204581253037045802VN5910PHUONG CAC6005HANOI62110307NPS686963045802';
const OWN =
  '00020101021238540010A00000072701240006970415011012345678900208QRIBFTTA5303704540480005802VN62220818H14 12 261008 09756304194F';

const CHARACTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

function randomQr(random: ReturnType<typeof randomOf>): VietQr {
  const some = (from: readonly string[], most: number, least = 0) =>
    Array.from({ length: least + random.below(most - least + 1) }, () => random.pick(from)).join('');
  return {
    bin: String(random.below(1_000_000)).padStart(6, '0'),
    account: some(LETTERS, 19, 1),
    amount: random.below(5) === 0 ? null : 1 + random.below(2 ** random.below(31)),
    purpose: some(CHARACTERS, MAX_PURPOSE),
  };
}

describe('VietQR', () => {
  it('has the check sum of CRC-16/CCITT-FALSE', () => {
    expect(crc16('123456789')).toBe('29B1');
    expect(crc16('')).toBe('FFFF');
  });

  it('reads what a bank published', () => {
    expect(parseVietQr(PUBLISHED)).toEqual({
      bin: '970403',
      account: '2112995044604025',
      amount: null,
      purpose: '',
    });
    expect(withCrc(parseChecked(PUBLISHED))).toBe(PUBLISHED);
  });

  it('writes the vector of our own', () => {
    const qr = { bin: '970415', account: '1234567890', amount: 8000, purpose: 'H14 12 261008 0975' };
    expect(vietQrText(qr)).toBe(OWN);
    expect(parseVietQr(OWN)).toEqual(qr);
  });

  it('is static without an amount', () => {
    const text = vietQrText({ bin: '970415', account: '1', amount: null, purpose: '' });
    expect(text).toContain('010211');
    expect(text).not.toContain('5404');
    expect(parseVietQr(text).amount).toBeNull();
  });

  it('comes back as it was, 100,000 times', () => {
    const random = randomOf(11);
    let same = 0;
    for (let i = 0; i < 100_000; i += 1) {
      const qr = randomQr(random);
      const text = vietQrText(qr);
      const back = parseVietQr(text);
      if (JSON.stringify(back) !== JSON.stringify(qr)) expect(back, text).toEqual(qr);
      same += 1;
    }
    expect(same).toBe(100_000);
  });

  it('refuses every text in which one character was changed, or whose end was cut off', () => {
    const random = randomOf(12);
    for (let i = 0; i < 2000; i += 1) {
      const text = vietQrText(randomQr(random));
      const at = random.below(text.length);
      const other = random.pick(CHARACTERS.filter((c) => c !== text[at]));
      expect(codeOf(() => parseVietQr(text.slice(0, at) + other + text.slice(at + 1)))).toBe('BAD_REQUEST');
      expect(codeOf(() => parseVietQr(text.slice(0, random.below(text.length))))).toBe('BAD_REQUEST');
    }
  });

  it.each([
    ['another scheme', '38', '0010A00000072901240006970415011012345678900208QRIBFTTA'],
    ['a bank of five digits', '38', '0010A0000007270123000597041011012345678900208QRIBFTTA'],
    ['another currency', '53', '840'],
    ['no such method', '01', '22'],
    ['an amount of nothing', '54', '0'],
    ['an amount with a point', '54', '8000.5'],
  ])('refuses %s under a right sum', (_what, id, value) => {
    const fields = parseChecked(OWN).map((f) => (f.id === id ? { id, value } : f));
    expect(codeOf(() => parseVietQr(withCrc(fields)))).toBe('BAD_REQUEST');
  });

  it.each([
    { bin: '97041' },
    { account: '' },
    { account: '12345678901234567890' },
    { account: '12 34' },
    { amount: 0 },
    { amount: 1.5 },
    { amount: 10 ** 13 },
    { purpose: 'Hồ sơ' },
    { purpose: 'x'.repeat(26) },
  ])('is never made of what it cannot hold: %o', (wrong) => {
    const qr = { bin: '970415', account: '1234567890', amount: 8000, purpose: '', ...wrong };
    expect(codeOf(() => vietQrText(qr))).toBe('BAD_REQUEST');
  });

  it.each([
    ['H14.12-261008-0975', 'H14 12 261008 0975'],
    ['000.00.12.H62-201105-0004', '000 00 12 H62 201105 0004'],
    ['H14.22.05.001.0002-261008-0975', 'H14220500100022610080975'],
    ['H14.22.05.0001.0002.0003-261008-0975', '2050001000200032610080975'],
    ['TAM-Quầy Đón-261008-0001', 'TAM Quay Don 261008 0001'],
  ])('says %s in at most 25 plain characters', (code, purpose) => {
    expect(purposeOf(code)).toBe(purpose);
    expect(purposeOf(code)).toMatch(/^[A-Za-z0-9 ]{1,25}$/);
  });
});
