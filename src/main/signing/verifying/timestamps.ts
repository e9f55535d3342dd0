import { CounterError } from '../../../contract/errors.ts';
import type { TimeStampSummary } from '../../../contract/verification.ts';
import {
  readTimeStampToken,
  stampsData,
  type TimeStampFacts,
  type TimeStampProblem,
} from '../evidence/timestamp-token.ts';
import { summarise } from './certificate-summary.ts';
import { judgePath, type PathContext, type PathVerdict, type TimeFrame } from './path.ts';
import { failed, open, PASSED, type Verdict } from './verdict.ts';

/** A time stamp that was judged. It proves its time where it passed. */
export interface JudgedStamp {
  readonly facts: TimeStampFacts;
  readonly verdict: Verdict;
  /** Null where the token itself does not hold, so that its certificate was not looked at. */
  readonly path: PathVerdict | null;
}

const PROBLEMS: Readonly<Partial<Record<TimeStampProblem, Verdict>>> = {
  'digest-wrong': failed('SIG_CRYPTO_FAILURE', 'timestamp-signature-differs'),
  'signature-wrong': failed('SIG_CRYPTO_FAILURE', 'timestamp-signature-differs'),
  hash_unsupported: open('CRYPTO_CONSTRAINTS_FAILURE', 'hash-unsupported'),
  'imprint-hash': open('CRYPTO_CONSTRAINTS_FAILURE', 'hash-unsupported'),
  algorithm_unsupported: open('CRYPTO_CONSTRAINTS_FAILURE', 'algorithm-unsupported'),
  key_too_weak: open('CRYPTO_CONSTRAINTS_FAILURE', 'key-too-weak'),
  signer_certificate_missing: open('NO_SIGNING_CERTIFICATE_FOUND', 'signer-certificate-missing'),
  signing_certificate_wrong: open('NO_SIGNING_CERTIFICATE_FOUND', 'signing-certificate-attribute-wrong'),
  'signing-certificate-absent': open('SIG_CONSTRAINTS_FAILURE', 'signing-certificate-attribute-missing'),
  'authority-purpose': open('CHAIN_CONSTRAINTS_FAILURE', 'timestamp-certificate'),
  key_usage: open('CHAIN_CONSTRAINTS_FAILURE', 'timestamp-certificate'),
  'authority-not-valid-then': open('SIG_CONSTRAINTS_FAILURE', 'timestamp-outside-validity'),
};

/** The token by itself and what it is over; null where both hold. What was tampered with is said first. */
export function judgeToken({ problems, hash }: TimeStampFacts, fits: boolean): Verdict | null {
  if (hash !== 'unsupported' && !fits) return failed('HASH_FAILURE', 'timestamp-imprint-differs');
  const verdicts = problems.map((p) => PROBLEMS[p] ?? failed('FORMAT_FAILURE', 'timestamp-malformed'));
  // What a missing certificate or an unknown hash leaves unproven is no forgery.
  const unknown = verdicts.find((v) => v.subIndication === 'NO_SIGNING_CERTIFICATE_FOUND' || isCrypto(v));
  return unknown ?? verdicts.find((v) => v.indication === 'TOTAL-FAILED') ?? verdicts[0] ?? null;
}

function isCrypto({ subIndication }: Verdict): boolean {
  return subIndication === 'CRYPTO_CONSTRAINTS_FAILURE';
}

/** Judges a token's certificate, and that its time contradicts neither the present nor what covers it. */
export async function judgeStamp(
  facts: TimeStampFacts,
  integrity: Verdict | null,
  frame: TimeFrame,
  context: PathContext,
): Promise<JudgedStamp> {
  if (integrity) return { facts, verdict: integrity, path: null };
  const path = await judgePath(facts.authority!, 'time-stamp', frame, context);
  const order = judgeOrder(facts, frame);
  const hash = context.policy.hashes.includes(facts.hash)
    ? null
    : open('CRYPTO_CONSTRAINTS_FAILURE', 'hash-not-allowed');
  return { facts, verdict: order ?? hash ?? path.verdict ?? PASSED, path };
}

/** Clocks of the checker and of two authorities may differ by this much. */
const SKEW_MS = 5 * 60_000;

/** EN 319 102-1 §5.6.3: what is covered cannot be younger than what covers it. */
function judgeOrder(
  { genTime, accuracyMs }: TimeStampFacts,
  { now, proven, notBefore }: TimeFrame,
): Verdict | null {
  const slack = accuracyMs ?? 1000;
  if (genTime.getTime() - slack > now.getTime() + SKEW_MS) {
    return open('TIMESTAMP_ORDER_FAILURE', 'timestamp-in-future');
  }
  const tooLate = proven && genTime.getTime() - slack > proven.getTime();
  const tooEarly = notBefore && genTime.getTime() + slack < notBefore.getTime();
  return tooLate || tooEarly ? open('TIMESTAMP_ORDER_FAILURE', 'timestamp-order') : null;
}

/** Reads and judges the tokens of a signature's unsigned attributes; each is over the signature value. */
export async function judgeSignatureStamps(
  tokens: readonly Uint8Array[],
  signatureValue: Uint8Array,
  frame: TimeFrame,
  context: PathContext,
): Promise<JudgedStamp[]> {
  const judged: JudgedStamp[] = [];
  for (const token of tokens) {
    const facts = readOrNull(token);
    if (!facts) continue;
    const integrity = judgeToken(facts, stampsData(facts, signatureValue));
    judged.push(await judgeStamp(facts, integrity, frame, context));
  }
  return judged;
}

/** A token that cannot be read says no time that could be shown: it is as if it were not there. */
function readOrNull(token: Uint8Array): TimeStampFacts | null {
  try {
    return readTimeStampToken(token);
  } catch (error) {
    if (error instanceof CounterError && error.code === 'TIMESTAMP_INVALID') return null;
    throw error;
  }
}

export function summariseStamp(
  kind: TimeStampSummary['kind'],
  { facts, verdict }: JudgedStamp,
): TimeStampSummary {
  return {
    kind,
    at: facts.genTime.toISOString(),
    authority: facts.authority ? summarise(facts.authority) : null,
    indication: verdict.indication,
    subIndication: verdict.subIndication,
    reasons: [...verdict.reasons],
  };
}
