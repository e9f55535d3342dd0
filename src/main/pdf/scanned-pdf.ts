import { CounterError } from '../../contract/errors.ts';
import { type JpegFacts, readJpeg } from './jpeg.ts';
import { type Disk, nodeDisk, type OutputFile, writeWhole } from './output-file.ts';
import { cleanText, type DocumentFacts, pdfDate, xmpPacket } from './xmp.ts';

export interface ScannedPage {
  /** A whole JPEG, grey or colour; it goes in as it is. Its memory may be reused once the next page is asked for. */
  readonly jpeg: Uint8Array;
  readonly dpi: number;
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

/** Object numbers that every file has; pages follow, three objects each. */
const CATALOG = 1;
const PAGES = 2;
const METADATA = 3;
const ICC = 4;
const INFO = 5;
const FIRST_PAGE = 6;
const OBJECTS_PER_PAGE = 3;
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
  let pages = 0;
  const written = await writeWhole(request.path, disk, async (out) => {
    const objects = objectWriter(out);
    await writeFront(objects, facts, request.icc, lang);
    for await (const page of request.pages) {
      await writePage(objects, pages, page);
      pages++;
    }
    if (pages === 0) throw new CounterError('PDF_NO_PAGES');
    await writeEnd(objects, pages);
  });
  return { ...written, pages };
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
  object(id: number, body: string): Promise<void>;
  stream(id: number, dictionary: string, content: Uint8Array): Promise<void>;
}

function objectWriter(out: OutputFile): ObjectWriter {
  const offsets = new Map<number, number>();
  const mark = (id: number) => {
    if (out.position > MAX_OFFSET) throw new CounterError('PDF_TOO_COMPLEX', { bytes: out.position });
    offsets.set(id, out.position);
  };
  return {
    out,
    offsets,
    async object(id, body) {
      mark(id);
      await out.write(latin1(`${id} 0 obj\n${body}\nendobj\n`));
    },
    async stream(id, dictionary, content) {
      mark(id);
      await out.write(latin1(`${id} 0 obj\n<< ${dictionary} /Length ${content.length} >>\nstream\n`));
      await out.write(content);
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

async function writePage(w: ObjectWriter, index: number, { jpeg, dpi }: ScannedPage): Promise<void> {
  const facts = factsOfPage(jpeg, index + 1);
  const width = pageLength(facts.width, dpi, index + 1);
  const height = pageLength(facts.height, dpi, index + 1);
  const page = FIRST_PAGE + OBJECTS_PER_PAGE * index;
  const contents = page + 1;
  const image = page + 2;
  await w.object(
    page,
    `<< /Type /Page /Parent ${PAGES} 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /XObject << /Im0 ${image} 0 R >> >> /Contents ${contents} 0 R >>`,
  );
  await w.stream(contents, '', latin1(`q ${width} 0 0 ${height} 0 0 cm /Im0 Do Q`));
  await w.stream(image, imageDictionary(facts), jpeg);
}

function factsOfPage(jpeg: Uint8Array, page: number): JpegFacts {
  try {
    return readJpeg(jpeg);
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
function imageDictionary({ width, height, components, plainRgb }: JpegFacts): string {
  const space = components === 1 ? '/DeviceGray' : '/DeviceRGB';
  const parameters = plainRgb ? ' /DecodeParms << /ColorTransform 0 >>' : '';
  return `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace ${space} /BitsPerComponent 8 /Filter /DCTDecode${parameters}`;
}

async function writeEnd(w: ObjectWriter, pages: number): Promise<void> {
  const kids = Array.from({ length: pages }, (_, i) => `${FIRST_PAGE + OBJECTS_PER_PAGE * i} 0 R`);
  await w.object(PAGES, `<< /Type /Pages /Count ${pages} /Kids [${kids.join(' ')}] >>`);
  const size = FIRST_PAGE + OBJECTS_PER_PAGE * pages;
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
