import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { type ByteSource, memorySource } from '../../../../src/main/pdf/reader/source.ts';
import {
  context,
  der,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  unsignedInteger,
} from '../../../../src/main/signing/cms/asn1.ts';
import { buildDetachedCms } from '../../../../src/main/signing/cms/build.ts';
import { readCertificate } from '../../../../src/main/signing/cms/certificates.ts';
import { archivedRevocation } from '../../../../src/main/signing/verifying/archival.ts';
import { coverageIn } from '../../../../src/main/signing/verifying/coverage.ts';
import { findEverySignature, findSignatures } from '../../../../src/main/signing/verifying/find.ts';
import { rangeHasher } from '../../../../src/main/signing/verifying/hashing.ts';
import { newProofs } from '../../../../src/main/signing/verifying/poe.ts';
import { readSecurityStore } from '../../../../src/main/signing/verifying/store.ts';
import { type VerifyOptions, verifySource } from '../../../../src/main/signing/verifying/verify.ts';
import { signPdf } from '../../../../src/main/signing/writing/sign-pdf.ts';
import { type TestPki, testPki } from '../../../support/pki.ts';
import { appendUpdate, type Folder, newFolder, ONE_PAGE, rawPdf, softKey } from '../sign-support.ts';
import { withCms, withStore } from './ladder.ts';

let pki: TestPki;
let folder: Folder;
let signed: Buffer;

beforeAll(async () => {
  pki = await testPki();
  folder = newFolder();
  signed = await sign(Buffer.from(rawPdf(ONE_PAGE), 'latin1'));
});
afterAll(() => folder.remove());

async function sign(base: Buffer): Promise<Buffer> {
  const key = softKey(pki.signers.ec, 'ecdsa-sha256');
  const request = {
    input: folder.write('in.pdf', base),
    output: folder.file('out.pdf'),
    key,
    at: new Date(),
  };
  await signPdf({ ...request, appearance: { kind: 'invisible' } });
  return readFileSync(request.output);
}

const first = async (pdf: Buffer, options: Partial<VerifyOptions> = {}) =>
  (await verifySource(memorySource(pdf), { trust: [pki.root], ...options })).signatures[0]!;

/** Octets of the newest ByteRange. */
function covered(pdf: Buffer): Buffer {
  const range = [...pdf.toString('latin1').matchAll(/\/ByteRange \[0 (\d+) (\d+) (\d+)/g)].at(-1)!;
  const [, a, b, c] = range.map(Number) as [number, number, number, number];
  return Buffer.concat([pdf.subarray(0, a), pdf.subarray(b, b + c)]);
}

/** Words of the signature's dictionary exchanged for others, and signed anew over what it is then. */
async function resigned(from: string, to: string): Promise<Buffer> {
  const text = signed.toString('latin1');
  expect(text).toContain(from);
  const pdf = Buffer.from(text.replace(from, to.padEnd(from.length)), 'latin1');
  const messageDigest = createHash('sha256').update(covered(pdf)).digest();
  const key = softKey(pki.signers.ec, 'ecdsa-sha256');
  return withCms(pdf, () => buildDetachedCms({ key, messageDigest, hash: 'sha256' }));
}

describe('kinds of signature', () => {
  it.each([
    ['/adbe.pkcs7.detached', 'TOTAL-PASSED', null, []],
    ['/adbe.pkcs7.sha1', 'INDETERMINATE', 'CRYPTO_CONSTRAINTS_FAILURE', ['sub-filter-sha1']],
    ['/adbe.x509.rsa_sha1', 'INDETERMINATE', 'CRYPTO_CONSTRAINTS_FAILURE', ['sub-filter-sha1']],
    ['/ETSI.RFC3161', 'TOTAL-FAILED', 'FORMAT_FAILURE', ['sub-filter-wrong']],
    ['/unheard.of', 'INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE', ['sub-filter-unsupported']],
  ])('%s', async (subFilter, indication, subIndication, reasons) => {
    const pdf = await resigned('/SubFilter /ETSI.CAdES.detached', `/SubFilter ${subFilter}`);
    expect(await first(pdf)).toMatchObject({ indication, subIndication, reasons, level: null });
  });

  it('a document time stamp that is made like a signature is refused', async () => {
    const filter = '/SubFilter /ETSI.CAdES.detached';
    const pdf = await resigned(
      `/Type /Sig /Filter /Adobe.PPKLite ${filter}`,
      `/Type /DocTimeStamp ${filter}`,
    );
    expect(await first(pdf)).toMatchObject({
      type: 'document-timestamp',
      indication: 'TOTAL-FAILED',
      reasons: ['sub-filter-wrong'],
    });
  });
});

/** A CMS by hand, with these signed attributes and so many signers. */
function cmsOf(pdf: Buffer, extra: readonly Uint8Array[], signers = 1): Promise<Uint8Array> {
  const key = softKey(pki.signers.ec, 'ecdsa-sha256');
  const { issuer, serial } = readCertificate(pki.signers.ec.certificate);
  const attribute = (oid: string, value: Uint8Array) => sequence(objectIdentifier(oid), der(0x31, value));
  const attributes = [
    attribute('1.2.840.113549.1.9.3', objectIdentifier('1.2.840.113549.1.7.1')),
    attribute('1.2.840.113549.1.9.4', octetString(createHash('sha256').update(covered(pdf)).digest())),
    ...extra,
  ];
  const sha256 = sequence(objectIdentifier('2.16.840.1.101.3.4.2.1'));
  return key.sign(setOf(0x31, attributes)).then((signature) => {
    const info = sequence(
      unsignedInteger(Uint8Array.of(1)),
      sequence(issuer, serial),
      sha256,
      setOf(0xa0, attributes),
      sequence(objectIdentifier('1.2.840.10045.4.3.2')),
      octetString(signature),
    );
    const data = sequence(
      unsignedInteger(Uint8Array.of(1)),
      der(0x31, sha256),
      sequence(objectIdentifier('1.2.840.113549.1.7.1')),
      setOf(0xa0, [...pki.signers.ec.certificates]),
      der(0x31, ...Array.from({ length: signers }, () => info)),
    );
    return sequence(objectIdentifier('1.2.840.113549.1.7.2'), context(0, data));
  });
}

describe('what a CMS may look like', () => {
  it('without naming its signer it is no PAdES, and good enough for the older kind', async () => {
    const pdf = await withCms(signed, () => cmsOf(signed, []));
    expect(await first(pdf)).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'SIG_CONSTRAINTS_FAILURE',
      reasons: ['signing-certificate-attribute-missing'],
    });
    const older = await resigned('/SubFilter /ETSI.CAdES.detached', '/SubFilter /adbe.pkcs7.detached');
    expect(await first(await withCms(older, () => cmsOf(older, [])))).toMatchObject({
      indication: 'TOTAL-PASSED',
    });
  });

  it('with two signers it is refused, the same one or not', async () => {
    const pdf = await withCms(signed, () => cmsOf(signed, [], 2));
    expect(await first(pdf)).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'FORMAT_FAILURE',
      reasons: expect.arrayContaining(['signers-not-one']) as string[],
    });
  });

  it('in BER, of indefinite length, it is read', async () => {
    const pdf = await withCms(signed, async (cms) => {
      // ContentInfo, its [0] and the SignedData: 30 82 xx xx, a0 82 xx xx, 30 82 xx xx.
      const oid = objectIdentifier('1.2.840.113549.1.7.2');
      const inner = 4 + oid.length + 8;
      const end = 4 + Buffer.from(cms).readUInt16BE(2);
      const open = (tag: number) => Uint8Array.of(tag, 0x80);
      const close = Buffer.alloc(6);
      return Buffer.concat([open(0x30), oid, open(0xa0), open(0x30), cms.subarray(inner, end), close]);
    });
    expect(await first(pdf)).toMatchObject({ indication: 'TOTAL-PASSED' });
  });

  it('revocation data that Acrobat put under the signature is found', async () => {
    const [ocsp, crl] = [sequence(Uint8Array.of(10, 1, 1)), sequence(sequence())];
    const value = sequence(context(0, sequence(crl)), context(1, sequence(ocsp)));
    const attribute = sequence(objectIdentifier('1.2.840.113583.1.1.8'), der(0x31, value));
    const cms = await cmsOf(signed, [attribute]);
    expect(archivedRevocation(cms)).toEqual({ ocsps: [ocsp], crls: [crl] });
    expect(archivedRevocation(cms.subarray(0, 50))).toEqual({ ocsps: [], crls: [] });
    expect(archivedRevocation(await cmsOf(signed, []))).toEqual({ ocsps: [], crls: [] });
  });
});

describe('a policy', () => {
  it.each([
    [{ hashes: ['sha512'] }, 'CRYPTO_CONSTRAINTS_FAILURE', 'hash-not-allowed'],
    [{ schemes: ['rsa-pss'] as const }, 'CRYPTO_CONSTRAINTS_FAILURE', 'scheme-not-allowed'],
    [{ minEcBits: 384 }, 'CRYPTO_CONSTRAINTS_FAILURE', 'key-too-short'],
    [{ minRsaBits: 4096 }, 'CRYPTO_CONSTRAINTS_FAILURE', 'key-too-short'],
    [{ requireRevocation: true }, 'TRY_LATER', 'revocation-unknown'],
  ])('%o', async (policy, subIndication, reason) => {
    expect(await first(signed, { policy })).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication,
      reasons: [reason],
    });
  });

  it('may trust a signer directly, and completes paths by authorities that it does not trust', async () => {
    expect(await first(signed, { trust: [pki.signers.ec.certificate] })).toMatchObject({
      indication: 'TOTAL-PASSED',
    });
    const leafOnly = await withCms(signed, () => {
      const key = softKey({ ...pki.signers.ec, certificates: [pki.signers.ec.certificate] }, 'ecdsa-sha256');
      const messageDigest = createHash('sha256').update(covered(signed)).digest();
      return buildDetachedCms({ key, messageDigest, hash: 'sha256' });
    });
    expect(await first(leafOnly)).toMatchObject({ subIndication: 'NO_CERTIFICATE_CHAIN_FOUND' });
    expect(await first(leafOnly, { authorities: [pki.issuing] })).toMatchObject({
      indication: 'TOTAL-PASSED',
    });
    expect(await first(leafOnly, { trust: [], authorities: [pki.issuing, pki.root] })).toMatchObject({
      subIndication: 'NO_CERTIFICATE_CHAIN_FOUND',
    });
  });
});

describe('what a signature certifies', () => {
  const certifying = (reference: string) =>
    rawPdf([
      '<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R] /SigFlags 3>>>>',
      ...ONE_PAGE.slice(1),
      '<</FT /Sig /T (S) /V 7 0 R>>',
      `<</Type /Sig /ByteRange [0 1 2 3] /Contents <00> /Reference ${reference}>>`,
    ]);
  it.each([
    ['[<</TransformMethod /DocMDP /TransformParams <</P 1>>>>]', 1],
    ['[<</TransformMethod /DocMDP /TransformParams <</P 3>>>>]', 3],
    ['[<</TransformMethod /DocMDP /TransformParams <<>>>>]', 2],
    ['[<</TransformMethod /DocMDP>>]', 2],
    ['[<</TransformMethod /FieldMDP>> <</TransformMethod /DocMDP /TransformParams <</P 2>>>>]', 2],
    ['[<</TransformMethod /DocMDP /TransformParams <</P 9>>>>]', 1],
    ['[<</TransformMethod /DocMDP /TransformParams <</P /All>>>>]', 1],
    ['[<</TransformMethod /FieldMDP>>]', null],
    ['[]', null],
    ['(none)', null],
  ])('%s: %s', async (reference, level) => {
    const source = memorySource(Buffer.from(certifying(reference), 'latin1'));
    expect((await findSignatures(source))[0]!.certifies).toBe(level);
  });
});

/** Counts the octets that are read. */
function counting(bytes: Buffer): { readonly source: ByteSource; octets(): number } {
  const whole = memorySource(bytes);
  let octets = 0;
  const source: ByteSource = {
    size: whole.size,
    async read(offset, length) {
      const read = await whole.read(offset, length);
      octets += read.length;
      return read;
    },
  };
  return { source, octets: () => octets };
}

describe('many signatures', () => {
  it('share one pass over what they cover', async () => {
    const bytes = Buffer.alloc(3_000_000, 'x');
    const { source, octets } = counting(bytes);
    const hasher = rangeHasher(source);
    for (let i = 1; i <= 200; i++) {
      const [first, second, last] = [i * 10_000, i * 10_000 + 4000, 1000];
      const digest = await hasher.digest([0, first, second, last], 'sha256');
      const expected = Buffer.concat([bytes.subarray(0, first), bytes.subarray(second, second + last)]);
      expect(Buffer.from(digest).equals(createHash('sha256').update(expected).digest())).toBe(true);
    }
    expect(await hasher.whole()).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(octets()).toBeLessThan(2 * bytes.length);
  });

  it('are found, and their coverage judged, at the same cost each however many there are', async () => {
    let pdf: Buffer = Buffer.from(rawPdf(ONE_PAGE), 'latin1');
    const cost: number[] = [];
    for (let n = 1; n <= 24; n++) {
      pdf = await sign(pdf);
      if (n !== 6 && n !== 24) continue;
      const { source, octets } = counting(pdf);
      const document = await readPdf(source);
      const found = await findEverySignature(document);
      const coverageOf = coverageIn(document);
      for (const signature of found) expect((await coverageOf(signature)).problem).toBeNull();
      expect(found).toHaveLength(n);
      cost.push(octets() / pdf.length);
    }
    expect(cost[1]!).toBeLessThan(1.5 * cost[0]!);
  });

  it('whose ranges were made to be hashed again and again run into a limit', async () => {
    const bytes = Buffer.alloc(40_000_000);
    const hasher = rangeHasher(memorySource(bytes));
    const all = async () => {
      for (let i = 0; i < 50; i++) await hasher.digest([0, 1, 3, bytes.length - 3], 'sha256');
    };
    await expect(all()).rejects.toMatchObject({ code: 'PDF_TOO_COMPLEX', details: { limit: 'hashing' } });
  });
});

describe('proofs of existence', () => {
  it('are the earliest that covers, and the latest that is covered', () => {
    const proofs = newProofs();
    expect([proofs.earliest(0), proofs.latestWithin(100)]).toEqual([null, null]);
    proofs.add({ at: new Date(3000), end: 300 });
    proofs.add({ at: new Date(2000), end: 200 });
    expect(proofs.earliest(150)).toEqual(new Date(2000));
    expect(proofs.earliest(200)).toEqual(new Date(2000));
    expect(proofs.earliest(201)).toEqual(new Date(3000));
    expect(proofs.earliest(301)).toBeNull();
    expect(proofs.latestWithin(300)).toEqual(new Date(2000));
    expect(proofs.latestWithin(301)).toEqual(new Date(3000));
    expect(proofs.latestWithin(200)).toBeNull();
  });
});

describe('the security store', () => {
  const read = async (pdf: Buffer) => readSecurityStore(await readPdf(memorySource(pdf)));

  it('is read once an item, with the place where it ends', async () => {
    const item = Buffer.from('30030a0101', 'hex');
    const pdf = withStore(signed, { certificates: [pki.root, pki.root], ocsps: [item] });
    const store = await read(pdf);
    expect(store.certificates.map((c) => Buffer.from(c.der))).toEqual([Buffer.from(pki.root)]);
    const [{ der: found, end }] = store.ocsps as [(typeof store.ocsps)[0]];
    expect(Buffer.from(found)).toEqual(item);
    expect(pdf.subarray(end - item.length, end)).toEqual(item);
    expect(await read(signed)).toEqual({ certificates: [], ocsps: [], crls: [] });
  });

  it('leaves out what cannot be read, and looks into what belongs to one signature alone', async () => {
    const stream = (data: string, length = data.length) =>
      `<</Length ${length}>>\nstream\n${data}\nendstream`;
    const pdf = appendUpdate(
      Buffer.from(rawPdf(ONE_PAGE), 'latin1'),
      new Map([
        [1, '<</Type /Catalog /Pages 2 0 R /DSS 90 0 R>>'],
        [90, '<</Certs [91 0 R 92 0 R 93 0 R 99 0 R (no)] /CRLs 3 /VRI <</A 94 0 R /B (x) /C 99 0 R>>>>'],
        [91, stream('first')],
        [92, stream('cut', 9_999_999)],
        [93, '<</Type /Catalog>>'],
        [94, '<</Cert [91 0 R 95 0 R] /CRL [96 0 R] /OCSP 91 0 R>>'],
        [95, stream('second')],
        [96, '<</Length 3 /Filter /Unheard>>\nstream\nabc\nendstream'],
      ]),
    );
    const { certificates, ocsps, crls } = await read(pdf);
    expect(certificates.map((c) => Buffer.from(c.der).toString())).toEqual(['first', 'second']);
    expect([ocsps, crls]).toEqual([[], []]);
  });

  it('of more items than any paper needs is refused', async () => {
    const list = Array.from({ length: 3000 }, (_, i) => `${i + 100} 0 R`).join(' ');
    const pdf = appendUpdate(
      Buffer.from(rawPdf(ONE_PAGE), 'latin1'),
      new Map([
        [1, '<</Type /Catalog /Pages 2 0 R /DSS 90 0 R>>'],
        [90, `<</Certs [${list}]>>`],
      ]),
    );
    await expect(read(pdf)).rejects.toMatchObject({ code: 'PDF_TOO_COMPLEX', details: { limit: 'dss' } });
  });
});
