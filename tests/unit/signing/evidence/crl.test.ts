import { afterAll, beforeAll, expect, it } from 'vitest';
import { Asn1Error, context, der, octetString, sequence } from '../../../../src/main/signing/cms/asn1.ts';
import { type CertificateFacts, readCertificate } from '../../../../src/main/signing/cms/certificates.ts';
import {
  type CrlProblem,
  findInCrl,
  judgeCrl,
  readCrl,
  tryReadCrl,
} from '../../../../src/main/signing/evidence/crl.ts';
import { startAuthorities, type TestAuthorities } from '../../../support/authorities.ts';
import { openssl } from '../../../support/authority-pki.ts';
import { describeWithPeers } from '../../../support/peers.ts';
import { crlEntry, extension, type Maker, makeCrl, makerOf } from '../../../support/revocation-items.ts';

const at = new Date('2026-11-20T08:00:00Z');
const IDP = '2.5.29.28';
const TRUE = Uint8Array.of(0xff);
const flag = (tag: number) => der(0x80 | tag, TRUE);
const fullName = (uri: string) => context(0, context(0, der(0x86, Buffer.from(uri))));

describeWithPeers(['openssl'], 'CRLs', () => {
  let authorities: TestAuthorities;
  let issuing: Maker;
  let subject: CertificateFacts;
  beforeAll(async () => {
    authorities = await startAuthorities();
    issuing = makerOf(authorities.folder, 'issuing');
    subject = readCertificate(authorities.signers.ec.certificate);
  });
  afterAll(() => authorities.close());

  const make = (wish: Partial<Parameters<typeof makeCrl>[0]> = {}) =>
    makeCrl({ by: issuing, thisUpdate: at, ...wish });
  const judge = (crl: Uint8Array, of = subject, by = issuing.certificate) => judgeCrl(readCrl(crl), of, by);
  const scoped = (...parts: Uint8Array[]) => make({ extensions: [extension(IDP, sequence(...parts), true)] });
  const refused = (problem: CrlProblem) => ({ ok: false, problem });

  it('of openssl are read with number, period and entries', () => {
    const from = new Date('2026-11-01T00:00:00Z');
    const facts = readCrl(authorities.crl('issuing', from));
    expect(facts).toMatchObject({ thisUpdate: from, scope: { kind: 'all' }, criticalUnknown: [] });
    expect(facts.number).toMatch(/^[0-9a-f]+$/);
    const revoked = readCertificate(authorities.signers.revoked.certificate);
    expect(findInCrl(facts, revoked.serial)).toMatchObject({ reason: 'keyCompromise' });
    expect(findInCrl(facts, subject.serial)).toBeNull();
  });

  it('that we make in tests are CRLs to openssl', () => {
    const pem = openssl(
      authorities.folder,
      ['crl', '-inform', 'DER', '-noout', '-text', '-CAfile', 'issuing.pem', '-verify'],
      make({ entries: crlEntry(subject.serial, at, 1) }),
    ).toString();
    expect(pem).toContain('Key Compromise');
  });

  it('speak of the certificates of their issuer alone, and only if it may sign them', () => {
    expect(judge(make()).ok).toBe(true);
    const root = readCertificate(authorities.root);
    expect(judge(make(), issuing.certificate, root)).toEqual(refused('other-issuer'));
    const other = makerOf(authorities.folder, 'ec');
    expect(judge(makeCrl({ by: other, thisUpdate: at }))).toEqual(refused('other-issuer'));
    const mute = {
      ...issuing.certificate,
      keyUsage: issuing.certificate.keyUsage!.map((b, i) => b && i !== 6),
    };
    expect(judge(make(), subject, mute)).toEqual(refused('issuer-may-not-sign'));
  });

  it('by another key under the same name are refused', () => {
    const impostor: Maker = { ...issuing, key: makerOf(authorities.folder, 'rsa').key };
    expect(judge(makeCrl({ by: impostor, thisUpdate: at }))).toEqual(refused('signature-wrong'));
  });

  it('for a part are used where the certificate is in it, and refused where the part is not understood', () => {
    const user = subject;
    const authority: CertificateFacts = { ...subject, isCa: true };
    expect(judge(scoped(flag(1))).ok).toBe(true);
    expect(judge(scoped(flag(1)), authority)).toEqual(refused('out-of-scope'));
    expect(judge(scoped(flag(2)), user)).toEqual(refused('out-of-scope'));
    expect(judge(scoped(flag(2)), authority).ok).toBe(true);
    expect(judge(scoped(fullName(subject.crlUrls[0]!))).ok).toBe(true);
    expect(judge(scoped(fullName('http://khac.test/other.crl')))).toEqual(refused('out-of-scope'));
    const relative = context(0, context(1));
    const someReasons = der(0x83, Uint8Array.of(1, 0x40));
    for (const part of [flag(4), flag(5), someReasons, relative]) {
      expect(judge(scoped(part))).toEqual(refused('scope-not-understood'));
    }
  });

  it('that are deltas, or say something critical that is not understood, are refused', () => {
    const delta = extension('2.5.29.27', der(0x02, Uint8Array.of(1)), true);
    const odd = extension('1.3.6.1.4.1.55555.9', octetString(TRUE), true);
    for (const bad of [delta, odd]) {
      expect(judge(make({ extensions: [bad] }))).toEqual(refused('critical-extension'));
    }
    const indirect = extension('2.5.29.29', sequence(context(4, issuing.certificate.subject)), true);
    const entries = crlEntry(subject.serial, at, 1, [indirect]);
    expect(judge(make({ entries }))).toEqual(refused('critical-extension'));
  });

  it('that take a certificate off again do not revoke it; of two entries the earlier counts', () => {
    expect(judge(make({ entries: crlEntry(subject.serial, at, 8) }))).toEqual({ ok: true, entry: null });
    const [early, late] = [new Date(at.getTime() - 86_400_000), at];
    const entries = Buffer.concat([late, early, late].map((t) => crlEntry(subject.serial, t, 4)));
    expect(judge(make({ entries }))).toMatchObject({ ok: true, entry: { revokedAt: early } });
  });

  it('of a million entries are searched without an object an entry', () => {
    const count = 1_000_000;
    const last = Buffer.from('020800ffffffffffffff', 'hex');
    const one = crlEntry(last, at);
    const entries = Buffer.alloc(one.length * count);
    for (let i = 0; i < count; i++) {
      entries.set(one, i * one.length);
      entries.writeUInt32BE(i, i * one.length + one.indexOf(0xff));
    }
    const wanted = crlEntry(subject.serial, at, 1);
    const octets = make({ entries: Buffer.concat([entries, wanted]) });
    expect(octets.length).toBeGreaterThan(25_000_000);
    const before = process.memoryUsage().heapUsed;
    expect(judge(octets)).toMatchObject({ ok: true, entry: { reason: 'keyCompromise' } });
    // A million objects of the least kind take some 100 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 << 20);
  });

  it('cut anywhere or with octets behind are refused by name', () => {
    const octets = make({ entries: crlEntry(subject.serial, at, 1) });
    for (let i = 0; i < octets.length; i++) expect(tryReadCrl(octets.subarray(0, i))).toBeNull();
    expect(() => readCrl(Buffer.concat([octets, TRUE]))).toThrow(Asn1Error);
  });

  it('whose entries are broken behind the signature of their issuer are refused by name', () => {
    for (const entries of [
      Buffer.from('3003020101', 'hex'),
      Buffer.from('30060201013f0100', 'hex'),
      Buffer.from('0500', 'hex'),
      crlEntry(subject.serial, at, 77),
    ]) {
      const outcome = judge(make({ entries }), { ...subject, serial: Buffer.from('020101', 'hex') });
      const own = judge(make({ entries }));
      expect([outcome, own].some((o) => !o.ok && o.problem === 'unreadable')).toBe(true);
    }
  });

  it('with the algorithm changed outside the signature are refused', () => {
    const octets = Buffer.from(make());
    const oid = Buffer.from('2a864886f70d01010b', 'hex');
    octets[octets.lastIndexOf(oid) + oid.length - 1] = 0x0c;
    expect(() => readCrl(octets)).toThrow(Asn1Error);
  });
});
