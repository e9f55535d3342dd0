import type { ScanSettings } from '../../contract/model.ts';

/** A scanner that a search found; ask it to describe itself for its sources, resolutions and modes. */
export interface FoundScanner {
  readonly uri: string;
  readonly name: string;
  readonly origin: 'escl' | 'sane' | 'configured';
  /** Where it stands, as its owner wrote it; '' where unknown. */
  readonly note: string;
  /** The device's own identity, '' where it gives none. */
  readonly uuid: string;
  /** What it announced of itself, true or not: for a list before the device was asked (it may sleep). */
  readonly hints?: {
    readonly sources: readonly ScanSettings['source'][];
    readonly modes: readonly ScanSettings['mode'][];
    /** Media types. */
    readonly formats: readonly string[];
    /** eSCL version, '' where unknown. */
    readonly version: string;
    /** Page of the device for its admin, '' where unknown; not to be opened unasked. */
    readonly adminUrl: string;
  };
}
