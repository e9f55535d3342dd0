import { readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { faultTextKeys } from '../../../../src/contract/fault-texts.ts';
import { CKR, CKR_UNNAMED } from '../../../../src/main/signing/keys/token-host/ckr.ts';

const TEXTS = path.resolve(import.meta.dirname, '../../../../resources/texts');
const NAMES = [...CKR.map(([, name]) => name), CKR_UNNAMED];
/** What a text may say only where the token has said so: that the PIN just entered was the wrong one. */
const WRONG_PIN = { vi: /không chấp nhận mã PIN/, en: /did not accept the PIN/ };
const NOT_WRONG = { vi: /không phải lỗi sai mã PIN/, en: /not a wrong PIN/ };

describe.each(['vi', 'en'] as const)('the texts of return values in %s', (language) => {
  const texts = JSON.parse(readFileSync(path.join(TEXTS, `ckr.${language}.json`), 'utf8')) as Record<
    string,
    string
  >;
  const say = (key: string, values: Record<string, string>) =>
    String(new IntlMessageFormat(texts[key]!, language).format(values));

  it('say of each what happened, in its own words, and what to do next; and of nothing else', () => {
    const wanted = NAMES.flatMap((name) => [`ckr.${name}.happened`, `ckr.${name}.next`]);
    expect(Object.keys(texts).sort()).toEqual(wanted.sort());
    for (const text of Object.values(texts)) expect(text.trim()).not.toBe('');
    const happened = NAMES.map((name) => texts[`ckr.${name}.happened`]);
    expect(new Set(happened).size).toBe(NAMES.length);
  });

  it('call a PIN wrong for CKR_PIN_INCORRECT alone', () => {
    const saying = NAMES.filter((name) => WRONG_PIN[language].test(texts[`ckr.${name}.happened`]!));
    expect(saying).toEqual(['CKR_PIN_INCORRECT']);
    for (const name of ['CKR_GENERAL_ERROR', 'CKR_FUNCTION_FAILED', CKR_UNNAMED])
      expect(texts[`ckr.${name}.happened`]).toMatch(NOT_WRONG[language]);
  });

  it('tell the last try and the lock after a wrong PIN, and nothing where the flags tell nothing', () => {
    const key = 'ckr.CKR_PIN_INCORRECT.happened';
    const states = ['ok', 'unknown', 'low', 'final-try', 'locked'].map((pinState) => say(key, { pinState }));
    expect(states[0]).toBe(states[1]);
    expect(new Set(states).size).toBe(4);
    expect(states[3]).toMatch(/MỘT LẦN|ONE TRY/);
    expect(states[4]).toMatch(/khóa|locked/);
  });

  it('show the number of a maker’s own value', () => {
    expect(say(`ckr.${CKR_UNNAMED}.happened`, { value: '0x80000101' })).toContain('0x80000101');
  });
});

describe('the choice of a text', () => {
  it('takes the return value’s own before the code’s, but for the heading', () => {
    const fault = { code: 'TOKEN_REMOVED', details: { ckr: 'CKR_DEVICE_REMOVED' } } as const;
    expect(faultTextKeys(fault, 'next')).toEqual([
      'ckr.CKR_DEVICE_REMOVED.next',
      'error.TOKEN_REMOVED.next',
      'error.INTERNAL.next',
    ]);
    expect(faultTextKeys(fault, 'heading')[0]).toBe('error.TOKEN_REMOVED.heading');
    expect(faultTextKeys({ code: 'TOKEN_HUNG', details: {} }, 'happened')[0]).toBe(
      'error.TOKEN_HUNG.happened',
    );
  });
});
