/** What one file may cost. Bytes, counts, pixels, milliseconds. */
export interface ImportLimits {
  /** The province's default for an upload is 60 MB a file. */
  readonly maxFileBytes: number;
  readonly maxPages: number;
  /** Decoded pixels of one page; pages are worked on one after the other. */
  readonly maxDecodedBytes: number;
  /** Time for one picture or one page of a PDF; a worker that takes longer is ended. */
  readonly pageMs: number;
  /** Time for opening a PDF or a HEIC file in its worker. */
  readonly openMs: number;
  /** Memory that a decoder written in WebAssembly may take in all. */
  readonly maxWasmBytes: number;
  /** Dots an inch of a PDF's page that is drawn and holds no picture of another resolution. */
  readonly renderDpi: number;
  /** Objects of a PDF that are looked at for signatures and active content. */
  readonly maxPdfObjects: number;
}

export const DEFAULT_LIMITS: ImportLimits = {
  maxFileBytes: 60_000_000,
  maxPages: 500,
  maxDecodedBytes: 200_000_000,
  pageMs: 30_000,
  openMs: 20_000,
  maxWasmBytes: 512 << 20,
  renderDpi: 300,
  maxPdfObjects: 300_000,
};
