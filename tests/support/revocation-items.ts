import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  context,
  DER_NULL,
  der,
  objectIdentifier,
  octetString,
  sequence,
  unsignedInteger,
} from '../../src/main/signing/cms/asn1.ts';
import { type CertificateFacts, readCertificate } from '../../src/main/signing/cms/certificates.ts';
import { certificateOf } from './authority-pki.ts';

/** Somebody of the test PKI who signs what openssl would not: odd CRLs and OCSP answers. */
export interface Maker {
  readonly certificate: CertificateFacts;
  readonly key: KeyObject;
}

export function makerOf(folder: string, file: string): Maker {
  return {
    certificate: readCertificate(certificateOf(folder, file)),
    key: createPrivateKey(readFileSync(path.join(folder, `${file}.key.pem`))),
  };
}

const RSA_SHA256 = sequence(objectIdentifier('1.2.840.113549.1.1.11'), DER_NULL);
const ECDSA_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const algorithmOf = (key: KeyObject) => (key.asymmetricKeyType === 'ec' ? ECDSA_SHA256 : RSA_SHA256);
const bits = (value: Uint8Array) => der(0x03, Uint8Array.of(0), value);
export const generalizedTime = (at: Date) =>
  der(0x18, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
const enumerated = (value: number) => der(0x0a, Uint8Array.of(value));

export function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(
    objectIdentifier(oid),
    ...(critical ? [der(0x01, Uint8Array.of(0xff))] : []),
    octetString(value),
  );
}

function signed(body: Uint8Array, key: KeyObject, tail: readonly Uint8Array[] = []): Uint8Array {
  return sequence(body, algorithmOf(key), bits(sign('sha256', body, key)), ...tail);
}

export interface CrlWish {
  readonly by: Maker;
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  /** DER, see `crlEntry`. */
  readonly entries?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
}

export function makeCrl({ by, thisUpdate, nextUpdate, entries, extensions = [] }: CrlWish): Uint8Array {
  const body = sequence(
    unsignedInteger(Uint8Array.of(1)),
    algorithmOf(by.key),
    by.certificate.subject,
    generalizedTime(thisUpdate),
    ...(nextUpdate ? [generalizedTime(nextUpdate)] : []),
    ...(entries ? [sequence(entries)] : []),
    ...(extensions.length > 0 ? [context(0, sequence(...extensions))] : []),
  );
  return signed(body, by.key);
}

/** `serial` is the INTEGER element. */
export function crlEntry(serial: Uint8Array, at: Date, reason?: number, more: Uint8Array[] = []): Uint8Array {
  const all = [...(reason === undefined ? [] : [extension('2.5.29.21', enumerated(reason))]), ...more];
  return sequence(serial, generalizedTime(at), ...(all.length > 0 ? [sequence(...all)] : []));
}

export interface OcspWish {
  readonly by: Maker;
  readonly subject: CertificateFacts;
  readonly issuer: CertificateFacts;
  readonly status?: 'good' | 'unknown' | { readonly revokedAt: Date; readonly reason?: number };
  readonly thisUpdate: Date;
  readonly nextUpdate?: Date;
  readonly producedAt?: Date;
  /** Of the answer for the certificate. */
  readonly extensions?: readonly Uint8Array[];
  /** Of the whole. */
  readonly outer?: readonly Uint8Array[];
  readonly byName?: boolean;
  readonly carried?: readonly Uint8Array[];
}

export function makeOcsp(wish: OcspWish): Uint8Array {
  const sha1 = (data: Uint8Array) => octetString(createHash('sha1').update(data).digest());
  const { by, subject, issuer, status = 'good' } = wish;
  const state =
    status === 'good'
      ? der(0x80)
      : status === 'unknown'
        ? der(0x82)
        : context(
            1,
            generalizedTime(status.revokedAt),
            ...(status.reason === undefined ? [] : [context(0, enumerated(status.reason))]),
          );
  const single = sequence(
    sequence(
      sequence(objectIdentifier('1.3.14.3.2.26'), DER_NULL),
      sha1(subject.issuer),
      sha1(issuer.publicKeyBits),
      subject.serial,
    ),
    state,
    generalizedTime(wish.thisUpdate),
    ...(wish.nextUpdate ? [context(0, generalizedTime(wish.nextUpdate))] : []),
    ...(wish.extensions ? [context(1, sequence(...wish.extensions))] : []),
  );
  const responder = wish.byName
    ? context(1, by.certificate.subject)
    : context(2, sha1(by.certificate.publicKeyBits));
  const data = sequence(
    responder,
    generalizedTime(wish.producedAt ?? wish.thisUpdate),
    sequence(single),
    ...(wish.outer ? [context(1, sequence(...wish.outer))] : []),
  );
  const carried = wish.carried ?? [by.certificate.der];
  const basic = signed(data, by.key, carried.length > 0 ? [context(0, sequence(...carried))] : []);
  const bytes = sequence(objectIdentifier('1.3.6.1.5.5.7.48.1.1'), octetString(basic));
  return sequence(enumerated(0), context(0, bytes));
}
