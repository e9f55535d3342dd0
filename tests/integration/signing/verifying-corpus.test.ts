import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { CertificateSummary, SignatureReport } from '../../../src/contract/verification.ts';
import { readPdf } from '../../../src/main/pdf/reader/document.ts';
import { memorySource } from '../../../src/main/pdf/reader/source.ts';
import { type CertificateFacts, tryReadCertificate } from '../../../src/main/signing/cms/certificates.ts';
import { readSignedData } from '../../../src/main/signing/cms/signed-data.ts';
import { findSignaturesIn } from '../../../src/main/signing/verifying/find.ts';
import { readSecurityStore } from '../../../src/main/signing/verifying/store.ts';
import { verifySource } from '../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import { type TestPki, testPki } from '../../support/pki.ts';
import { type Folder, newFolder, softKey } from '../../unit/signing/sign-support.ts';

/** PDFs that pyHanko is tested with, beside the project: signed, certified, encrypted, malformed, attacked. */
const CORPUS = path.resolve(import.meta.dirname, '../../../../shared/corpora/pyhanko');
const TABLE = path.resolve(import.meta.dirname, '../../corpora/pyhanko-verdicts.json');
const files = existsSync(CORPUS)
  ? readdirSync(CORPUS)
      .filter((name) => name.endsWith('.pdf'))
      .sort()
  : [];
/** Verdicts depend on the day; this one stands still. */
const AT = new Date('2026-11-23T00:00:00Z');

const read = (name: string): Buffer => readFileSync(path.join(CORPUS, name));

/** Refused with its code and reason; any other error fails the test. */
type Refusal = { readonly refused: string };

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof CounterError) || !error.code.startsWith('PDF_')) throw error;
  const reason = error.details.reason ?? error.details.limit;
  return { refused: reason === undefined ? error.code : `${error.code} ${String(reason)}` };
}

/** Roots that the corpus itself carries: nobody vouches for them, but the paths to them can be tried. */
async function rootsOfCorpus(): Promise<CertificateFacts[]> {
  const found = new Map<string, CertificateFacts>();
  for (const name of files) {
    for (const certificate of await certificatesIn(read(name)).catch(refused)) {
      const isRoot = certificate.isCa && certificate.issuerKey === certificate.subjectKey;
      if (isRoot) found.set(certificate.fingerprint, certificate);
    }
  }
  return [...found.values()].sort((a, b) => a.fingerprint.localeCompare(b.fingerprint));
}

function refused(error: unknown): CertificateFacts[] {
  refusalOf(error);
  return [];
}

async function certificatesIn(bytes: Buffer): Promise<CertificateFacts[]> {
  const document = await readPdf(memorySource(bytes));
  const store = await readSecurityStore(document);
  const stored = store.certificates.map((c) => tryReadCertificate(c.der)).filter((c) => c !== null);
  const carried = (await findSignaturesIn(document)).flatMap(({ contents }) =>
    contents ? inCms(contents) : [],
  );
  return [...stored, ...carried];
}

/** With those of the time stamps on it; none where it cannot be read, which the table shows anyway. */
function inCms(cms: Uint8Array): readonly CertificateFacts[] {
  try {
    const { certificates, timeStampTokens } = readSignedData(cms);
    return [...certificates, ...timeStampTokens.flatMap(inCms)];
  } catch {
    return [];
  }
}

type Verdict = Pick<SignatureReport, 'indication' | 'subIndication' | 'reasons'>;
const verdictOf = ({ indication, subIndication, reasons }: Verdict) => ({
  indication,
  subIndication,
  reasons,
});

function wordsOf({ indication, subIndication, reasons }: Verdict): string {
  const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
  return `${indication}${subIndication ? `/${subIndication}` : ''}${why}`;
}

function signsOf(s: SignatureReport): string {
  const stamps = s.timeStamps.map((t) => `${t.kind} stamp ${t.indication}`);
  return [s.level ?? s.subFilter, s.algorithm, s.hash, ...stamps].filter((w) => w !== '').join(', ');
}

function midstOf({ notBefore, notAfter }: CertificateSummary): Date {
  return new Date((Date.parse(notBefore) + Date.parse(notAfter)) / 2);
}

const missing = files.length > 0 ? '' : ' [missing: ../shared/corpora/pyhanko]';

describe.skipIf(files.length === 0)(`the corpus of pyHanko${missing}`, () => {
  let roots: readonly CertificateFacts[];
  let pki: TestPki;
  let folder: Folder;

  beforeAll(async () => {
    roots = await rootsOfCorpus();
    pki = await testPki();
    folder = newFolder();
  });
  afterAll(() => folder.remove());

  const judge = async (bytes: Buffer, at = AT) => {
    const trust = [...roots.map((c) => c.der), pki.root];
    return (await verifySource(memorySource(bytes), { trust, at })).signatures;
  };

  /** Most certificates of the corpus have run out since: signatures are judged in the midst of their time as well. */
  async function linesOf(bytes: Buffer): Promise<string[]> {
    const lines: string[] = [];
    for (const [i, today] of (await judge(bytes)).entries()) {
      const past = today.chain === 'expired' && today.signer ? midstOf(today.signer) : null;
      const then = past ? (await judge(bytes, past))[i]! : today;
      lines.push(`${today.fieldName}: ${wordsOf(today)}; ${signsOf(today)}`);
      if (wordsOf(then) !== wordsOf(today)) lines.push(`  in its certificate's time: ${wordsOf(then)}`);
    }
    return lines;
  }

  it('gets the verdicts of the table, file by file', async () => {
    expect(files).toHaveLength(130);
    const verdicts: Record<string, unknown> = {};
    for (const name of files) {
      verdicts[name] = await linesOf(read(name)).catch(refusalOf);
    }
    const anchors = roots.map((c) => `${c.name}, ${c.fingerprint}`);
    const table = { judgedAt: AT.toISOString(), anchors, verdicts };
    // `npx vitest run FILE -u` writes it anew; what changed is to be explained in the notes beside it.
    await expect(`${JSON.stringify(table, null, 2)}\n`).toMatchFileSnapshot(TABLE);
  });

  it('keeps its earlier verdicts when it is signed, and the new signature passes', async () => {
    let signed = 0;
    for (const name of files) {
      const output = folder.file('signed.pdf');
      const key = softKey(pki.signers.ec, 'ecdsa-sha256');
      const request = { input: path.join(CORPUS, name), output, key, at: new Date() };
      const error = await signPdf({ ...request, appearance: { kind: 'digitised-component' } }).then(
        () => null,
        refusalOf,
      );
      if (error) continue;
      signed++;
      const before = await judge(read(name));
      const after = await verifySource(memorySource(readFileSync(output)), {
        trust: [...roots.map((c) => c.der), pki.root],
      });
      const fields = before.map((s) => s.fieldName);
      const earlier = after.signatures.filter((s) => fields.includes(s.fieldName));
      const own = after.signatures.filter((s) => !fields.includes(s.fieldName));
      expect([name, earlier.map(verdictOf)]).toEqual([name, before.map(verdictOf)]);
      expect([name, ...own]).toMatchObject([
        name,
        { indication: 'TOTAL-PASSED', coverage: { wholeFile: true } },
      ]);
    }
    expect(signed).toBeGreaterThan(80);
  });
});
