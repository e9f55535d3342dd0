/**
 * Tags of the elements directly inside one DER sequence that fills the octets, white space behind it aside (some
 * writers end the stream's data with a line). Null where it is none. Reads headers only: a long CRL costs nothing.
 */
export function topTags(bytes: Uint8Array): number[] | null {
  let last = bytes.length;
  const outer = headerAt(bytes, 0);
  if (!outer || bytes[0] !== 0x30 || outer.end > last) return null;
  while (last > outer.end && [10, 13].includes(bytes[last - 1]!)) last--;
  if (outer.end !== last) return null;
  const tags: number[] = [];
  for (let pos = outer.from; pos < outer.end; ) {
    const element = headerAt(bytes, pos);
    if (!element || element.end > outer.end || tags.length > 8) return null;
    tags.push(bytes[pos]!);
    pos = element.end;
  }
  return tags;
}

/** Definite lengths of up to four octets (X.690 §8.1.3); the indefinite form is no DER. */
function headerAt(bytes: Uint8Array, at: number): { from: number; end: number } | null {
  const first = bytes[at + 1];
  if (first === undefined) return null;
  if (first < 0x80) return { from: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 4 || at + 2 + octets > bytes.length) return null;
  let length = 0;
  for (let i = 0; i < octets; i++) length = length * 256 + bytes[at + 2 + i]!;
  return { from: at + 2 + octets, end: at + 2 + octets + length };
}
