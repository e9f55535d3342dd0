import type { Indication } from '../../../../contract/model.ts';
import type {
  SignatureReport,
  TimeStampSummary,
  VerificationReport,
} from '../../../../contract/verification.ts';

export type Tone = 'plain' | 'good' | 'unsure' | 'bad';

/** One sentence of a report, and how it weighs. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

/** How texts, instants, days and words that may have no text of their own are put. */
export interface Shown {
  say(key: string, values?: Readonly<Record<string, string | number>>): string;
  instant(value: string): string;
  day(value: string): string;
  /** A finding in words: `verify.what.WORD`, else `verify.reason.WORD`, else the word itself. */
  word(word: string): string;
}

export const TONES = {
  'TOTAL-PASSED': 'good',
  INDETERMINATE: 'unsure',
  'TOTAL-FAILED': 'bad',
} as const satisfies Record<Indication, Tone>;

/**
 * What a signature's report says, in the order in which a person asks (TT 15/2025/TT-BKHCN Điều 6): why it does not
 * pass, who signed, when and whether that is proven, whether the document is whole, and what the certificate is worth.
 */
export function signatureLines(signature: SignatureReport, shown: Shown): Line[] {
  return [
    ...whyLines(signature, shown),
    whoLine(signature, shown),
    ...timeLines(signature, shown),
    ...integrityLines(signature, shown),
    ...certificateLines(signature, shown),
    ...technicalLines(signature, shown),
  ];
}

/** By what it was judged (Điều 5: the policy is told with the verdict). */
export function policyLines({ policy, judgedAt }: VerificationReport, shown: Shown): Line[] {
  const anchors = policy.anchors.map(printable).join('; ');
  return [
    line(shown, 'verify.policy.judged', { at: shown.instant(judgedAt) }),
    anchors
      ? line(shown, 'verify.policy.anchors', { anchors })
      : line(shown, 'verify.policy.noAnchors', {}, 'unsure'),
    line(shown, `verify.policy.${policy.revocation}`),
  ];
}

function whyLines(signature: SignatureReport, shown: Shown): Line[] {
  const { subIndication, reasons, indication, modifiedAfter } = signature;
  const tone = TONES[indication];
  // What was changed is told one by one further down.
  const told = new Set(modifiedAfter.map((change) => change.what));
  return [
    ...(subIndication ? [line(shown, `verify.subIndication.${subIndication}`, {}, tone)] : []),
    ...[...new Set(reasons)]
      .filter((word) => !told.has(word))
      .map((word) => ({ text: shown.word(word), tone })),
  ];
}

function whoLine({ signer, type }: SignatureReport, shown: Shown): Line {
  if (!signer) return line(shown, 'verify.signerUnknown', {}, 'unsure');
  const name = printable(signer.name);
  const organisation = printable(signer.organisation);
  if (type === 'document-timestamp') return line(shown, 'verify.authority', { name });
  return organisation && organisation !== name
    ? line(shown, 'verify.signerOf', { name, organisation })
    : line(shown, 'verify.signer', { name });
}

function timeLines({ type, provenTime, claimedTime, timeStamps }: SignatureReport, shown: Shown): Line[] {
  const stamp = timeStamps[0];
  if (type === 'document-timestamp')
    return stamp ? [line(shown, 'verify.time.stamped', { at: shown.instant(stamp.at) })] : [];
  const claimed = claimedTime
    ? [line(shown, 'verify.time.claimed', { at: claimedAt(claimedTime, shown) })]
    : [];
  if (provenTime)
    return [line(shown, 'verify.time.proven', { at: shown.instant(provenTime) }, 'good'), ...claimed];
  return claimed.length > 0 ? claimed : [line(shown, 'verify.time.none')];
}

const BROKEN: readonly (string | null)[] = ['HASH_FAILURE', 'SIG_CRYPTO_FAILURE', 'FORMAT_FAILURE'];

function integrityLines(signature: SignatureReport, shown: Shown): Line[] {
  const { subIndication, modifiedAfter, filledAfter, coverage, signer, reasons, certifies } = signature;
  const after =
    coverage && coverage.bytesAfter > 0 ? [line(shown, 'check.after', { bytes: coverage.bytesAfter })] : [];
  const allowed = certifies ? [line(shown, `verify.certifies.${certifies}`)] : [];
  if (modifiedAfter.length > 0) {
    const changes = modifiedAfter.map((change) => ({
      text: changeWords(change, shown),
      tone: 'bad' as const,
    }));
    return [line(shown, 'verify.integrity.changed', {}, 'bad'), ...changes, ...after, ...allowed];
  }
  if (BROKEN.includes(subIndication)) return [line(shown, 'verify.integrity.broken', {}, 'bad'), ...allowed];
  if (!signer || !coverage || reasons.includes('changes-unknown')) {
    return [line(shown, 'verify.integrity.unknown', {}, 'unsure'), ...after, ...allowed];
  }
  const whole = line(
    shown,
    coverage.wholeFile ? 'verify.integrity.whole' : 'verify.integrity.extended',
    {},
    'good',
  );
  const filled = line(
    shown,
    'verify.integrity.filled',
    { fields: filledAfter.map(printable).join(', ') },
    'good',
  );
  return [filledAfter.length > 0 ? filled : whole, ...after, ...allowed];
}

function changeWords(change: SignatureReport['modifiedAfter'][number], shown: Shown): string {
  const what = shown.word(change.what);
  const place = [change.object === undefined ? '' : String(change.object), printable(change.key ?? '')];
  return place.some((part) => part !== '') ? `${what} (${place.filter((p) => p !== '').join(' /')})` : what;
}

const CHAIN_TONES = {
  trusted: 'good',
  'no-path': 'unsure',
  expired: 'unsure',
  'not-yet-valid': 'unsure',
  'constraint-violated': 'bad',
  unknown: 'unsure',
} as const satisfies Record<SignatureReport['chain'], Tone>;

const REVOCATION_TONES = {
  good: 'good',
  revoked: 'bad',
  unknown: 'unsure',
  'not-checked': 'unsure',
} as const satisfies Record<SignatureReport['revocation'], Tone>;

function certificateLines({ signer, chain, revocation, revokedAt }: SignatureReport, shown: Shown): Line[] {
  if (!signer) return [];
  const { serial, issuer, notBefore, notAfter } = signer;
  const facts = {
    serial,
    issuer: printable(issuer),
    from: shown.day(notBefore),
    to: shown.day(notAfter),
  };
  const at = revokedAt ? { at: shown.instant(revokedAt) } : {};
  return [
    line(shown, 'verify.certificate', facts),
    line(shown, `verify.chain.${chain}`, {}, CHAIN_TONES[chain]),
    line(shown, `verify.revocation.${revocation}`, at, REVOCATION_TONES[revocation]),
  ];
}

function technicalLines(signature: SignatureReport, shown: Shown): Line[] {
  const { level, algorithm, hash, fieldName, reason, location, type, timeStamps } = signature;
  const stamps = type === 'document-timestamp' ? timeStamps.slice(1) : timeStamps;
  const said = (key: string, text: string | null) =>
    text ? [line(shown, key, { text: printable(text) })] : [];
  return [
    ...(level ? [line(shown, 'verify.level', { level })] : []),
    ...stamps.map((stamp) => stampLine(stamp, shown)),
    ...said('check.reason', reason),
    ...said('check.location', location),
    line(shown, 'check.algorithm', { algorithm: printable(algorithm), hash: printable(hash) }),
    line(shown, 'check.field', { field: printable(fieldName) }),
  ];
}

function line(
  shown: Shown,
  key: string,
  values: Readonly<Record<string, string | number>> = {},
  tone: Tone = 'plain',
): Line {
  return { text: shown.say(key, values), tone };
}

function stampLine({ at, authority, indication }: TimeStampSummary, shown: Shown): Line {
  const name = printable(authority?.name ?? '') || shown.say('verify.timeStamp.noAuthority');
  const values = { at: shown.instant(at), authority: name };
  return line(shown, `verify.timeStamp.${indication}`, values, TONES[indication]);
}

/**
 * Texts of certificates and files come from strangers: no line ends, and nothing that turns the direction of writing,
 * may make them look like lines of the report itself.
 */
export function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const PDF_DATE = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)|([+-])(\d\d)'?(\d\d)?'?)?/;

/** A PDF date (ISO 32000-1 §7.9.4) at the counter's zone where it names its own; anything else as it stands. */
export function claimedAt(text: string, shown: Pick<Shown, 'instant'>): string {
  const match = PDF_DATE.exec(text);
  if (!match) return printable(text);
  const [, year, month, day, hour, minute, second, utc, sign, zoneHour, zoneMinute] = match;
  if (!utc && !sign) return `${hour}:${minute}:${second} ${day}/${month}/${year}`;
  const zone = utc ? 'Z' : `${sign}${zoneHour}:${zoneMinute ?? '00'}`;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(at.getTime()) ? printable(text) : shown.instant(at.toISOString());
}
