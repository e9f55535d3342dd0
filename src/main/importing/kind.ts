/** What the first bytes say that a file is. */
export type FileKind =
  | { readonly take: 'jpeg' | 'png' | 'pnm' | 'tiff' | 'webp' | 'avif' | 'heic' | 'pdf' }
  | { readonly take: null; readonly format: string };

/** Bytes that kindOf has to see: PDF readers look for the header in the first 1,024 (ISO 32000-1 annex H.3.4.1). */
export const HEAD_BYTES = 1024;

const HEVC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const AV1_BRANDS = ['avif', 'avis'];
/** Brands of HEIF that name no codec. */
const PLAIN_BRANDS = ['mif1', 'mif2', 'msf1'];

/** Formats that are named to the person but not taken: signature at offset 0, in Latin-1. */
const NAMED: readonly (readonly [string, string])[] = [
  ['GIF8', 'gif'],
  ['BM', 'bmp'],
  ['II+\0', 'bigtiff'],
  ['MM\0+', 'bigtiff'],
  ['II\xbc\x01', 'jpeg-xr'],
  ['\0\0\0\x0cjP  ', 'jpeg-2000'],
  ['\xff\x4f\xff\x51', 'jpeg-2000'],
  ['\0\0\0\x0cJXL ', 'jpeg-xl'],
  ['\xff\x0a', 'jpeg-xl'],
  ['8BPS', 'psd'],
  ['AT&TFORM', 'djvu'],
  ['PK\x03\x04', 'zip'],
  ['Rar!', 'rar'],
  ['7z\xbc\xaf\x27\x1c', '7z'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'office'],
  ['{\\rtf', 'rtf'],
  ['MZ', 'program'],
  ['\x7fELF', 'program'],
];

export function kindOf(head: Uint8Array): FileKind {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD_BYTES)).toString(
    'latin1',
  );
  if (text.startsWith('\xff\xd8\xff')) return { take: 'jpeg' };
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return { take: 'png' };
  if (text.startsWith('II*\0') || text.startsWith('MM\0*')) return { take: 'tiff' };
  if (/^P[4-6]\s/.test(text)) return { take: 'pnm' };
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return { take: 'webp' };
  if (text.startsWith('ftyp', 4)) return isoMedia(head, text);
  for (const [signature, format] of NAMED) if (text.startsWith(signature)) return { take: null, format };
  if (text.includes('%PDF-')) return { take: 'pdf' };
  if (/<svg[\s>]/i.test(text)) return { take: null, format: 'svg' };
  if (/<(?:!doctype )?html[\s>]/i.test(text)) return { take: null, format: 'html' };
  return { take: null, format: 'unknown' };
}

/** The brands of a FileTypeBox (ISO/IEC 14496-12 §4.3): the major one, a version, then the compatible ones. */
function isoMedia(head: Uint8Array, text: string): FileKind {
  const size = Buffer.from(head.buffer, head.byteOffset, 4).readUInt32BE(0);
  const end = Math.min(size, text.length);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text.slice(at, at + 4));
  if (brands.some((b) => HEVC_BRANDS.includes(b))) return { take: 'heic' };
  if (brands.some((b) => AV1_BRANDS.includes(b))) return { take: 'avif' };
  if (brands.some((b) => PLAIN_BRANDS.includes(b))) return { take: 'heic' };
  return { take: null, format: 'video' };
}
