import { describe, expect, it } from 'vitest';
import { CounterError } from '../../src/contract/errors.ts';
import { memorySource } from '../../src/main/pdf/reader/source.ts';
import { verifySource } from '../../src/main/signing/verifying/verify.ts';
import { randomFrom } from './engine/random.ts';
import { SEED_TIME, seedPki } from './seeds/certificates.ts';
import { continued, signedSeeds } from './seeds/signed-pdf.ts';

const pki = seedPki();
const [signed] = signedSeeds(pki, randomFrom('hostile')) as [Buffer, ...Buffer[]];
const MANY = 100_000;

type Objects = Readonly<Record<number, string>>;

function appended(file: Buffer, objects: Objects, trailer = '/Root 1 0 R'): Buffer {
  const entries = Object.entries(objects).map(([num, body]) => [Number(num), body] as const);
  return continued(file, { objects: new Map(entries), packed: new Set(), kind: 'table', trailer });
}

const catalog = (fields: string, more = '') =>
  `<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R ${fields}] /SigFlags 3>> ${more}>>`;
const page = (annotations: string) => `<</Type /Page /Parent 2 0 R /Annots [6 0 R ${annotations}]>>`;
const list = (count: number, item: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => item(i)).join(' ');

/** Larger than what the fuzzer makes: each would take hours, or the stack, where something grows with its square. */
const FILES: Readonly<Record<string, () => Buffer>> = {
  'revisions without a root between others': () =>
    appended(appended(appended(signed, { 9: '(x)' }, ''), { 9: '(y)' }, ''), { 9: '(z)' }),
  'an array longer than a call may have arguments': () =>
    appended(signed, { 1: catalog('', '/Extensions 30 0 R'), 30: `[${'1 '.repeat(3 * MANY)}]` }),
  'a new object that is named again and again': () =>
    appended(signed, { 1: catalog('', '/Foo 30 0 R'), 30: `[${'31 0 R '.repeat(MANY)}]`, 31: '(x)' }),
  'fields that stand in the list itself': () =>
    appended(appended(signed, { 1: catalog('[0] '.repeat(MANY)) }), { 1: catalog('[1] '.repeat(MANY)) }),
  'annotations that stand in the list itself': () =>
    appended(appended(signed, { 3: page('[0] '.repeat(MANY)) }), { 3: page('[1] '.repeat(MANY)) }),
  'thousands of fields that name one signature': () =>
    appended(signed, {
      1: catalog(list(3000, (i) => `${100 + i} 0 R`)),
      ...Object.fromEntries(
        Array.from({ length: 3000 }, (_, i) => [100 + i, `<</FT /Sig /T (f${i}) /V 7 0 R>>`]),
      ),
    }),
  'field names of megabytes': () =>
    appended(signed, {
      1: catalog('30 0 R'),
      30: `<</T (${'x'.repeat(4e6)}) /Kids [${list(5000, (i) => `<</FT /Sig /T (a${i}) /V 7 0 R>>`)}]>>`,
    }),
  'a hundred revisions': () => {
    let file = signed;
    for (let i = 0; i < 100; i++) file = appended(file, { 9: `(${i})` });
    return file;
  },
};

describe('a signed file that something hostile was appended to', () => {
  it.each(Object.keys(FILES))('%s: is judged or refused by name', async (name) => {
    const options = { trust: [pki.root.certificate, pki.issuing.certificate], at: SEED_TIME };
    const verdict = await verifySource(memorySource(FILES[name]!()), options).then(
      ({ signatures }) => signatures.map((s) => s.indication),
      (error: unknown) => error,
    );
    if (Array.isArray(verdict)) expect(verdict).not.toContain('TOTAL-PASSED');
    else expect(verdict).toBeInstanceOf(CounterError);
  });
});
