import { Asn1Error, equalOctets, expect, expectOid, octetsOf, readAsn1, TAG } from '../cms/asn1.ts';
import { HASHES, type Hash } from '../cms/oids.ts';
import { readSignedData } from '../cms/signed-data.ts';
import { judgeSignedData } from '../cms/verify.ts';

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const GENERALIZED_TIME = 24;

/** What a time stamp token says (RFC 3161 §2.4.2); whether its authority is trusted is judged elsewhere. */
export interface TokenFacts {
  readonly hash: Hash;
  readonly imprint: Uint8Array;
  readonly genTime: Date;
  /** The authority's certificate first, then what came along; empty where the token does not carry it. */
  readonly certificates: readonly Uint8Array[];
  /** The authority's key made it. */
  readonly intact: boolean;
}

/** Null where the octets are no time stamp token over a hash that is used here. */
export function readToken(token: Uint8Array): TokenFacts | null {
  try {
    const data = readSignedData(token);
    if (!data.content) return null;
    const [, , imprint, , genTime] = expect(readAsn1(data.content), TAG.sequence).children;
    const [algorithm, octets] = expect(imprint, TAG.sequence).children;
    const oid = expectOid(expect(algorithm, TAG.sequence).children[0]);
    const hash = (Object.keys(HASHES) as Hash[]).find((name) => HASHES[name].oid === oid);
    if (!hash) return null;
    const { digestOk, signatureOk } = judgeSignedData(data, null, { type: TST_INFO });
    const { signer } = data;
    const others = data.certificates.filter((c) => !signer || !equalOctets(c.der, signer.der));
    return {
      hash,
      imprint: octetsOf(expect(octets, TAG.octets)),
      genTime: timeOf(expect(genTime, GENERALIZED_TIME).content),
      certificates: signer ? [signer, ...others].map((c) => c.der) : [],
      intact: digestOk && signatureOk,
    };
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

/** Whether a token is sound and over this digest. */
export function stamps(token: TokenFacts | null, digest: Uint8Array): token is TokenFacts {
  return !!token?.intact && equalOctets(token.imprint, digest);
}

/** GeneralizedTime in UTC, with or without fractions of a second (RFC 3161 §2.4.2). */
function timeOf(octets: Uint8Array): Date {
  const text = Buffer.from(octets).toString('latin1');
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?Z$/.exec(text);
  if (!match) throw new Asn1Error('time unreadable');
  const [year, month, date, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    ...number[],
  ];
  const ms = match[7] ? Math.floor(Number(`0.${match[7]}`) * 1000) : 0;
  return new Date(Date.UTC(year, month - 1, date, hour, minute, second, ms));
}
