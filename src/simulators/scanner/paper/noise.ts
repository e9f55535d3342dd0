import { type Chance, createChance } from './random.ts';

const NOISE_SIZE = 1 << 16;

/** Sensor noise, near to normal by the sum of four uniforms; a table, since a page has 26 million samples. */
function noiseTable(chance: Chance, sigma: number): Int8Array {
  const table = new Int8Array(NOISE_SIZE);
  for (let i = 0; i < NOISE_SIZE; i += 1) {
    const sum = chance.next() + chance.next() + chance.next() + chance.next() - 2;
    table[i] = Math.round(sum * 1.73 * sigma);
  }
  return table;
}

/** In place, the same for all channels of a pixel. */
export function addNoise(data: Uint8Array, rowBytes: number, channels: number, seed: number): void {
  const chance = createChance(seed ^ 0x7a11);
  const table = noiseTable(chance, 1.7);
  const clamped = new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength);
  for (let row = 0; row < clamped.length; row += rowBytes) {
    // A new place in the table for each row, so that no pattern repeats down the page.
    let at = Math.floor(chance.next() * NOISE_SIZE);
    const end = Math.min(row + rowBytes, clamped.length);
    for (let i = row; i < end; i += channels) {
      const n = table[at] ?? 0;
      at = (at + 1) & (NOISE_SIZE - 1);
      for (let c = 0; c < channels; c += 1) clamped[i + c] = (clamped[i + c] ?? 0) + n;
    }
  }
}
