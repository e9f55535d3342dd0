import { createHash, type Hash } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { PdfDocument } from '../../pdf/reader/document.ts';
import { readPdf } from '../../pdf/reader/document.ts';
import { firstBytes } from '../../pdf/reader/source.ts';
import type { Hash as HashName } from '../cms/oids.ts';
import { type CmsProblem, type CmsVerdict, verifyCms } from '../cms/verify.ts';
import { coverageIn } from '../verifying/coverage.ts';
import { type FoundSignature, findSignaturesIn } from '../verifying/find.ts';
import { storedKeys, vriKey } from './dss.ts';
import { type KnownPrefix, prefixHasher } from './hash.ts';
import { readToken, type TokenFacts } from './token.ts';

/** A signature or document time stamp of a file: intact, or one of others' that cannot be judged here. */
export interface StandingSignature {
  readonly fieldName: string;
  readonly type: FoundSignature['type'];
  readonly range: readonly [number, number, number, number];
  /** /Contents as it stands, with its padding. */
  readonly contents: Uint8Array;
  /** The signer's or the authority's certificate first; none where it cannot be judged here. */
  readonly certificates: readonly Uint8Array[];
  /** The sound time stamp over a signature, or the one that it is; null where there is none. */
  readonly stamp: TokenFacts | null;
  /** Over `range`, by `hash`. */
  readonly digest: Uint8Array;
  readonly hash: HashName | 'unsupported';
  /** CMS with one signer whose unsigned attributes may still grow. */
  readonly growable: boolean;
}

/** How far a file has got on the ladder of ETSI EN 319 142-1 §6. */
export interface Standing {
  readonly document: PdfDocument;
  /** In the order of what they cover. */
  readonly signatures: readonly StandingSignature[];
  /** The newest that is no document time stamp: its level is the file's. */
  readonly newest: StandingSignature;
  /** SHA-256 over the octets before the newest signature's /Contents. */
  readonly beforeHole: Hash;
  /** SHA-256 over the whole file. */
  readonly whole: Hash;
}

/**
 * What makes an earlier signature neither sound nor broken here: it says nothing about the newest, which covers it,
 * and is left unproven.
 */
const UNKNOWN_HERE: readonly CmsProblem[] = [
  'HASH_UNSUPPORTED',
  'ALGORITHM_UNSUPPORTED',
  'ATTRIBUTES_MISSING',
];

/** What is known of a file from before a step: its signatures, and the hash of what the step did not touch. */
export interface KnownStanding {
  readonly standing: Standing;
  readonly prefix: KnownPrefix;
}

/**
 * Reads a file's signatures and hashes it, once; what is known is not hashed again. Nothing is built on what is
 * broken. Throws SIGNATURE_NONE; SIGNATURE_INVALID {field, reason}.
 */
export async function readStanding(document: PdfDocument, known?: KnownStanding): Promise<Standing> {
  const found = await findSignaturesIn(document);
  const coverage = coverageIn(document);
  for (const signature of found) {
    const { problem } = await coverage(signature);
    if (problem) throw invalid(signature, problem);
  }
  const newestFound = found.findLast((s) => !isStamp(s));
  if (!newestFound) throw new CounterError('SIGNATURE_NONE');
  const prefix = prefixHasher(document.source, known?.prefix);
  const signatures: StandingSignature[] = [];
  let beforeHole = known?.standing.beforeHole ?? null;
  for (const signature of found) {
    const range = signature.byteRange as StandingSignature['range'];
    const before = known?.standing.signatures.find((s) => s.range.every((n, i) => n === range[i]));
    if (before && Buffer.compare(before.contents, signature.contents!) === 0) {
      signatures.push(before);
      continue;
    }
    const digestOf = async (name: HashName) => {
      if (before?.hash === name) return before.digest;
      return (await prefix.over(await prefix(name, range[1]), range[2], range[3])).digest();
    };
    if (!known && signature === newestFound) beforeHole = await prefix('sha256', range[1]);
    if (isStamp(signature)) signatures.push(await standingStamp(signature, range, digestOf));
    else signatures.push(await standingSignature(signature, range, digestOf, signature === newestFound));
  }
  return {
    document,
    signatures,
    newest: signatures[found.indexOf(newestFound)]!,
    beforeHole: beforeHole!,
    whole: await prefix('sha256', document.source.size),
  };
}

/** Some writers leave /Type out. */
function isStamp({ type, subFilter }: FoundSignature): boolean {
  return type === 'document-timestamp' || subFilter === 'ETSI.RFC3161';
}

async function standingSignature(
  found: FoundSignature,
  range: StandingSignature['range'],
  digestOf: (name: HashName) => Promise<Uint8Array>,
  isNewest: boolean,
): Promise<StandingSignature> {
  let digest: Uint8Array = new Uint8Array();
  const verdict = await readCms(found, async (name) => {
    digest = await digestOf(name);
    return digest;
  });
  const foreign = !isNewest && verdict.problems.some((p) => UNKNOWN_HERE.includes(p));
  if (!foreign && (!verdict.digestOk || !verdict.signatureOk)) {
    throw invalid(found, verdict.problems[0] ?? (verdict.digestOk ? 'signature' : 'digest'));
  }
  const signer = verdict.signerCertificate;
  const others = verdict.certificates.filter((c) => !signer || Buffer.compare(c, signer) !== 0);
  return {
    fieldName: found.fieldName,
    type: 'signature',
    range,
    contents: found.contents!,
    certificates: signer && !foreign ? [signer, ...others] : [],
    stamp: foreign ? null : soundStamp(verdict),
    digest,
    hash: verdict.hash,
    growable: !verdict.problems.includes('SIGNERS_NOT_ONE'),
  };
}

async function readCms(
  found: FoundSignature,
  digestOf: (name: HashName) => Promise<Uint8Array>,
): Promise<CmsVerdict> {
  try {
    return await verifyCms(found.contents!, digestOf, { trust: [], at: new Date(0) });
  } catch (error) {
    if (error instanceof CounterError && error.code === 'SIGNATURE_UNREADABLE') throw invalid(found, 'cms');
    throw error;
  }
}

function soundStamp({ signature, timeStampTokens }: CmsVerdict): TokenFacts | null {
  for (const token of timeStampTokens) {
    const facts = readToken(token);
    if (!facts?.sound || facts.hash === 'unsupported') continue;
    if (facts.stamps(createHash(facts.hash).update(signature).digest(), facts.hash)) return facts;
  }
  return null;
}

async function standingStamp(
  found: FoundSignature,
  range: StandingSignature['range'],
  digestOf: (name: HashName) => Promise<Uint8Array>,
): Promise<StandingSignature> {
  const token = readToken(found.contents!);
  if (!token?.intact || token.hash === 'unsupported') throw invalid(found, 'token');
  const digest = await digestOf(token.hash);
  if (!token.stamps(digest, token.hash)) throw invalid(found, 'imprint');
  return {
    fieldName: found.fieldName,
    type: 'document-timestamp',
    range,
    contents: found.contents!,
    certificates: token.certificates,
    stamp: token.sound ? token : null,
    digest,
    hash: token.hash,
    growable: false,
  };
}

function invalid({ fieldName }: FoundSignature, reason: string): CounterError {
  return new CounterError('SIGNATURE_INVALID', { field: fieldName, reason });
}

export function endOf({ range }: StandingSignature): number {
  return range[2] + range[3];
}

/** What proves when a signature existed: its own time stamp, else the first document time stamp over it. */
export function proofOf(signature: StandingSignature, all: readonly StandingSignature[]): TokenFacts | null {
  return signature.stamp ?? coveringStamp(signature, all)?.stamp ?? null;
}

function coveringStamp(
  signature: StandingSignature,
  all: readonly StandingSignature[],
): StandingSignature | null {
  return all.find((s) => s.type === 'document-timestamp' && s.stamp && endOf(s) > endOf(signature)) ?? null;
}

/** Signatures that no time stamp covers. */
export function unstamped({ signatures }: Standing): StandingSignature[] {
  return signatures.filter((s) => proofOf(s, signatures) === null);
}

/** What has to be proven for the newest signature to be B-LT: itself, and the document time stamp that dates it. */
export function neededToProve({ newest, signatures }: Standing): StandingSignature[] {
  const cover = newest.stamp ? null : coveringStamp(newest, signatures);
  return cover ? [newest, cover] : [newest];
}

/** Whether the store of the document, or of its revision up to an offset, has what the newest signature needs. */
export async function isProven(standing: Standing, upTo?: number): Promise<boolean> {
  const { document } = standing;
  const revision = upTo === undefined ? document : await readPdf(firstBytes(document.source, upTo));
  const keys = await storedKeys(revision);
  return neededToProve(standing).every((s) => keys.has(vriKey(s.contents)));
}

/** The document time stamp that covers the newest signature and all that proves it; null where there is none. */
export async function archiveStamp(standing: Standing): Promise<StandingSignature | null> {
  const last = standing.signatures.at(-1)!;
  if (last.type !== 'document-timestamp' || !last.stamp || endOf(last) <= endOf(standing.newest)) return null;
  return (await isProven(standing, endOf(last))) ? last : null;
}
