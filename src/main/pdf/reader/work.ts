import { PdfTooComplex } from './objects.ts';

/**
 * What reading one file may cost in all, over every section, object and revision of it. A file can name the same
 * octets from a million places: nothing but a sum stops one that was made to waste time.
 */
export interface Work {
  /** Octets parsed or unpacked; an object that is looked for or made counts as some. Throws PDF_TOO_COMPLEX. */
  spend(units: number): void;
  /** Octets of stream data fetched as they are, which is cheaper by far. Throws PDF_TOO_COMPLEX. */
  fetch(bytes: number): void;
}

/** Some seconds on a slow machine; a walk over all objects of a 5,000-page file takes 20 million. */
const UNITS = 256 * 1024 * 1024;
const UNITS_PER_BYTE = 8;
const MAX_UNITS = 1024 * 1024 * 1024;
/** Stream data may be read several times over: when pages are imported, and when revisions are compared. */
const FETCHED = 1024 * 1024 * 1024;
const FETCHED_PER_BYTE = 8;

/** What an object that is looked for, each section that is asked for it, and each value that is made, cost in units. */
export const LOAD_UNITS = 64;
export const SECTION_UNITS = 16;
export const NODE_UNITS = 16;

export function newWork(fileBytes: number): Work {
  let units = Math.min(MAX_UNITS, UNITS + UNITS_PER_BYTE * fileBytes);
  let fetched = FETCHED + FETCHED_PER_BYTE * fileBytes;
  return {
    spend(some) {
      units -= some;
      if (units < 0) throw new PdfTooComplex('work');
    },
    fetch(bytes) {
      fetched -= bytes;
      if (fetched < 0) throw new PdfTooComplex('stream-work');
    },
  };
}
