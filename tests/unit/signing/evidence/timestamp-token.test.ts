import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { readAsn1 } from '../../../../src/main/signing/cms/asn1.ts';
import { judgeChain, readCertificate } from '../../../../src/main/signing/cms/certificates.ts';
import type { Hash } from '../../../../src/main/signing/cms/oids.ts';
import {
  buildTimeStampQuery,
  readTimeStampResponse,
  readTimeStampToken,
  stampsData,
  stampsDigest,
  type TimeStampFacts,
} from '../../../../src/main/signing/evidence/timestamp-token.ts';
import { startAuthorities, type TestAuthorities } from '../../../support/authorities.ts';
import { openssl } from '../../../support/authority-pki.ts';
import { describeWithPeers } from '../../../support/peers.ts';

const DATA = Buffer.from('giá trị chữ ký');
const DAY = 86_400_000;
const digestOf = (hash: Hash) => createHash(hash).update(DATA).digest();

describeWithPeers(['openssl'], 'time stamp tokens', () => {
  let authorities: TestAuthorities;
  const file = (name: string) => path.join(authorities.folder, name);
  beforeAll(async () => {
    authorities = await startAuthorities();
  });
  afterAll(() => authorities.close());

  const opensslAgrees = (token: Uint8Array, digest: Uint8Array): boolean => {
    writeFileSync(file('judged'), token);
    const hex = Buffer.from(digest).toString('hex');
    const trust = ['-CAfile', authorities.rootFile, '-untrusted', authorities.issuingFile];
    const run = spawnSync('openssl', [
      ...['ts', '-verify', '-digest', hex, '-in', file('judged'), '-token_in', ...trust],
    ]);
    return run.status === 0;
  };
  /** Our verdict on the same question: imprint, token in itself, chain for that purpose at its own time. */
  const weAgree = (token: Uint8Array, digest: Uint8Array): boolean => {
    const facts = readTimeStampToken(token);
    if (facts.problems.length > 0 || !facts.authority || !stampsDigest(facts, digest, 'sha256')) return false;
    const chain = judgeChain(facts.authority, {
      trust: [readCertificate(authorities.root)],
      others: [...facts.certificates, readCertificate(authorities.issuing)],
      at: facts.genTime,
      purpose: 'time-stamp',
    });
    return chain.status === 'trusted';
  };

  it.each(['sha256', 'sha384', 'sha512'] as const)('over %s say when, over what, by whom', async (hash) => {
    const before = Date.now() - 1000;
    const token = await authorities.stamp({ digest: digestOf(hash), hash });
    const facts = readTimeStampToken(token);
    expect(facts).toMatchObject({
      hash,
      policy: '1.3.6.1.4.1.55555.2',
      accuracyMs: 1000,
      problems: [],
    } satisfies Partial<TimeStampFacts>);
    expect(facts.genTime.getTime()).toBeGreaterThanOrEqual(before);
    expect(facts.authority?.name).toBe('Dịch vụ cấp dấu thời gian Thử Nghiệm');
    expect(stampsData(facts, DATA)).toBe(true);
    expect(stampsData(facts, Buffer.from('khác'))).toBe(false);
    expect(stampsDigest(facts, digestOf(hash), hash)).toBe(true);
    // The same octets under another name of a hash are another imprint.
    expect(stampsDigest(facts, digestOf(hash), hash === 'sha256' ? 'sha512' : 'sha256')).toBe(false);
  });

  it('are judged as openssl judges them', async () => {
    const digest = digestOf('sha256');
    const old = new Date(Date.now() - 100 * DAY);
    const cases = {
      good: await authorities.stamp({ digest }),
      old: await authorities.stamp({ digest, at: old }),
      anotherImprint: await authorities.stamp({ digest: createHash('sha256').update('x').digest() }),
      noPurpose: await authorities.stamp({ digest, by: 'tsaBad' }),
      purposeNotCritical: await authorities.stamp({ digest, by: 'tsaLoose' }),
      aSigner: await authorities.stamp({ digest, by: 'rsa' }),
    };
    const ours = Object.entries(cases).map(([name, token]) => [name, weAgree(token, digest)]);
    const theirs = Object.entries(cases).map(([name, token]) => [name, opensslAgrees(token, digest)]);
    expect(ours).toEqual(theirs);
    expect(Object.fromEntries(ours)).toEqual({
      good: true,
      old: true,
      anotherImprint: false,
      noPurpose: false,
      purposeNotCritical: false,
      aSigner: false,
    });
  });

  it('by an authority that may do other things are named', async () => {
    const digest = digestOf('sha256');
    for (const by of ['tsaBad', 'tsaLoose', 'rsa'] as const) {
      expect(readTimeStampToken(await authorities.stamp({ digest, by })).problems).toEqual([
        'authority-purpose',
      ]);
    }
  });

  it('without the certificate of their authority are judged by one that is at hand', async () => {
    const digest = digestOf('sha256');
    const hex = Buffer.from(digest).toString('hex');
    const query = openssl(authorities.folder, ['ts', '-query', '-digest', hex, '-sha256']);
    const { token } = readTimeStampResponse(await authorities.timeStampResponse(query));
    expect(readTimeStampToken(token!)).toMatchObject({ authority: null });
    expect(readTimeStampToken(token!).problems).toContain('signer_certificate_missing');
    const others = [authorities.root, authorities.services.tsa].map(readCertificate);
    expect(readTimeStampToken(token!, others).problems).toEqual([]);
  });

  it('of a time at which the authority was not certified are named', async () => {
    const at = new Date(Date.now() - 600 * DAY);
    const facts = readTimeStampToken(await authorities.stamp({ digest: digestOf('sha256'), at }));
    expect(facts.problems).toEqual(['authority-not-valid-then']);
  });

  it('with any octet flipped are named, or say what they said', async () => {
    const token = Buffer.from(await authorities.stamp({ digest: digestOf('sha256') }));
    const good = readTimeStampToken(token);
    let harmless = 0;
    for (let at = 0; at < token.length; at++) {
      const flipped = Buffer.from(token);
      flipped[at]! ^= 1 << (at % 8);
      const facts = outcomeOf(() => readTimeStampToken(flipped));
      if (!facts || facts.problems.length > 0) continue;
      harmless++;
      expect([facts.genTime, facts.imprint, facts.serialHex, facts.nonce]).toEqual([
        good.genTime,
        good.imprint,
        good.serialHex,
        good.nonce,
      ]);
      expect(facts.authority?.fingerprint).toBe(good.authority?.fingerprint);
    }
    // The authorities above the signer's certificate are carried along unsigned.
    expect(harmless).toBeLessThan(token.length * 0.7);
  });

  it('cut anywhere are refused by name', async () => {
    const token = await authorities.stamp({ digest: digestOf('sha256') });
    for (let at = 0; at < token.length; at++) {
      expect(outcomeOf(() => readTimeStampToken(token.subarray(0, at)))).toBeNull();
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('<html>')],
    ['a nest', Buffer.alloc(10_000, Buffer.from([0x30, 0x80]))],
  ])('that are %s are refused by name', (_, octets) => {
    expect(outcomeOf(() => readTimeStampToken(octets))).toBeNull();
    expect(outcomeOf(() => readTimeStampResponse(octets))).toBeNull();
  });

  it.each(['sha256', 'sha384', 'sha512'] as const)(
    'are asked for with the octets that openssl asks with, %s',
    (hash) => {
      const hex = digestOf(hash).toString('hex');
      const theirs = openssl(authorities.folder, ['ts', '-query', '-digest', hex, `-${hash}`, '-cert']);
      const nonce = readAsn1(theirs).children[2]!.content;
      const ours = buildTimeStampQuery({ digest: digestOf(hash), hash, nonce });
      expect(Buffer.from(ours).toString('hex')).toBe(theirs.toString('hex'));
    },
  );

  it('come in answers whose status is read, refusals with their reason', async () => {
    const refused = readTimeStampResponse(await authorities.timeStampResponse(Buffer.from('no query')));
    expect(refused).toEqual({ status: 2, failure: 5, token: null });
    const query = buildTimeStampQuery({
      digest: digestOf('sha256'),
      hash: 'sha256',
      nonce: Uint8Array.of(7),
    });
    const granted = readTimeStampResponse(await authorities.timeStampResponse(query));
    expect(granted).toMatchObject({ status: 0, failure: null });
    expect(readTimeStampToken(granted.token!).nonce).toBe('07');
  });
});

/** null where the named error was thrown; anything else thrown is a failure of the test. */
function outcomeOf<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(CounterError);
    expect((error as CounterError).code).toBe('TIMESTAMP_INVALID');
    return null;
  }
}
