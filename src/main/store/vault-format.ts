import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import { deriveKey } from './key-vault.ts';

/**
 * A vault file: header (magic, version, salt), then segments of up to 1 MiB of plaintext, each AES-256-GCM with its
 * tag behind it. The key is the file's own (HKDF over the salt); the nonce is the segment's number and whether it is
 * the last, so that cutting, reordering and swapping are found; the header is additional data of every segment.
 */
const MAGIC = Buffer.from('MCCV\x01\0\0\0', 'latin1');
const SALT_BYTES = 16;
const TAG_BYTES = 16;
export const HEADER_BYTES = MAGIC.length + SALT_BYTES;
export const SEGMENT_BYTES = 1024 * 1024;
const STORED_SEGMENT_BYTES = SEGMENT_BYTES + TAG_BYTES;

export interface FileCipher {
  readonly header: Uint8Array;
  seal(segment: number, last: boolean, plain: Uint8Array): Uint8Array;
  /** Throws VAULT_OBJECT_CORRUPT where a single bit is not as it was written. */
  open(segment: number, last: boolean, stored: Uint8Array): Uint8Array;
}

export interface Layout {
  readonly segments: number;
  /** Bytes of plaintext. */
  readonly bytes: number;
}

/** What a file of this many bytes holds; undefined where no whole vault file has that size. */
export function layoutOf(storedBytes: number): Layout | undefined {
  const body = storedBytes - HEADER_BYTES;
  if (body < TAG_BYTES) return undefined;
  const segments = Math.ceil(body / STORED_SEGMENT_BYTES);
  const lastStored = body - (segments - 1) * STORED_SEGMENT_BYTES;
  if (lastStored < TAG_BYTES) return undefined;
  return { segments, bytes: body - segments * TAG_BYTES };
}

/** Where a segment lies in the file. */
export function segmentAt(segment: number, layout: Layout): { offset: number; length: number } {
  const plain = Math.min(SEGMENT_BYTES, layout.bytes - segment * SEGMENT_BYTES);
  return { offset: HEADER_BYTES + segment * STORED_SEGMENT_BYTES, length: plain + TAG_BYTES };
}

export function newFileCipher(contentKey: Uint8Array): FileCipher {
  return cipherFor(contentKey, Buffer.concat([MAGIC, randomBytes(SALT_BYTES)]));
}

/** Throws VAULT_OBJECT_CORRUPT where the header is none of ours. */
export function readFileCipher(contentKey: Uint8Array, header: Uint8Array): FileCipher {
  const ours = header.length === HEADER_BYTES && MAGIC.equals(header.subarray(0, MAGIC.length));
  if (!ours) throw new CounterError('VAULT_OBJECT_CORRUPT', { reason: 'HEADER' });
  return cipherFor(contentKey, header);
}

function cipherFor(contentKey: Uint8Array, header: Uint8Array): FileCipher {
  const salt = Buffer.from(header.subarray(MAGIC.length)).toString('hex');
  const key = deriveKey(contentKey, `file/${salt}`);
  return {
    header,
    seal(segment, last, plain) {
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(segment, last));
      cipher.setAAD(header);
      return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(segment, last, stored) {
      if (stored.length < TAG_BYTES) throw new CounterError('VAULT_OBJECT_CORRUPT', { reason: 'LENGTH' });
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(segment, last));
      decipher.setAAD(header);
      decipher.setAuthTag(stored.subarray(stored.length - TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(stored.subarray(0, -TAG_BYTES)), decipher.final()]);
      } catch (cause) {
        throw new CounterError('VAULT_OBJECT_CORRUPT', { reason: 'TAG', segment }, { cause });
      }
    },
  };
}

/** The key is the file's own, so a counter cannot repeat a nonce. */
function nonceOf(segment: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(segment, 4);
  nonce.writeUInt8(last ? 1 : 0, 11);
  return nonce;
}
