import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import {
  context,
  DER_NULL,
  der,
  objectIdentifier,
  octetString,
  sequence,
  unsignedInteger,
} from '../../../src/main/signing/cms/asn1.ts';

/**
 * A small PKI whose every octet is the same on each run, so that a seed's number leads to the same inputs: Ed25519
 * keys from fixed octets, whose signatures are deterministic (RFC 8032). RSA and EC certificates carry such a
 * signature as well.
 */
export interface SeedAuthority {
  readonly name: Uint8Array;
  readonly key: KeyObject;
  readonly certificate: Uint8Array;
}

export const oid = objectIdentifier;
export const integer = (value: number) => unsignedInteger(Uint8Array.of((value >> 8) & 255, value & 255));
export const text = (value: string) => der(0x0c, Buffer.from(value));
export const time = (value: string) => der(0x18, Buffer.from(value));
const utcTime = (value: string) => der(0x17, Buffer.from(value));
const set = (...parts: Uint8Array[]) => der(0x31, ...parts);
export const bits = (octets: Uint8Array) => der(0x03, Uint8Array.of(0), octets);
export const boolean = (value: boolean) => der(0x01, Uint8Array.of(value ? 0xff : 0));

export const ED25519 = sequence(oid('1.3.101.112'));
/** Inside every certificate's validity. */
export const SEED_TIME = new Date('2026-06-01T00:00:00Z');

function ed25519Key(number: number): KeyObject {
  const seed = createHash('sha256').update(`fuzz key ${number}`).digest();
  const pkcs8 = sequence(integer(0), ED25519, octetString(octetString(seed)));
  return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
}

export function spkiOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

/** A modulus that nobody can factor is not needed to read one. */
function rsaSpki(): Uint8Array {
  const modulus = Buffer.concat(
    Array.from({ length: 8 }, (_, i) => createHash('sha256').update(`modulus ${i}`).digest()),
  );
  modulus[0]! |= 0x80;
  modulus[255]! |= 1;
  const key = sequence(unsignedInteger(modulus), unsignedInteger(Uint8Array.of(1, 0, 1)));
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), DER_NULL), bits(key));
}

function ecSpki(): Uint8Array {
  const point = createECDH('prime256v1');
  point.setPrivateKey(createHash('sha256').update('fuzz point').digest());
  const algorithm = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'));
  return sequence(algorithm, bits(point.getPublicKey()));
}

export const nameOf = (commonName: string) =>
  sequence(
    set(sequence(oid('2.5.4.6'), der(0x13, Buffer.from('VN')))),
    set(sequence(oid('2.5.4.10'), text('Ủy ban nhân dân xã'))),
    set(sequence(oid('2.5.4.3'), text(commonName))),
  );

const extension = (id: string, value: Uint8Array, critical = false) =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
const uri = (address: string) => der(0x86, Buffer.from(address));
const keyId = (spki: Uint8Array) => createHash('sha1').update(spki).digest();

function extensionsOf(role: string, spki: Uint8Array, issuerSpki: Uint8Array): Uint8Array[] {
  const isCa = role === 'ca';
  const stamps = sequence(oid('1.3.6.1.5.5.7.3.8'));
  return [
    extension('2.5.29.14', octetString(keyId(spki))),
    extension('2.5.29.35', sequence(der(0x80, keyId(issuerSpki)))),
    extension('2.5.29.15', der(0x03, Uint8Array.of(isCa ? 1 : 6, isCa ? 0x06 : 0xc0)), true),
    extension('2.5.29.19', isCa ? sequence(boolean(true), integer(3)) : sequence(), true),
    extension('2.5.29.17', sequence(der(0x81, Buffer.from('mau@example.vn')))),
    extension('2.5.29.31', sequence(sequence(context(0, context(0, uri('http://crl.example.vn/a.crl')))))),
    extension(
      '1.3.6.1.5.5.7.1.1',
      sequence(
        sequence(oid('1.3.6.1.5.5.7.48.1'), uri('http://ocsp.example.vn/')),
        sequence(oid('1.3.6.1.5.5.7.48.2'), uri('http://ca.example.vn/ca.cer')),
      ),
    ),
    extension('2.5.29.32', sequence(sequence(oid('2.16.704.1.1')))),
    ...(role === 'tsa' ? [extension('2.5.29.37', stamps, true)] : []),
    ...(role === 'ocsp'
      ? [
          extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.9'))),
          extension('1.3.6.1.5.5.7.48.1.5', DER_NULL),
        ]
      : []),
    ...(role === 'odd' ? [extension('2.5.29.30', sequence(), true)] : []),
  ];
}

interface Issued {
  readonly name: string;
  readonly serial: number;
  readonly spki: Uint8Array;
  readonly role: string;
  readonly issuer: { readonly name: Uint8Array; readonly key: KeyObject };
}

function issue({ name, serial, spki, role, issuer }: Issued): Uint8Array {
  const tbs = sequence(
    context(0, integer(2)),
    integer(serial),
    ED25519,
    issuer.name,
    sequence(utcTime('250101000000Z'), time('20450101000000Z')),
    nameOf(name),
    spki,
    context(3, sequence(...extensionsOf(role, spki, spkiOf(issuer.key)))),
  );
  return sequence(tbs, ED25519, bits(sign(null, tbs, issuer.key)));
}

function authority(name: string, serial: number, role: string, issuer: SeedAuthority | null): SeedAuthority {
  const key = ed25519Key(serial);
  const own = { name: nameOf(name), key };
  const certificate = issue({ name, serial, spki: spkiOf(key), role, issuer: issuer ?? own });
  return { ...own, certificate };
}

export interface SeedPki {
  readonly root: SeedAuthority;
  readonly issuing: SeedAuthority;
  readonly signer: SeedAuthority;
  readonly stamper: SeedAuthority;
  readonly responder: SeedAuthority;
  readonly rsa: Uint8Array;
  readonly ec: Uint8Array;
  readonly odd: Uint8Array;
}

export function seedPki(): SeedPki {
  const root = authority('Fuzz Root', 1, 'ca', null);
  const issuing = authority('Fuzz Issuing', 2, 'ca', root);
  const leaf = (name: string, serial: number, spki: Uint8Array, role: string) =>
    issue({ name, serial, spki, role, issuer: issuing });
  return {
    root,
    issuing,
    signer: authority('Nông Thị Mẫu', 3, 'signer', issuing),
    stamper: authority('Fuzz TSA', 4, 'tsa', issuing),
    responder: authority('Fuzz OCSP', 5, 'ocsp', issuing),
    rsa: leaf('RSA', 6, rsaSpki(), 'signer'),
    ec: leaf('EC', 7, ecSpki(), 'signer'),
    odd: leaf('Odd', 8, spkiOf(root.key), 'odd'),
  };
}

export const serialOf = (serial: number) => integer(serial);
