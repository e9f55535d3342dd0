import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { readExif } from '../../../src/main/importing/exif.ts';
import { kindOf } from '../../../src/main/importing/kind.ts';
import { labelOf } from '../../../src/main/importing/label.ts';
import { dpiOf, isPaperAt } from '../../../src/main/importing/paper.ts';
import { isPhoto, type PictureFacts } from '../../../src/main/importing/photo.ts';
import { capMemory } from '../../../src/main/importing/wasm-memory.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('what a file is', () => {
  it.each([
    ['\xff\xd8\xff\xe0', 'jpeg'],
    ['\x89PNG\r\n\x1a\n', 'png'],
    ['II*\0\x08\0\0\0', 'tiff'],
    ['MM\0*\0\0\0\x08', 'tiff'],
    ['P5 10 10 255\n', 'pnm'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'webp'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'heic'],
    ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'heic'],
    ['\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf', 'avif'],
    ['\0\0\0\x14ftypavif\0\0\0\0mif1', 'avif'],
    ['%PDF-1.7\n', 'pdf'],
    ['a mailer wrote this first\r\n%PDF-1.4\n', 'pdf'],
  ])('%j is taken as %s', (head, kind) => {
    expect(kindOf(bytes(head))).toEqual({ take: kind });
  });

  it.each([
    ['GIF89a', 'gif'],
    ['BM\x36\x10', 'bmp'],
    ['II+\0\x08\0\0\0', 'bigtiff'],
    ['MM\0+\0\x08\0\0', 'bigtiff'],
    ['PK\x03\x04\x14\0', 'zip'],
    ['MZ\x90\0', 'program'],
    ['\0\0\0\x18ftypmp42\0\0\0\0isommp42', 'video'],
    ['<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', 'svg'],
    ['<!DOCTYPE html><html>', 'html'],
    ['', 'unknown'],
    ['\xff\xd8', 'unknown'],
  ])('%j is named %s', (head, format) => {
    expect(kindOf(bytes(head))).toEqual({ take: null, format });
  });
});

const none = { make: '', model: '', software: '', exposed: false };
const picture = (facts: Partial<PictureFacts>): PictureFacts => ({
  width: 4032,
  height: 3024,
  format: 'jpeg',
  density: undefined,
  exif: none,
  ...facts,
});

describe('a photo is told from a scan', () => {
  it.each([
    ['a phone with its EXIF', { exif: { ...none, make: 'Apple', model: 'iPhone 13', exposed: true } }],
    ['a phone whose messenger took the EXIF', { width: 2048, height: 1536 }],
    ['the same with a density of 72', { width: 1280, height: 960, density: 72 }],
    ['HEIC without EXIF', { format: 'heic', width: 3000, height: 2121 }],
    ['a camera in a paper’s proportions', { width: 3508, height: 2480, exif: { ...none, exposed: true } }],
  ] as const)('%s is a photo', (_, facts) => {
    expect(isPhoto(picture(facts))).toBe(true);
  });

  it.each([
    ['A4 at 300 dpi', { width: 2480, height: 3508, density: 300 }],
    ['A4 without a density', { width: 2480, height: 3508 }],
    ['a card on the glass at 300 dpi', { width: 1012, height: 1200, density: 300 }],
    ['a 4:3 cut of a scan at 200 dpi', { width: 1600, height: 1200, density: 200 }],
    ['a scanner with maker and model', { exif: { ...none, make: 'EPSON', model: 'WorkForce DS-530' } }],
    ['a scanning application of a phone', { exif: { ...none, software: 'CamScanner', exposed: true } }],
    ['a small picture', { width: 800, height: 600 }],
    ['a PNG, which cameras do not write', { format: 'png' }],
    ['a TIFF', { format: 'tiff' }],
  ] as const)('%s is none', (_, facts) => {
    expect(isPhoto(picture(facts))).toBe(false);
  });
});

describe('the resolution', () => {
  it('is what the file says where that makes a paper', () => {
    expect(dpiOf({ width: 2480, height: 3508 }, 300)).toBe(300);
    expect(dpiOf({ width: 794, height: 1123 }, 96)).toBe(96);
    expect(dpiOf({ width: 1012, height: 638 }, 300)).toBe(300);
  });

  it('is estimated as an A4 sheet where the file says nothing or nonsense', () => {
    for (const stated of [undefined, 72, 1, 0, Number.NaN, 60_000])
      expect(dpiOf({ width: 2480, height: 3508 }, stated)).toBe(300);
    expect(dpiOf({ width: 3508, height: 2480 }, 72)).toBe(300);
  });

  it('takes no banner for a paper', () => {
    expect(isPaperAt({ width: 9000, height: 1000 }, 300)).toBe(false);
  });
});

describe('EXIF', () => {
  /** Big-endian: Make in place, Model by offset, and an EXIF directory with an exposure time. */
  const block = Buffer.concat([
    bytes('Exif\0\0MM\0*\0\0\0\x08'),
    bytes('\0\x03'),
    bytes('\x01\x0f\0\x02\0\0\0\x04LG\0\0'),
    bytes('\x01\x10\0\x02\0\0\0\x06\0\0\0\x32'),
    bytes('\x87\x69\0\x04\0\0\0\x01\0\0\0\x38'),
    bytes('\0\0\0\0'),
    bytes('Model\0'),
    bytes('\0\x01\x82\x9a\0\x05\0\0\0\x01\0\0\0\0\0\0\0\0'),
  ]);

  it('tells maker, model and that a camera exposed it', () => {
    expect(readExif(block)).toEqual({ make: 'LG', model: 'Model', software: '', exposed: true });
  });

  it('says nothing where it is cut anywhere or damaged, and never throws', () => {
    for (let length = 0; length < block.length; length++) readExif(block.subarray(0, length));
    for (let at = 0; at < block.length; at++)
      for (const value of [0, 0x7f, 0xff]) {
        const damaged = Buffer.from(block);
        damaged[at] = value;
        readExif(damaged);
      }
    expect(readExif(undefined).exposed).toBe(false);
    expect(readExif(bytes('no EXIF at all, but long enough')).make).toBe('');
  });
});

describe('a label', () => {
  it('has no path, no control characters, and composed letters', () => {
    expect(labelOf('C:\\Users\\x\\..\\Giấy khai sinh.pdf'.normalize('NFD'))).toBe('Giấy khai sinh.pdf');
    expect(labelOf('../../etc/passwd')).toBe('passwd');
    expect(labelOf('a\0b\nc\u202efdp.exe')).toBe('abcfdp.exe');
    expect(labelOf('/')).toBe('?');
  });

  it('keeps the extension of a long name', () => {
    const long = labelOf(`${'ấ'.repeat(400)}.pdf`);
    expect([...long]).toHaveLength(200);
    expect(long.endsWith('ấ.pdf')).toBe(true);
  });
});

describe('the memory of a decoder', () => {
  const require = createRequire(import.meta.url);

  it.each(['libheif-js/libheif-wasm/libheif.wasm', '@hyzyla/pdfium/pdfium.wasm'])(
    'of %s is bounded',
    async (name) => {
      const capped = capMemory(readFileSync(require.resolve(name)), 64 << 20);
      const module = await WebAssembly.compile(capped);
      expect(WebAssembly.Module.exports(module).some((e) => e.kind === 'memory')).toBe(true);
    },
  );

  it('grows to the bound and not beyond', async () => {
    // (module (memory (export "m") 1 1000))
    const module = bytes('\0asm\x01\0\0\0\x05\x05\x01\x01\x01\xe8\x07\x07\x05\x01\x01m\x02\0');
    const { instance } = await WebAssembly.instantiate(capMemory(module, 10 * 65_536));
    const memory = instance.exports.m as WebAssembly.Memory;
    memory.grow(9);
    expect(() => memory.grow(1)).toThrow(RangeError);
  });

  it('is refused where there is none to bound', () => {
    expect(() => capMemory(bytes('\0asm\x01\0\0\0'), 1)).toThrow(TypeError);
    expect(() => capMemory(bytes('no module'), 1)).toThrow(TypeError);
  });
});
