import { beforeAll, describe, expect, it } from 'vitest';
import { judgeChain, readCertificate } from '../../../../src/main/signing/cms/certificates.ts';
import {
  type CertificateRequest,
  issueAuthority,
  issueCertificate,
  newKeyPair,
  type TestAuthority,
} from '../../../../src/simulators/certificates.ts';

const DAY = 86_400_000;
const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 100 * DAY) };
const made = { ...validity, keyType: 'ec-p256' as const };

let root: TestAuthority;
let issuing: TestAuthority;
beforeAll(async () => {
  root = await issueAuthority('Root', null, made);
  issuing = await issueAuthority('Issuing', root, made);
});

async function leafBy(issuer: TestAuthority, more: Partial<CertificateRequest> = {}): Promise<TestAuthority> {
  const pair = await newKeyPair('ec-p256');
  const name = { commonName: 'Lò Thị Mẫu' };
  const request = { subject: name, publicKey: pair.publicKey, issuer, role: 'signer' as const, ...validity };
  return { name, key: pair.privateKey, certificate: issueCertificate({ ...request, ...more }) };
}

/** A certificate of `subject` for its own key by another authority. */
function crossSigned(
  subject: TestAuthority,
  publicKey: CertificateRequest['publicKey'],
  by: TestAuthority,
): Uint8Array {
  return issueCertificate({ subject: subject.name, publicKey, issuer: by, role: 'root', ...validity });
}

function judge(signer: TestAuthority, trust: Uint8Array[], others: Uint8Array[], at = new Date()) {
  return judgeChain(readCertificate(signer.certificate), {
    trust: trust.map(readCertificate),
    others: others.map(readCertificate),
    at,
  });
}

describe('certificate paths', () => {
  it('lead to a trusted root, or end at a trusted authority below it', async () => {
    const leaf = await leafBy(issuing);
    const whole = judge(leaf, [root.certificate], [issuing.certificate]);
    expect(whole).toMatchObject({ status: 'trusted', revocation: 'unknown' });
    expect(whole.path).toHaveLength(3);
    expect(judge(leaf, [issuing.certificate], []).path).toHaveLength(2);
    expect(judge(leaf, [leaf.certificate], []).status).toBe('trusted');
  });

  it('do not lead through a certificate that is no authority', async () => {
    const first = await leafBy(issuing);
    const second = await leafBy({ ...first, name: first.name });
    const verdict = judge(second, [root.certificate], [first.certificate, issuing.certificate]);
    expect(verdict.status).not.toBe('trusted');
  });

  it('do not lead through an authority that may not sign certificates', async () => {
    const pair = await newKeyPair('ec-p256');
    const name = { commonName: 'Crippled' };
    const request = {
      subject: name,
      publicKey: pair.publicKey,
      issuer: root,
      role: 'root' as const,
      ...validity,
    };
    const crippled = {
      name,
      key: pair.privateKey,
      certificate: issueCertificate({ ...request, keyUsage: 0x80 }),
    };
    const verdict = judge(await leafBy(crippled), [root.certificate], [crippled.certificate]);
    expect(verdict.status).toBe('constraint-violated');
  });

  it('keep to the path length that an authority was given', async () => {
    const below = await issueAuthority('Below', issuing, made);
    const verdict = judge(await leafBy(below), [root.certificate], [below.certificate, issuing.certificate]);
    expect(verdict.status).toBe('constraint-violated');
    expect(verdict.path).toHaveLength(4);
  });

  it('judge an authority at the time asked for', async () => {
    const short = { ...made, notAfter: new Date(Date.now() + 2 * DAY) };
    const brief = await issueAuthority('Brief', root, short);
    const leaf = await leafBy(brief);
    const at = (days: number) =>
      judge(leaf, [root.certificate], [brief.certificate], new Date(Date.now() + days * DAY));
    expect(at(1).status).toBe('trusted');
    expect(at(3).status).toBe('expired');
    expect(at(-2).status).toBe('not-yet-valid');
  });

  it('are not made by a name alone', async () => {
    const impostor = await issueAuthority('Issuing', null, made);
    const rsa = await issueAuthority('Issuing', null, { ...validity, keyType: 'rsa-2048' });
    for (const { certificate } of [impostor, rsa]) {
      expect(judge(await leafBy(issuing), [certificate], []).status).toBe('no-path');
    }
  });

  it('end in a ring of authorities that vouch for each other', async () => {
    const ring = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const { publicKey, privateKey } = await newKeyPair('ec-p256');
        return {
          name: { commonName: `Ring ${i}` },
          key: privateKey,
          publicKey,
          certificate: new Uint8Array(),
        };
      }),
    );
    const cross = ring.flatMap((a) => ring.filter((b) => b !== a).map((b) => crossSigned(a, a.publicKey, b)));
    const verdict = judge(await leafBy(ring[0]!), [root.certificate], cross);
    expect(verdict.status).toBe('no-path');
    expect(verdict.path.length).toBeLessThanOrEqual(8);
    // With one way out of the ring, that way is found among the dead ends.
    const way = crossSigned(ring[5]!, ring[5]!.publicKey, root);
    expect(judge(await leafBy(ring[5]!), [root.certificate], [...cross, way]).status).toBe('trusted');
  });
});
