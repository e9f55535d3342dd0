import type { PageFindings, PageTreatment, TreatmentWish } from '../../contract/model.ts';
import type { RawPage } from '../scanning/port.ts';

/** A page that is ready to be kept. */
export interface PageImage {
  /** A JPEG, or a PNG of one bit a pixel where `treatment.colour` is 'bw'. */
  readonly image: Uint8Array;
  readonly mime: 'image/jpeg' | 'image/png';
  /** A small JPEG. */
  readonly thumbnail: Uint8Array;
  /** Pixels of `image`. */
  readonly width: number;
  readonly height: number;
  /** Dots an inch of `image`: what the file says where that is plausible, else what was asked of the device. */
  readonly dpi: number;
  readonly treatment: PageTreatment;
  readonly findings: PageFindings;
  /** True where `image` is the device's own file, byte for byte. */
  readonly untouched: boolean;
  /** Milliseconds by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface ImagingOrder {
  /** What is left out the pipeline chooses by what it finds. `colour` left out keeps the mode of the input. */
  readonly wish?: TreatmentWish;
  /** Choose colour, grey or bilevel by what the page needs; a `wish.colour` goes before. */
  readonly autoColour?: boolean;
  /** The input is a photo of a paper: find the sheet, straighten its perspective, even out its light. */
  readonly photo?: boolean;
}

export interface Imaging {
  /** Throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE or IMAGE_UNSUPPORTED. The same input gives the same bytes. */
  process(page: RawPage, order?: ImagingOrder): Promise<PageImage>;
  close(): Promise<void>;
}
