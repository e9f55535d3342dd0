import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { measureSkew } from '../../../src/main/imaging/skew.ts';
import { generatePaper, PAPER_KINDS, type PaperRequest } from '../../../src/simulators/scanner/index.ts';

async function measured(request: PaperRequest) {
  const paper = await generatePaper(request);
  const { data, info } = await sharp(paper.jpeg).grayscale().raw().toBuffer({ resolveWithObject: true });
  return { truth: paper.skewDegrees, skew: measureSkew({ data, width: info.width, height: info.height }) };
}

const WRITTEN = PAPER_KINDS.filter((kind) => kind !== 'blank' && kind !== 'numbered');

describe('measureSkew', () => {
  it('is right to 0.1° at the 95th percentile of 42 papers', async () => {
    const errors: number[] = [];
    for (let i = 0; i < 42; i += 1) {
      const kind = WRITTEN[i % WRITTEN.length]!;
      const { truth, skew } = await measured({ seed: 900 + i, kind, dpi: 75 });
      errors.push(Math.abs(skew.degrees - truth));
    }
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length * 0.95)]).toBeLessThanOrEqual(0.1);
    expect(errors.at(-1)).toBeLessThanOrEqual(0.2);
  });

  it('follows a sheet that lies far askew, to both sides', async () => {
    for (const angle of [-9, -5.5, 5.5, 9]) {
      const { skew } = await measured({ seed: 4, kind: 'request', dpi: 75, skew: angle });
      expect(Math.abs(skew.degrees - angle)).toBeLessThanOrEqual(0.15);
    }
  });

  it('says clockwise with a positive sign', async () => {
    const { skew } = await measured({ seed: 4, kind: 'household-list', dpi: 75, skew: 2 });
    expect(skew.degrees).toBeGreaterThan(1.5);
  });

  it('finds nothing on upright papers', async () => {
    for (const [seed, kind] of WRITTEN.entries()) {
      const { skew } = await measured({ seed, kind, dpi: 75, skew: 0 });
      expect(Math.abs(skew.degrees)).toBeLessThan(0.2);
    }
  });

  it('keeps silent on blank sheets, however they lie', async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const { skew } = await measured({ seed, kind: 'blank', dpi: 75 });
      expect(skew.degrees).toBe(0);
    }
  });

  it('keeps silent on pictures without lines', () => {
    const width = 600;
    const height = 800;
    const disc = new Uint8Array(width * height).fill(245);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) if (Math.hypot(x - 300, y - 400) < 200) disc[y * width + x] = 60;
    expect(measureSkew({ data: disc, width, height }).degrees).toBe(0);
    let state = 7;
    const noise = disc.map(() => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    });
    expect(measureSkew({ data: noise, width, height }).degrees).toBe(0);
  });

  it('takes pictures of a single pixel and of no contrast', () => {
    expect(measureSkew({ data: Uint8Array.of(0), width: 1, height: 1 }).degrees).toBe(0);
    expect(measureSkew({ data: new Uint8Array(400 * 400), width: 400, height: 400 }).degrees).toBe(0);
  });
});
