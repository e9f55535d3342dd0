import type {
  SignatureReport,
  TimeStampSummary,
  VerificationReport,
} from '../../../contract/verification.ts';
import { vietnamTime } from '../../calendar/local-time.ts';

/** One line of a report for people: a text's key, its values, and how far it is set in. */
export interface ReportLine {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly depth: 0 | 1 | 2;
}

/** Texts may be looked up while lines are made, for a name inside another text. */
export type Say = (key: string) => string;

/**
 * What TT 15/2025/TT-BKHCN Điều 6 asks a verifier to show: valid or not in words, who signed, when and whether that
 * is proven, whether the document is whole, and by which policy it was judged. The worst is said first.
 */
export function linesOf(report: VerificationReport, say: Say): ReportLine[] {
  const { indication, judgedAt, policy, signatures } = report;
  const anchors = policy.anchors.join('; ');
  return [
    line(0, `verify.file.${indication ?? 'unsigned'}`),
    ...signatures.flatMap((signature, i) => signatureLines(signature, i + 1, say)),
    line(0, 'verify.policy.judged', { at: shownTime(judgedAt) }),
    anchors ? line(0, 'verify.policy.anchors', { anchors }) : line(0, 'verify.policy.noAnchors'),
    line(0, `verify.policy.${policy.revocation}`),
  ];
}

function signatureLines(signature: SignatureReport, n: number, say: Say): ReportLine[] {
  const isStamp = signature.type === 'document-timestamp';
  const { signer, chain } = signature;
  const own = isStamp ? signature.timeStamps.slice(0, 1) : [];
  return [
    line(1, `verify.${isStamp ? 'stamp' : 'signature'}.${signature.indication}`, { n }),
    ...verdictLines(signature),
    whoLine(signature),
    ...(isStamp
      ? own.map(({ at }) => line(2, 'verify.time.stamped', { at: shownTime(at) }))
      : timeLines(signature)),
    ...integrityLines(signature),
    ...(signature.certifies ? [line(2, `verify.certifies.${signature.certifies}`)] : []),
    ...(signer ? [certificateLine(signer)] : []),
    // Where the signature does not fit, nobody looked any further.
    ...(signer && chain !== 'unknown' ? [line(2, `verify.chain.${chain}`), revocationLine(signature)] : []),
    ...(signature.level ? [line(2, 'verify.level', { level: signature.level })] : []),
    ...signature.timeStamps.filter((s) => !own.includes(s)).map((stamp) => stampLine(stamp, say)),
  ];
}

function verdictLines({ subIndication, reasons }: SignatureReport): ReportLine[] {
  return [
    ...(subIndication ? [line(2, `verify.subIndication.${subIndication}`)] : []),
    ...[...new Set(reasons)].map((word) => line(2, `verify.reason.${word}`)),
  ];
}

function whoLine({ signer, type }: SignatureReport): ReportLine {
  if (!signer) return line(2, 'verify.signerUnknown');
  const { name, organisation } = signer;
  if (type === 'document-timestamp') return line(2, 'verify.authority', { name });
  return organisation && organisation !== name
    ? line(2, 'verify.signerOf', { name, organisation })
    : line(2, 'verify.signer', { name });
}

function timeLines({ provenTime, claimedTime }: SignatureReport): ReportLine[] {
  const claimed = claimedTime ? { at: shownPdfDate(claimedTime) } : null;
  if (!provenTime) return [claimed ? line(2, 'verify.time.claimed', claimed) : line(2, 'verify.time.none')];
  const proven = line(2, 'verify.time.proven', { at: shownTime(provenTime) });
  return claimed ? [proven, line(2, 'verify.time.ownClock', claimed)] : [proven];
}

const BROKEN: readonly unknown[] = ['HASH_FAILURE', 'SIG_CRYPTO_FAILURE', 'FORMAT_FAILURE'];

function integrityLines(signature: SignatureReport): ReportLine[] {
  const { subIndication, modifiedAfter, filledAfter, coverage, signer, reasons } = signature;
  if (modifiedAfter.length > 0) return [line(2, 'verify.integrity.changed')];
  if (BROKEN.includes(subIndication)) return [line(2, 'verify.integrity.broken')];
  if (!signer || !coverage || reasons.includes('changes-unknown'))
    return [line(2, 'verify.integrity.unknown')];
  if (filledAfter.length > 0) {
    return [line(2, 'verify.integrity.filled', { fields: filledAfter.join(', ') })];
  }
  return [line(2, coverage.wholeFile ? 'verify.integrity.whole' : 'verify.integrity.extended')];
}

function certificateLine(signer: NonNullable<SignatureReport['signer']>): ReportLine {
  const { serial, issuer, notBefore, notAfter } = signer;
  return line(2, 'verify.certificate', {
    serial,
    issuer,
    from: shownDay(notBefore),
    to: shownDay(notAfter),
  });
}

function revocationLine({ revocation, revokedAt }: SignatureReport): ReportLine {
  const at = revokedAt ? shownTime(revokedAt) : '';
  return line(2, `verify.revocation.${revocation}`, revocation === 'revoked' ? { at } : {});
}

function stampLine({ at, authority, indication }: TimeStampSummary, say: Say): ReportLine {
  return line(2, `verify.timeStamp.${indication}`, {
    at: shownTime(at),
    authority: authority?.name || say('verify.timeStamp.noAuthority'),
  });
}

function line(depth: ReportLine['depth'], key: string, values: ReportLine['values'] = {}): ReportLine {
  return { key, values, depth };
}

/** `HH:MM:SS dd/mm/yyyy` in Vietnam. */
function shownTime(instant: string): string {
  const text = vietnamTime(new Date(instant));
  return `${text.slice(11, 19)} ${shownDay(instant)}`;
}

function shownDay(instant: string): string {
  const [year, month, day] = vietnamTime(new Date(instant)).slice(0, 10).split('-');
  return `${day}/${month}/${year}`;
}

const PDF_DATE = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(Z)|([+-])(\d\d)'?(\d\d)?'?)?/;

/** A PDF date (ISO 32000-1 §7.9.4) at Vietnamese time where it names its zone; anything else as it stands. */
function shownPdfDate(text: string): string {
  const match = PDF_DATE.exec(text);
  if (!match) return text;
  const [, year, month, day, hour, minute, second, utc, sign, zoneHour, zoneMinute] = match;
  if (!utc && !sign) return `${hour}:${minute}:${second} ${day}/${month}/${year}`;
  const zone = utc ? 'Z' : `${sign}${zoneHour}:${zoneMinute ?? '00'}`;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(at.getTime()) ? text : shownTime(at.toISOString());
}
