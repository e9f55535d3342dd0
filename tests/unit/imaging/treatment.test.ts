import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/main/imaging/limits.ts';
import { processPage } from '../../../src/main/imaging/pipeline.ts';
import type { ImagingOrder } from '../../../src/main/imaging/port.ts';
import { encodeJpeg } from '../../../src/simulators/scanner/paper/generate.ts';
import { renderPhoto } from '../../../src/simulators/scanner/paper/photo.ts';
import { renderScene, type SceneRequest } from '../../../src/simulators/scanner/paper/scene.ts';

const AS_IT_IS = { crop: null, turn: 0, straightenedBy: 0, light: false, edges: false } as const;

async function scan(request: SceneRequest) {
  const pixels = await renderScene(request);
  return { pixels, jpeg: await encodeJpeg(pixels, request.dpi) };
}

function treat(bytes: Uint8Array, order: ImagingOrder = {}, dpi = 100) {
  return processPage({ bytes, dpi, order, limits: DEFAULT_LIMITS });
}

async function greyOf(image: Uint8Array) {
  const { data, info } = await sharp(image).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

const askew: SceneRequest = { seed: 5, kind: 'request', dpi: 100, skew: 2.5 };

describe('a wish goes before what the program would do', () => {
  it('asks for nothing at all and gets the original, byte for byte', async () => {
    const { jpeg } = await scan(askew);
    const done = await treat(jpeg, { wish: AS_IT_IS });
    expect(done.image).toBeUndefined();
    expect(done.inputLength).toBe(jpeg.length);
    expect(done.treatment).toEqual({ ...AS_IT_IS, colour: 'color' });
  });

  it('turns by quarters without touching a pixel', async () => {
    const width = 61;
    const height = 43;
    const data = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 251);
    const input = await sharp(data, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    for (const turn of [90, 180, 270] as const) {
      const done = await treat(input, { wish: { ...AS_IT_IS, turn, colour: 'gray' } });
      const want = await sharp(data, { raw: { width, height, channels: 1 } })
        .rotate(turn)
        .toColourspace('b-w')
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([done.width, done.height]).toEqual([want.info.width, want.info.height]);
      const got = await greyOf(done.image!);
      const off =
        got.data.reduce((sum, v, i) => sum + Math.abs(v - (want.data[i] ?? 0)), 0) / got.data.length;
      // Quality 80 on noise; a picture turned the other way is off by 80.
      expect(off).toBeLessThan(25);
    }
  });

  it('straightens by exactly what is asked, and not at all for 0', async () => {
    const { jpeg } = await scan(askew);
    expect((await treat(jpeg, { wish: { straightenedBy: 0 } })).treatment.straightenedBy).toBe(0);
    const done = await treat(jpeg, { wish: { straightenedBy: 7.5 } });
    expect(done.treatment.straightenedBy).toBe(7.5);
    const again = await treat(done.image!, { wish: { turn: 0 } });
    expect(again.treatment.straightenedBy).toBeCloseTo(-10, 0);
  });

  it('crops where it is asked to, in perspective too', async () => {
    const { jpeg } = await scan({ ...askew, skew: 0 });
    const box = [
      { x: 0.25, y: 0.5 },
      { x: 0.75, y: 0.5 },
      { x: 0.75, y: 0.9 },
      { x: 0.25, y: 0.9 },
    ] as const;
    const done = await treat(jpeg, { wish: { ...AS_IT_IS, crop: [...box] } });
    expect(done.treatment.crop).toEqual(box);
    expect(Math.abs(done.width - 827 / 2)).toBeLessThan(2);
    expect(Math.abs(done.height - 0.4 * 1169)).toBeLessThan(2);
    const slanted = await treat(jpeg, {
      wish: { ...AS_IT_IS, crop: [{ x: 0.3, y: 0.5 }, box[1], box[2], box[3]] },
    });
    expect(slanted.width).toBeLessThan(done.width);
  });

  it('takes corners that enclose nothing for the whole picture', async () => {
    const { jpeg } = await scan({ ...askew, skew: 0 });
    const p = { x: 0.5, y: 0.5 };
    const done = await treat(jpeg, { wish: { ...AS_IT_IS, crop: [p, p, p, p] } });
    expect([done.width, done.height]).toEqual([827, 1169]);
  });

  it('makes grey and bilevel of colour, and keeps a seal in black and white', async () => {
    const { jpeg } = await scan({ seed: 8, kind: 'stamp-only', dpi: 150 });
    const grey = await treat(jpeg, { wish: { colour: 'gray' } }, 150);
    expect(await sharp(grey.image).metadata()).toMatchObject({ format: 'jpeg', channels: 1 });
    const bw = await treat(jpeg, { wish: { colour: 'bw' } }, 150);
    expect(bw.mime).toBe('image/png');
    expect([bw.image![24], bw.image![25]]).toEqual([1, 0]);
    const { data } = await greyOf(bw.image!);
    const black = data.filter((v) => v < 128).length / data.length;
    expect(black).toBeGreaterThan(0.002);
    expect(black).toBeLessThan(0.02);
  });

  it('chooses the least mode that keeps what is there, when that is asked', async () => {
    const print = await scan({ seed: 9, kind: 'print', dpi: 150 });
    const plain = await treat(print.jpeg, { autoColour: true }, 150);
    expect(plain).toMatchObject({
      mime: 'image/png',
      treatment: { colour: 'bw' },
      findings: { needs: 'bw' },
    });
    expect((await treat(print.jpeg, {}, 150)).treatment.colour).toBe('color');
    const seal = await scan({ seed: 9, kind: 'red-seal-print', dpi: 150 });
    expect((await treat(seal.jpeg, { autoColour: true }, 150)).treatment.colour).toBe('color');
  });
});

describe('dark edges and holes', () => {
  /** Ink is where the page without dark edge and holes is dark; it must be as dark afterwards. */
  async function inkLost(request: SceneRequest, extras: SceneRequest['extras']) {
    const clean = await scan({ ...request, extras: request.extras ?? [] });
    const dirty = await scan({ ...request, extras: [...(request.extras ?? []), ...(extras ?? [])] });
    const done = await treat(dirty.jpeg, { wish: { ...AS_IT_IS, edges: true } });
    const before = await greyOf(clean.jpeg);
    const raw = await greyOf(dirty.jpeg);
    const after = await greyOf(done.image ?? dirty.jpeg);
    let lost = 0;
    let left = 0;
    for (const [i, v] of before.data.entries()) {
      // What the dark edge hides in the scan itself is no loss of the treatment's.
      if (
        v < 150 &&
        (raw.data[i] ?? 0) < 150 &&
        Math.abs(v - (raw.data[i] ?? 0)) < 40 &&
        (after.data[i] ?? 0) > 200
      )
        lost += 1;
      if (v > 220 && (after.data[i] ?? 0) < 120) left += 1;
    }
    return { lost, left, edges: done.treatment.edges };
  }

  it('are filled, and the seal beside them stays', async () => {
    const request: SceneRequest = {
      seed: 3,
      kind: 'request',
      dpi: 100,
      skew: 0,
      extras: [{ kind: 'seal', x: 188, y: 140 }],
    };
    const result = await inkLost(request, [{ kind: 'dark-edge', side: 'right', mm: 3 }, { kind: 'holes' }]);
    expect(result.edges).toBe(true);
    expect(result.lost).toBe(0);
    expect(result.left).toBeLessThan(60);
  });

  it.each([
    ['a seal that runs under them', { kind: 'print', extras: [{ kind: 'seal', x: 196, y: 140 }] }, 'right'],
    ['a page number beside them', { kind: 'page-number' }, 'bottom'],
    ['a page number above them', { kind: 'page-number' }, 'top'],
    [
      'handwriting that runs under them',
      { kind: 'pencil-note', extras: [{ kind: 'seal', x: 6, y: 60 }] },
      'left',
    ],
  ] as const)('are filled up to %s', async (_what, scene, side) => {
    const result = await inkLost({ ...scene, seed: 4, dpi: 100, skew: 0 }, [
      { kind: 'dark-edge', side, mm: 4 },
    ]);
    expect(result.edges).toBe(true);
    expect(result.lost).toBe(0);
  });

  it('are left alone where nobody asks and nothing is certain', async () => {
    const { jpeg } = await scan({ seed: 3, kind: 'stamp-only', dpi: 100, skew: 0 });
    expect((await treat(jpeg)).treatment.edges).toBe(false);
    expect((await treat(jpeg)).image).toBeUndefined();
  });
});

describe('size and resolution', () => {
  it('believe the file, but not what cameras write', async () => {
    const { jpeg } = await scan({ seed: 2, kind: 'few-lines', dpi: 100 });
    expect((await treat(jpeg, {}, 300)).dpi).toBe(100);
    const camera = await sharp(jpeg).withMetadata({ density: 72 }).jpeg().toBuffer();
    expect((await treat(camera, {}, 300)).dpi).toBe(300);
  });

  it('lower the quality of a heavy page in steps, not below the floor', async () => {
    const { jpeg } = await scan(askew);
    const limits = { ...DEFAULT_LIMITS, leastBudget: 0, bytesPerMegapixel: 1 };
    const tight = await processPage({ bytes: jpeg, dpi: 100, order: {}, limits });
    const free = await treat(jpeg);
    expect(tight.image!.length).toBeLessThan(free.image!.length * 0.8);
    expect(tight.image!.length).toBeGreaterThan(free.image!.length * 0.4);
  });

  it('write a straight page anew only where it weighs far too much', async () => {
    const { jpeg } = await scan({ ...askew, skew: 0 });
    const limits = { ...DEFAULT_LIMITS, leastBudget: 0, ownBytesPerMegapixel: 1000 };
    expect((await processPage({ bytes: jpeg, dpi: 100, order: {}, limits })).image).toBeDefined();
    const original = await processPage({ bytes: jpeg, dpi: 100, order: { wish: AS_IT_IS }, limits });
    expect(original.image).toBeUndefined();
  });
});

describe('photos', () => {
  it('give the sheet laid flat, in even light, with its colours', async () => {
    const photo = await renderPhoto({
      seed: 21,
      kind: 'stamp-only',
      width: 900,
      height: 1200,
      table: 'wood',
    });
    const done = await treat(photo.jpeg, { photo: true }, 300);
    expect(done.treatment).toMatchObject({ light: true, colour: 'color' });
    expect(done.treatment.crop).not.toBeNull();
    expect(done.height / done.width).toBeCloseTo(297 / 210, 1);
    expect(Math.abs(done.dpi / photo.dpi - 1)).toBeLessThan(0.12);
    expect(done.findings.needs).toBe('color');
    const { data, width, height } = await greyOf(done.image!);
    const at = (x: number, y: number) => data[Math.round(y * height) * width + Math.round(x * width)] ?? 0;
    const corners = [at(0.05, 0.05), at(0.95, 0.05), at(0.95, 0.95), at(0.05, 0.95)];
    expect(Math.max(...corners) - Math.min(...corners)).toBeLessThan(20);
  });

  it('stay whole and are marked where no sheet is certain', async () => {
    const photo = await renderPhoto({
      seed: 22,
      kind: 'request',
      width: 600,
      height: 800,
      table: 'wood',
      sheet: 'none',
    });
    const done = await treat(photo.jpeg, { photo: true }, 300);
    expect(done.treatment.crop).toBeNull();
    expect([done.width, done.height]).toEqual([600, 800]);
    expect(done.findings.flags).toContain('skewed');
  });
});
