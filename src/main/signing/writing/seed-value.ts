import { CounterError } from '../../../contract/errors.ts';
import { arrayAt, lookUp, type PdfDocument } from '../../pdf/reader/document.ts';
import {
  dictOf,
  integerOf,
  isName,
  type PdfDict,
  PdfName,
  PdfString,
  textOf,
} from '../../pdf/reader/objects.ts';
import { equalOctets } from '../cms/asn1.ts';
import type { Hash } from '../cms/build.ts';
import { tryReadCertificate } from '../cms/certificates.ts';

/** What a signature is about to be, to be held against what its field demands. */
export interface IntendedSignature {
  readonly hash: Hash;
  readonly reason: string | null;
  readonly certify: 1 | 2 | 3 | null;
  readonly stamped: boolean;
  /** DER, the signer's first. */
  readonly certificates: readonly Uint8Array[];
}

/** Bits of /Ff of a seed value dictionary (ISO 32000-2 table 237): what is set is demanded, not just proposed. */
const DEMANDED = {
  Filter: 1,
  SubFilter: 2,
  V: 4,
  Reasons: 8,
  LegalAttestation: 16,
  AddRevInfo: 32,
  DigestMethod: 64,
  LockDocument: 128,
  AppearanceFilter: 256,
} as const;
/** The same of a certificate seed value dictionary (table 238). */
const CERTIFICATE_DEMANDED = { Subject: 1, Issuer: 2, OID: 4, SubjectDN: 8, KeyUsage: 32 } as const;
/** Version of the seed value dictionary up to PDF 2.0. */
const KNOWN_VERSION = 3;
const MAX_ITEMS = 256;

/**
 * Holds a signature against its field's /SV (§12.7.5.5): what is demanded and not met is refused, never passed over;
 * proposals are let be. Throws SIGNATURE_FIELD_DEMANDS {field, demand}.
 */
export async function meetSeedValue(
  document: PdfDocument,
  field: { readonly name: string; readonly dict: PdfDict },
  intended: IntendedSignature,
): Promise<void> {
  const seed = dictOf(await lookUp(document, field.dict, 'SV'));
  if (!seed) return;
  const flags = integerOf(await lookUp(document, seed, 'Ff')) ?? 0;
  for (const [demand, met] of await demandsOf(document, seed, flags, intended)) {
    if (!met) throw new CounterError('SIGNATURE_FIELD_DEMANDS', { field: field.name, demand });
  }
}

type Demand = readonly [name: string, met: boolean];

async function demandsOf(
  document: PdfDocument,
  seed: PdfDict,
  flags: number,
  intended: IntendedSignature,
): Promise<Demand[]> {
  const demanded = (key: keyof typeof DEMANDED) => seed.has(key) && (flags & DEMANDED[key]) !== 0;
  const value = (key: string) => lookUp(document, seed, key);
  const demands: Demand[] = [];
  if (demanded('Filter')) demands.push(['Filter', isName(await value('Filter'), 'Adobe.PPKLite')]);
  if (demanded('SubFilter')) {
    demands.push(['SubFilter', (await words(document, seed, 'SubFilter')).includes('ETSI.CAdES.detached')]);
  }
  if (demanded('V')) demands.push(['V', Number(await value('V')) <= KNOWN_VERSION]);
  if (demanded('DigestMethod')) {
    const named = (await words(document, seed, 'DigestMethod')).map((n) => n.replace('-', '').toLowerCase());
    demands.push(['DigestMethod', named.includes(intended.hash)]);
  }
  if (demanded('Reasons')) {
    demands.push(['Reasons', reasonFits(await words(document, seed, 'Reasons'), intended.reason)]);
  }
  // Neither an attestation nor Adobe's form of revocation data is made here; a look's name means nothing here.
  if (demanded('LegalAttestation')) demands.push(['LegalAttestation', intended.certify === null]);
  if (demanded('AddRevInfo')) demands.push(['AddRevInfo', (await value('AddRevInfo')) !== true]);
  if (demanded('LockDocument')) demands.push(['LockDocument', isName(await value('LockDocument'), 'false')]);
  if (demanded('AppearanceFilter')) demands.push(['AppearanceFilter', false]);
  const stamp = dictOf(await value('TimeStamp'));
  if (stamp && integerOf(await lookUp(document, stamp, 'Ff')) === 1) {
    demands.push(['TimeStamp', intended.stamped]);
  }
  const mdp = dictOf(await value('MDP'));
  const level = mdp && integerOf(await lookUp(document, mdp, 'P'));
  if (level !== null) demands.push(['MDP', level === (intended.certify ?? 0)]);
  const certificate = dictOf(await value('Cert'));
  if (certificate) demands.push(...(await certificateDemands(document, certificate, intended)));
  return demands;
}

/** A single full stop, or nothing at all, demands that there be no reason. */
function reasonFits(reasons: readonly string[], reason: string | null): boolean {
  if (reasons.length === 0 || (reasons.length === 1 && reasons[0] === '.')) return reason === null;
  return reason !== null && reasons.includes(reason);
}

async function certificateDemands(
  document: PdfDocument,
  seed: PdfDict,
  { certificates }: IntendedSignature,
): Promise<Demand[]> {
  const flags = integerOf(await lookUp(document, seed, 'Ff')) ?? 0;
  const demanded = (key: keyof typeof CERTIFICATE_DEMANDED) =>
    seed.has(key) && (flags & CERTIFICATE_DEMANDED[key]) !== 0;
  const demands: Demand[] = [];
  const oneOf = (named: readonly Uint8Array[], own: readonly Uint8Array[]) =>
    named.some((n) => own.some((o) => equalOctets(n, o)));
  if (demanded('Subject')) {
    demands.push(['Cert.Subject', oneOf(await octets(document, seed, 'Subject'), certificates.slice(0, 1))]);
  }
  if (demanded('Issuer')) {
    demands.push(['Cert.Issuer', oneOf(await octets(document, seed, 'Issuer'), certificates.slice(1))]);
  }
  if (demanded('KeyUsage')) {
    const usage = tryReadCertificate(certificates[0]!)?.keyUsage ?? null;
    const patterns = await words(document, seed, 'KeyUsage');
    demands.push(['Cert.KeyUsage', usage !== null && patterns.some((p) => usageFits(p, usage))]);
  }
  // Policies and parts of names are not compared here: demanded, they are refused.
  for (const key of ['OID', 'SubjectDN'] as const) if (demanded(key)) demands.push([`Cert.${key}`, false]);
  return demands;
}

/** `1` = the bit must be set, `0` = must not, `X` = either, in the order of RFC 5280 §4.2.1.3. */
function usageFits(pattern: string, usage: readonly boolean[]): boolean {
  return [...pattern].every((c, i) => c === 'X' || (c === '1') === (usage[i] ?? false));
}

/** Names or text strings of an array, or the single one that stands in its place. */
async function words(document: PdfDocument, dict: PdfDict, key: string): Promise<string[]> {
  const found: string[] = [];
  const list = (await arrayAt(document, dict, key)) ?? [dict.get(key)];
  for (const item of list.slice(0, MAX_ITEMS)) {
    const value = await document.resolve(item);
    const word = value instanceof PdfName ? value.value : textOf(value);
    if (word !== null) found.push(word);
  }
  return found;
}

async function octets(document: PdfDocument, dict: PdfDict, key: string): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for (const item of ((await arrayAt(document, dict, key)) ?? []).slice(0, MAX_ITEMS)) {
    const value = await document.resolve(item);
    if (value instanceof PdfString) found.push(value.bytes);
  }
  return found;
}
