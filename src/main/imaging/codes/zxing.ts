import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, type ReaderOptions, type ReadResult, readBarcodes } from 'zxing-wasm/reader';
import type { GreyPicture } from './picture.ts';

let ready: Promise<unknown> | undefined;

/**
 * Loads zxing's reader from its own file: left to itself the package would fetch it from a CDN, and a counter works
 * without a network. A load that failed is tried again by the next call.
 */
function load(): Promise<unknown> {
  ready ??= readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'))
    .then((wasm) => {
      const wasmBinary = new Uint8Array(wasm).buffer;
      return prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
    })
    .catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
  return ready;
}

/** What zxing reads in a grey picture. */
export async function read(picture: GreyPicture, options: ReaderOptions): Promise<ReadResult[]> {
  await load();
  const { data, width, height } = picture;
  const rgba = new Uint8ClampedArray(width * height * 4);
  const words = new Uint32Array(rgba.buffer);
  for (let i = 0; i < words.length; i += 1) words[i] = 0xff000000 | (data[i]! * 0x010101);
  return readBarcodes({ data: rgba, width, height, colorSpace: 'srgb' } as ImageData, options);
}
