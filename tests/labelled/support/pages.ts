import sharp from 'sharp';
import { DEFAULT_LIMITS } from '../../../src/main/imaging/limits.ts';
import { type Processed, processPage } from '../../../src/main/imaging/pipeline.ts';
import type { ImagingOrder } from '../../../src/main/imaging/port.ts';
import { encodeJpeg } from '../../../src/simulators/scanner/paper/generate.ts';
import { renderScene, type SceneRequest } from '../../../src/simulators/scanner/paper/scene.ts';

sharp.cache(false);

export interface Scanned {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly corners: readonly { readonly x: number; readonly y: number }[];
}

/** A scene as a scanner sends it. */
export async function scan(request: SceneRequest): Promise<Scanned> {
  const pixels = await renderScene(request);
  const { width, height, corners } = pixels;
  return { jpeg: await encodeJpeg(pixels, request.dpi), width, height, corners };
}

export function digitise(bytes: Uint8Array, dpi: number, order: ImagingOrder = {}): Promise<Processed> {
  return processPage({ bytes, dpi, order, limits: DEFAULT_LIMITS });
}

export async function scanned(request: SceneRequest, order: ImagingOrder = {}): Promise<Processed> {
  return digitise((await scan(request)).jpeg, request.dpi, order);
}

const verbose = process.env.LABELLED_VERBOSE === '1';

/** With LABELLED_VERBOSE=1 names the cases that miss. */
export function miss(what: string, details: unknown): void {
  if (verbose) console.error(`  miss: ${what} ${JSON.stringify(details)}`);
}
