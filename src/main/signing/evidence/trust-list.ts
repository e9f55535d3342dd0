import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CounterError } from '../../../contract/errors.ts';
import { certificatesIn } from './certificate-files.ts';

const MAX_LIST_BYTES = 4 << 20;
const MAX_CERTIFICATE_BYTES = 64 << 10;
const MAX_ENTRIES = 512;

const purpose = z.enum(['signer', 'timestamp', 'path']);
/** What a path may end at this certificate for; 'path' = it completes paths and is trusted for nothing. */
export type TrustPurpose = z.infer<typeof purpose>;

const entry = z.strictObject({
  name: z.string().min(1).max(200),
  /** Lower-case hexadecimal SHA-256 of the DER; null = not known to us yet, and not trusted until somebody fills it in. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** Where the certificate, or its fingerprint, comes from. */
  source: z.string().min(1).max(500),
  /** Day on which that was looked up. */
  obtained: z.iso.date(),
  purposes: z.array(purpose).min(1),
  /** The certificate itself. */
  pem: z.string().max(MAX_CERTIFICATE_BYTES).optional(),
  /** Else a file (DER or PEM) in the list's folder or below it. */
  file: z.string().min(1).max(200).optional(),
  note: z.string().max(1000).optional(),
});
const trustList = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).max(200),
  entries: z.array(entry).max(MAX_ENTRIES),
});

export interface TrustEntry {
  readonly name: string;
  readonly sha256: string | null;
  readonly source: string;
  readonly obtained: string;
  readonly purposes: readonly TrustPurpose[];
  /** DER, compared with the fingerprint; null where nobody has added the file yet. */
  readonly certificate: Uint8Array | null;
}

export interface TrustList {
  readonly name: string;
  readonly entries: readonly TrustEntry[];
}

/**
 * Reads a list of trusted certificates. An entry without a certificate stays in the list as one that waits for its
 * file; one whose certificate is not what the fingerprint says spoils the list.
 * Throws TRUST_LIST_INVALID {reason, entry?}: missing, unreadable, form, path, certificate-missing,
 * certificate-unreadable, fingerprint, fingerprint-missing, duplicate.
 */
export async function readTrustList(file: string): Promise<TrustList> {
  const parsed = trustList.safeParse(parseJson(await octetsOf(file, MAX_LIST_BYTES, 'missing', '')));
  if (!parsed.success) throw invalid('form', '', parsed.error);
  const entries: TrustEntry[] = [];
  const seen = new Set<string>();
  for (const { note: _note, pem, file: beside, ...kept } of parsed.data.entries) {
    if (kept.sha256 !== null && seen.has(kept.sha256)) throw invalid('duplicate', kept.name);
    if (kept.sha256 !== null) seen.add(kept.sha256);
    const octets = pem !== undefined ? Buffer.from(pem) : await fileBeside(file, beside, kept.name);
    entries.push({ ...kept, certificate: octets ? checked(octets, kept) : null });
  }
  return { name: parsed.data.name, entries };
}

/** DER of what a list has for a purpose: anchors for 'signer' and 'timestamp', authorities for 'path'. */
export function trustedFor(list: TrustList, wanted: TrustPurpose): Uint8Array[] {
  return list.entries.flatMap((e) => (e.certificate && e.purposes.includes(wanted) ? [e.certificate] : []));
}

function invalid(reason: string, name: string, cause?: unknown): CounterError {
  return new CounterError('TRUST_LIST_INVALID', name === '' ? { reason } : { reason, entry: name }, {
    cause,
  });
}

function parseJson(octets: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(octets).toString('utf8'));
  } catch (cause) {
    throw invalid('unreadable', '', cause);
  }
}

async function octetsOf(file: string, most: number, reason: string, name: string): Promise<Uint8Array> {
  try {
    const octets = await readFile(file);
    if (octets.length <= most) return octets;
  } catch (cause) {
    throw invalid(reason, name, cause);
  }
  throw invalid('unreadable', name);
}

/** A list names files of its own folder only: it cannot make the program read others. */
async function fileBeside(
  list: string,
  beside: string | undefined,
  name: string,
): Promise<Uint8Array | null> {
  if (beside === undefined) return null;
  const folder = path.dirname(path.resolve(list));
  const file = path.resolve(folder, beside);
  if (path.isAbsolute(beside) || path.relative(folder, file).startsWith('..')) throw invalid('path', name);
  return octetsOf(file, MAX_CERTIFICATE_BYTES, 'certificate-missing', name);
}

function checked(octets: Uint8Array, { sha256, name }: { sha256: string | null; name: string }): Uint8Array {
  const [certificate, ...others] = certificatesIn(octets);
  if (!certificate || others.length > 0) throw invalid('certificate-unreadable', name);
  if (sha256 === null) throw invalid('fingerprint-missing', name);
  if (createHash('sha256').update(certificate).digest('hex') !== sha256) throw invalid('fingerprint', name);
  return certificate;
}
