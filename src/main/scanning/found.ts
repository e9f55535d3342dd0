/** A scanner that a search found; ask it to describe itself for its sources, resolutions and modes. */
export interface FoundScanner {
  readonly uri: string;
  readonly name: string;
  readonly origin: 'escl' | 'sane';
  /** Where it stands, as its owner wrote it; '' where unknown. */
  readonly note: string;
  /** The device's own identity, '' where it gives none. */
  readonly uuid: string;
}
