/** What reading a page may cost at most. */
export interface ReadingLimits {
  /** Of the picture's file; checked before anything is decoded. */
  readonly maxBytes: number;
  readonly maxPixels: number;
  /**
   * A page that takes longer is given up and its thread ended. A full page takes 2 s on a core of its own; a thread that
   * gives way to everything else may need minutes for it, and nobody waits.
   */
  readonly timeoutMs: number;
  /** Pages after which the thread is replaced: users of tesseract.js report growth until it fails. */
  readonly recycleAfter: number;
  /** Octets of WebAssembly memory, which never shrinks, above which the thread is replaced. */
  readonly maxMemory: number;
  /** Milliseconds without work after which the thread is ended: an idle counter holds no recogniser in memory. */
  readonly idleMs: number;
}

export const DEFAULT_READING_LIMITS: ReadingLimits = {
  maxBytes: 100_000_000,
  maxPixels: 120_000_000,
  timeoutMs: 300_000,
  recycleAfter: 50,
  maxMemory: 400_000_000,
  idleMs: 20_000,
};
