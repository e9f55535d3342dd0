import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatePaper } from '../../../src/simulators/scanner/index.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { importAll, testFolder } from '../../unit/importing/support/import.ts';
import { scanPdf } from '../../unit/importing/support/pdf.ts';
import { joinTiffs } from '../../unit/importing/support/tiff.ts';

/** IMPORT_DAMAGES=300 runs as many of the kinds that start a decoder for each, which takes minutes. */
const SLOW = Number(process.env.IMPORT_DAMAGES ?? 12);
const QUICK = 300;
const NAMES =
  /^(IMAGE_UNREADABLE|IMAGE_UNSUPPORTED|IMAGE_TOO_LARGE|PDF_(UNREADABLE|ENCRYPTED|NO_PAGES|TOO_COMPLEX|SIGNED_KEPT|ACTIVE_CONTENT|FONT_MISSING))$/;
const LIMITS = { openMs: 10_000, pageMs: 10_000 };

/** Numbers from 0 to below 1 that a seed repeats (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Octets changed, cut out, repeated, put in, or the end cut off. */
function damage(whole: Buffer, next: () => number): Buffer {
  const at = () => Math.floor(next() * whole.length);
  const [a, b] = [at(), at()].sort((x, y) => x - y) as [number, number];
  const kind = Math.floor(next() * 6);
  if (kind === 0) return whole.subarray(0, a);
  if (kind === 1) return Buffer.concat([whole.subarray(0, a), whole.subarray(Math.min(b, a + 200))]);
  if (kind === 2) return Buffer.concat([whole.subarray(0, b), whole.subarray(a)]);
  if (kind === 3) {
    const noise = Buffer.from(Array.from({ length: 40 }, () => Math.floor(next() * 256)));
    return Buffer.concat([whole.subarray(0, a), noise, whole.subarray(a)]);
  }
  const out = Buffer.from(whole);
  // Headers hold most of what leads a decoder astray.
  const reach = kind === 4 ? Math.min(out.length, 600) : out.length;
  for (let n = Math.ceil(next() * 12); n > 0; n--) out[Math.floor(next() * reach)] = Math.floor(next() * 256);
  return out;
}

const place = testFolder();
afterAll(place.remove);

async function survive(whole: Buffer, times: number, seed: number, as: 'auto' | 'pages' = 'auto') {
  const next = random(seed);
  const tally = { taken: 0, named: 0 };
  for (let n = 0; n < times; n++) {
    const { pages, documents, error } = await importAll(place.put(damage(whole, next)), as, {
      limits: LIMITS,
    });
    if (error) expect(error.code, `seed ${seed}, damage ${n}`).toMatch(NAMES);
    else expect(pages.length + documents.length).toBeGreaterThan(0);
    if (error) tally.named++;
    else tally.taken++;
  }
  // Damage that is never noticed, or always, would not have been tried in earnest.
  expect(tally.named).toBeGreaterThan(0);
  expect(tally.taken + tally.named).toBe(times);
}

describe('any damage ends in a page, a document or a named error', () => {
  let jpeg: Buffer;
  let small: Sharp;

  beforeAll(async () => {
    const { jpeg: paper } = await generatePaper({ seed: 11, kind: 'request', dpi: 50, skew: 0 });
    jpeg = Buffer.from(paper);
    small = sharp(jpeg);
  });

  it('of a JPEG', async () => survive(jpeg, QUICK, 1));
  it('of a PNG', async () => survive(await small.clone().png().toBuffer(), QUICK, 2));
  it('of a WebP', async () => survive(await small.clone().webp().toBuffer(), QUICK, 3));
  it('of an AVIF', async () => survive(await small.clone().avif({ effort: 0 }).toBuffer(), QUICK, 4));
  it('of a TIFF of several pages', async () => {
    const pages = await Promise.all(
      (['lzw', 'jpeg', 'deflate', 'ccittfax4'] as const).map((compression) =>
        (compression === 'ccittfax4' ? small.clone().toColourspace('b-w').threshold() : small.clone())
          .tiff({ compression, ...(compression === 'ccittfax4' ? { bitdepth: 1 as const } : {}) })
          .toBuffer(),
      ),
    );
    await survive(joinTiffs(pages), QUICK, 5);
  });
  it('of a PDF that is kept or taken apart without a decoder', async () => {
    const { width, height } = await small.metadata();
    await survive(scanPdf({ jpeg: jpeg.subarray(0), width, height }), QUICK, 6, 'auto');
  });
  it('of a PDF that is drawn', async () => {
    const pdf = await PDFDocument.create();
    const font = await pdf.embedFont(StandardFonts.Helvetica);
    pdf.addPage([200, 200]).drawText('words', { x: 9, y: 90, size: 40, font });
    pdf.addPage([200, 200]).drawImage(await pdf.embedJpg(jpeg), { x: 0, y: 0, width: 90, height: 90 });
    await survive(Buffer.from(await pdf.save({ useObjectStreams: false })), SLOW, 7, 'pages');
  }, 900_000);
});

describeWithPeers(['heif-enc'], 'any damage of a HEIC', () => {
  it('ends in a page or a named error', async () => {
    const source = path.join(place.folder, 'in.jpg');
    const out = path.join(place.folder, 'out.heic');
    const red = { create: { width: 200, height: 280, channels: 3 as const, background: '#ff0000' } };
    await sharp(red).jpeg().toFile(source);
    expect(spawnSync('heif-enc', [source, '-o', out]).status).toBe(0);
    await survive(readFileSync(out), SLOW, 8);
  }, 900_000);
});
