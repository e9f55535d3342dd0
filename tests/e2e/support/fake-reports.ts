import { CounterError } from '../../../src/contract/errors.ts';
import type { SignatureReport, VerificationReport } from '../../../src/contract/verification.ts';
import type { Handlers } from './fake-world.ts';

type ReportOperations = 'documents.verify' | 'files.verify';

export interface FakeReports {
  readonly handlers: Pick<Handlers, ReportOperations>;
  /** What the next checks find; an error is thrown. */
  setReport(report: VerificationReport | CounterError): void;
  /** What they would find now. */
  judge(): VerificationReport;
}

const SIGNER = {
  name: 'Nông Thị Hiền',
  organisation: 'Trung tâm Phục vụ hành chính công phường Thục Phán',
  issuer: 'Cơ quan chứng thực số Chính phủ (RootCA)',
  serial: '7f01c2',
  notBefore: '2025-01-01T00:00:00.000Z',
  notAfter: '2030-01-01T00:00:00.000Z',
  fingerprint: 'ab'.repeat(32),
};

/** A signature of level B-LT that holds. */
export const GOOD: SignatureReport = {
  fieldName: 'Signature1',
  type: 'signature',
  subFilter: 'ETSI.CAdES.detached',
  indication: 'TOTAL-PASSED',
  subIndication: null,
  reasons: [],
  level: 'B-LT',
  signer: SIGNER,
  algorithm: 'RSA-3072',
  hash: 'SHA-256',
  claimedTime: "D:20261123092105+07'00'",
  provenTime: '2026-11-23T02:21:09.000Z',
  timeStamps: [
    {
      kind: 'signature',
      at: '2026-11-23T02:21:09.000Z',
      authority: { ...SIGNER, name: 'TSA Ban Cơ yếu Chính phủ', organisation: '' },
      indication: 'TOTAL-PASSED',
      subIndication: null,
      reasons: [],
    },
  ],
  chain: 'trusted',
  revocation: 'good',
  revokedAt: null,
  reason: null,
  location: null,
  coverage: { end: 240_000, bytesAfter: 0, wholeFile: true },
  certifies: null,
  modifiedAfter: [],
  filledAfter: [],
};

export function reportOf(signatures: readonly SignatureReport[]): VerificationReport {
  const rank = ['TOTAL-PASSED', 'INDETERMINATE', 'TOTAL-FAILED'] as const;
  const worst = Math.max(-1, ...signatures.map((s) => rank.indexOf(s.indication)));
  return {
    indication: rank[worst] ?? null,
    sha256: 'cd'.repeat(32),
    bytes: 241_664,
    revisions: signatures.length + 1,
    judgedAt: '2026-11-23T03:00:00.000Z',
    policy: { anchors: ['Cơ quan chứng thực số Chính phủ (RootCA)'], revocation: 'online' },
    signatures: [...signatures],
  };
}

export function fakeReports(takeUpload: (uploadId: string) => unknown): FakeReports {
  let next: VerificationReport | CounterError = reportOf([GOOD]);
  function report(): VerificationReport {
    if (next instanceof CounterError) throw next;
    return next;
  }
  return {
    setReport(report) {
      next = report;
    },
    judge: report,
    handlers: {
      'documents.verify': () => report(),
      'files.verify': ({ uploadId }) => {
        takeUpload(uploadId);
        return report();
      },
    },
  };
}
