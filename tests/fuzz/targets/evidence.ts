import { createHash } from 'node:crypto';
import { readCertificate } from '../../../src/main/signing/cms/certificates.ts';
import { judgeCrl, readCrl } from '../../../src/main/signing/evidence/crl.ts';
import { judgeOcsp, readOcspResponse } from '../../../src/main/signing/evidence/ocsp.ts';
import {
  readTimeStampResponse,
  readTimeStampToken,
  stampsData,
} from '../../../src/main/signing/evidence/timestamp-token.ts';
import type { SeedPki } from '../seeds/certificates.ts';
import { crlSeeds, ocspSeeds, stampResponseSeeds, stampSeed } from '../seeds/messages.ts';
import { derTarget } from './asn1.ts';
import { expected, expectedAsn1, type Target } from './target.ts';

const STAMPED = Buffer.from('stamped');

/** Tokens, and the answers of an authority around them. */
export function tspTarget(pki: SeedPki): Target {
  const imprint = createHash('sha256').update(STAMPED).digest();
  const seeds = [stampSeed(pki, imprint), ...stampResponseSeeds(pki, imprint)];
  return derTarget('tsp', ['signing/evidence/', 'signing/cms/'], seeds, (input) => {
    try {
      const { status, token } = readTimeStampResponse(input);
      if (token) return `${status} ${judgedToken(token)}`;
      return `status ${status}`;
    } catch (error) {
      expected(error, ['TIMESTAMP_INVALID']);
    }
    return judgedToken(input);
  });
}

function judgedToken(token: Uint8Array): string {
  try {
    const facts = readTimeStampToken(token);
    return [stampsData(facts, STAMPED), facts.hash, ...facts.problems].join(' ');
  } catch (error) {
    return expected(error, ['TIMESTAMP_INVALID']);
  }
}

export function ocspTarget(pki: SeedPki): Target {
  const subject = readCertificate(pki.signer.certificate);
  const issuer = readCertificate(pki.issuing.certificate);
  return derTarget('ocsp', ['signing/evidence/', 'signing/cms/'], ocspSeeds(pki), (input) => {
    try {
      const { status, basic } = readOcspResponse(input);
      if (!basic) return status;
      const judged = judgeOcsp(basic, subject, issuer);
      return judged.ok ? 'ok' : judged.problem;
    } catch (error) {
      return expectedAsn1(error);
    }
  });
}

export function crlTarget(pki: SeedPki): Target {
  const subject = readCertificate(pki.signer.certificate);
  const issuer = readCertificate(pki.issuing.certificate);
  return derTarget('crl', ['signing/evidence/', 'signing/cms/'], crlSeeds(pki), (input) => {
    try {
      const judged = judgeCrl(readCrl(input), subject, issuer);
      if (!judged.ok) return judged.problem;
      return judged.entry ? `revoked ${judged.entry.reason}` : 'not revoked';
    } catch (error) {
      return expectedAsn1(error);
    }
  });
}
