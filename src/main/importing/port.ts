import type { ImportAs } from '../../contract/model.ts';
import type { RawPage } from '../scanning/port.ts';
import type { ImportDeps } from './deps.ts';

/** A file as it lies on the disk. The name is a label for the person; what a file is goes by its bytes alone. */
export interface ImportFile {
  readonly path: string;
  readonly name: string;
}

export type Imported =
  | {
      readonly kind: 'page';
      /**
       * `index` counts from 0 within the file; `dpi` is what the file says where that makes a plausible paper, else
       * an estimate (see paper.ts). `bytes` are the file's own, or a stream of the PDF's own, unless `made` says
       * otherwise.
       */
      readonly page: RawPage;
      /** A photo of a paper rather than its scan: the pipeline has to find the sheet. */
      readonly photo: boolean;
      /**
       * How the bytes came about: 'own' = byte for byte what the file holds; 'lossless' = decoded and packed anew
       * without a loss; 'lossy' = JPEG at quality 92; 'rendered' = drawn from a PDF's contents.
       */
      readonly made: 'own' | 'lossless' | 'lossy' | 'rendered';
    }
  | {
      /** A PDF kept whole, byte for byte. */
      readonly kind: 'document';
      readonly path: string;
      readonly pages: number;
      /** Signatures that it carries, not judged here; at least 1 where anything in it speaks of one. */
      readonly signatures: number;
      readonly bytes: number;
    };

/**
 * Yields what a file holds, in its order. Throws a CounterError after the last good page: FILE_MISSING,
 * FILE_TOO_LARGE, IMAGE_UNSUPPORTED with `format`, IMAGE_UNREADABLE, IMAGE_TOO_LARGE, PDF_ENCRYPTED,
 * PDF_UNREADABLE, PDF_TOO_COMPLEX, PDF_NO_PAGES, PDF_SIGNED_KEPT (pages of a signed PDF were asked for),
 * PDF_FONT_MISSING (its pages cannot be drawn truly), PDF_ACTIVE_CONTENT with `kinds` and `signed` (a PDF that acts
 * by itself is not kept whole), CANCELLED.
 */
export type ImportFiles = (
  file: ImportFile,
  as: ImportAs,
  deps: ImportDeps,
  signal: AbortSignal,
) => AsyncIterable<Imported>;
