import { CounterError } from '../../../contract/errors.ts';
import { equalOctets } from '../cms/asn1.ts';
import type { Hash } from '../cms/oids.ts';
import { readTimeStampToken, stampsDigest } from '../evidence/timestamp-token.ts';

/** What raising needs to know of a time stamp token; whether its authority is trusted is judged elsewhere. */
export interface TokenFacts {
  readonly hash: Hash | 'unsupported';
  readonly genTime: Date;
  /** The authority's certificate first, then what came along. */
  readonly certificates: readonly Uint8Array[];
  /** Its own hash and signature hold. */
  readonly intact: boolean;
  /** And its authority was one that may stamp. */
  readonly sound: boolean;
  stamps(digest: Uint8Array, hash: Hash): boolean;
}

/** Null where the octets are no time stamp token. */
export function readToken(token: Uint8Array): TokenFacts | null {
  try {
    const facts = readTimeStampToken(token);
    const { authority, problems } = facts;
    const others = facts.certificates.filter((c) => !authority || !equalOctets(c.der, authority.der));
    return {
      hash: facts.hash,
      genTime: facts.genTime,
      certificates: authority ? [authority, ...others].map((c) => c.der) : [],
      intact: !problems.includes('digest-wrong') && !problems.includes('signature-wrong'),
      sound: problems.length === 0,
      stamps: (digest, hash) => stampsDigest(facts, digest, hash),
    };
  } catch (error) {
    if (error instanceof CounterError && error.code === 'TIMESTAMP_INVALID') return null;
    throw error;
  }
}
