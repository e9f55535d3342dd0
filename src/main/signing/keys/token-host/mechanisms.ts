import { createHash } from 'node:crypto';
import pkcs11 from 'pkcs11js';
import type { Hash } from '../../cms/oids.ts';
import type { SignatureAlgorithm } from '../../port.ts';
import { partsOf, type Scheme } from '../algorithm.ts';

/** One way to ask a token for a signature: the mechanism, and what goes into it. */
export interface Attempt {
  readonly mechanism: pkcs11.Mechanism;
  readonly input: Buffer;
}

/** DER of the DigestInfo up to the hash's octets (RFC 8017 §9.2, note 1). */
const DIGEST_INFO: Readonly<Record<Hash, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
};

interface HashMechanisms {
  readonly hash: number;
  readonly mgf: number;
  readonly octets: number;
  /** The mechanism that hashes and signs in one. */
  readonly whole: Readonly<Record<Scheme, number>>;
}

/** PKCS#11 names CKM_ECDSA_SHA384 and CKM_ECDSA_SHA512 since 2.40; pkcs11js does not (values of pkcs11t.h). */
const HASHES: Readonly<Record<Hash, HashMechanisms>> = {
  sha256: {
    hash: pkcs11.CKM_SHA256,
    mgf: pkcs11.CKG_MGF1_SHA256,
    octets: 32,
    whole: {
      'rsa-pkcs1': pkcs11.CKM_SHA256_RSA_PKCS,
      'rsa-pss': pkcs11.CKM_SHA256_RSA_PKCS_PSS,
      ecdsa: 0x1044,
    },
  },
  sha384: {
    hash: pkcs11.CKM_SHA384,
    mgf: pkcs11.CKG_MGF1_SHA384,
    octets: 48,
    whole: {
      'rsa-pkcs1': pkcs11.CKM_SHA384_RSA_PKCS,
      'rsa-pss': pkcs11.CKM_SHA384_RSA_PKCS_PSS,
      ecdsa: 0x1045,
    },
  },
  sha512: {
    hash: pkcs11.CKM_SHA512,
    mgf: pkcs11.CKG_MGF1_SHA512,
    octets: 64,
    whole: {
      'rsa-pkcs1': pkcs11.CKM_SHA512_RSA_PKCS,
      'rsa-pss': pkcs11.CKM_SHA512_RSA_PKCS_PSS,
      ecdsa: 0x1046,
    },
  },
};

const PSS_MECHANISMS: readonly number[] = [
  pkcs11.CKM_RSA_PKCS_PSS,
  ...Object.values(HASHES).map((h) => h.whole['rsa-pss']),
];

/** Whether a token lists any mechanism for RSASSA-PSS. Whether it can is known after a signature only. */
export function listsPss(mechanisms: readonly number[]): boolean {
  return PSS_MECHANISMS.some((m) => mechanisms.includes(m));
}

/**
 * The ways to make a signature, best first. RSA: the token hashes where it says it can, else it gets our hash. ECDSA:
 * our hash, because mechanisms that hash are rare on tokens. What a token lists is not always true, so each is
 * tried in turn; the bare ones also where they are not listed, but for PSS.
 */
export function attemptsFor(
  algorithm: SignatureAlgorithm,
  data: Uint8Array,
  listed: readonly number[],
): Attempt[] {
  const { scheme, hash } = partsOf(algorithm);
  const facts = HASHES[hash];
  const digest = createHash(hash).update(data).digest();
  const pss = {
    type: pkcs11.CK_PARAMS_RSA_PSS,
    hashAlg: facts.hash,
    mgf: facts.mgf,
    saltLen: facts.octets,
  };
  const parameter = scheme === 'rsa-pss' ? { parameter: pss } : {};
  const whole: Attempt = {
    mechanism: { mechanism: facts.whole[scheme], ...parameter },
    input: Buffer.from(data),
  };
  const wholes = listed.includes(facts.whole[scheme]) ? [whole] : [];
  const info = Buffer.concat([Buffer.from(DIGEST_INFO[hash], 'hex'), digest]);
  switch (scheme) {
    case 'rsa-pkcs1':
      return [...wholes, { mechanism: { mechanism: pkcs11.CKM_RSA_PKCS }, input: info }];
    case 'rsa-pss': {
      const bare = { mechanism: { mechanism: pkcs11.CKM_RSA_PKCS_PSS, ...parameter }, input: digest };
      return listed.includes(pkcs11.CKM_RSA_PKCS_PSS) ? [...wholes, bare] : wholes;
    }
    case 'ecdsa':
      return [{ mechanism: { mechanism: pkcs11.CKM_ECDSA }, input: digest }, ...wholes];
  }
}
