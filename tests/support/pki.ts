import { createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import forge from 'node-forge';
import {
  issueAuthority,
  issueCertificate,
  newKeyPair,
  packPkcs12,
  type TestAuthority,
  type TestKeyType,
  toPem,
} from '../../src/simulators/certificates.ts';

/** Password of every .p12 of the test PKI but `vietnamese`. */
export const PASSWORD = 'mat-khau-1';
export const VIETNAMESE_PASSWORD = 'mật khẩu bí ẩn';
export const SIGNER_NAME = 'Nông Thị Mẫu';
export const ORGANISATION = 'Ủy ban nhân dân xã Thử Nghiệm';

export interface TestSigner {
  readonly certificate: Uint8Array;
  /** The signer's, the issuing authority's and the root's certificates, DER. */
  readonly certificates: readonly Uint8Array[];
  readonly privateKey: KeyObject;
  /** PKCS#12, AES-256 and SHA-256, with the whole chain. */
  readonly p12File: string;
  readonly certificateFile: string;
  /** PKCS#8, PEM, not encrypted. */
  readonly keyFile: string;
}

const SIGNERS = {
  rsa: { keyType: 'rsa-3072', from: -1, to: 365, keyUsage: 0xc0 },
  ec: { keyType: 'ec-p256', from: -1, to: 365, keyUsage: 0xc0 },
  ec384: { keyType: 'ec-p384', from: -1, to: 365, keyUsage: 0xc0 },
  expired: { keyType: 'ec-p256', from: -400, to: -35, keyUsage: 0xc0 },
  future: { keyType: 'ec-p256', from: 30, to: 365, keyUsage: 0xc0 },
  /** Its key may encipher keys only. */
  wrongUsage: { keyType: 'ec-p256', from: -1, to: 365, keyUsage: 0x20 },
} as const;
export type SignerName = keyof typeof SIGNERS;

export interface TestPki {
  readonly folder: string;
  readonly root: Uint8Array;
  readonly issuing: Uint8Array;
  readonly rootFile: string;
  readonly issuingFile: string;
  /** Root of another PKI, which signed nothing here. */
  readonly strangerRoot: Uint8Array;
  readonly signers: Readonly<Record<SignerName, TestSigner>>;
  readonly files: {
    /** The RSA signer's key and certificate under 3DES and HMAC-SHA-1. */
    readonly legacy: string;
    /** The EC signer under a password beyond ASCII. */
    readonly vietnamese: string;
    /** The EC signer's key beside another's certificate. */
    readonly wrongKey: string;
    readonly noKey: string;
  };
}

const DAY = 86_400_000;
/** Kept for a day, for all the suites of a run: RSA keys take most of a second each. */
const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/test-pki');
const VERSION = 3;

/** The test PKI, made once a day and read from its folder afterwards. */
export async function testPki(): Promise<TestPki> {
  const folder = path.join(CACHE, `v${VERSION}-${new Date().toISOString().slice(0, 10)}`);
  if (!existsSync(folder)) await makeInto(folder);
  return load(folder);
}

async function makeInto(folder: string): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(path.join(CACHE, 'draft-'));
  await make(draft);
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another suite was faster: its folder serves as well.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

async function make(folder: string): Promise<void> {
  const validity = {
    notBefore: new Date(Date.now() - 500 * DAY),
    notAfter: new Date(Date.now() + 3650 * DAY),
  };
  const root = await issueAuthority('Test Root CA', null, { ...validity, keyType: 'rsa-3072' });
  const issuing = await issueAuthority('Test Issuing CA', root, { ...validity, keyType: 'rsa-3072' });
  const stranger = await issueAuthority('Stranger Root CA', null, { ...validity, keyType: 'ec-p256' });
  const put = (name: string, data: string | Uint8Array) => writeFileSync(path.join(folder, name), data);
  put('root.pem', toPem(root.certificate));
  put('issuing.pem', toPem(issuing.certificate));
  put('root.der', root.certificate);
  put('issuing.der', issuing.certificate);
  put('stranger.der', stranger.certificate);
  for (const [name, { keyType, from, to, keyUsage }] of Object.entries(SIGNERS)) {
    const { privateKey, certificate } = await makeSigner(issuing, { keyType, from, to, keyUsage });
    const certificates = [certificate, issuing.certificate, root.certificate];
    put(`${name}.der`, certificate);
    put(`${name}.pem`, toPem(certificate));
    put(`${name}.key.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    put(`${name}.p12`, packPkcs12({ key: privateKey, certificates, password: PASSWORD }));
    if (name === 'rsa') put('legacy.p12', packLegacy(privateKey, certificates));
    if (name === 'ec') {
      put('vietnamese.p12', packPkcs12({ key: privateKey, certificates, password: VIETNAMESE_PASSWORD }));
      const others = [issuing.certificate, root.certificate];
      put('wrong-key.p12', packPkcs12({ key: privateKey, certificates: others, password: PASSWORD }));
    }
  }
  put('no-key.p12', packWithoutKey([issuing.certificate, root.certificate]));
}

interface SignerRequest {
  readonly keyType: TestKeyType;
  /** Days from now. */
  readonly from: number;
  readonly to: number;
  readonly keyUsage: number;
}

async function makeSigner(issuer: TestAuthority, { keyType, from, to, keyUsage }: SignerRequest) {
  const pair = await newKeyPair(keyType);
  const certificate = issueCertificate({
    subject: { commonName: SIGNER_NAME, organisation: ORGANISATION },
    publicKey: pair.publicKey,
    issuer,
    role: 'signer',
    notBefore: new Date(Date.now() + from * DAY),
    notAfter: new Date(Date.now() + to * DAY),
    keyUsage,
  });
  return { certificate, privateKey: pair.privateKey };
}

function parsed(certificates: readonly Uint8Array[]): forge.pki.Certificate[] {
  return certificates.map((der) => forge.pki.certificateFromPem(toPem(der)));
}

function packLegacy(key: KeyObject, certificates: readonly Uint8Array[]): Uint8Array {
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const pfx = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(pem), parsed(certificates), PASSWORD, {
    algorithm: '3des',
  });
  return Buffer.from(forge.asn1.toDer(pfx).getBytes(), 'binary');
}

function packWithoutKey(certificates: readonly Uint8Array[]): Uint8Array {
  // Forge's types leave out that the key may be null.
  const noKey = null as unknown as forge.pki.rsa.PrivateKey;
  const pfx = forge.pkcs12.toPkcs12Asn1(noKey, parsed(certificates), PASSWORD);
  return Buffer.from(forge.asn1.toDer(pfx).getBytes(), 'binary');
}

function load(folder: string): TestPki {
  const at = (name: string) => path.join(folder, name);
  const der = (name: string) => Uint8Array.from(readFileSync(at(name)));
  const root = der('root.der');
  const issuing = der('issuing.der');
  const signer = (name: SignerName): TestSigner => ({
    certificate: der(`${name}.der`),
    certificates: [der(`${name}.der`), issuing, root],
    privateKey: createPrivateKey(readFileSync(at(`${name}.key.pem`))),
    p12File: at(`${name}.p12`),
    certificateFile: at(`${name}.pem`),
    keyFile: at(`${name}.key.pem`),
  });
  return {
    folder,
    root,
    issuing,
    rootFile: at('root.pem'),
    issuingFile: at('issuing.pem'),
    strangerRoot: der('stranger.der'),
    signers: {
      rsa: signer('rsa'),
      ec: signer('ec'),
      ec384: signer('ec384'),
      expired: signer('expired'),
      future: signer('future'),
      wrongUsage: signer('wrongUsage'),
    },
    files: {
      legacy: at('legacy.p12'),
      vietnamese: at('vietnamese.p12'),
      wrongKey: at('wrong-key.p12'),
      noKey: at('no-key.p12'),
    },
  };
}
