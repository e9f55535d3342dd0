import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { XMLParser } from 'fast-xml-parser';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readJpeg } from '../../../src/main/pdf/jpeg.ts';
import { type Disk, nodeDisk, type OutputHandle } from '../../../src/main/pdf/output-file.ts';
import {
  type ScannedPage,
  type ScannedPdfRequest,
  writeScannedPdf,
} from '../../../src/main/pdf/scanned-pdf.ts';
import { bilevelPng } from './support/bilevel-png.ts';

const ICC = readFileSync(path.join(import.meta.dirname, '../../../resources/icc/sRGB.icc'));
const CREATED = new Date('2026-11-23T19:30:05.678Z');
const TITLE = 'Giấy khai sinh <bản "chính"> & (sao) \\ 𠀀';

let colour: Buffer;
let gray: Buffer;
let progressive: Buffer;
let cmyk: Buffer;
let folder: string;
let target: string;

beforeAll(async () => {
  const plain = { create: { width: 248, height: 351, channels: 3 as const, background: '#d0c8b0' } };
  colour = await sharp(plain).jpeg().toBuffer();
  gray = await sharp(plain).toColourspace('b-w').jpeg().toBuffer();
  progressive = await sharp(plain).jpeg({ progressive: true }).toBuffer();
  cmyk = await sharp(plain).toColourspace('cmyk').jpeg().toBuffer();
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scanned-pdf-'));
  target = path.join(folder, 'out.pdf');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* from(pages: readonly ScannedPage[]) {
  yield* pages;
}

function request(jpegs: readonly Uint8Array[], more: Partial<ScannedPdfRequest> = {}): ScannedPdfRequest {
  return {
    path: target,
    pages: from(jpegs.map((jpeg) => ({ image: jpeg, dpi: 30 }))),
    title: TITLE,
    createdAt: CREATED,
    producer: 'Một Cửa Counter 0.1.0',
    creator: 'Máy quét thử',
    icc: ICC,
    ...more,
  };
}

interface Parsed {
  readonly text: string;
  readonly trailer: string;
  readonly objects: ReadonlyMap<number, string>;
}

/** Reads a file by its cross-reference table alone, as a strict reader would (ISO 19005-2 §6.1.4, §6.1.9). */
function parse(file: string): Parsed {
  const text = readFileSync(file).toString('latin1');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)![1]);
  const table = /^xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] \n)+)trailer\n(<<.*>>)\n/.exec(text.slice(start))!;
  const entries = table[2]!.match(/.{19}\n/g)!;
  expect(entries).toHaveLength(Number(table[1]));
  expect(entries[0]).toBe('0000000000 65535 f \n');
  const objects = new Map<number, string>();
  for (const [id, entry] of entries.entries()) {
    if (id === 0) continue;
    const at = Number(entry.slice(0, 10));
    expect(text.slice(at - 1, at)).toBe('\n');
    const head = `${id} 0 obj\n`;
    expect(text.slice(at, at + head.length)).toBe(head);
    objects.set(id, text.slice(at + head.length, text.indexOf('\nendobj\n', at)));
  }
  return { text, trailer: table[3]!, objects };
}

function streamOf(object: string): Buffer {
  const head = /^<< .*\/Length (\d+) >>\nstream\n/.exec(object)!;
  const body = object.slice(head[0].length);
  const length = Number(head[1]);
  expect(body.slice(length)).toBe('\nendstream');
  return Buffer.from(body.slice(0, length), 'latin1');
}

function utf16(object: string, key: string): string {
  const hex = new RegExp(`/${key} <FEFF([0-9A-F]*)>`).exec(object)![1]!;
  return Buffer.from(hex, 'hex').swap16().toString('utf16le');
}

describe('scanned PDF', () => {
  it('has the skeleton that PDF/A-2b asks for', async () => {
    await writeScannedPdf(request([colour, gray]));
    const { text, trailer, objects } = parse(target);
    expect(text.startsWith('%PDF-1.7\n%')).toBe(true);
    expect([...text.slice(10, 14)].every((c) => c.charCodeAt(0) > 127)).toBe(true);
    expect(trailer).toMatch(/^<< \/Size 12 \/Root 1 0 R \/Info 5 0 R \/ID \[<([0-9A-F]{32})> <\1>\] >>$/);
    expect(trailer).not.toContain('/Encrypt');
    const catalog = objects.get(1)!;
    expect(catalog).toContain('/Lang (vi-VN)');
    expect(catalog).toContain('/S /GTS_PDFA1');
    expect(catalog).not.toMatch(/\/(OpenAction|AA|JavaScript|AcroForm|Names)/);
    const profile = objects.get(Number(/\/DestOutputProfile (\d+) 0 R/.exec(catalog)![1]))!;
    expect(profile).toContain('/N 3 ');
    expect(streamOf(profile).equals(ICC)).toBe(true);
    expect(objects.get(2)).toBe('<< /Type /Pages /Count 2 /Kids [6 0 R 9 0 R] >>');
    for (const object of objects.values())
      expect(object).not.toMatch(/\/(LZWDecode|Interpolate|Alternates|OPI|F )/);
  });

  it('says the same in XMP and in Info', async () => {
    await writeScannedPdf(request([colour]));
    const { objects } = parse(target);
    const metadata = objects.get(3)!;
    expect(metadata).toMatch(/^<< \/Type \/Metadata \/Subtype \/XML \/Length/);
    expect(metadata).not.toContain('/Filter');
    const xml = streamOf(metadata).toString('utf8');
    expect(xml).toMatch(/^<\?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"\?>/);
    const parser = new XMLParser({ ignoreAttributes: true, removeNSPrefix: true, parseTagValue: false });
    const described = parser.parse(xml).xmpmeta.RDF.Description;
    const info = objects.get(5)!;
    expect(described).toMatchObject({ part: '2', conformance: 'B', format: 'application/pdf' });
    expect(described.title.Alt.li).toBe(TITLE);
    expect(utf16(info, 'Title')).toBe(TITLE);
    expect(described.Producer).toBe(utf16(info, 'Producer'));
    expect(described.CreatorTool).toBe(utf16(info, 'Creator'));
    expect(described.CreateDate).toBe('2026-11-24T02:30:05+07:00');
    expect(described.ModifyDate).toBe(described.CreateDate);
    expect(info).toContain("/CreationDate (D:20261124023005+07'00')");
    expect(info).toContain("/ModDate (D:20261124023005+07'00')");
  });

  it('lays the picture over the whole page, in its true size, with its octets untouched', async () => {
    await writeScannedPdf(request([colour, gray, progressive]));
    const { objects } = parse(target);
    const jpegs = [colour, gray, progressive];
    for (const [index, jpeg] of jpegs.entries()) {
      const page = objects.get(6 + 3 * index)!;
      const image = objects.get(8 + 3 * index)!;
      expect(page).toContain('/MediaBox [0 0 595.2 842.4]');
      expect(streamOf(objects.get(7 + 3 * index)!).toString()).toBe('q 595.2 0 0 842.4 0 0 cm /Im0 Do Q');
      expect(image).toContain('/Width 248 /Height 351');
      expect(image).toContain(index === 1 ? '/DeviceGray' : '/DeviceRGB');
      expect(streamOf(image).equals(jpeg)).toBe(true);
    }
  });

  it('gives back the size and hash of the file, and the same octets each time', async () => {
    const first = await writeScannedPdf(request([colour, gray]));
    const bytes = readFileSync(target);
    expect(first).toEqual({
      pages: 2,
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const second = await writeScannedPdf(request([colour, gray]));
    expect(second).toEqual(first);
    const other = await writeScannedPdf(request([gray, colour]));
    expect(other.sha256).not.toBe(first.sha256);
  });

  it('marks red, green, blue that is not YCbCr', async () => {
    const rgb = Buffer.from(colour);
    const frame = rgb.indexOf(Buffer.from([0xff, 0xc0]));
    const scan = rgb.indexOf(Buffer.from([0xff, 0xda]));
    for (const [i, id] of [...'RGB'].entries()) {
      rgb[frame + 10 + 3 * i] = id.charCodeAt(0);
      rgb[scan + 5 + 2 * i] = id.charCodeAt(0);
    }
    expect(readJpeg(rgb).plainRgb).toBe(true);
    expect(readJpeg(colour).plainRgb).toBe(false);
    await writeScannedPdf(request([rgb]));
    expect(parse(target).objects.get(8)).toContain('/DecodeParms << /ColorTransform 0 >>');
  });

  it('embeds a PNG of one bit with its data untouched', async () => {
    const png = bilevelPng(Buffer.alloc(248 * 351, 200), 248, 351, 128);
    await writeScannedPdf(request([png]));
    const image = parse(target).objects.get(8)!;
    expect(image).toContain('/Width 248 /Height 351 /ColorSpace /DeviceGray /BitsPerComponent 1');
    expect(image).toContain('/DecodeParms << /Predictor 15 /Colors 1 /BitsPerComponent 1 /Columns 248 >>');
    const data = streamOf(image);
    expect(png.includes(data)).toBe(true);
    expect(inflateSync(data)).toHaveLength(32 * 351);
  });

  it('writes one font, with the first page that has text, and the same octets each time', async () => {
    const word = { text: 'Số', x: 9, y: 9, width: 20, height: 12, baseline: 20, confidence: 1, line: 0 };
    const text = { words: [word], text: 'Số', width: 248, height: 351, confidence: 1 };
    const pages = () =>
      from([
        { image: colour, dpi: 30 },
        { image: gray, dpi: 30, text },
        { image: gray, dpi: 30, text },
      ]);
    const first = await writeScannedPdf(request([], { pages: pages() }));
    const { text: whole, objects } = parse(target);
    expect(objects.get(2)).toBe('<< /Type /Pages /Count 3 /Kids [6 0 R 9 0 R 18 0 R] >>');
    expect(objects.get(6)).not.toContain('/Font');
    for (const page of [9, 18]) {
      expect(objects.get(page)).toContain('/Font << /F0 12 0 R >>');
      const content = inflateSync(streamOf(objects.get(page + 1)!)).toString('latin1');
      expect(content).toMatch(
        /^q 595\.2 0 0 842\.4 0 0 cm \/Im0 Do Q\nBT 3 Tr \/F0 [\s\S]* <00531ED1> Tj ET$/,
      );
    }
    expect(whole.match(/\/Subtype \/Type0/g)).toHaveLength(1);
    expect(await writeScannedPdf(request([], { pages: pages() }))).toEqual(first);
  });

  it('lets the source reuse its memory for the next page', async () => {
    const memory = Buffer.alloc(colour.length);
    async function* pages() {
      for (const jpeg of [colour, gray]) {
        memory.set(jpeg);
        yield { image: memory.subarray(0, jpeg.length), dpi: 30 };
      }
    }
    await writeScannedPdf(request([], { pages: pages() }));
    const { objects } = parse(target);
    expect(streamOf(objects.get(8)!).equals(colour)).toBe(true);
    expect(streamOf(objects.get(11)!).equals(gray)).toBe(true);
  });

  it('takes control characters out of the title in both places', async () => {
    await writeScannedPdf(request([gray], { title: 'a\u0000b\nc\ud800' }));
    const { objects } = parse(target);
    expect(utf16(objects.get(5)!, 'Title')).toBe('a b c\ufffd');
    expect(streamOf(objects.get(3)!).toString('utf8')).toContain('>a b c\ufffd</rdf:li>');
  });
});

describe('scanned PDF, bad input', () => {
  async function expectNothingLeft(attempt: Promise<unknown>, failure: object) {
    writeFileSync(target, 'what was there');
    await expect(attempt).rejects.toMatchObject(failure);
    expect(readdirSync(folder)).toEqual(['out.pdf']);
    expect(readFileSync(target, 'utf8')).toBe('what was there');
  }

  it.each([
    [
      'a PNG',
      () =>
        sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      'IMAGE_UNSUPPORTED',
    ],
    ['nothing', async () => Buffer.alloc(0), 'IMAGE_UNSUPPORTED'],
    ['CMYK', async () => cmyk, 'IMAGE_UNSUPPORTED'],
    ['a JPEG without its end', async () => colour.subarray(0, -2), 'IMAGE_UNREADABLE'],
    ['a JPEG cut in its headers', async () => colour.subarray(0, 40), 'IMAGE_UNREADABLE'],
    ['12 bits', async () => changed([0xff, 0xc0], 4, 12), 'IMAGE_UNSUPPORTED'],
    ['arithmetic codes', async () => changed([0xff, 0xc0], 1, 0xc9), 'IMAGE_UNSUPPORTED'],
    ['lossless', async () => changed([0xff, 0xc0], 1, 0xc3), 'IMAGE_UNSUPPORTED'],
  ] as const)('refuses %s with the page number', async (_, make, code) => {
    const bad = await make();
    await expectNothingLeft(writeScannedPdf(request([colour, bad])), { code, details: { page: 2 } });
  });

  function changed(marker: readonly number[], offset: number, value: number): Buffer {
    const copy = Buffer.from(colour);
    copy[copy.indexOf(Buffer.from(marker)) + offset] = value;
    return copy;
  }

  it('never reads past the end of a hostile JPEG', () => {
    const seen = new Set<string>();
    for (let at = 0; at < 700; at++) {
      for (const value of [0x00, 0xff, 0xc0]) {
        const bad = Buffer.from(colour);
        bad[at] = value;
        try {
          readJpeg(bad);
        } catch (error) {
          seen.add((error as { code: string }).code);
        }
      }
    }
    expect([...seen].sort()).toEqual(['IMAGE_UNREADABLE', 'IMAGE_UNSUPPORTED']);
  });

  it.each([0, -300, Number.NaN, Number.POSITIVE_INFINITY, 0.5, 72_000])('refuses %s dpi', async (dpi) => {
    const pages = from([{ image: colour, dpi }]);
    await expectNothingLeft(writeScannedPdf(request([], { pages })), { code: 'IMAGE_UNSUPPORTED' });
  });

  it('refuses a document without pages', async () => {
    await expectNothingLeft(writeScannedPdf(request([])), { code: 'PDF_NO_PAGES' });
  });

  it('refuses a profile that is not RGB, and a language that is no tag', async () => {
    const icc = Buffer.from(ICC);
    icc.write('CMYK', 16);
    await expectNothingLeft(writeScannedPdf(request([gray], { icc })), { code: 'CONFIG_INVALID' });
    await expectNothingLeft(writeScannedPdf(request([gray], { lang: 'vi) /X (' })), {
      code: 'CONFIG_INVALID',
    });
  });

  it('passes on what the source throws', async () => {
    async function* pages() {
      yield { image: colour, dpi: 300 };
      throw new DOMException('stopped', 'AbortError');
    }
    await expectNothingLeft(writeScannedPdf(request([], { pages: pages() })), { name: 'AbortError' });
  });

  it('names a folder that is not there', async () => {
    const lost = path.join(folder, 'absent', 'out.pdf');
    await expect(writeScannedPdf(request([gray], { path: lost }))).rejects.toMatchObject({
      code: 'DISK_FAILED',
      details: { errno: 'ENOENT' },
    });
  });
});

/** A disk that fails at the `nth` call of one operation. */
function failing(operation: keyof OutputHandle | 'rename', errno: string, nth = 1): Disk {
  let calls = 0;
  const guarded = async <T>(name: string, action: () => Promise<T>): Promise<T> => {
    if (name === operation && ++calls === nth) throw Object.assign(new Error(errno), { code: errno });
    return action();
  };
  return {
    ...nodeDisk,
    async create(file) {
      const handle = await nodeDisk.create(file);
      return {
        writev: (parts) => guarded('writev', () => handle.writev(parts)),
        datasync: () => guarded('datasync', () => handle.datasync()),
        sync: () => guarded('sync', () => handle.sync()),
        close: () => handle.close(),
      };
    },
    rename: (from, to) => guarded('rename', () => nodeDisk.rename(from, to)),
  };
}

describe('scanned PDF on a failing disk', () => {
  it.each([
    ['writev', 'ENOSPC', 1, 'DISK_FULL'],
    ['writev', 'EDQUOT', 3, 'DISK_FULL'],
    ['writev', 'EIO', 2, 'DISK_FAILED'],
    ['datasync', 'ENOSPC', 1, 'DISK_FULL'],
    ['sync', 'ENOSPC', 1, 'DISK_FULL'],
    ['rename', 'EACCES', 1, 'DISK_FAILED'],
  ] as const)(
    '%s failing with %s (call %i) is %s and leaves nothing',
    async (operation, errno, nth, code) => {
      const big = Buffer.concat([colour.subarray(0, -2), Buffer.alloc(12 << 20), Buffer.from([0xff, 0xd9])]);
      const attempt = writeScannedPdf(request([big, big, big, big]), failing(operation, errno, nth));
      await expect(attempt).rejects.toMatchObject({ code, details: { errno } });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('goes on where the disk takes a piece at a time', async () => {
    const whole = await writeScannedPdf(request([colour]));
    const slow: Disk = {
      ...nodeDisk,
      async create(file) {
        const handle = await nodeDisk.create(file);
        return {
          writev: (parts) => handle.writev([parts[0]!.subarray(0, 1000)]),
          datasync: () => handle.datasync(),
          sync: () => handle.sync(),
          close: () => handle.close(),
        };
      },
    };
    expect(await writeScannedPdf(request([colour]), slow)).toEqual(whole);
    expect(createHash('sha256').update(readFileSync(target)).digest('hex')).toBe(whole.sha256);
  });
});
