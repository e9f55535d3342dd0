import { z } from 'zod';
import { instant, sha256 } from './basics.ts';
import { indication, signatureLevel } from './model.ts';

/** ETSI EN 319 102-1 V1.3.1 tables 5 and 6. */
export const subIndication = z.enum([
  'FORMAT_FAILURE',
  'HASH_FAILURE',
  'SIG_CRYPTO_FAILURE',
  'REVOKED',
  'EXPIRED',
  'NOT_YET_VALID',
  'SIG_CONSTRAINTS_FAILURE',
  'CHAIN_CONSTRAINTS_FAILURE',
  'CERTIFICATE_CHAIN_GENERAL_FAILURE',
  'CRYPTO_CONSTRAINTS_FAILURE',
  'POLICY_PROCESSING_ERROR',
  'TIMESTAMP_ORDER_FAILURE',
  'NO_SIGNING_CERTIFICATE_FOUND',
  'NO_CERTIFICATE_CHAIN_FOUND',
  'REVOKED_NO_POE',
  'REVOKED_CA_NO_POE',
  'OUT_OF_BOUNDS_NOT_REVOKED',
  'OUT_OF_BOUNDS_NO_POE',
  'REVOCATION_OUT_OF_BOUNDS_NO_POE',
  'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  'NO_POE',
  'TRY_LATER',
  'SIGNED_DATA_NOT_FOUND',
]);
export type SubIndication = z.infer<typeof subIndication>;

/** Stable words for why a verdict is not TOTAL-PASSED; screens say them by `verify.reason.WORD`. */
const reasons = z.array(z.string());
const revocationStatus = z.enum(['good', 'revoked', 'unknown', 'not-checked']);

/** Who signed, as the certificate says it; texts come from strangers and are shown as text only. */
export const certificateSummary = z.object({
  name: z.string(),
  organisation: z.string(),
  issuer: z.string(),
  /** Hexadecimal, without separators. */
  serial: z.string(),
  notBefore: instant,
  notAfter: instant,
  /** SHA-256 of the DER, lower-case hexadecimal. */
  fingerprint: sha256,
});
export type CertificateSummary = z.infer<typeof certificateSummary>;

/** A time stamp, on a signature or over the document (RFC 3161, ETSI EN 319 142-1 §5.4.3). */
export const timeStampSummary = z.object({
  kind: z.enum(['signature', 'document']),
  at: instant,
  authority: certificateSummary.nullable(),
  indication,
  subIndication: subIndication.nullable(),
  reasons,
});
export type TimeStampSummary = z.infer<typeof timeStampSummary>;

/** A change after a signature that is neither a further signature nor what belongs to one. */
export const modification = z.object({
  what: z.string(),
  object: z.number().int().optional(),
  key: z.string().optional(),
});

export const signatureReport = z.object({
  fieldName: z.string(),
  type: z.enum(['signature', 'document-timestamp']),
  subFilter: z.string(),
  indication,
  subIndication: subIndication.nullable(),
  reasons,
  /** What the signature carries, whether or not it holds; null for a document time stamp. */
  level: signatureLevel.nullable(),
  signer: certificateSummary.nullable(),
  algorithm: z.string(),
  hash: z.string(),
  /** /M: what the signer's clock said, proven by nobody. */
  claimedTime: z.string().nullable(),
  /** The earliest time at which the signature is proven to have existed; null where only this check proves it. */
  provenTime: instant.nullable(),
  timeStamps: z.array(timeStampSummary),
  chain: z.enum(['trusted', 'no-path', 'expired', 'not-yet-valid', 'constraint-violated', 'unknown']),
  revocation: revocationStatus,
  revokedAt: instant.nullable(),
  reason: z.string().nullable(),
  location: z.string().nullable(),
  /** Octets from the start that it covers, and those that came later; null where its ranges make no sense. */
  coverage: z
    .object({ end: z.number().int(), bytesAfter: z.number().int(), wholeFile: z.boolean() })
    .nullable(),
  /** 1 = no changes, 2 = filling and signing, 3 = also annotations (DocMDP); null where it certifies nothing. */
  certifies: z.union([z.literal(1), z.literal(2), z.literal(3)]).nullable(),
  modifiedAfter: z.array(modification),
  /** Names of prepared fields that were filled afterwards, which is lawful. */
  filledAfter: z.array(z.string()),
});
export type SignatureReport = z.infer<typeof signatureReport>;

/** What was found of all signatures of one PDF, for people and for machines. */
export const verificationReport = z.object({
  /** The worst of all signatures; null where the file carries none. */
  indication: indication.nullable(),
  sha256,
  bytes: z.number().int().positive(),
  /** Cross-reference sections: 1 for a file that nothing was appended to (2 where it is linearised). */
  revisions: z.number().int().positive(),
  judgedAt: instant,
  /** By what it was judged (TT 15/2025/TT-BKHCN Điều 5: the policy is told with the verdict). */
  policy: z.object({
    /** Names of the trusted certificates. */
    anchors: z.array(z.string()),
    /** offline = only what the file carries was asked about revocation. */
    revocation: z.enum(['offline', 'online']),
  }),
  /** In the order of what they cover, the earliest first. */
  signatures: z.array(signatureReport),
});
export type VerificationReport = z.infer<typeof verificationReport>;
