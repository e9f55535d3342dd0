import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { readPdf } from '../../../src/main/pdf/reader/document.ts';
import { memorySource } from '../../../src/main/pdf/reader/source.ts';
import { verifyPdf } from '../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { startAuthorities, type TestAuthorities } from '../../support/authorities.ts';
import { describeWithPeers } from '../../support/peers.ts';
import {
  appendUpdate,
  type Folder,
  makePdf,
  newFolder,
  ONE_PAGE,
  rawPdf,
  softKey,
} from '../../unit/signing/sign-support.ts';
import {
  newNss,
  pdfsig,
  quickStamper,
  raise,
  testEvidence,
} from '../../unit/signing/writing/level-support.ts';

const corpus = path.resolve(import.meta.dirname, '../../../../shared/corpora/pyhanko');
const files = existsSync(corpus) ? readdirSync(corpus).filter((f) => f.endsWith('.pdf')) : [];
const at = new Date();

let authorities: TestAuthorities;
let folder: Folder;
let evidence: ReturnType<typeof testEvidence>;

beforeAll(async () => {
  authorities = await startAuthorities();
  folder = newFolder();
  newNss(folder.path, authorities.rootFile);
  evidence = Object.assign(testEvidence(authorities), { cached: true });
});
afterAll(async () => {
  folder.remove();
  await authorities.close();
});

const kindsOf = async (file: string) =>
  (await readPdf(memorySource(readFileSync(file)))).chain.map((section) => section.kind);

/** Signs with an RSA key, climbs to the top, and lets an EC key sign over all of it. */
async function climb(input: string, output: string): Promise<void> {
  const { rsa2048, ec } = authorities.signers;
  const timeStamper = quickStamper(authorities);
  await signPdf({ input, output, key: softKey(rsa2048), appearance: { kind: 'digitised-component' }, at });
  await raise(authorities, output, 'B-LTA', { timeStamper, evidence });
  const appearance = { kind: 'agency-copy', agency: 'UBND xã Thử Nghiệm' } as const;
  await signPdf({ input: output, output, key: softKey(ec, 'ecdsa-sha256'), appearance, at });
  await raise(authorities, output, 'B-LTA', { timeStamper, evidence });
}

/** What is made here; the corpus has fields of its own. */
const OWN = /^(DigitisedComponent|AgencyCopy|DocTimeStamp)\d$/;

async function judge(output: string): Promise<void> {
  const options = { trust: [authorities.root], policy: { requireRevocation: true } };
  const { signatures } = await verifyPdf(output, options);
  const own = signatures.filter((s) => OWN.test(s.fieldName));
  for (const s of own)
    expect([s.fieldName, s.indication, s.reasons]).toEqual([s.fieldName, 'TOTAL-PASSED', []]);
  const levels = own.filter((s) => s.type === 'signature').map((s) => s.level);
  expect(levels).toEqual(['B-LTA', 'B-LTA']);
}

describeWithPeers(['openssl', 'qpdf', 'pdfsig', 'certutil'], 'every kind of base', () => {
  /** Name, how it is made, and the kind of cross-reference section that everything appended must have. */
  const bases: [string, 'table' | 'stream', (file: string) => Promise<void> | void][] = [
    [
      'classic table',
      'table',
      async (file) => void folder.write(path.basename(file), await makePdf('table')),
    ],
    [
      'object streams',
      'stream',
      async (file) => void folder.write(path.basename(file), await makePdf('stream')),
    ],
    ['linearised table', 'table', (file) => qpdf(file, '--linearize', '--object-streams=disable')],
    ['linearised object streams', 'stream', (file) => qpdf(file, '--linearize', '--object-streams=generate')],
    ...['1.3', '1.4', '1.5', '1.6', '1.7', '2.0'].map(
      (version): [string, 'table', (file: string) => void] => [
        `version ${version}`,
        'table',
        (file) => qpdf(file, `--force-version=${version}`, '--object-streams=disable'),
      ],
    ),
    ['a chain of updates', 'table', (file) => void folder.write(path.basename(file), updated())],
    [
      'no newline at the end',
      'table',
      (file) => void folder.write(path.basename(file), rawPdf(ONE_PAGE).trimEnd()),
    ],
    [
      '/Size too small',
      'table',
      (file) => void folder.write(path.basename(file), rawPdf(ONE_PAGE).replace('/Size 6', '/Size 3')),
    ],
    [
      'a catalog with a version of its own',
      'table',
      (file) =>
        void folder.write(
          path.basename(file),
          rawPdf([ONE_PAGE[0].replace('/Pages', '/Version /2.0 /Pages'), ...ONE_PAGE.slice(1)]),
        ),
    ],
  ];

  function qpdf(file: string, ...options: string[]): void {
    const source = folder.write('source.pdf', rawPdf(ONE_PAGE));
    execFileSync('qpdf', [...options, source, file]);
  }

  function updated(): Buffer {
    let bytes: Uint8Array = Buffer.from(rawPdf(ONE_PAGE), 'latin1');
    for (let i = 0; i < 6; i++)
      bytes = appendUpdate(bytes, new Map([[4, ONE_PAGE[3].replace('100', `${i}00`)]]));
    return Buffer.from(bytes);
  }

  it.each(bases)(
    '%s: two signatures at B-LTA, each update of the base’s own kind (%s)',
    async (name, kind, make) => {
      const input = folder.file(`${name.replace(/\W/g, '-')}.pdf`);
      await make(input);
      const before = readFileSync(input);
      const output = folder.file('out.pdf');
      await climb(input, output);
      const after = readFileSync(output);
      expect(after.subarray(0, before.length).equals(before)).toBe(true);
      expect(readFileSync(input).equals(before)).toBe(true);
      await judge(output);
      const appended = (await kindsOf(output)).length - (await kindsOf(input)).length;
      expect((await kindsOf(output)).slice(0, appended)).toEqual(Array(6).fill(kind));
      expect(execFileSync('qpdf', ['--check', output], { encoding: 'utf8' })).toContain('No syntax');
      expect(pdfsig(output, folder.path).split('Signature is Valid.')).toHaveLength(3);
      // ETSI EN 319 142-1 §5.6 for PDF 1.7 alone; PDF 2.0 needs no extension, earlier ones may not name 1.7.
      const version = name.startsWith('a catalog') ? '2.0' : before.toString('latin1', 5, 8);
      expect(after.subarray(before.length).includes('/ESIC')).toBe(version === '1.7');
    },
  );

  it.each([
    ['encrypted', 'PDF_ENCRYPTED', (file: string) => qpdf(file, '--encrypt', 'a', 'b', '256', '--')],
    [
      'cut short',
      'PDF_UNREADABLE',
      (file: string) => void folder.write(path.basename(file), rawPdf(ONE_PAGE).slice(0, 300)),
    ],
    ['empty', 'PDF_UNREADABLE', (file: string) => void folder.write(path.basename(file), '')],
    [
      'of no pages',
      'PDF_NO_PAGES',
      (file: string) =>
        void folder.write(path.basename(file), rawPdf([ONE_PAGE[0], '<</Type /Pages /Kids [] /Count 0>>'])),
    ],
    [
      'with a loop of /Prev',
      'PDF_UNREADABLE',
      (file: string) => void folder.write(path.basename(file), looped()),
    ],
  ])('%s: refused as %s, and not an octet of it changed', async (name, code, make) => {
    const input = folder.file(`bad-${name.replace(/\W/g, '-')}.pdf`);
    make(input);
    const before = readFileSync(input);
    const key = softKey(authorities.signers.ec, 'ecdsa-sha256');
    const request = { input, output: input, key, appearance: { kind: 'digitised-component' }, at } as const;
    await expect(signPdf(request)).rejects.toMatchObject({ code });
    await expect(raise(authorities, input, 'B-LTA')).rejects.toMatchObject({ code });
    expect(readFileSync(input).equals(before)).toBe(true);
    expect(readdirSync(folder.path).filter((f) => f.endsWith('.signing'))).toEqual([]);
  });

  function looped(): string {
    const text = rawPdf(ONE_PAGE);
    const xref = /startxref\s+(\d+)/.exec(text)![1]!;
    return text.replace('/Root 1 0 R', `/Root 1 0 R /Prev ${xref}`);
  }
});

/** Files in which no later revision can be judged, whoever appends it, and the verifier's word for why. */
const ODD: Readonly<Record<string, string>> = {
  // Its catalog is named in an array of the page tree that means nothing.
  'CompactedPDFSyntaxTest.pdf': 'object-reused',
  'broken-objstream4.pdf': 'changes-unknown',
};

describe.skipIf(files.length === 0)(
  `foreign files${files.length ? '' : ' [missing: corpora/pyhanko]'}`,
  () => {
    it('climb to B-LTA and stay sound, or are refused with a named error and left as they were', async () => {
      const outcomes: Record<string, number> = {};
      const note = (outcome: string) => {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      };
      for (const name of files) {
        const input = path.join(corpus, name);
        const before = readFileSync(input);
        const output = folder.file('foreign.pdf');
        const error = await climb(input, output).then(
          () => null,
          (e: unknown) => e,
        );
        expect(readFileSync(input).equals(before), name).toBe(true);
        if (error) {
          expect(error, name).toBeInstanceOf(CounterError);
          const { code } = error as CounterError;
          expect(code, name).toMatch(/^(PDF_|SIGNATURE_INVALID)/);
          note(code);
          continue;
        }
        note('raised');
        if (name in ODD) {
          const { signatures } = await verifyPdf(output, { trust: [authorities.root] });
          const own = signatures.filter((s) => OWN.test(s.fieldName));
          expect([...new Set(own.flatMap((s) => s.reasons))], name).toEqual([ODD[name]]);
        } else {
          await judge(output).catch((cause: unknown) => {
            throw new Error(name, { cause });
          });
        }
        if (spawnSync('qpdf', ['--check', input]).status === 0) {
          expect(spawnSync('qpdf', ['--check', output]).status, name).toBe(0);
        }
      }
      expect(Object.values(outcomes).reduce((a, b) => a + b, 0)).toBe(files.length);
      expect(outcomes.raised, JSON.stringify(outcomes)).toBeGreaterThan(75);
    }, 300_000);
  },
);
