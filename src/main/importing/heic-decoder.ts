import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CounterError } from '../../contract/errors.ts';
import type { Decoder, Pixels } from './protocol.ts';
import { capMemory } from './wasm-memory.ts';

/** The part of libheif-js that is used; its own types describe only the C functions. */
interface LibHeif {
  readonly HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] };
  readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
  readonly heif_chroma: {
    readonly heif_chroma_interleaved_RGB: unknown;
    readonly heif_chroma_interleaved_RGBA: unknown;
  };
  readonly heif_channel: { readonly heif_channel_interleaved: unknown };
  heif_js_decode_image2(handle: unknown, colours: unknown, chroma: unknown): DecodedHeif | undefined;
  heif_image_release(image: unknown): void;
}
interface HeifImage {
  readonly handle: unknown;
  get_width(): number;
  get_height(): number;
  has_alpha_channel(): boolean;
}
interface DecodedHeif {
  /** Set where decoding failed. */
  readonly code?: unknown;
  readonly image: unknown;
  readonly channels: readonly {
    readonly id: unknown;
    readonly width: number;
    readonly height: number;
    readonly stride: number;
    readonly data: Uint8Array;
  }[];
}
type LoadLibHeif = (options: { wasmBinary: Uint8Array; print: () => void; printErr: () => void }) => LibHeif;

/**
 * All pictures of a HEIC file that stand for themselves, in the file's order; thumbnails, depth maps and gain maps
 * are not among them. libheif turns and mirrors by the file's own properties (irot, imir: ISO/IEC 23008-12 §6.5.10),
 * so the EXIF orientation, which repeats them, is not to be applied again.
 *
 * The module is LGPL-3.0 and is loaded as the file that its package brings, so that it can be replaced.
 */
export function openHeic(bytes: Uint8Array, maxWasmBytes: number, maxDecodedBytes: number): Decoder {
  const require = createRequire(import.meta.url);
  const load = require('libheif-js/libheif-wasm/libheif.js') as LoadLibHeif;
  const wasm = readFileSync(require.resolve('libheif-js/libheif-wasm/libheif.wasm'));
  const silent = () => {};
  const lib = load({ wasmBinary: capMemory(wasm, maxWasmBytes), print: silent, printErr: silent });
  const images = new lib.HeifDecoder().decode(bytes);
  if (images.length === 0) throw unreadable();
  return { pages: images.length, page: (index) => decode(lib, images[index], maxDecodedBytes) };
}

function unreadable(): CounterError {
  return new CounterError('IMAGE_UNREADABLE', { format: 'heic', reason: 'decoder' });
}

function decode(lib: LibHeif, image: HeifImage | undefined, maxDecodedBytes: number): Pixels {
  if (!image) throw unreadable();
  const size = { width: image.get_width(), height: image.get_height() };
  if (size.width * size.height * 3 > maxDecodedBytes)
    throw new CounterError('IMAGE_TOO_LARGE', { format: 'heic', ...size });
  const alpha = image.has_alpha_channel();
  const chroma = lib.heif_chroma[alpha ? 'heif_chroma_interleaved_RGBA' : 'heif_chroma_interleaved_RGB'];
  const decoded = lib.heif_js_decode_image2(image.handle, lib.heif_colorspace.heif_colorspace_RGB, chroma);
  if (!decoded || decoded.code !== undefined) throw unreadable();
  const plane = decoded.channels.find((c) => c.id === lib.heif_channel.heif_channel_interleaved);
  if (!plane || plane.width * plane.height * 3 > maxDecodedBytes) throw unreadable();
  const { width, height, stride } = plane;
  const channels = alpha ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    data.set(plane.data.subarray(y * stride, y * stride + width * channels), y * width * channels);
  lib.heif_image_release(decoded.image);
  return { data, width, height, channels, dpi: 0 };
}
