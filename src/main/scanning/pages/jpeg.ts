const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;

/** Pixels of an image, and the offset just after its last byte. */
export interface ImageExtent {
  readonly width: number;
  readonly height: number;
  readonly end: number;
}

/**
 * Walks the markers of a JPEG (ITU-T T.81 annex B) from SOI to EOI. Looking at the last two bytes is not enough:
 * a cut file can end in FF D9 by chance or carry a whole thumbnail, and some devices pad the end.
 *
 * @returns the extent of the image, or undefined where the file is no JPEG or is not whole
 */
export function jpegExtent(bytes: Uint8Array): ImageExtent | undefined {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== SOI) return undefined;
  let at = 2;
  let width = 0;
  let height = 0;
  let scans = 0;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at];
    if (marker === undefined || marker === 0x00) return undefined;
    at++;
    if (marker === EOI) return scans > 0 && width > 0 && height > 0 ? { width, height, end: at } : undefined;
    if (standsAlone(marker)) continue;
    const length = uint16(bytes, at);
    if (length === undefined || length < 2 || at + length > bytes.length) return undefined;
    if (isFrame(marker)) {
      if (length < 8) return undefined;
      height = uint16(bytes, at + 3)!;
      width = uint16(bytes, at + 5)!;
    }
    // B.2.5: with a height of 0 in the frame header the lines are counted by DNL after the first scan.
    if (marker === 0xdc && height === 0) height = uint16(bytes, at + 2) ?? 0;
    at += length;
    if (marker === SOS) {
      scans++;
      at = endOfEntropyCodedData(bytes, at);
    }
  }
  return undefined;
}

function endOfEntropyCodedData(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length;
    const next = bytes[at + 1];
    // FF 00 is a stuffed byte, FF D0–D7 a restart: both belong to the scan.
    if (next === undefined) return bytes.length;
    if (next !== 0x00 && !(next >= 0xd0 && next <= 0xd7) && next !== 0xff) return at;
    at += next === 0xff ? 1 : 2;
  }
  return bytes.length;
}

function standsAlone(marker: number): boolean {
  return marker === TEM || (marker >= 0xd0 && marker <= SOI);
}

function isFrame(marker: number): boolean {
  // C4, C8 and CC are tables and an extension, not frames.
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function uint16(bytes: Uint8Array, at: number): number | undefined {
  const high = bytes[at];
  const low = bytes[at + 1];
  return high === undefined || low === undefined ? undefined : (high << 8) | low;
}
