import { createRequire } from 'node:module';
import path from 'node:path';

/** Where the recogniser's parts lie: folders on this machine. Nothing is ever fetched, and no copy is kept. */
export interface ReadingFiles {
  /** Holds vie.traineddata.gz. */
  readonly langPath: string;
  /** Holds osd.traineddata.gz. */
  readonly osdPath: string;
  /** Holds tesseract-core-….js and .wasm. */
  readonly corePath: string;
}

/**
 * The npm packages beside this program. Of the two Vietnamese models on npm the integer one reads as well as the
 * other (see tests/bench/reading.ts) at a third of the size and faster; OSD exists in the old format only.
 */
export function packagedReadingFiles(): ReadingFiles {
  const require = createRequire(import.meta.url);
  const folder = (name: string, from = require) => path.dirname(from.resolve(`${name}/package.json`));
  const fromTesseract = createRequire(require.resolve('tesseract.js/package.json'));
  return {
    langPath: path.join(folder('@tesseract.js-data/vie'), '4.0.0_best_int'),
    osdPath: path.join(folder('@tesseract.js-data/osd'), '4.0.0'),
    corePath: folder('tesseract.js-core', fromTesseract),
  };
}
