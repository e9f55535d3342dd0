import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { type VerificationReport, verificationReport } from '../../../src/contract/verification.ts';
import { memorySource } from '../../../src/main/pdf/reader/source.ts';
import type { EvidenceSource } from '../../../src/main/signing/evidence/port.ts';
import { type VerifyOptions, verifySource } from '../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../src/main/signing/writing/sign-pdf.ts';
import {
  type AuthoritySignerName,
  startAuthorities,
  type TestAuthorities,
} from '../../support/authorities.ts';
import { openssl, opensslTime } from '../../support/authority-pki.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { type Folder, newFolder, ONE_PAGE, rawPdf, softKey } from '../../unit/signing/sign-support.ts';
import {
  type Stamp,
  withCms,
  withDocumentStamp,
  withStamp,
  withStore,
} from '../../unit/signing/verifying/ladder.ts';

const DAY = 86_400_000;
const day = (from: number): Date => new Date(Date.now() + from * DAY);
/** Whole seconds: what a token can say. */
const seconds = (at: Date): string => new Date(Math.floor(at.getTime() / 1000) * 1000).toISOString();

let ca: TestAuthorities;
let folder: Folder;

async function sign(by: AuthoritySignerName = 'ec', base?: Buffer): Promise<Buffer> {
  const input = folder.write('in.pdf', base ?? Buffer.from(rawPdf(ONE_PAGE), 'latin1'));
  const output = folder.file('out.pdf');
  const key = softKey(ca.signers[by], by === 'rsa' ? 'rsa-pkcs1-sha256' : 'ecdsa-sha256');
  const at = by === 'expired' ? day(-100) : day(by === 'future' ? 100 : 0);
  await signPdf({ input, output, key, appearance: { kind: 'invisible' }, at });
  return readFileSync(output);
}

/** A stamp of a time, by one of the authorities, or by one that is made here. */
function stampAt(days: number, by = 'tsa'): Stamp {
  return (digest) => ca.stamp({ digest, at: day(days), by: by as 'tsa' });
}

/** `oldTsa` ran out 35 days ago, `longTsa` outlives the responders of the PKI. */
function makeTsa(name: string, from: number, to: number): void {
  const csr = ['-key', `${name}.key.pem`, '-out', `${name}.csr`, '-subj', `/C=VN/CN=${name}`];
  const curve = ['-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  openssl(ca.folder, ['genpkey', ...curve, '-out', `${name}.key.pem`]);
  openssl(ca.folder, ['req', '-new', '-config', 'ca.cnf', ...csr]);
  openssl(ca.folder, [
    ...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-name', 'issuing', '-extensions', 'tsa'],
    ...['-in', `${name}.csr`, '-out', `${name}.pem`],
    ...['-startdate', opensslTime(day(from)), '-enddate', opensslTime(day(to))],
  ]);
}

async function verify(pdf: Buffer, options: Partial<VerifyOptions> = {}): Promise<VerificationReport> {
  const report = await verifySource(memorySource(pdf), { trust: [ca.root], ...options });
  return verificationReport.parse(report);
}
const first = async (pdf: Buffer, options: Partial<VerifyOptions> = {}) =>
  (await verify(pdf, options)).signatures[0]!;

/** Answers about everything that the PKI issued, as a store would hold them. */
const known = new Map<string, ReturnType<typeof collectAnswers>>();

function answers(...signers: AuthoritySignerName[]): ReturnType<typeof collectAnswers> {
  const key = signers.join();
  const found = known.get(key) ?? collectAnswers(signers);
  known.set(key, found);
  return found;
}

async function collectAnswers(signers: readonly AuthoritySignerName[]) {
  const subjects = [...signers.map((s) => ca.signers[s].certificate), ca.issuing, ca.services.tsa];
  return {
    certificates: [...subjects, ca.root],
    ocsps: await Promise.all(subjects.map((s) => ca.ocspResponse(s))),
    crls: [ca.crl('issuing'), ca.crl('root')],
  };
}

const online: EvidenceSource = {
  collect: async ({ chains }) => ({
    certificates: [],
    ocsps: await Promise.all(chains.flatMap((c) => c.slice(0, -1)).map((c) => ca.ocspResponse(c))),
    crls: [],
  }),
};

describeWithPeers(['openssl'], 'signatures in time', () => {
  beforeAll(async () => {
    ca = await startAuthorities();
    folder = newFolder();
    makeTsa('oldTsa', -400, -35);
    makeTsa('longTsa', -400, 3600);
  });
  afterAll(async () => {
    folder.remove();
    await ca.close();
  });

  describe('a signature that nothing proves the time of', () => {
    it('passes offline, and the report says that revocation was not checked', async () => {
      const report = await verify(await sign());
      expect(report).toMatchObject({
        indication: 'TOTAL-PASSED',
        policy: { revocation: 'offline', anchors: ['Chứng thực gốc Thử Nghiệm'] },
      });
      expect(report.signatures[0]).toMatchObject({
        indication: 'TOTAL-PASSED',
        level: 'B-B',
        revocation: 'not-checked',
        provenTime: null,
        timeStamps: [],
        signer: { name: 'Đặng Văn Đường Cong', issuer: 'Chứng thực cấp phát Thử Nghiệm' },
      });
    });

    it('is asked about online', async () => {
      const report = await verify(await sign(), { evidence: online });
      expect(report.policy.revocation).toBe('online');
      expect(report.signatures[0]).toMatchObject({ indication: 'TOTAL-PASSED', revocation: 'good' });
    });

    it('is left open where an answer is required and none comes', async () => {
      const pdf = await sign();
      expect(await first(pdf, { policy: { requireRevocation: true } })).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'TRY_LATER',
        reasons: ['revocation-unknown'],
        revocation: 'not-checked',
      });
      const down: EvidenceSource = {
        collect: async () => {
          throw new CounterError('EVIDENCE_UNREACHABLE', {});
        },
      };
      expect(await first(pdf, { evidence: down })).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'TRY_LATER',
        reasons: ['revocation-unreachable'],
        revocation: 'unknown',
      });
    });

    it('fails or stays open by its own certificate', async () => {
      expect(await first(await sign('expired'))).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'OUT_OF_BOUNDS_NO_POE',
        chain: 'expired',
      });
      expect(await first(await sign('future'))).toMatchObject({
        indication: 'TOTAL-FAILED',
        subIndication: 'NOT_YET_VALID',
      });
      expect(await first(await sign('wrongUsage'))).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'CHAIN_CONSTRAINTS_FAILURE',
        reasons: ['key-usage'],
      });
      const revoked = withStore(await sign('revoked'), await answers('revoked'));
      expect(await first(revoked)).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'REVOKED_NO_POE',
        revocation: 'revoked',
      });
      expect(await first(await sign('revoked'), { evidence: online })).toMatchObject({
        subIndication: 'REVOKED_NO_POE',
      });
    });
  });

  describe('a time stamp on the signature', () => {
    it('proves its time', async () => {
      const at = day(-3);
      const pdf = await withStamp(await sign(), (digest) => ca.stamp({ digest, at }));
      expect(await first(pdf)).toMatchObject({
        indication: 'TOTAL-PASSED',
        level: 'B-T',
        provenTime: seconds(at),
        timeStamps: [{ kind: 'signature', at: seconds(at), indication: 'TOTAL-PASSED' }],
      });
    });

    it('saves what expired or was revoked later, and nothing else', async () => {
      expect(await first(await withStamp(await sign('expired'), stampAt(-60)))).toMatchObject({
        indication: 'TOTAL-PASSED',
        chain: 'trusted',
      });
      expect(await first(await withStamp(await sign('expired'), stampAt(-20)))).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'OUT_OF_BOUNDS_NO_POE',
      });
      const store = await answers('revoked');
      const before = withStore(await withStamp(await sign('revoked'), stampAt(-20)), store);
      expect(await first(before)).toMatchObject({ indication: 'TOTAL-PASSED', revocation: 'good' });
      expect((await first(before)).revokedAt).not.toBeNull();
      const after = withStore(await withStamp(await sign('revoked'), stampAt(-5)), store);
      expect(await first(after)).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'REVOKED_NO_POE',
      });
    });

    it.each([
      ['made before the certificate was valid', () => stampAt(-390), 'TOTAL-FAILED', 'NOT_YET_VALID'],
    ] as const)('%s tells against it', async (_, stamp, indication, subIndication) => {
      expect(await first(await withStamp(await sign(), stamp()))).toMatchObject({
        indication,
        subIndication,
      });
    });

    it.each([
      ['by an authority without the purpose', () => stampAt(-1, 'tsaBad'), 'CHAIN_CONSTRAINTS_FAILURE'],
      ['by one whose purpose is not critical', () => stampAt(-1, 'tsaLoose'), 'CHAIN_CONSTRAINTS_FAILURE'],
      ['by a signer', () => stampAt(-1, 'rsa'), 'CHAIN_CONSTRAINTS_FAILURE'],
      ['by an authority that has expired', () => stampAt(-50, 'oldTsa'), 'OUT_OF_BOUNDS_NO_POE'],
      [
        'over something else',
        (): Stamp => async () => ca.stamp({ digest: Buffer.alloc(32, 7), at: day(-1) }),
        'HASH_FAILURE',
      ],
    ])('%s proves nothing', async (_, stamp, subIndication) => {
      const report = await first(await withStamp(await sign(), stamp()));
      expect(report).toMatchObject({ indication: 'TOTAL-PASSED', level: 'B-T', provenTime: null });
      expect(report.timeStamps).toMatchObject([{ subIndication }]);
      expect(report.timeStamps[0]!.indication).not.toBe('TOTAL-PASSED');
    });

    it('has trusted roots of its own where they are given', async () => {
      const pdf = await withStamp(await sign(), stampAt(-3));
      const report = await first(pdf, { timestampTrust: [ca.strangerRoot] });
      expect(report).toMatchObject({ indication: 'TOTAL-PASSED', provenTime: null });
      expect(report.timeStamps).toMatchObject([{ subIndication: 'NO_CERTIFICATE_CHAIN_FOUND' }]);
    });

    it('from the future contradicts the present', async () => {
      expect(await first(await withStamp(await sign(), stampAt(2)))).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'TIMESTAMP_ORDER_FAILURE',
        reasons: ['timestamp-in-future'],
      });
    });
  });

  describe('validation data and document time stamps', () => {
    it('make the levels B-LT and B-LTA, each only where it is whole', async () => {
      const stamped = await withStamp(await sign(), stampAt(-3));
      const store = await answers('ec');
      const long = withStore(stamped, store);
      expect(await first(long)).toMatchObject({ level: 'B-LT', revocation: 'good' });
      expect(await first(withStore(stamped, { ...store, ocsps: [], crls: [ca.crl('root')] }))).toMatchObject({
        level: 'B-T',
      });
      const archived = await withDocumentStamp(long, stampAt(-1));
      const report = await verify(archived);
      expect(report.signatures).toMatchObject([
        {
          level: 'B-LTA',
          indication: 'TOTAL-PASSED',
          timeStamps: [{ kind: 'signature' }, { kind: 'document' }],
        },
        { type: 'document-timestamp', level: null, indication: 'TOTAL-PASSED', chain: 'trusted' },
      ]);
      // The signer's certificate ends after a year, the time stamp authority's after 3000 days.
      expect(await verify(archived, { at: day(2900) })).toMatchObject({ indication: 'TOTAL-PASSED' });
      expect(await first(archived, { at: day(3100) })).toMatchObject({
        level: 'B-LTA',
        indication: 'INDETERMINATE',
        subIndication: 'OUT_OF_BOUNDS_NO_POE',
      });
      // A store that came after the document time stamp is not covered by it.
      const uncovered = withStore(await withDocumentStamp(stamped, stampAt(-1)), store);
      expect(await first(uncovered)).toMatchObject({ level: 'B-LT', indication: 'TOTAL-PASSED' });
    });

    it('a document time stamp proves a signature that has none of its own', async () => {
      const at = day(-60);
      const pdf = await withDocumentStamp(await sign('expired'), (digest) => ca.stamp({ digest, at }));
      expect(await first(pdf)).toMatchObject({
        indication: 'TOTAL-PASSED',
        level: 'B-T',
        provenTime: seconds(at),
      });
    });

    it('an expired authority stands behind a newer stamp that was made in time', async () => {
      const signed = await withStamp(await sign('expired'), stampAt(-100, 'oldTsa'));
      const alone = await withDocumentStamp(signed, stampAt(-90, 'oldTsa'));
      expect((await verify(alone)).signatures).toMatchObject([
        { indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE', provenTime: null },
        { indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' },
      ]);
      const renewed = await withDocumentStamp(alone, stampAt(-50));
      const report = await verify(renewed);
      expect(report.indication).toBe('TOTAL-PASSED');
      expect(report.signatures[0]!.timeStamps).toHaveLength(3);
      const tooLate = await withDocumentStamp(alone, stampAt(-20));
      expect((await verify(tooLate)).signatures).toMatchObject([
        { indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' },
        { indication: 'INDETERMINATE', subIndication: 'OUT_OF_BOUNDS_NO_POE' },
        { indication: 'TOTAL-PASSED' },
      ]);
    });

    it('stamps that contradict each other prove nothing', async () => {
      const older = await withDocumentStamp(await withStamp(await sign(), stampAt(-10)), stampAt(-5));
      const newer = await withDocumentStamp(older, stampAt(-8));
      expect((await verify(newer)).signatures).toMatchObject([
        { indication: 'TOTAL-PASSED', provenTime: expect.any(String) as string },
        { indication: 'INDETERMINATE', subIndication: 'TIMESTAMP_ORDER_FAILURE' },
        { indication: 'TOTAL-PASSED' },
      ]);
      const late = await withDocumentStamp(await withStamp(await sign(), stampAt(-2)), stampAt(-5));
      expect((await verify(late)).signatures[0]).toMatchObject({
        indication: 'INDETERMINATE',
        subIndication: 'TIMESTAMP_ORDER_FAILURE',
        reasons: ['timestamp-order'],
      });
    });

    it('what was signed after a stamp of a later day than the revocation has failed for good', async () => {
      const stamped = await withDocumentStamp(await sign(), stampAt(-5));
      const store = await answers('revoked', 'ec');
      const revoked = withStore(await sign('revoked', stamped), store);
      expect((await verify(revoked)).signatures[2]).toMatchObject({
        indication: 'TOTAL-FAILED',
        subIndication: 'REVOKED',
      });
      const expired = await sign('expired', await withDocumentStamp(await sign(), stampAt(-20)));
      expect((await verify(expired)).signatures[2]).toMatchObject({
        indication: 'TOTAL-FAILED',
        subIndication: 'EXPIRED',
      });
    });

    it('data whose signer has expired is believed only as far as a stamp covers it', async () => {
      const stamped = await withStamp(await sign(), stampAt(-1, 'longTsa'));
      const [signer] = (await answers('ec')).ocsps;
      const stored = withStore(stamped, { ocsps: [signer!], crls: [ca.crl('root')] });
      // The responder's certificate ends after 3000 days.
      const late = { at: day(3200) };
      expect(await first(stored, { at: day(2900) })).toMatchObject({ revocation: 'good' });
      expect(await first(stored, late)).toMatchObject({ indication: 'TOTAL-PASSED', revocation: 'unknown' });
      const covered = await withDocumentStamp(stored, stampAt(0, 'longTsa'));
      expect(await first(covered, late)).toMatchObject({ indication: 'TOTAL-PASSED', revocation: 'good' });
    });
  });

  describe('an authority that was revoked itself', () => {
    it('leaves open all that it issued', async () => {
      const pdf = await sign();
      const other = await startAuthorities();
      try {
        other.revoke('issuing', day(-10));
        const signed = withStore(pdf, { crls: [ca.crl('issuing'), ca.crl('root')] });
        expect(await first(signed)).toMatchObject({ indication: 'TOTAL-PASSED', revocation: 'good' });
        const lost = withStore(pdf, { crls: [ca.crl('issuing'), other.crl('root')] });
        expect(await first(lost)).toMatchObject({
          indication: 'INDETERMINATE',
          subIndication: 'REVOKED_CA_NO_POE',
          reasons: ['authority-revoked'],
        });
      } finally {
        await other.close();
      }
    });
  });

  it('a token that is no token, and a CMS cut short, are refused by name', async () => {
    const pdf = await withDocumentStamp(await sign(), async () => Buffer.from('30030201ff', 'hex'));
    expect((await verify(pdf)).signatures[1]).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'FORMAT_FAILURE',
      reasons: ['timestamp-unreadable'],
    });
    const cut = await withCms(await sign(), (cms) => cms.subarray(0, 400));
    expect(await first(cut)).toMatchObject({ reasons: ['cms-unreadable'] });
  });
});
