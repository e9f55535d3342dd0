import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { generatePaper, PAPER_KINDS } from '../../../src/simulators/scanner/index.ts';

describe('generatePaper', () => {
  it('gives A4 at the asked resolution, with that resolution in its header', async () => {
    const paper = await generatePaper({ seed: 1, kind: 'request', dpi: 100 });
    expect(paper).toMatchObject({ width: 827, height: 1169 });
    const meta = await sharp(paper.jpeg, { failOn: 'warning' }).metadata();
    expect(meta).toMatchObject({ width: 827, height: 1169, density: 100, channels: 3 });
  });

  it('gives the same bytes for the same request, and others for another seed', async () => {
    const make = (seed: number) => generatePaper({ seed, kind: 'residence-declaration', dpi: 75 });
    const [a, b, c] = await Promise.all([make(7), make(7), make(8)]);
    expect(Buffer.compare(a.jpeg, b.jpeg)).toBe(0);
    expect(Buffer.compare(a.jpeg, c.jpeg)).not.toBe(0);
  });

  it('draws a skew of at most three degrees, or takes the one that is asked for', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const paper = await generatePaper({ seed, kind: 'numbered', dpi: 50 });
      expect(Math.abs(paper.skewDegrees)).toBeLessThanOrEqual(3);
    }
    expect((await generatePaper({ seed: 1, kind: 'blank', dpi: 50, skew: -1.25 })).skewDegrees).toBe(-1.25);
  });

  it('prints every kind but the blank one, in black, with blue handwriting', async () => {
    for (const kind of PAPER_KINDS) {
      const { jpeg } = await generatePaper({ seed: 2, kind, dpi: 75, skew: 0 });
      const data = await sharp(jpeg).removeAlpha().raw().toBuffer();
      let black = 0;
      let blue = 0;
      for (let i = 0; i < data.length; i += 3) {
        const [r = 0, g = 0, b = 0] = data.subarray(i, i + 3);
        if (Math.max(r, g, b) < 90) black += 1;
        if (b > r + 50 && b > g + 25) blue += 1;
      }
      if (kind === 'blank') expect(black).toBe(0);
      else expect(black).toBeGreaterThan(10);
      if (kind !== 'blank' && kind !== 'numbered') expect(blue).toBeGreaterThan(500);
    }
  });

  it('does gray in one channel and black-and-white in two tones', async () => {
    const gray = await generatePaper({ seed: 2, kind: 'request', dpi: 75, mode: 'gray' });
    expect((await sharp(gray.jpeg).metadata()).channels).toBe(1);
    const bw = await generatePaper({ seed: 2, kind: 'request', dpi: 75, mode: 'bw' });
    const data = await sharp(bw.jpeg).toColourspace('b-w').raw().toBuffer();
    const between = data.filter((v) => v > 100 && v < 155).length;
    expect(between / data.length).toBeLessThan(0.02);
  });
});
