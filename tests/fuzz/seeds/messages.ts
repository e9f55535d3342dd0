import { createCipheriv, createHash, pbkdf2Sync, sign } from 'node:crypto';
import forge from 'node-forge';
import {
  context,
  DER_NULL,
  der,
  octetString,
  sequence,
  setOf,
  unsignedInteger,
} from '../../../src/main/signing/cms/asn1.ts';
import {
  bits,
  boolean,
  ED25519,
  integer,
  nameOf,
  oid,
  type SeedAuthority,
  type SeedPki,
  serialOf,
  spkiOf,
  text,
  time,
} from './certificates.ts';

const hash = (name: string, octets: Uint8Array) => createHash(name).update(octets).digest();
const SHA512 = sequence(oid('2.16.840.1.101.3.4.2.3'));
const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'));
const attribute = (id: string, value: Uint8Array) => sequence(oid(id), der(0x31, value));

interface CmsSeed {
  readonly signer: SeedAuthority;
  readonly serial: number;
  readonly certificates: readonly Uint8Array[];
  readonly contentType?: string;
  /** Carried along; else the message is detached. */
  readonly content?: Uint8Array;
  readonly digest: Uint8Array;
  readonly algorithm?: Uint8Array;
  readonly unsigned?: Uint8Array;
}

/** A SignedData as the verifier expects it (RFC 5652, RFC 8419 for Ed25519). */
export function cmsSeed(seed: CmsSeed): Uint8Array {
  const type = seed.contentType ?? '1.2.840.113549.1.7.1';
  const issuerSerial = sequence(sequence(context(4, nameOf('Fuzz Issuing'))), serialOf(seed.serial));
  const certificateId = sequence(SHA512, octetString(hash('sha512', seed.signer.certificate)), issuerSerial);
  const attributes = [
    attribute('1.2.840.113549.1.9.3', oid(type)),
    attribute('1.2.840.113549.1.9.4', octetString(seed.digest)),
    attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(certificateId))),
  ];
  const signature = sign(null, setOf(0x31, attributes), seed.signer.key);
  const info = sequence(
    integer(1),
    sequence(nameOf('Fuzz Issuing'), serialOf(seed.serial)),
    SHA512,
    setOf(0xa0, attributes),
    seed.algorithm ?? ED25519,
    octetString(signature),
    ...(seed.unsigned ? [context(1, seed.unsigned)] : []),
  );
  const content = seed.content ? [context(0, octetString(seed.content))] : [];
  const data = sequence(
    integer(3),
    der(0x31, SHA512),
    sequence(oid(type), ...content),
    setOf(0xa0, seed.certificates),
    der(0x31, info),
  );
  return sequence(oid('1.2.840.113549.1.7.2'), context(0, data));
}

export function stampSeed(pki: SeedPki, imprint: Uint8Array): Uint8Array {
  const info = sequence(
    integer(1),
    oid('1.3.6.1.4.1.4146.2.3'),
    sequence(SHA256, octetString(imprint)),
    integer(77),
    time('20260501120000.5Z'),
    sequence(integer(1), der(0x80, Uint8Array.of(100))),
    boolean(true),
    unsignedInteger(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
    context(0, context(4, nameOf('Fuzz TSA'))),
  );
  return cmsSeed({
    signer: pki.stamper,
    serial: 4,
    certificates: [pki.stamper.certificate, pki.issuing.certificate],
    contentType: '1.2.840.113549.1.9.16.1.4',
    content: info,
    digest: hash('sha512', info),
  });
}

/** RFC 3161 §2.4.2. */
export function stampResponseSeeds(pki: SeedPki, imprint: Uint8Array): Uint8Array[] {
  return [
    sequence(sequence(integer(0)), stampSeed(pki, imprint)),
    sequence(sequence(integer(2), sequence(text('no')), der(0x03, Uint8Array.of(5, 0x20)))),
  ];
}

export function cmsSeeds(pki: SeedPki, digest: Uint8Array): Uint8Array[] {
  const base = {
    signer: pki.signer,
    serial: 3,
    certificates: [pki.signer.certificate, pki.issuing.certificate],
    digest,
  };
  const stamp = attribute(
    '1.2.840.113549.1.9.16.2.14',
    stampSeed(pki, hash('sha256', Buffer.from('signature'))),
  );
  const pss = sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(
      context(0, SHA512),
      context(1, sequence(oid('1.2.840.113549.1.1.8'), SHA512)),
      context(2, integer(64)),
    ),
  );
  return [
    cmsSeed(base),
    cmsSeed({ ...base, unsigned: stamp }),
    cmsSeed({
      ...base,
      certificates: [...base.certificates, pki.rsa, pki.ec, pki.odd, pki.root.certificate],
    }),
    cmsSeed({
      ...base,
      serial: 6,
      signer: { ...pki.signer, certificate: pki.rsa },
      certificates: [pki.rsa],
      algorithm: pss,
    }),
    cmsSeed({
      ...base,
      serial: 7,
      signer: { ...pki.signer, certificate: pki.ec },
      certificates: [pki.ec],
      algorithm: sequence(oid('1.2.840.10045.4.3.4')),
    }),
  ];
}

/** RFC 6960 §4.2.1: good, revoked and unknown, by the authority itself and by a responder of its own. */
export function ocspSeeds(pki: SeedPki): Uint8Array[] {
  const id = sequence(
    sequence(oid('1.3.14.3.2.26'), DER_NULL),
    octetString(hash('sha1', nameOf('Fuzz Issuing'))),
    octetString(hash('sha1', spkiOf(pki.issuing.key).subarray(-32))),
    serialOf(3),
  );
  const times = [time('20260501000000Z'), context(0, time('20260701000000Z'))];
  const states = [
    der(0x80),
    context(1, time('20260301000000Z'), context(0, der(0x0a, Uint8Array.of(1)))),
    der(0x82),
  ];
  const nonce = sequence(sequence(oid('1.3.6.1.5.5.7.48.1.2'), octetString(octetString(new Uint8Array(16)))));
  const answer = (by: SeedAuthority, responder: Uint8Array, ...certificates: Uint8Array[]) => {
    const singles = states.map((state) => sequence(id, state, ...times));
    const data = sequence(responder, time('20260501000000Z'), sequence(...singles), context(1, nonce));
    const carried = certificates.length > 0 ? [context(0, sequence(...certificates))] : [];
    const basic = sequence(data, ED25519, bits(sign(null, data, by.key)), ...carried);
    const bytes = sequence(oid('1.3.6.1.5.5.7.48.1.1'), octetString(basic));
    return sequence(der(0x0a, Uint8Array.of(0)), context(0, bytes));
  };
  const byKey = context(2, octetString(hash('sha1', spkiOf(pki.issuing.key).subarray(-32))));
  const byName = context(1, nameOf('Fuzz OCSP'));
  return [
    answer(pki.issuing, byKey),
    answer(pki.responder, byName, pki.responder.certificate),
    sequence(der(0x0a, Uint8Array.of(3))),
  ];
}

/** RFC 5280 §5. */
export function crlSeeds(pki: SeedPki): Uint8Array[] {
  const reason = sequence(sequence(oid('2.5.29.21'), octetString(der(0x0a, Uint8Array.of(1)))));
  const entries = [3, 9, 300].map((n) => sequence(serialOf(n), time('20260101000000Z'), reason));
  const point = der(0x86, Buffer.from('http://crl.example.vn/a.crl'));
  const scope = sequence(context(0, context(0, point)), der(0x81, Uint8Array.of(0xff)));
  const make = (revoked: readonly Uint8Array[], ...extensions: Uint8Array[]) => {
    const tbs = sequence(
      integer(1),
      ED25519,
      pki.issuing.name,
      time('20260501000000Z'),
      time('20260701000000Z'),
      ...(revoked.length > 0 ? [sequence(...revoked)] : []),
      context(0, sequence(sequence(oid('2.5.29.20'), octetString(integer(5))), ...extensions)),
    );
    return sequence(tbs, ED25519, bits(sign(null, tbs, pki.issuing.key)));
  };
  return [
    make(entries),
    make([]),
    make(entries, sequence(oid('2.5.29.28'), boolean(true), octetString(scope))),
  ];
}

export const SEED_PASSWORD = 'mật khẩu';

/** RFC 7292: with and without MAC, plain and encrypted in each of the ways, one iteration each to be quick. */
export function pkcs12Seeds(pki: SeedPki): Uint8Array[] {
  const data = (octets: Uint8Array) => sequence(oid('1.2.840.113549.1.7.1'), context(0, octetString(octets)));
  const bag = (id: string, value: Uint8Array) => sequence(oid(id), context(0, value));
  const pkcs8 = pki.signer.key.export({ type: 'pkcs8', format: 'der' });
  const x509 = sequence(oid('1.2.840.113549.1.9.22.1'), context(0, octetString(pki.signer.certificate)));
  const certificateBag = bag('1.2.840.113549.1.12.10.1.3', x509);
  const keyBag = bag('1.2.840.113549.1.12.10.1.1', pkcs8);
  const salt = Buffer.alloc(8, 7);
  const shrouded = (algorithm: Uint8Array, octets: Uint8Array) =>
    bag('1.2.840.113549.1.12.10.1.2', sequence(algorithm, octetString(octets)));
  const modern = () => {
    const iv = Buffer.alloc(16, 9);
    const key = pbkdf2Sync(SEED_PASSWORD, salt, 1, 32, 'sha256');
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const kdf = sequence(
      oid('1.2.840.113549.1.5.12'),
      sequence(octetString(salt), integer(1), sequence(oid('1.2.840.113549.2.9'), DER_NULL)),
    );
    const scheme = sequence(oid('2.16.840.1.101.3.4.1.42'), octetString(iv));
    const algorithm = sequence(oid('1.2.840.113549.1.5.13'), sequence(kdf, scheme));
    return shrouded(algorithm, Buffer.concat([cipher.update(pkcs8), cipher.final()]));
  };
  const legacy = (id: string) =>
    shrouded(sequence(oid(id), sequence(octetString(salt), integer(1))), new Uint8Array(56));
  const macOf = (safe: Uint8Array) => {
    const password = SEED_PASSWORD;
    const key = forge.pkcs12.generateKey(
      password,
      forge.util.createBuffer(salt.toString('binary')),
      3,
      1,
      20,
    );
    const mac = forge.hmac.create();
    mac.start('sha1', key.getBytes());
    mac.update(Buffer.from(safe).toString('binary'));
    const digest = Buffer.from(mac.digest().getBytes(), 'binary');
    return sequence(
      sequence(sequence(oid('1.3.14.3.2.26'), DER_NULL), octetString(digest)),
      octetString(salt),
      integer(1),
    );
  };
  const file = (withMac: boolean, ...bags: Uint8Array[]) => {
    const safe = sequence(data(sequence(...bags)));
    return sequence(integer(3), data(safe), ...(withMac ? [macOf(safe)] : []));
  };
  const nested = bag('1.2.840.113549.1.12.10.1.6', sequence(keyBag, certificateBag));
  return [
    file(false, keyBag, certificateBag),
    file(true, keyBag, certificateBag),
    file(false, modern(), certificateBag),
    file(false, nested, legacy('1.2.840.113549.1.12.1.3'), legacy('1.2.840.113549.1.12.1.6')),
  ];
}
