import type { CmsProblem, CmsVerdict } from '../cms/build.ts';
import type { Modification } from './changes/comparison.ts';
import type { CoverageProblem } from './coverage.ts';
import type { FoundSignature } from './find.ts';

export type Indication = 'TOTAL-PASSED' | 'TOTAL-FAILED' | 'INDETERMINATE';

/** ETSI EN 319 102-1 V1.3.1 tables 5 and 6, those that are used here. */
export type SubIndication =
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'CHAIN_CONSTRAINTS_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE'
  | 'NOT_YET_VALID'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND';

export interface Verdict {
  readonly indication: Indication;
  readonly subIndication: SubIndication | null;
  readonly reasons: readonly string[];
}

export interface Evidence {
  readonly signature: FoundSignature;
  readonly problem: CoverageProblem | null;
  readonly cms: CmsVerdict | null;
  readonly cmsUnreadable: boolean;
  readonly changes: readonly Modification[];
  /** Why the changes could not be looked for. */
  readonly changesUnknown: string | null;
}

const DETACHED = ['ETSI.CAdES.detached', 'adbe.pkcs7.detached'];

/** What the evidence adds up to; the gravest finding gives the sub-indication. */
export function conclude(evidence: Evidence): Verdict {
  const { signature, problem, cms, cmsUnreadable, changes, changesUnknown } = evidence;
  if (problem) return failed('FORMAT_FAILURE', [problem]);
  if (signature.type === 'document-timestamp' || signature.subFilter === 'ETSI.RFC3161') {
    return open('SIG_CONSTRAINTS_FAILURE', ['timestamp-not-judged']);
  }
  if (!DETACHED.includes(signature.subFilter))
    return open('SIG_CONSTRAINTS_FAILURE', ['sub-filter-unsupported']);
  if (cmsUnreadable || !cms) return failed('FORMAT_FAILURE', ['cms-unreadable']);
  const crypto = judgeCrypto(cms);
  if (crypto) return crypto;
  if (changes.length > 0) return failed('FORMAT_FAILURE', [...new Set(changes.map((c) => c.what))]);
  if (changesUnknown) return open('SIG_CONSTRAINTS_FAILURE', [`changes-unknown:${changesUnknown}`]);
  return judgeTrust(cms, signature.subFilter);
}

function judgeCrypto(cms: CmsVerdict): Verdict | null {
  const has = (problem: CmsProblem) => cms.problems.includes(problem);
  if (has('CONTENT_NOT_DETACHED') || has('SIGNERS_NOT_ONE') || has('CONTENT_TYPE_WRONG')) {
    return failed('FORMAT_FAILURE', [...cms.problems]);
  }
  if (has('SIGNER_CERTIFICATE_MISSING')) return open('NO_SIGNING_CERTIFICATE_FOUND', [...cms.problems]);
  if (has('HASH_UNSUPPORTED') || has('ALGORITHM_UNSUPPORTED')) {
    return open('CRYPTO_CONSTRAINTS_FAILURE', [...cms.problems]);
  }
  if (has('ATTRIBUTES_MISSING') || has('ATTRIBUTES_INVALID')) {
    return open('SIG_CONSTRAINTS_FAILURE', [...cms.problems]);
  }
  if (!cms.digestOk) return failed('HASH_FAILURE', ['digest-differs']);
  if (!cms.signatureOk) return failed('SIG_CRYPTO_FAILURE', ['signature-differs']);
  return null;
}

function judgeTrust(cms: CmsVerdict, subFilter: string): Verdict {
  if (cms.signingCertificate === 'wrong') {
    return open('NO_SIGNING_CERTIFICATE_FOUND', ['signing-certificate-attribute-wrong']);
  }
  if (cms.signingCertificate === 'absent' && subFilter === 'ETSI.CAdES.detached') {
    return open('SIG_CONSTRAINTS_FAILURE', ['signing-certificate-attribute-missing']);
  }
  if (cms.problems.includes('KEY_USAGE')) return open('CHAIN_CONSTRAINTS_FAILURE', ['key-usage']);
  if (cms.problems.length > 0) return open('SIG_CONSTRAINTS_FAILURE', [...cms.problems]);
  const status = cms.chain.status;
  if (status === 'no-path') return open('NO_CERTIFICATE_CHAIN_FOUND', ['issuer-unknown']);
  if (status === 'expired') return open('OUT_OF_BOUNDS_NO_POE', ['certificate-expired']);
  if (status === 'not-yet-valid') return open('NOT_YET_VALID', ['certificate-not-yet-valid']);
  if (status === 'constraint-violated') return open('CHAIN_CONSTRAINTS_FAILURE', ['chain-constraint']);
  return { indication: 'TOTAL-PASSED', subIndication: null, reasons: [] };
}

function failed(subIndication: SubIndication, reasons: readonly string[]): Verdict {
  return { indication: 'TOTAL-FAILED', subIndication, reasons };
}

function open(subIndication: SubIndication, reasons: readonly string[]): Verdict {
  return { indication: 'INDETERMINATE', subIndication, reasons };
}
