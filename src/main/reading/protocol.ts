import type { QuarterTurn } from '../../contract/model.ts';
import type { ReadingFiles } from './files.ts';
import type { Word } from './port.ts';

/** What the thread is started with. */
export interface ReadingThreadData extends ReadingFiles {
  /** Give way to everything else. */
  readonly background: boolean;
}

/** Messages between the lane and its thread; one page at a time. `image` is a binary PGM (P5, 8 bits). */
export type ReadingRequest =
  | { readonly kind: 'read'; readonly image: Uint8Array; readonly dpi: number }
  | { readonly kind: 'orientation'; readonly image: Uint8Array };

export type ReadingResult =
  | { readonly kind: 'read'; readonly words: readonly Word[] }
  | {
      readonly kind: 'orientation';
      readonly turn: QuarterTurn;
      /** Tesseract's own measure, from 0; what counts as sure there begins at some 7. */
      readonly margin: number;
    };

export type ReadingReply =
  | {
      readonly ok: true;
      readonly result: ReadingResult;
      /** Octets of WebAssembly memory that the thread holds. */
      readonly memory: number;
    }
  | { readonly ok: false; readonly reason: 'start' | 'recogniser'; readonly cause: string };
