import { createHash } from 'node:crypto';
import { CounterError } from '../../../src/contract/errors.ts';
import { verifyCms } from '../../../src/main/signing/cms/build.ts';
import { judgeChain, readCertificate } from '../../../src/main/signing/cms/certificates.ts';
import { readPkcs12 } from '../../../src/main/signing/keys/pkcs12-file.ts';
import { SEED_TIME, type SeedPki } from '../seeds/certificates.ts';
import { cmsSeeds, pkcs12Seeds, SEED_PASSWORD } from '../seeds/messages.ts';
import { expected, expectedAsn1, nextDer, type Target } from './target.ts';

export const DER_LIMIT = 12 * 1024;
const DOCUMENT = Buffer.from('Tài liệu cần ký');

export function derTarget(
  name: string,
  covers: readonly string[],
  seeds: readonly Uint8Array[],
  run: Target['run'],
): Target {
  const next: Target['next'] = (base, other, random) => nextDer(base, other, random, DER_LIMIT);
  return { name, covers, seeds, limit: DER_LIMIT, next, run };
}

export function cmsTarget(pki: SeedPki): Target {
  const seeds = cmsSeeds(pki, createHash('sha512').update(DOCUMENT).digest());
  const trust = { trust: [pki.root.certificate], at: SEED_TIME, extra: [pki.issuing.certificate] };
  return derTarget('cms', ['signing/cms/'], seeds, async (input) => {
    try {
      const verdict = await verifyCms(
        input,
        async (hash) => createHash(hash).update(DOCUMENT).digest(),
        trust,
      );
      const { digestOk, signatureOk, signingCertificate, chain, problems } = verdict;
      return [digestOk, signatureOk, signingCertificate, chain.status, ...problems].join(' ');
    } catch (error) {
      return expected(error, ['SIGNATURE_UNREADABLE']);
    }
  });
}

export function certificateTarget(pki: SeedPki): Target {
  const { root, issuing, signer, stamper, rsa, ec, odd } = pki;
  const seeds = [...[root, issuing, signer, stamper].map((a) => a.certificate), rsa, ec, odd];
  const trust = [readCertificate(root.certificate)];
  const others = [readCertificate(issuing.certificate)];
  return derTarget('certificate', ['signing/cms/'], seeds, (input) => {
    try {
      const facts = readCertificate(input);
      return judgeChain(facts, { trust, others, at: SEED_TIME }).status;
    } catch (error) {
      return expectedAsn1(error);
    }
  });
}

export function pkcs12Target(pki: SeedPki): Target {
  return derTarget('pkcs12', ['signing/keys/pkcs12', 'signing/cms/asn1'], pkcs12Seeds(pki), (input) => {
    try {
      const { keys, certificates } = readPkcs12(input, SEED_PASSWORD);
      return `${keys.length} keys ${certificates.length} certificates`;
    } catch (error) {
      // What it cannot name it calls 'internal': that is for a person, and a finding here.
      if (error instanceof CounterError && error.details.reason === 'internal') throw error.cause;
      return expected(error, ['PKCS12_UNREADABLE', 'PKCS12_PASSWORD_WRONG']);
    }
  });
}
