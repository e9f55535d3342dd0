import { deflateSync } from 'node:zlib';
import { CounterError } from '../../contract/errors.ts';
import type { PageText } from '../reading/port.ts';
import { GLYPHLESS_OBJECTS, glyphlessObjects } from './glyphless-font.ts';
import { readJpeg } from './jpeg.ts';
import { type Disk, nodeDisk, type OutputFile, writeWhole } from './output-file.ts';
import { isPng, readBilevelPng } from './png.ts';
import { textOperators } from './text-layer.ts';
import { cleanText, type DocumentFacts, pdfDate, xmpPacket } from './xmp.ts';

export interface ScannedPage {
  /**
   * A whole JPEG, grey or colour, or a greyscale PNG of one bit a pixel; its data go in as they are. Its memory may
   * be reused once the next page is asked for.
   */
  readonly image: Uint8Array;
  readonly dpi: number;
  /** What was read on the page: it can be searched and copied, and is not seen. */
  readonly text?: PageText;
}

export interface ScannedPdfRequest {
  /** Where the PDF goes; what is there is replaced, at the end and at once. */
  readonly path: string;
  readonly pages: AsyncIterable<ScannedPage>;
  readonly title: string;
  readonly createdAt: Date;
  /** The library that wrote the PDF, for the Info dictionary. */
  readonly producer: string;
  readonly creator?: string;
  /** An RGB ICC profile of version 2 or 4. */
  readonly icc: Uint8Array;
  /** RFC 3066 tag; `vi-VN` unless given. */
  readonly lang?: string;
}

export interface ScannedPdfResult {
  readonly bytes: number;
  readonly pages: number;
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly sha256: string;
}

/** Object numbers that every file has; pages follow, three objects each, and the font after the first with text. */
const CATALOG = 1;
const PAGES = 2;
const METADATA = 3;
const ICC = 4;
const INFO = 5;
const FIRST_FREE = 6;
/** Limits of a page boundary in points (ISO 19005-2 §6.1.13). */
const PAGE_LIMITS = { min: 3, max: 14_400 } as const;
/** Largest offset that a classic cross-reference table can say. */
const MAX_OFFSET = 9_999_999_999;

/**
 * Writes page images as PDF/A-2b (ISO 19005-2, on PDF 1.7) in a stream: one page is held at a time, so memory does
 * not grow with the file. The same request gives the same octets.
 *
 * Throws PDF_NO_PAGES, IMAGE_UNSUPPORTED or IMAGE_UNREADABLE with the page's number from 1, DISK_FULL, DISK_FAILED,
 * and whatever `pages` throws; in each case no file is left and an older one at `path` is untouched.
 */
export async function writeScannedPdf(
  request: ScannedPdfRequest,
  disk: Disk = nodeDisk,
): Promise<ScannedPdfResult> {
  const lang = request.lang ?? 'vi-VN';
  assertRequest(request.icc, lang);
  const facts: DocumentFacts = {
    title: cleanText(request.title),
    createdAt: request.createdAt,
    producer: cleanText(request.producer),
    creator: cleanText(request.creator ?? request.producer),
  };
  const pages: number[] = [];
  const written = await writeWhole(request.path, disk, async (out) => {
    const objects = objectWriter(out);
    await writeFront(objects, facts, request.icc, lang);
    const font = fontOnce(objects);
    for await (const page of request.pages)
      pages.push(await writePage(objects, font, pages.length + 1, page));
    if (pages.length === 0) throw new CounterError('PDF_NO_PAGES');
    await writeEnd(objects, pages);
  });
  return { ...written, pages: pages.length };
}

function assertRequest(icc: Uint8Array, lang: string): void {
  const space = Buffer.from(icc.subarray(16, 20)).toString('latin1');
  if (icc.length < 128 || space !== 'RGB ') throw new CounterError('CONFIG_INVALID', { what: 'icc-profile' });
  if (!/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(lang))
    throw new CounterError('CONFIG_INVALID', { what: 'lang' });
}

interface ObjectWriter {
  readonly out: OutputFile;
  readonly offsets: Map<number, number>;
  /** The first of `count` object numbers that are now taken. */
  take(count: number): number;
  object(id: number, body: string): Promise<void>;
  stream(id: number, dictionary: string, ...content: readonly Uint8Array[]): Promise<void>;
}

function objectWriter(out: OutputFile): ObjectWriter {
  const offsets = new Map<number, number>();
  let next = FIRST_FREE;
  const mark = (id: number) => {
    if (out.position > MAX_OFFSET) throw new CounterError('PDF_TOO_COMPLEX', { bytes: out.position });
    offsets.set(id, out.position);
  };
  return {
    out,
    offsets,
    take(count) {
      next += count;
      return next - count;
    },
    async object(id, body) {
      mark(id);
      await out.write(latin1(`${id} 0 obj\n${body}\nendobj\n`));
    },
    async stream(id, dictionary, ...content) {
      mark(id);
      const length = content.reduce((sum, part) => sum + part.length, 0);
      await out.write(latin1(`${id} 0 obj\n<< ${dictionary} /Length ${length} >>\nstream\n`));
      for (const part of content) await out.write(part);
      await out.write(latin1('\nendstream\nendobj\n'));
    },
  };
}

async function writeFront(
  w: ObjectWriter,
  facts: DocumentFacts,
  icc: Uint8Array,
  lang: string,
): Promise<void> {
  // Four octets above 127 in a comment right after the header: §6.1.2.
  await w.out.write(latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'));
  const intent = `<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile ${ICC} 0 R >>`;
  await w.object(
    CATALOG,
    `<< /Type /Catalog /Pages ${PAGES} 0 R /Metadata ${METADATA} 0 R /OutputIntents [${intent}] /Lang (${lang}) >>`,
  );
  await w.stream(METADATA, '/Type /Metadata /Subtype /XML', Buffer.from(xmpPacket(facts), 'utf8'));
  await w.stream(ICC, '/N 3', icc);
  const date = `(${pdfDate(facts.createdAt)})`;
  const info = [
    `/Title ${textString(facts.title)}`,
    `/Creator ${textString(facts.creator)}`,
    `/Producer ${textString(facts.producer)}`,
    `/CreationDate ${date} /ModDate ${date}`,
  ];
  await w.object(INFO, `<< ${info.join(' ')} >>`);
}

/** The text's font, written with the first page that needs it; gives its object number. */
function fontOnce(w: ObjectWriter): () => Promise<number> {
  let first: number | undefined;
  return async () => {
    if (first !== undefined) return first;
    first = w.take(GLYPHLESS_OBJECTS);
    for (const [i, { dictionary, stream }] of glyphlessObjects(first).entries()) {
      if (stream) await w.stream(first + i, dictionary, stream);
      else await w.object(first + i, `<< ${dictionary} >>`);
    }
    return first;
  };
}

/** `number`: from 1. Gives the page's object number. */
async function writePage(
  w: ObjectWriter,
  font: () => Promise<number>,
  number: number,
  { image, dpi, text }: ScannedPage,
): Promise<number> {
  const picture = pictureOfPage(image, number);
  const width = pageLength(picture.width, dpi, number);
  const height = pageLength(picture.height, dpi, number);
  const page = w.take(3);
  const show = `q ${width} 0 0 ${height} 0 0 cm /Im0 Do Q`;
  const words = text ? textOperators(text, '/F0', Number(width), Number(height)) : '';
  const fonts = words === '' ? '' : ` /Font << /F0 ${await font()} 0 R >>`;
  await w.object(
    page,
    `<< /Type /Page /Parent ${PAGES} 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /XObject << /Im0 ${page + 2} 0 R >>${fonts} >> /Contents ${page + 1} 0 R >>`,
  );
  if (words === '') await w.stream(page + 1, '', latin1(show));
  else await w.stream(page + 1, '/Filter /FlateDecode', deflateSync(latin1(`${show}\n${words}`)));
  await w.stream(page + 2, picture.dictionary, ...picture.data);
  return page;
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly dictionary: string;
  readonly data: readonly Uint8Array[];
}

function pictureOfPage(image: Uint8Array, page: number): Picture {
  try {
    return isPng(image) ? pngPicture(image) : jpegPicture(image);
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    throw new CounterError(error.code, { ...error.details, page }, { cause: error });
  }
}

function pageLength(pixels: number, dpi: number, page: number): string {
  const points = (pixels * 72) / dpi;
  if (!(points >= PAGE_LIMITS.min && points <= PAGE_LIMITS.max)) {
    throw new CounterError('IMAGE_UNSUPPORTED', { reason: 'page-size', pixels, dpi, page });
  }
  return String(Math.round(points * 1000) / 1000);
}

/** Device colours are lawful beside an RGB output intent (§6.2.4.3); Interpolate stays off (§6.2.8). */
function imageDictionary(width: number, height: number, more: string): string {
  return `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} ${more}`;
}

function jpegPicture(image: Uint8Array): Picture {
  const { width, height, components, plainRgb } = readJpeg(image);
  const space = components === 1 ? '/DeviceGray' : '/DeviceRGB';
  const parameters = plainRgb ? ' /DecodeParms << /ColorTransform 0 >>' : '';
  const more = `/ColorSpace ${space} /BitsPerComponent 8 /Filter /DCTDecode${parameters}`;
  return { width, height, dictionary: imageDictionary(width, height, more), data: [image] };
}

function pngPicture(image: Uint8Array): Picture {
  const { width, height, data } = readBilevelPng(image);
  const parameters = `<< /Predictor 15 /Colors 1 /BitsPerComponent 1 /Columns ${width} >>`;
  const more = `/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode /DecodeParms ${parameters}`;
  return { width, height, dictionary: imageDictionary(width, height, more), data };
}

async function writeEnd(w: ObjectWriter, pages: readonly number[]): Promise<void> {
  const kids = pages.map((page) => `${page} 0 R`);
  await w.object(PAGES, `<< /Type /Pages /Count ${pages.length} /Kids [${kids.join(' ')}] >>`);
  const size = w.take(0);
  // Both halves of the ID are the hash of everything before: the same pages give the same file.
  const id = Buffer.from(w.out.digest().subarray(0, 16)).toString('hex').toUpperCase();
  const start = w.out.position;
  const entries = Array.from(
    { length: size - 1 },
    (_, i) => `${String(w.offsets.get(i + 1)!).padStart(10, '0')} 00000 n \n`,
  );
  await w.out.write(latin1(`xref\n0 ${size}\n0000000000 65535 f \n${entries.join('')}`));
  await w.out.write(
    latin1(
      `trailer\n<< /Size ${size} /Root ${CATALOG} 0 R /Info ${INFO} 0 R /ID [<${id}> <${id}>] >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  );
}

/** A text string as UTF-16BE with its mark, in hexadecimal (ISO 32000-1 §7.9.2.2). */
function textString(text: string): string {
  return `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
