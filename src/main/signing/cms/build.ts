import { createHash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { SignatureAlgorithm, SigningKey } from '../port.ts';
import {
  context,
  DER_NULL,
  der,
  equalOctets,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  unsignedInteger,
} from './asn1.ts';
import { type CertificateFacts, tryReadCertificate } from './certificates.ts';
import { CMS_OID, HASHES, type Hash } from './oids.ts';

export type { ChainVerdict } from './certificates.ts';
export { CMS_OID, HASHES, type Hash } from './oids.ts';
export { type CmsProblem, type CmsTrust, type CmsVerdict, verifyCms } from './verify.ts';

interface AlgorithmFacts {
  readonly hash: Hash;
  readonly oid: string;
  /** RFC 4055 §5 demands NULL parameters of RSA; RFC 5758 §3.2 forbids any of ECDSA. */
  readonly parameters: readonly Uint8Array[];
}

const ALGORITHMS: Readonly<Record<SignatureAlgorithm, AlgorithmFacts>> = {
  'rsa-pkcs1-sha256': { hash: 'sha256', oid: '1.2.840.113549.1.1.11', parameters: [DER_NULL] },
  'ecdsa-sha256': { hash: 'sha256', oid: '1.2.840.10045.4.3.2', parameters: [] },
  'ecdsa-sha384': { hash: 'sha384', oid: '1.2.840.10045.4.3.3', parameters: [] },
};

/** The hash that goes with a key's algorithm: the document must be hashed with it. */
export function hashOf(algorithm: SignatureAlgorithm): Hash {
  return ALGORITHMS[algorithm].hash;
}

export interface CmsRequest {
  readonly key: SigningKey;
  /** Hash over the signed octets, made with `hash`. */
  readonly messageDigest: Uint8Array;
  readonly hash: Hash;
}

/**
 * A detached CMS SignedData as PAdES baseline wants it (RFC 5652, ETSI EN 319 122-1 and 319 142-1): DER, version 1,
 * signed attributes contentType, messageDigest and signing-certificate-v2, no signingTime, all certificates of the key.
 *
 * Throws KEY_UNSUPPORTED where `hash` is not the one of the key's algorithm, CERTIFICATE_MISMATCH where the key has no
 * readable certificate, and whatever the key throws.
 */
export async function buildDetachedCms({ key, messageDigest, hash }: CmsRequest): Promise<Uint8Array> {
  const algorithm = ALGORITHMS[key.algorithm];
  if (algorithm.hash !== hash || messageDigest.length !== HASHES[hash].length) {
    throw new CounterError('KEY_UNSUPPORTED', {
      algorithm: key.algorithm,
      hash,
      digestOctets: messageDigest.length,
    });
  }
  const signer = key.certificates[0] ? tryReadCertificate(key.certificates[0]) : null;
  if (!signer) throw new CounterError('CERTIFICATE_MISMATCH', { reason: 'certificate-unreadable' });

  const attributes = [
    attribute(CMS_OID.contentType, objectIdentifier(CMS_OID.data)),
    attribute(CMS_OID.messageDigest, octetString(messageDigest)),
    attribute(CMS_OID.signingCertificateV2, signingCertificateV2(signer)),
  ];
  // Signed as SET OF (0x31), carried as [0] IMPLICIT (0xa0): RFC 5652 §5.4.
  const signature = await key.sign(setOf(0x31, attributes));

  const digestAlgorithm = sequence(objectIdentifier(HASHES[hash].oid));
  const signerInfo = sequence(
    unsignedInteger(Uint8Array.of(1)),
    sequence(signer.issuer, signer.serial),
    digestAlgorithm,
    setOf(0xa0, attributes),
    sequence(objectIdentifier(algorithm.oid), ...algorithm.parameters),
    octetString(signature),
  );
  const signedData = sequence(
    unsignedInteger(Uint8Array.of(1)),
    der(0x31, digestAlgorithm),
    sequence(objectIdentifier(CMS_OID.data)),
    setOf(0xa0, unique(key.certificates)),
    der(0x31, signerInfo),
  );
  return sequence(objectIdentifier(CMS_OID.signedData), context(0, signedData));
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), der(0x31, value));
}

/** RFC 5035 §4: SHA-256 is the default, and DER leaves defaults out; issuerSerial is included. */
function signingCertificateV2(signer: CertificateFacts): Uint8Array {
  const hash = createHash('sha256').update(signer.der).digest();
  const issuerSerial = sequence(sequence(context(4, signer.issuer)), signer.serial);
  return sequence(sequence(sequence(octetString(hash), issuerSerial)));
}

function unique(certificates: readonly Uint8Array[]): Uint8Array[] {
  return certificates.filter((c, i) => certificates.findIndex((other) => equalOctets(other, c)) === i);
}
