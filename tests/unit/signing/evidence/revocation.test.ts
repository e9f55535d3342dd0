import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Asn1Error, der, octetString, sequence } from '../../../../src/main/signing/cms/asn1.ts';
import { type CertificateFacts, readCertificate } from '../../../../src/main/signing/cms/certificates.ts';
import { buildOcspRequest, readOcspResponse } from '../../../../src/main/signing/evidence/ocsp.ts';
import { judgeRevocation, type RevocationItems } from '../../../../src/main/signing/evidence/revocation.ts';
import {
  type AuthoritySignerName,
  startAuthorities,
  type TestAuthorities,
} from '../../../support/authorities.ts';
import { openssl } from '../../../support/authority-pki.ts';
import { describeWithPeers } from '../../../support/peers.ts';
import {
  crlEntry,
  extension,
  generalizedTime,
  type Maker,
  makeCrl,
  makeOcsp,
  makerOf,
  type OcspWish,
} from '../../../support/revocation-items.ts';

const DAY = 86_400_000;
const now = new Date();
const days = (n: number) => new Date(now.getTime() + n * DAY);

describeWithPeers(['openssl'], 'revocation', () => {
  let authorities: TestAuthorities;
  let issuing: Maker;
  let responder: Maker;
  let issuer: CertificateFacts;
  let subject: CertificateFacts;
  const signer = (name: AuthoritySignerName) => readCertificate(authorities.signers[name].certificate);
  const judge = (items: Partial<RevocationItems>, at = now, of = subject) =>
    judgeRevocation(of, issuer, { ocsps: [], crls: [], ...items }, at);

  beforeAll(async () => {
    authorities = await startAuthorities();
    issuing = makerOf(authorities.folder, 'issuing');
    responder = makerOf(authorities.folder, 'ocsp');
    issuer = issuing.certificate;
    subject = signer('ec');
  });
  afterAll(() => authorities.close());

  const ocsp = (wish: Partial<OcspWish> = {}) =>
    makeOcsp({ by: responder, subject, issuer, thisUpdate: days(-1), nextUpdate: days(1), ...wish });
  const crl = (wish: Partial<Parameters<typeof makeCrl>[0]> = {}) =>
    makeCrl({ by: issuing, thisUpdate: days(-1), nextUpdate: days(6), ...wish });

  describe('by what openssl answers', () => {
    it.each(['rsa', 'ec', 'revoked'] as const)('of %s is judged as openssl judges it', async (name) => {
      const certificate = signer(name);
      const response = await authorities.ocspResponse(certificate.der);
      const verdict = judge({ ocsps: [response] }, new Date(), certificate);
      const file = path.join(authorities.folder, 'response');
      writeFileSync(file, response);
      const said = openssl(authorities.folder, [
        ...['ocsp', '-respin', file, '-issuer', 'issuing.pem', '-cert', `${name}.pem`],
        ...['-CAfile', 'root.pem', '-verify_other', 'issuing.pem', '-no_nonce'],
      ]).toString();
      expect(said).toContain(`${name}.pem: ${verdict.status}`);
      expect(verdict).toMatchObject({ source: 'ocsp', nocheck: true, problems: [] });
      expect(verdict.signer?.name).toBe('Trả lời OCSP Thử Nghiệm');
      expect(judge({ crls: [authorities.crl('issuing')] }, new Date(), certificate).status).toBe(
        verdict.status,
      );
    });

    it('says since when and why', async () => {
      const revoked = signer('revoked');
      const verdict = judge({ ocsps: [await authorities.ocspResponse(revoked.der)] }, new Date(), revoked);
      const list = judge({ crls: [authorities.crl('issuing')] }, new Date(), revoked);
      for (const { reason, revokedAt } of [verdict, list]) {
        expect(reason).toBe('keyCompromise');
        expect(days(0).getTime() - revokedAt!.getTime()).toBeGreaterThan(9 * DAY);
      }
      const before = judge({ crls: [authorities.crl('issuing')] }, days(-20), revoked);
      expect(before).toMatchObject({ status: 'good', revokedAt: list.revokedAt });
    });

    it.each(['ec', 'wrongUsage'] as const)(
      'an answer by %s counts as openssl lets it count',
      async (name) => {
        const response = await authorities.ocspResponse(subject.der, name);
        expect(judge({ ocsps: [response] }).problems).toEqual(['ocsp-responder-not-authorised']);
        const file = path.join(authorities.folder, 'response');
        writeFileSync(file, response);
        const run = spawnSync(
          'openssl',
          [
            ...['ocsp', '-respin', file, '-issuer', 'issuing.pem', '-cert', 'ec.pem'],
            ...['-CAfile', 'root.pem', '-verify_other', 'issuing.pem', '-no_nonce'],
          ],
          { cwd: authorities.folder },
        );
        expect(run.stderr.toString()).toContain('Response Verify Failure');
      },
    );

    it('may be signed by the issuer itself', async () => {
      const response = await authorities.ocspResponse(subject.der, 'issuing');
      expect(judge({ ocsps: [response] }, new Date())).toMatchObject({ status: 'good', nocheck: false });
    });

    it('is asked for with the octets that openssl asks with', () => {
      const ask = ['ocsp', '-issuer', 'issuing.pem', '-cert', 'ec.pem', '-reqout', 'request'];
      openssl(authorities.folder, [...ask, '-no_nonce']);
      const read = () => openssl(authorities.folder, ['enc', '-in', 'request']).toString('hex');
      expect(Buffer.from(buildOcspRequest(subject, issuer, null)).toString('hex')).toBe(read());
      openssl(authorities.folder, [...ask, '-nonce']);
      const theirs = read();
      const nonce = Buffer.from(theirs.slice(-32), 'hex');
      expect(Buffer.from(buildOcspRequest(subject, issuer, nonce)).toString('hex')).toBe(theirs);
    });

    it('never turns good, whatever octet is flipped or cut off', async () => {
      const revoked = signer('revoked');
      const response = Buffer.from(await authorities.ocspResponse(revoked.der));
      const list = Buffer.from(authorities.crl('issuing'));
      const at = new Date();
      for (const [kind, item] of [['ocsps', response] as const, ['crls', list] as const]) {
        expect(judge({ [kind]: [item] }, at, revoked).status).toBe('revoked');
        for (let i = 0; i < item.length; i++) {
          const flipped = Buffer.from(item);
          flipped[i]! ^= 1 << (i % 8);
          expect(judge({ [kind]: [flipped] }, at, revoked).status).not.toBe('good');
          expect(judge({ [kind]: [item.subarray(0, i)] }, at, revoked).status).toBe('unknown');
        }
      }
    });
  });

  describe('by OCSP', () => {
    it('takes an answer by name or by key, of a responder that it carries or that is at hand', () => {
      for (const byName of [true, false]) {
        expect(judge({ ocsps: [ocsp({ byName })] }).status).toBe('good');
        const bare = ocsp({ byName, carried: [] });
        expect(judge({ ocsps: [bare] }).problems).toEqual(['ocsp-responder-certificate-missing']);
        expect(judge({ ocsps: [bare], responders: [responder.certificate] }).status).toBe('good');
      }
    });

    it('does not take the answer for another certificate, or of another issuer', () => {
      const other = ocsp({ subject: signer('rsa') });
      expect(judge({ ocsps: [other] })).toMatchObject({
        status: 'unknown',
        problems: ['ocsp-no-answer-for-it'],
      });
      const root = readCertificate(authorities.root);
      expect(judge({ ocsps: [ocsp({ issuer: root })] }).problems).toEqual(['ocsp-no-answer-for-it']);
    });

    it('does not take an answer of a responder that was not certified then', () => {
      const early = ocsp({ thisUpdate: days(-600), producedAt: days(-600), nextUpdate: days(1) });
      expect(judge({ ocsps: [early] }).problems).toEqual(['ocsp-responder-not-valid-then']);
    });

    it('does not take what says something critical that is not understood', () => {
      const odd = extension('1.3.6.1.4.1.55555.9', octetString(Uint8Array.of(1)), true);
      for (const bad of [ocsp({ extensions: [odd] }), ocsp({ outer: [odd] })]) {
        expect(judge({ ocsps: [bad] }).problems).toEqual(['ocsp-critical-extension']);
      }
    });

    it('knows no more than a responder that knows nothing', () => {
      expect(judge({ ocsps: [ocsp({ status: 'unknown' })] }).problems).toEqual(['ocsp-unknown']);
    });

    it.each([
      [1, 'malformed-request'],
      [3, 'try-later'],
      [6, 'unauthorized'],
    ])('reads status %i as %s', (code, status) => {
      expect(readOcspResponse(sequence(der(0x0a, Uint8Array.of(code))))).toEqual({ status, basic: null });
    });

    it('refuses octets that are no answer by name', () => {
      for (const bad of [Buffer.alloc(0), Buffer.from('<html>'), sequence(der(0x0a, Uint8Array.of(4)))]) {
        expect(() => readOcspResponse(bad)).toThrow(Asn1Error);
      }
    });
  });

  describe('at a time', () => {
    it('needs an answer whose period holds it, or that was made later', () => {
      expect(judge({ ocsps: [ocsp({ thisUpdate: days(-5), nextUpdate: days(-4) })] }).problems).toEqual([
        'not-of-that-time',
      ]);
      const later = ocsp({ thisUpdate: days(-5), nextUpdate: days(-4) });
      expect(judge({ ocsps: [later] }, days(-6)).status).toBe('good');
      expect(judge({ crls: [crl({ thisUpdate: days(-9), nextUpdate: days(-2) })] }, days(-3)).status).toBe(
        'good',
      );
      const stale = crl({ thisUpdate: days(-9), nextUpdate: days(-2) });
      expect(judge({ crls: [stale] }).problems).toEqual(['not-of-that-time']);
      expect(judge({ crls: [crl({ thisUpdate: days(-9) })] }).status).toBe('good');
      const eternal = makeOcsp({ by: responder, subject, issuer, thisUpdate: days(-1) });
      expect(judge({ ocsps: [eternal] }).problems).toEqual(['not-of-that-time']);
      expect(judge({ ocsps: [eternal] }, days(-1)).status).toBe('good');
    });

    it('a revocation stands however old the answer is that told of it', () => {
      const entries = crlEntry(subject.serial, days(-10), 1);
      const stale = crl({ thisUpdate: days(-9), nextUpdate: days(-2), entries });
      expect(judge({ crls: [stale], ocsps: [ocsp()] })).toMatchObject({ status: 'revoked', source: 'crl' });
      const held = crl({
        thisUpdate: days(-9),
        nextUpdate: days(-2),
        entries: crlEntry(subject.serial, days(-10), 6),
      });
      expect(judge({ crls: [held] }).status).toBe('unknown');
    });

    it('takes only what was made since, where that is asked for', () => {
      const items = { ocsps: [ocsp()], crls: [] };
      const since = (notBefore: Date) => judgeRevocation(subject, issuer, items, now, { notBefore });
      expect(since(days(-2)).status).toBe('good');
      expect(since(days(-0.5))).toMatchObject({ status: 'unknown', problems: ['too-old'] });
    });

    it('an answer made after a certificate expired says nothing of it, unless it says that it does', () => {
      const expired = signer('expired');
      const at = days(-50);
      expect(judge({ crls: [crl()] }, at, expired).problems).toEqual(['expired-by-then']);
      const keeps = extension('2.5.29.60', generalizedTime(days(-700)));
      expect(judge({ crls: [crl({ extensions: [keeps] })] }, at, expired).status).toBe('good');
      expect(judge({ ocsps: [ocsp({ subject: expired })] }, at, expired).problems).toEqual([
        'expired-by-then',
      ]);
      const cutoff = extension('1.3.6.1.5.5.7.48.1.6', generalizedTime(days(-700)));
      const archived = ocsp({ subject: expired, extensions: [cutoff] });
      expect(judge({ ocsps: [archived] }, at, expired).status).toBe('good');
      const entries = crlEntry(expired.serial, days(-60), 4);
      expect(judge({ crls: [crl({ entries })] }, at, expired)).toMatchObject({
        status: 'revoked',
        reason: 'superseded',
      });
    });

    it('a revocation stands against answers that came later; a suspension does not', () => {
      const revoked = ocsp({ thisUpdate: days(-3), status: { revokedAt: days(-4), reason: 1 } });
      const good = ocsp({ thisUpdate: days(-1) });
      for (const ocsps of [
        [revoked, good],
        [good, revoked],
      ]) {
        expect(judge({ ocsps })).toMatchObject({ status: 'revoked', reason: 'keyCompromise' });
      }
      const held = ocsp({ thisUpdate: days(-3), status: { revokedAt: days(-4), reason: 6 } });
      expect(judge({ ocsps: [held] })).toMatchObject({ status: 'revoked', reason: 'certificateHold' });
      expect(judge({ ocsps: [held, good] }).status).toBe('good');
      expect(
        judge({ ocsps: [good], crls: [crl({ entries: crlEntry(subject.serial, days(-2), 5) })] }),
      ).toMatchObject({
        status: 'revoked',
        source: 'crl',
        reason: 'cessationOfOperation',
      });
    });

    it('a revocation that came later is told, and leaves what was before it', () => {
      const revoked = ocsp({ status: { revokedAt: days(-2), reason: 4 } });
      expect(judge({ ocsps: [revoked] }, days(-3))).toMatchObject({
        status: 'good',
        revokedAt: expect.any(Date),
      });
      expect(judge({ ocsps: [revoked] }, days(-1)).status).toBe('revoked');
    });

    it('nothing at hand is unknown', () => {
      expect(judge({})).toMatchObject({ status: 'unknown', source: null, signer: null, problems: [] });
    });
  });
});
