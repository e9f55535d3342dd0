import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import { type DiskFile, readUpTo, writeAll } from './disk.ts';

/**
 * The file of one vault object:
 *
 *   0   4  magic 'MCVO'
 *   4   1  format version, 1
 *   5   1  log2 of the segment size, 20
 *   6   2  zero
 *   8  32  salt, random for each file
 *   40 32  binding: HMAC-SHA256 of the object's name
 *   72  …  segments, each 1 MiB of ciphertext (the last one shorter) and a tag of 16 bytes
 *
 * AES-256-GCM with a key of its own for each file (HKDF-SHA256 with the salt). The nonce is the segment's number
 * and a mark on the last one, as in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015):
 * a segment that is moved, dropped or cut off fails. The binding ties the content to the name, so that one object
 * cannot be put in the place of another.
 */
const MAGIC = Buffer.from('MCVO', 'latin1');
const VERSION = 1;
const SEGMENT_LOG2 = 20;
export const SEGMENT_BYTES = 2 ** SEGMENT_LOG2;
export const TAG_BYTES = 16;
const FIXED = Buffer.concat([MAGIC, Buffer.from([VERSION, SEGMENT_LOG2, 0, 0])]);
const PREFIX_BYTES = 40;
export const HEADER_BYTES = 72;
const SEALED_BYTES = SEGMENT_BYTES + TAG_BYTES;

interface FileKeys {
  readonly content: Uint8Array;
  readonly binding: Uint8Array;
}

function fileKeys(contentKey: Uint8Array, prefix: Uint8Array): FileKeys {
  const bytes = new Uint8Array(
    hkdfSync('sha256', contentKey, prefix.subarray(FIXED.length), 'vault-object', 64),
  );
  return { content: bytes.subarray(0, 32), binding: bytes.subarray(32) };
}

function bindingOf(keys: FileKeys, name: string): Buffer {
  return createHmac('sha256', keys.binding).update(name).digest();
}

function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function newPrefix(): Buffer {
  return Buffer.concat([FIXED, randomBytes(PREFIX_BYTES - FIXED.length)]);
}

/** Seals plaintext into an open file, segment by segment; the name may be known only at the end. */
export interface ObjectWriter {
  /** At most 1 MiB; every segment but the last is full. Called with `last` exactly once, at the end. */
  segment(plain: Uint8Array, last: boolean): Promise<void>;
  /** Writes the header. Until then the file opens as corrupt. */
  finish(name: string): Promise<void>;
}

export function writeObject(file: DiskFile, contentKey: Uint8Array): ObjectWriter {
  const prefix = newPrefix();
  const keys = fileKeys(contentKey, prefix);
  let index = 0;
  return {
    async segment(plain, last) {
      const cipher = createCipheriv('aes-256-gcm', keys.content, nonceOf(index, last));
      cipher.setAAD(prefix);
      const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      await writeAll(file, sealed, HEADER_BYTES + index * SEALED_BYTES);
      index += 1;
    },
    finish: (name) => writeAll(file, Buffer.concat([prefix, bindingOf(keys, name)]), 0),
  };
}

/** An open object whose header has been checked; each segment is checked when it is read. */
export interface ObjectReader {
  /** Bytes of plaintext, as the file's length says; true once the last segment has been read. */
  readonly bytes: number;
  readonly segments: number;
  /** Plaintext of one segment. Throws VAULT_OBJECT_CORRUPT. */
  segment(index: number): Promise<Uint8Array>;
}

function corrupt(name: string, reason: string, cause?: unknown): CounterError {
  return new CounterError('VAULT_OBJECT_CORRUPT', { object: name, reason }, { cause });
}

function decrypt(key: Uint8Array, prefix: Uint8Array, sealed: Uint8Array, nonce: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(prefix);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  decipher.final();
  return plain;
}

export async function readObject(
  file: DiskFile,
  contentKey: Uint8Array,
  name: string,
): Promise<ObjectReader> {
  const { size } = await file.stat();
  const header = await readUpTo(file, HEADER_BYTES, 0);
  if (header.length < HEADER_BYTES || size < HEADER_BYTES + TAG_BYTES) throw corrupt(name, 'SHORT');
  const prefix = header.subarray(0, PREFIX_BYTES);
  if (!prefix.subarray(0, FIXED.length).equals(FIXED)) throw corrupt(name, 'HEADER');
  const keys = fileKeys(contentKey, prefix);
  if (!timingSafeEqual(header.subarray(PREFIX_BYTES), bindingOf(keys, name))) throw corrupt(name, 'NAME');
  const body = size - HEADER_BYTES;
  const segments = Math.ceil(body / SEALED_BYTES);
  return {
    bytes: body - segments * TAG_BYTES,
    segments,
    async segment(index) {
      const start = index * SEALED_BYTES;
      const length = Math.min(SEALED_BYTES, body - start);
      const sealed = await readUpTo(file, length, HEADER_BYTES + start);
      if (sealed.length < length || length < TAG_BYTES) throw corrupt(name, 'SHORT');
      try {
        return decrypt(keys.content, prefix, sealed, nonceOf(index, index === segments - 1));
      } catch (error) {
        throw corrupt(name, 'CONTENT', error);
      }
    },
  };
}
