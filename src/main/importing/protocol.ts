import type { ErrorShape } from '../../contract/errors.ts';

/** One file a worker: it is opened once, then asked for its pages in any order. */
export type Request =
  | {
      readonly ask: 'open';
      readonly kind: 'heic' | 'pdf';
      readonly bytes: Uint8Array;
      readonly maxWasmBytes: number;
      readonly maxDecodedBytes: number;
    }
  | {
      readonly ask: 'page';
      readonly index: number /** Asked of a PDF's page; lowered where it grows too large. */;
      readonly dpi: number;
    };

export interface Opened {
  readonly pages: number;
}

/** 8 bits a sample, row by row, without padding. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** Dots an inch that a PDF's page was drawn at; 0 for a picture. */
  readonly dpi: number;
}

export type Reply =
  | { readonly ok: true; readonly value: Opened | Pixels }
  | { readonly ok: false; readonly error: ErrorShape; readonly cause: string };

/** 'ready' once, before the first reply. */
export type FromWorker = 'ready' | Reply;

/** What a decoder in the worker can do. */
export interface Decoder {
  readonly pages: number;
  page(index: number, dpi: number): Pixels;
}
