import type { RawPage } from '../scanning/port.ts';

/** A page that is ready to be kept: a JPEG that stands straight, and a thumbnail of it. */
export interface PageImage {
  readonly jpeg: Uint8Array;
  readonly thumbnail: Uint8Array;
  /** Pixels of `jpeg`. */
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  readonly colour: 'color' | 'gray';
  /** Degrees, clockwise positive, by which the picture was turned; 0 = pixels left as they came. */
  readonly straightenedBy: number;
  /** True where `jpeg` is the device's own file, byte for byte. */
  readonly untouched: boolean;
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface Imaging {
  /** Throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE or IMAGE_UNSUPPORTED. */
  process(page: RawPage): Promise<PageImage>;
  close(): Promise<void>;
}
