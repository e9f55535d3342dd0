import type { ScannerDevice, ScanSettings } from '../../contract/model.ts';

/** One side of paper as the device gave it: whole, non-empty, not yet judged or changed. */
export interface RawPage {
  /** Position in the job, from 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly format: 'jpeg' | 'png' | 'tiff' | 'pnm';
  /** Dots an inch that were asked of the device. */
  readonly dpi: number;
  /**
   * Index of an earlier page of the job with the very same bytes. A scan never repeats itself to the last bit, so the
   * device has probably sent one sheet twice; the page is kept, and a person decides.
   */
  readonly repeats?: number;
}

export interface Scanner {
  readonly uri: string;
  describe(signal: AbortSignal): Promise<ScannerDevice>;
  /**
   * Yields pages as they arrive. Throws a CounterError (SCANNER_…, PAGE_TRUNCATED, CANCELLED) after the last
   * whole page; a page that was cut is never yielded. An empty feeder at the start is SCANNER_EMPTY.
   * Aborting the signal, or leaving the loop early, ends the job at the device.
   */
  scan(settings: ScanSettings, signal: AbortSignal): AsyncIterable<RawPage>;
}
