import type { Hash } from '../cms/oids.ts';

/** A time stamp authority, or several of which one answers (RFC 3161). */
export interface TimeStamper {
  /**
   * A TimeStampToken (DER of its ContentInfo) over a digest, checked before it is given out: imprint, nonce, granted
   * status, the authority's signature and its critical timeStamping key usage. Slow authorities take minutes.
   * Throws TIMESTAMP_UNREACHABLE, TIMESTAMP_REFUSED, TIMESTAMP_INVALID, CANCELLED.
   */
  stamp(digest: Uint8Array, hash: Hash, signal: AbortSignal): Promise<Uint8Array>;
}

/** What proves certificates for the years to come; DER each, no duplicates (ETSI EN 319 142-1 §5.4.2). */
export interface EvidenceItems {
  readonly certificates: readonly Uint8Array[];
  /** OCSPResponse (RFC 6960), whole, as a /DSS carries them. */
  readonly ocsps: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

export interface EvidenceRequest {
  /** Leaves to be proven, signers' and authorities': each with the certificates that came along, the leaf first. */
  readonly chains: readonly (readonly Uint8Array[])[];
  /**
   * Revocation data that was kept serves only where it is newer than this: the time of the stamp that it is to stand
   * beside. What is fetched anew serves as long as its own period holds: a root publishes its list twice a year.
   */
  readonly after: Date;
  /**
   * What a revocation is to the caller: a signer throws CERTIFICATE_REVOKED ('refuse', unless told); a judge is handed
   * the answer that says so ('report').
   */
  readonly revoked?: 'refuse' | 'report';
}

export interface EvidenceSource {
  /**
   * Completes each chain to a trusted certificate (its own, the configured ones, caIssuers addresses) and fetches
   * OCSP answers, else CRLs, for every certificate below the trusted one, also for those of the responders.
   * Throws EVIDENCE_UNREACHABLE {host}, EVIDENCE_INCOMPLETE {certificate, reason}, CERTIFICATE_REVOKED {certificate,
   * revokedAt, reason}, CANCELLED.
   */
  collect(request: EvidenceRequest, signal: AbortSignal): Promise<EvidenceItems>;
}
