import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { indication } from '../../../src/contract/model.ts';
import { type SignatureReport, subIndication } from '../../../src/contract/verification.ts';
import { faultTexts } from '../../../src/renderer/app/faults.ts';
import { argumentsOf } from '../../../src/renderer/app/fill-in.ts';
import {
  claimedAt,
  type Line,
  policyLines,
  printable,
  type Shown,
  signatureLines,
} from '../../../src/renderer/desks/clerk/verifying/report-lines.ts';
import { GOOD, reportOf } from '../../e2e/support/fake-reports.ts';

const TEXTS = path.resolve(import.meta.dirname, '../../../resources/texts');
const read = (name: string) =>
  JSON.parse(readFileSync(path.join(TEXTS, name), 'utf8')) as Record<string, string>;
const own = { vi: read('vi.json'), en: read('en.json') };
const verify = { vi: read('verify.vi.json'), en: read('verify.en.json') };

/** Texts as their keys with their values, so that what is said can be looked at in any language. */
const SHOWN: Shown = {
  say: (key, values = {}) => [key, ...Object.values(values)].join(' '),
  instant: (value) => value,
  day: (value) => value.slice(0, 10),
  word: (word) => `word ${word}`,
};
const texts = (lines: readonly Line[]) => lines.map((line) => line.text);
const toneOf = (lines: readonly Line[], start: string) => lines.find((l) => l.text.startsWith(start))?.tone;

/** Every key that the lines of any report may ask for. */
function askedKeys(): Set<string> {
  const keys = new Set<string>();
  const shown: Shown = {
    ...SHOWN,
    say(key) {
      keys.add(key);
      return key;
    },
  };
  const chains = [
    'trusted',
    'no-path',
    'expired',
    'not-yet-valid',
    'constraint-violated',
    'unknown',
  ] as const;
  const revocations = ['good', 'revoked', 'unknown', 'not-checked'] as const;
  const variants: Partial<SignatureReport>[] = [
    ...indication.options.map((i) => ({
      indication: i,
      timeStamps: [{ ...GOOD.timeStamps[0]!, indication: i }],
    })),
    ...subIndication.options.map((s) => ({ subIndication: s, indication: 'TOTAL-FAILED' as const })),
    ...chains.map((chain) => ({ chain })),
    ...revocations.map((revocation) => ({ revocation, revokedAt: '2026-01-01T00:00:00.000Z' })),
    ...([1, 2, 3] as const).map((certifies) => ({ certifies })),
    { signer: null },
    { type: 'document-timestamp', level: null },
    { provenTime: null },
    { provenTime: null, claimedTime: null },
    { coverage: null },
    { coverage: { end: 1, bytesAfter: 5, wholeFile: false } },
    { filledAfter: ['F'] },
    { modifiedAfter: [{ what: 'page-changed' }] },
    { reason: 'R', location: 'L' },
    { timeStamps: [{ ...GOOD.timeStamps[0]!, authority: null }] },
  ];
  for (const change of variants) signatureLines({ ...GOOD, ...change }, shown);
  for (const revocation of ['online', 'offline'] as const) {
    for (const anchors of [[], ['A']]) {
      policyLines({ ...reportOf([]), policy: { anchors, revocation } }, shown);
    }
  }
  return keys;
}

describe('the lines of a report', () => {
  it('have a text each, in both languages, whatever the verdict', () => {
    const keys = [...askedKeys()];
    expect(keys.length).toBeGreaterThan(50);
    for (const language of ['vi', 'en'] as const) {
      const all = { ...own[language], ...verify[language] };
      expect(keys.filter((key) => !all[key])).toEqual([]);
    }
  });

  it('tell a whole, trusted, stamped signature as good and nothing as bad', () => {
    const lines = signatureLines(GOOD, SHOWN);
    expect(lines.filter((l) => l.tone === 'bad' || l.tone === 'unsure')).toEqual([]);
    expect(toneOf(lines, 'verify.integrity.whole')).toBe('good');
    expect(toneOf(lines, 'verify.time.proven 2026-11-23T02:21:09.000Z')).toBe('good');
  });

  it('name each change once, with its place, and never call the document whole beside it', () => {
    const lines = signatureLines(
      {
        ...GOOD,
        indication: 'TOTAL-FAILED',
        subIndication: 'FORMAT_FAILURE',
        reasons: ['page-changed', 'digest-differs'],
        modifiedAfter: [
          { what: 'page-changed', object: 12, key: 'Contents' },
          { what: 'object-added', object: 40 },
          { what: 'form-changed' },
        ],
      },
      SHOWN,
    );
    const said = texts(lines);
    expect(said.filter((text) => text.startsWith('word'))).toEqual([
      'word digest-differs',
      'word page-changed (12 /Contents)',
      'word object-added (40)',
      'word form-changed',
    ]);
    expect(said).toContain('verify.integrity.changed');
    expect(said.some((text) => /integrity\.(whole|extended|filled)/.test(text))).toBe(false);
  });

  it('say of a time that only the signer claims that nobody proves it', () => {
    const lines = signatureLines({ ...GOOD, provenTime: null, timeStamps: [] }, SHOWN);
    expect(toneOf(lines, 'verify.time.claimed')).toBe('plain');
    expect(texts(lines).some((text) => text.startsWith('verify.time.proven'))).toBe(false);
  });

  it('let no stranger write lines of their own', () => {
    const name = 'A\r\nverify.integrity.whole\u202Eol\u0000\u2028B';
    expect(printable(name)).toBe('A verify.integrity.whole ol B');
    const signer = { ...GOOD.signer!, name, organisation: name, issuer: name };
    const said = texts(signatureLines({ ...GOOD, signer, fieldName: name, reason: name }, SHOWN)).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through
    expect(said).not.toMatch(/[\r\u0000\u202E\u2028]/);
    expect(said.split('\n').filter((text) => text.startsWith('verify.integrity'))).toHaveLength(1);
  });

  it.each([
    ["D:20261123092105+07'00'", '2026-11-23T02:21:05.000Z'],
    ['D:20261123092105Z', '2026-11-23T09:21:05.000Z'],
    ['D:20261123092105', '09:21:05 23/11/2026'],
    ["D:20269923092105+07'00'", "D:20269923092105+07'00'"],
    ['yesterday\n', 'yesterday'],
  ])('read the time %j as %j', (text, shown) => expect(claimedAt(text, SHOWN)).toBe(shown));
});

describe('the texts that screens and the command line share', () => {
  const names = readdirSync(TEXTS)
    .filter((name) => /^(verify|ckr)\.vi\.json$/.test(name))
    .map((name) => name.slice(0, -'.vi.json'.length));
  it.each(names)('%s has the same keys and placeholders in both languages', (name) => {
    const [vi, en] = [read(`${name}.vi.json`), read(`${name}.en.json`)];
    expect(Object.keys(en)).toEqual(Object.keys(vi));
    const differing = Object.keys(vi).filter(
      (key) => argumentsOf(vi[key]!).sort().join() !== argumentsOf(en[key]!).sort().join(),
    );
    expect(differing).toEqual([]);
  });
});

describe('what a token answered', () => {
  const intl = (messages: Record<string, string>) => createIntl({ locale: 'en-GB', messages });
  const messages = {
    ...own.en,
    'ckr.CKR_DEVICE_MEMORY.happened': 'The token is full.',
    'ckr.CKR_DEVICE_MEMORY.next': 'Make room on the token.',
  };
  const fault = (ckr: string) => ({ code: 'TOKEN_FUNCTION_FAILED' as const, details: { ckr } });

  it('is told in words of its own where there are any, else as its class of failure', () => {
    expect(faultTexts(intl(messages), fault('CKR_DEVICE_MEMORY'))).toMatchObject({
      heading: own.en['error.TOKEN_FUNCTION_FAILED.heading'],
      happened: 'The token is full.',
      next: 'Make room on the token.',
    });
    expect(faultTexts(intl(messages), fault('CKR_VENDOR_DEFINED'))).toMatchObject({
      happened: own.en['error.TOKEN_FUNCTION_FAILED.happened'],
      next: own.en['error.TOKEN_FUNCTION_FAILED.next'],
    });
  });
});
