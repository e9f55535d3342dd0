import type { QuarterTurn } from '../../contract/model.ts';

/** One word as it was read. Pixels of the picture that was given, from its top left. */
export interface Word {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Height of the baseline under the word's middle, pixels from the top. */
  readonly baseline: number;
  /** 0…1. */
  readonly confidence: number;
  /** Line on the page, from 0. */
  readonly line: number;
}

export interface PageText {
  /** In reading order; text is NFC. */
  readonly words: readonly Word[];
  /** Lines joined by a newline. */
  readonly text: string;
  /** Pixels of the picture that was read. */
  readonly width: number;
  readonly height: number;
  /** Mean over the words, 0…1; 0 without words. */
  readonly confidence: number;
}

/** Reads pages in the background, one after the other; the counter never waits for it. */
export interface PageReader {
  /** `image` is a JPEG or PNG that stands upright. Throws CANCELLED, READING_FAILED. */
  read(image: Uint8Array, dpi: number, signal: AbortSignal): Promise<PageText>;
  /** Quarter turn, clockwise, that makes the picture upright; confidence 0…1. Throws CANCELLED, READING_FAILED. */
  orientation(
    image: Uint8Array,
    signal: AbortSignal,
  ): Promise<{ readonly turn: QuarterTurn; readonly confidence: number }>;
  close(): Promise<void>;
}
