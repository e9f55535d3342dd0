import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ASSEMBLED, assembleKernels } from '../../../scripts/assemble-kernels.ts';
import { kernels } from '../../../src/main/imaging/kernels/index.ts';
import { greyOf, halved, type RawPixels } from '../../../src/main/imaging/raster.ts';
import { warped } from '../../../src/main/imaging/warp.ts';

/** Colours that change from pixel to pixel, from a small generator with a seed. */
function picture(width: number, height: number, seed: number): RawPixels {
  const data = new Uint8Array(width * height * 3);
  let state = seed;
  for (let i = 0; i < data.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return { data, width, height, channels: 3 };
}

function mostApart(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
}

const SIZES = [
  [64, 48],
  [65, 49],
  [127, 33],
  [3, 5],
  [8, 2],
] as const;

describe('the kernels', () => {
  it('are assembled from their text', async () => {
    expect(readFileSync(ASSEMBLED, 'utf8')).toBe(await assembleKernels());
  });

  it.each(SIZES)('give the grey and the half of %i × %i pixels as plain code does', (width, height) => {
    const plain = picture(width, height, 7);
    const held = kernels.hold(plain);
    expect(kernels.holds(held)).toBe(true);
    expect(Buffer.compare(greyOf(held).data, greyOf(plain).data)).toBe(0);
    expect(Buffer.compare(halved(held).data, halved(plain).data)).toBe(0);
    expect(Buffer.compare(held.data, plain.data)).toBe(0);
  });

  it.each([
    [3, 0.02],
    [-8, 0.4],
    [91, 0.1],
    [178, 1.3],
  ])('turn a picture by %i° as plain code does, and colour what lies outside', (degrees, shift) => {
    const plain = picture(120, 90, 11);
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const matrix = [cos, -sin, 30 + shift, sin, cos, -12 + shift, 0, 0, 1] as const;
    const size = { width: 130, height: 101 };
    const expected = warped(plain, matrix, size, [1, 2, 3]);
    const held = kernels.hold(plain);
    const made = warped(held, matrix, size, [1, 2, 3]);
    expect(made.data.buffer).toBe(held.data.buffer);
    expect(mostApart(made.data, expected.data)).toBeLessThanOrEqual(2);
    expect(Buffer.compare(held.data, plain.data)).toBe(0);
  });

  it('leave grey pictures, and those that are too large, to plain code', () => {
    const grey: RawPixels = { data: new Uint8Array(100), width: 10, height: 10, channels: 1 };
    expect(kernels.hold(grey)).toBe(grey);
    const large: RawPixels = { data: new Uint8Array(42_000_000), width: 14_000, height: 1000, channels: 3 };
    expect(kernels.hold(large)).toBe(large);
    expect(kernels.holds(large)).toBe(false);
  });

  it('go on without room: what does not fit is made in plain code', () => {
    const held = kernels.hold(picture(60, 40, 3));
    while (kernels.room(4096)) {
      // Taken up.
    }
    expect(kernels.grey(held)).toBeNull();
    expect(greyOf(held).data.length).toBe(2400);
    expect(
      warped(held, [1, 0, 0.5, 0, 1, 0.5, 0, 0, 1], { width: 50, height: 30 }, [0, 0, 0]).data.length,
    ).toBe(4500);
  });
});
