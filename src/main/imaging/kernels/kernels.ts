import type { Grey, RawPixels } from '../raster.ts';
import { KERNELS } from './kernels-wasm.ts';

interface Exports {
  readonly memory: WebAssembly.Memory;
  turnRow(
    source: number,
    width: number,
    out: number,
    count: number,
    fx: number,
    fy: number,
    stepX: number,
    stepY: number,
    weights: number,
  ): void;
  luma(source: number, out: number, count: number): void;
  halveRow(source: number, stride: number, out: number, count: number): void;
}

/** Octets of a picture that is held; a larger one is worked on in plain code. */
const MOST_HELD = 40_000_000;
/** What the kernels read behind a picture, and more. */
const SLACK = 64;
const WEIGHTS = 0;
const START = 1024;
const PAGE = 65_536;

/**
 * One page's pictures in the memory of the kernels, from `hold` to the next `hold`: whatever was made before is then
 * overwritten. A worker has one page in hand at a time.
 */
export interface Kernels {
  /** The same picture inside the memory, where it is in colour and fits; else the picture as it is. */
  hold(pixels: RawPixels): RawPixels;
  holds(pixels: RawPixels): boolean;
  /** Room for a picture beside the one that is held, or null. */
  room(length: number): Uint8Array | null;
  /** Of a picture that is held; null where there is no room. */
  grey(pixels: RawPixels): Grey | null;
  halved(pixels: RawPixels): RawPixels | null;
  /** One row of a turned picture (see kernels.wat); `out` is room, written from `at` on. */
  turnRow(
    source: RawPixels,
    out: Uint8Array,
    at: number,
    count: number,
    place: { readonly fx: number; readonly fy: number; readonly stepX: number; readonly stepY: number },
  ): void;
}

/** `weights`: 256 weights, 0 to 256, of the farther neighbour by the fraction of a pixel. */
export function createKernels(weights: Uint16Array): Kernels {
  const module = new WebAssembly.Module(Buffer.from(KERNELS, 'base64'));
  const { memory, turnRow, luma, halveRow } = new WebAssembly.Instance(module).exports as unknown as Exports;
  let used = START;

  // Fifteen bits of fraction hold no whole one; 32,767 parts of 32,768 round to the same octet.
  const fine = Int16Array.from(weights, (w) => Math.min(32_767, w << 7));
  new Int16Array(memory.buffer, WEIGHTS, fine.length).set(fine);

  function room(length: number): Uint8Array | null {
    const at = used;
    const end = at + length + SLACK;
    if (end > memory.buffer.byteLength) return null;
    used = end + (-end & 15);
    return new Uint8Array(memory.buffer, at, length);
  }

  const holds = ({ data }: RawPixels) => data.buffer === memory.buffer;

  return {
    holds,
    room,
    hold(pixels) {
      const { data, channels } = pixels;
      used = START;
      if (channels !== 3 || data.length > MOST_HELD) return pixels;
      // The picture, its grey, its half and quarter with theirs, what they look like laid out, and the result.
      const wanted = START + Math.ceil(data.length * 3.4) + 16 * SLACK;
      const missing = wanted - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      const held = room(data.length);
      if (!held) return pixels;
      held.set(data);
      return { ...pixels, data: held };
    },
    grey(pixels) {
      const { width, height, data } = pixels;
      const out = room(width * height);
      if (!out) return null;
      luma(data.byteOffset, out.byteOffset, out.length);
      return { data: out, width, height };
    },
    halved(pixels) {
      const width = pixels.width >> 1;
      const height = pixels.height >> 1;
      const out = room(width * height * 3);
      if (!out) return null;
      const stride = pixels.width * 3;
      for (let y = 0; y < height; y += 1)
        halveRow(pixels.data.byteOffset + 2 * y * stride, stride, out.byteOffset + y * width * 3, width);
      return { data: out, width, height, channels: 3 };
    },
    turnRow(source, out, at, count, { fx, fy, stepX, stepY }) {
      turnRow(
        source.data.byteOffset,
        source.width,
        out.byteOffset + at,
        count,
        ...[fx, fy, stepX, stepY],
        WEIGHTS,
      );
    },
  };
}
