import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { CounterError } from '../../../contract/errors.ts';
import type { SigningKeyInfo } from '../../../contract/model.ts';
import { type CertificateFacts, KEY_USAGE, orderChain, tryReadCertificate } from '../cms/certificates.ts';
import type { KeySource, KeyUse, SigningKey } from '../port.ts';
import { algorithmOf, assertValidAt, cryptoInput, partsOf } from './algorithm.ts';
import { readPkcs12 } from './pkcs12-file.ts';

export interface Pkcs12Deps {
  readonly now: () => Date;
}

/** A key, a certificate and a chain take some 10 kB; what is larger is something else. */
const MAX_FILE_BYTES = 4 << 20;
const signAsync = promisify(sign);

/**
 * A key in a PKCS#12 file. `open` throws FILE_MISSING, PKCS12_PASSWORD_WRONG, PKCS12_UNREADABLE, PKCS12_NO_KEY,
 * CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED, CERTIFICATE_NOT_YET_VALID or KEY_UNSUPPORTED.
 */
export function pkcs12Source(file: string, deps: Pkcs12Deps = { now: () => new Date() }): KeySource {
  const info: SigningKeyInfo = {
    uri: `pkcs12:${file}`,
    label: path.basename(file),
    kind: 'pkcs12',
    pinState: 'unknown',
  };
  return {
    describe: async () => {
      await sizeOf(file);
      return info;
    },
    open: async (password, use) => {
      const bytes = await readWhole(file);
      const { keys, certificates } = readPkcs12(bytes, password);
      const pool = certificates.map(tryReadCertificate).filter((c) => c !== null);
      const { key, leaf } = choosePair(keys.map(importKey), pool);
      assertValidAt(leaf, deps.now());
      return softKey({ ...info, label: leaf.name }, { key, leaf }, pool, use);
    },
  };
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
  } catch (cause) {
    throw new CounterError('FILE_MISSING', { name: path.basename(file) }, { cause });
  }
  throw new CounterError('FILE_MISSING', { name: path.basename(file) });
}

async function readWhole(file: string): Promise<Uint8Array> {
  if ((await sizeOf(file)) > MAX_FILE_BYTES)
    throw new CounterError('PKCS12_UNREADABLE', { reason: 'too large' });
  return readFile(file);
}

function importKey(pkcs8: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new CounterError('PKCS12_UNREADABLE', { reason: 'private key' }, { cause });
  }
}

interface Pair {
  readonly key: KeyObject;
  readonly leaf: CertificateFacts;
}

/** The key and its certificate; where the file holds several, one that may sign documents. */
function choosePair(keys: readonly KeyObject[], pool: readonly CertificateFacts[]): Pair {
  if (keys.length === 0) throw new CounterError('PKCS12_NO_KEY');
  const pairs = keys.flatMap((key) =>
    pool.filter((leaf) => leaf.x509.checkPrivateKey(key)).map((leaf) => ({ key, leaf })),
  );
  const signing = pairs.find(({ leaf }) => !leaf.isCa && maySign(leaf));
  const chosen = signing ?? pairs[0];
  if (!chosen) throw new CounterError('CERTIFICATE_MISMATCH', { certificates: pool.length });
  return chosen;
}

function maySign({ keyUsage }: CertificateFacts): boolean {
  return !keyUsage || keyUsage[KEY_USAGE.nonRepudiation]! || keyUsage[KEY_USAGE.digitalSignature]!;
}

function softKey(
  info: SigningKeyInfo,
  { key, leaf }: Pair,
  pool: readonly CertificateFacts[],
  use?: KeyUse,
): SigningKey {
  const algorithm = algorithmOf(leaf.x509.publicKey, use);
  const { hash } = partsOf(algorithm);
  let held: KeyObject | null = key;
  return {
    info,
    certificates: orderChain(leaf, pool).map((c) => c.der),
    algorithm,
    sign: async (data) => {
      if (!held) throw new CounterError('PKCS12_NO_KEY', { reason: 'closed' });
      return signAsync(hash, data, cryptoInput(held, algorithm));
    },
    close: async () => {
      held = null;
    },
  };
}
