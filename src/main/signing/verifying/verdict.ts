import type { Indication } from '../../../contract/model.ts';
import type { SubIndication } from '../../../contract/verification.ts';
import type { CmsProblem, CmsVerdict } from '../cms/build.ts';
import type { FoundSignature } from './find.ts';
import type { ValidationPolicy } from './policy.ts';

export interface Verdict {
  readonly indication: Indication;
  readonly subIndication: SubIndication | null;
  /** Stable words; `verify.reason.WORD` says each to people. */
  readonly reasons: readonly string[];
}

export const PASSED: Verdict = { indication: 'TOTAL-PASSED', subIndication: null, reasons: [] };

export function failed(subIndication: SubIndication, ...reasons: string[]): Verdict {
  return { indication: 'TOTAL-FAILED', subIndication, reasons };
}

export function open(subIndication: SubIndication, ...reasons: string[]): Verdict {
  return { indication: 'INDETERMINATE', subIndication, reasons };
}

/** The worse of all: one that failed beats one that is open beats one that passed. */
export function worstOf(indications: readonly Indication[]): Indication | null {
  const order: readonly Indication[] = ['TOTAL-FAILED', 'INDETERMINATE', 'TOTAL-PASSED'];
  return order.find((indication) => indications.includes(indication)) ?? null;
}

const DETACHED = ['ETSI.CAdES.detached', 'adbe.pkcs7.detached'];
/** Both hash by SHA-1 alone (ISO 32000-1 §12.8.3.2, §12.8.3.3); ISO 32000-2 has deprecated them. */
const BY_SHA1 = ['adbe.pkcs7.sha1', 'adbe.x509.rsa_sha1'];

/** The kind of signature, by its /SubFilter; null where it is one that can be judged. */
export function judgeKind({ type, subFilter }: FoundSignature): Verdict | null {
  const isStamp = subFilter === 'ETSI.RFC3161';
  if (isStamp !== (type === 'document-timestamp')) return failed('FORMAT_FAILURE', 'sub-filter-wrong');
  if (isStamp || DETACHED.includes(subFilter)) return null;
  if (BY_SHA1.includes(subFilter)) return open('CRYPTO_CONSTRAINTS_FAILURE', 'sub-filter-sha1');
  return open('SIG_CONSTRAINTS_FAILURE', 'sub-filter-unsupported');
}

/** Stable words of the CMS reader's findings. */
const WORDS: Readonly<Partial<Record<CmsProblem, string>>> = {
  SIGNING_CERTIFICATE_WRONG: 'signing-certificate-attribute-wrong',
};

function wordOf(problem: CmsProblem): string {
  return WORDS[problem] ?? problem.toLowerCase().replaceAll('_', '-');
}

/** The CMS by itself: its form, its digest, its signature (EN 319 102-1 §5.2.2, §5.2.7); null where all is well. */
export function judgeCms(cms: CmsVerdict): Verdict | null {
  const has = (problem: CmsProblem) => cms.problems.includes(problem);
  const words = cms.problems.map(wordOf);
  if (has('CONTENT_NOT_DETACHED') || has('SIGNERS_NOT_ONE') || has('CONTENT_TYPE_WRONG')) {
    return failed('FORMAT_FAILURE', ...words);
  }
  if (has('SIGNER_CERTIFICATE_MISSING')) return open('NO_SIGNING_CERTIFICATE_FOUND', ...words);
  if (has('HASH_UNSUPPORTED') || has('ALGORITHM_UNSUPPORTED') || has('KEY_TOO_WEAK')) {
    return open('CRYPTO_CONSTRAINTS_FAILURE', ...words);
  }
  if (has('ATTRIBUTES_MISSING') || has('ATTRIBUTES_INVALID')) {
    return open('SIG_CONSTRAINTS_FAILURE', ...words);
  }
  if (!cms.digestOk) return failed('HASH_FAILURE', 'digest-differs');
  if (!cms.signatureOk) return failed('SIG_CRYPTO_FAILURE', 'signature-differs');
  return null;
}

/** What the signature must say of its signer, and by what algorithms it may be made; null where all is well. */
export function judgeConstraints(
  cms: CmsVerdict,
  subFilter: string,
  policy: ValidationPolicy,
): Verdict | null {
  if (cms.signingCertificate === 'wrong') {
    return open('NO_SIGNING_CERTIFICATE_FOUND', 'signing-certificate-attribute-wrong');
  }
  // EN 319 142-1 §6.3: the attribute is mandatory; /adbe.pkcs7.detached knows none.
  if (cms.signingCertificate === 'absent' && subFilter === 'ETSI.CAdES.detached') {
    return open('SIG_CONSTRAINTS_FAILURE', 'signing-certificate-attribute-missing');
  }
  if (cms.problems.includes('KEY_USAGE')) return open('CHAIN_CONSTRAINTS_FAILURE', 'key-usage');
  if (cms.problems.length > 0) return open('SIG_CONSTRAINTS_FAILURE', ...cms.problems.map(wordOf));
  // RFC 8419 §3.1 gives Ed448 SHAKE256 and no other hash, and that one is none of those that are read.
  const wrongHash = cms.signatureAlgorithm === 'Ed448';
  if (wrongHash || !policy.hashes.includes(cms.hash)) {
    return open('CRYPTO_CONSTRAINTS_FAILURE', 'hash-not-allowed');
  }
  if (!policy.schemes.includes(schemeOf(cms.signatureAlgorithm))) {
    return open('CRYPTO_CONSTRAINTS_FAILURE', 'scheme-not-allowed');
  }
  return null;
}

function schemeOf(algorithm: string): ValidationPolicy['schemes'][number] {
  if (algorithm.startsWith('ecdsa')) return 'ecdsa';
  if (algorithm.startsWith('Ed')) return 'eddsa';
  return algorithm === 'RSASSA-PSS' ? 'rsa-pss' : 'rsa-pkcs1';
}
