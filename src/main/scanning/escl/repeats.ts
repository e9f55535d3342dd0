import { createHash } from 'node:crypto';

/** Where the same bytes came before. */
export interface Repeat {
  /** Index of the earlier page. */
  readonly index: number;
  /** The device itself calls it the same document: it was sent twice, and there is no second sheet. */
  readonly redelivered: boolean;
}

export interface Repeats {
  /** Undefined for bytes that are new; those are remembered under `index`. */
  look(bytes: Uint8Array, location: string | undefined, index: number): Repeat | undefined;
}

/**
 * Notices a page that comes twice (NAPS2 issue 502: up to 128 copies of one page). Two sheets never give the same
 * bytes: every scan has its own noise. Still only a document that the device gives the same name (Content-Location,
 * RFC 9110 §8.7) is taken as one; all else is a page that a person judges.
 */
export function repeats(): Repeats {
  const known = new Map<string, { index: number; location: string | undefined }>();
  return {
    look(bytes, location, index) {
      const hash = createHash('sha256').update(bytes).digest('base64');
      const before = known.get(hash);
      if (before) {
        return { index: before.index, redelivered: location !== undefined && location === before.location };
      }
      known.set(hash, { index, location });
      return undefined;
    },
  };
}
