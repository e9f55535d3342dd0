import type { SignatureReport } from '../../../contract/verification.ts';
import { equalOctets } from '../cms/asn1.ts';
import type { CertificateFacts } from '../cms/certificates.ts';
import { type ChainPurpose, type ChainVerdict, judgeChain } from '../cms/paths.ts';
import type { AskAbout } from './asking.ts';
import type { ValidationPolicy } from './policy.ts';
import type { RevocationFinder, RevocationState } from './revocation.ts';
import { failed, open, type Verdict } from './verdict.ts';

/** When a signature was made, as far as anything proves it. */
export interface TimeFrame {
  /** The time of this check. */
  readonly now: Date;
  /** It existed at this time: the earliest proof of existence. Null = only this check proves it. */
  readonly proven: Date | null;
  /** It did not exist before this time: the latest time stamp among what it covers. */
  readonly notBefore: Date | null;
}

export interface PathVerdict {
  readonly chain: SignatureReport['chain'];
  /** The leaf first, the trusted certificate last where there is a path. */
  readonly path: readonly CertificateFacts[];
  readonly revocation: SignatureReport['revocation'];
  readonly revokedAt: Date | null;
  /** Null where the certificate may be relied upon. */
  readonly verdict: Verdict | null;
}

export interface PathContext {
  readonly anchors: readonly CertificateFacts[];
  /** Certificates that may complete a path. */
  readonly pool: readonly CertificateFacts[];
  readonly policy: ValidationPolicy;
  readonly revocation: RevocationFinder;
  /** Null = offline. Many signatures carry nothing but their signer's certificate. */
  readonly ask: AskAbout | null;
}

/**
 * Judges a certificate as at the time that is proven for what it signed, else as at now: path, validity, revocation
 * (EN 319 102-1 §5.2.6, §5.5.4, §5.6.2). What lies behind a proven time does no harm.
 */
export async function judgePath(
  leaf: CertificateFacts,
  purpose: ChainPurpose,
  frame: TimeFrame,
  context: PathContext,
): Promise<PathVerdict> {
  const { status, path } = await findPath(leaf, purpose, frame.proven ?? frame.now, context);
  const base = { chain: status, path, revocation: 'not-checked', revokedAt: null } as const;
  if (status === 'no-path') return { ...base, verdict: open('NO_CERTIFICATE_CHAIN_FOUND', 'issuer-unknown') };
  if (status === 'constraint-violated') {
    return { ...base, verdict: open('CHAIN_CONSTRAINTS_FAILURE', 'chain-constraint') };
  }
  const weak = path.some((c) => !keyIsLongEnough(c, context.policy));
  if (weak) return { ...base, verdict: open('CRYPTO_CONSTRAINTS_FAILURE', 'key-too-short') };
  const states = await revocationOf(path, frame, context);
  const shown = summarise(states);
  const verdict = judgeValidity(leaf, status, frame, shown.revocation) ?? judgeStates(states, frame, context);
  return { ...base, ...shown, verdict };
}

/** Looks among what is at hand; where that leads nowhere, the issuers' addresses are asked. */
async function findPath(
  leaf: CertificateFacts,
  purpose: ChainPurpose,
  at: Date,
  { anchors, pool, ask }: PathContext,
): Promise<{ readonly status: ChainVerdict['status']; readonly path: CertificateFacts[] }> {
  const search = (others: readonly CertificateFacts[]) => {
    const { status, path } = judgeChain(leaf, { trust: anchors, others, at, purpose });
    const known = [leaf, ...anchors, ...others];
    const certificateOf = (der: Uint8Array) => known.find((c) => equalOctets(c.der, der)) ?? [];
    return { status, path: path.flatMap(certificateOf) };
  };
  const found = search(pool);
  if (found.status !== 'no-path' || !ask) return found;
  const { certificates } = await ask([leaf, ...found.path.slice(1)]);
  return certificates.length > 0 ? search([...pool, ...certificates]) : found;
}

function keyIsLongEnough({ x509 }: CertificateFacts, policy: ValidationPolicy): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = x509.publicKey;
  if (type === 'rsa' || type === 'rsa-pss') return (details?.modulusLength ?? 0) >= policy.minRsaBits;
  if (type !== 'ec') return true;
  return Number(/\d{3}/.exec(details?.namedCurve ?? '')?.[0] ?? 0) >= policy.minEcBits;
}

/** Of every certificate below the trusted one, the leaf first. */
async function revocationOf(
  path: readonly CertificateFacts[],
  frame: TimeFrame,
  { revocation }: PathContext,
): Promise<RevocationState[]> {
  const states: RevocationState[] = [];
  for (let i = 0; i + 1 < path.length; i++) {
    states.push(await revocation(path.slice(i), frame));
  }
  return states;
}

function summarise(states: readonly RevocationState[]): Pick<PathVerdict, 'revocation' | 'revokedAt'> {
  const revoked = states.find((s) => s.status === 'revoked');
  if (revoked) return { revocation: 'revoked', revokedAt: revoked.revokedAt };
  if (states.length > 0 && states.every((s) => s.status === 'good')) {
    return { revocation: 'good', revokedAt: states.find((s) => s.revokedAt)?.revokedAt ?? null };
  }
  const silent = states.every((s) => s.status === 'not-checked');
  return { revocation: silent ? 'not-checked' : 'unknown', revokedAt: null };
}

function judgeValidity(
  leaf: CertificateFacts,
  status: PathVerdict['chain'],
  { now, proven, notBefore }: TimeFrame,
  revocation: PathVerdict['revocation'],
): Verdict | null {
  if (status === 'not-yet-valid') {
    if ((proven ?? now) < leaf.notBefore) return failed('NOT_YET_VALID', 'certificate-not-yet-valid');
    return open('CERTIFICATE_CHAIN_GENERAL_FAILURE', 'certificate-not-yet-valid');
  }
  if (status !== 'expired') return null;
  if (notBefore && notBefore > leaf.notAfter) return failed('EXPIRED', 'certificate-expired');
  const sub = revocation === 'good' ? 'OUT_OF_BOUNDS_NOT_REVOKED' : 'OUT_OF_BOUNDS_NO_POE';
  return open(sub, 'certificate-expired');
}

function judgeStates(
  states: readonly RevocationState[],
  { notBefore }: TimeFrame,
  { policy }: PathContext,
): Verdict | null {
  for (const [i, { status, revokedAt }] of states.entries()) {
    if (status !== 'revoked') continue;
    if (i > 0) return open('REVOKED_CA_NO_POE', 'authority-revoked');
    if (revokedAt && notBefore && notBefore >= revokedAt) return failed('REVOKED', 'certificate-revoked');
    return open('REVOKED_NO_POE', 'certificate-revoked');
  }
  if (!policy.requireRevocation) return null;
  const missing = states.find((s) => s.status === 'unknown' || s.status === 'not-checked');
  if (!missing) return null;
  if (missing.reason === 'revocation-signer-expired') {
    return open('REVOCATION_OUT_OF_BOUNDS_NO_POE', missing.reason);
  }
  return open('TRY_LATER', missing.reason);
}
