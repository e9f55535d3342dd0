import type { ErrorCode } from '../../contract/errors.ts';
import type { PrinterCapabilities, PrintSides } from '../../contract/printing.ts';
import type { SheetSize } from './sheet-size.ts';

/** What is known of a print job. A job that was handed over is not yet paper: only 'completed' is. */
export interface PrintJob {
  readonly id: string;
  readonly state: 'pending' | 'processing' | 'stopped' | 'completed' | 'aborted';
  /** Pages of the document. */
  readonly pages: number;
  readonly target: string;
}

export interface PrintProgress {
  readonly state: 'sending' | 'pending' | 'processing' | 'stopped';
  /** Sides printed so far, where the printer says; 0 where it does not. */
  readonly sides: number;
  /** What a person must see to before it goes on (paper, jam, cover); null where nothing holds it up. */
  readonly blockedBy: ErrorCode | null;
}

export interface PrintOptions {
  /** 1 to 999; one by default. */
  readonly copies?: number;
  /** One side of the paper by default. */
  readonly sides?: PrintSides;
  /** The sheet, hundredths of a millimetre; A4 by default. */
  readonly sheet?: SheetSize;
  /** A tray by the printer's own name for it; its own choice by default. */
  readonly tray?: string;
  /** none = exactly as large as it is drawn; fit = made smaller where it does not fit. The printer's choice by default. */
  readonly scaling?: 'none' | 'fit';
  /** How a picture lies on the sheet; a PDF says so itself. */
  readonly orientation?: 'portrait' | 'landscape';
  readonly onProgress?: (progress: PrintProgress) => void;
  /** Ends the waiting with CANCELLED and leaves the job at the printer: the same key goes on with it later. */
  readonly leave?: AbortSignal;
}

export interface PrinterSelf {
  /** As it calls itself. */
  readonly name: string;
  readonly state: 'idle' | 'processing' | 'stopped';
}

/** What became of a job that was to be taken back. unknown: nobody can say. */
export type Cancelled = 'cancelled' | 'completed' | 'unknown';

export interface Printer {
  readonly uri: string;
  /** Who it is and what it does now. @throws CounterError PRINTER_…, CANCELLED */
  describe(signal: AbortSignal): Promise<PrinterSelf>;
  /** What it can do. @throws CounterError PRINTER_…, CANCELLED */
  capabilities(signal: AbortSignal): Promise<PrinterCapabilities>;
  /**
   * Prints a file (PDF; a printer may take JPEG too) and waits for the job's end. `key` names the job: the
   * same key again never prints twice, it follows the job that is there. Aborting the signal cancels the job.
   *
   * @throws CounterError PRINTER_…, CANCELLED; PRINTER_MEDIA_EMPTY, _JAMMED, _COVER_OPEN, _SUPPLY_EMPTY and _STOPPED
   *   leave the job waiting at the printer, and the same key again goes on waiting for it
   */
  print(file: string, key: string, signal: AbortSignal, options?: PrintOptions): Promise<PrintJob>;
  /** Takes a job back by its key. @throws CounterError PRINTER_…, CANCELLED */
  cancel(key: string, signal: AbortSignal): Promise<Cancelled>;
}
