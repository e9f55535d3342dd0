import { CounterError } from '../../contract/errors.ts';
import type { ColourMode, PageFindings, PageTreatment } from '../../contract/model.ts';
import { budgetOf, encodeJpeg } from './encode.ts';
import { judge } from './judge.ts';
import { kernels } from './kernels/index.ts';
import type { ImagingLimits } from './limits.ts';
import { encodeBilevelPng } from './png.ts';
import type { ImagingOrder } from './port.ts';
import { mayStayAsItIs, type Probe, probe } from './probe.ts';
import { bilevel, isUntouched, laidOut, scaledLayout, toned } from './render.ts';
import { planRetouch, retouched } from './retouch.ts';
import { decode } from './source.ts';
import { makeThumbnail } from './thumbnail.ts';
import { viewsOf } from './views.ts';

export interface PageJob {
  readonly bytes: Uint8Array;
  /** Dots an inch that were asked of the device. */
  readonly dpi: number;
  readonly order: ImagingOrder;
  readonly limits: ImagingLimits;
}

export interface Processed {
  /** Undefined = the first `inputLength` bytes of the input are the page. */
  readonly image: Uint8Array | undefined;
  readonly mime: 'image/jpeg' | 'image/png';
  readonly inputLength: number;
  readonly thumbnail: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  readonly treatment: PageTreatment;
  readonly findings: PageFindings;
  readonly timings: Readonly<Record<string, number>>;
}

/** What the input is when nothing is done to it. */
function modeOf(found: Probe): ColourMode {
  if (found.bilevel) return 'bw';
  return found.grey ? 'gray' : 'color';
}

/** Only while reading the input: what fails later is a fault of ours. */
function asCounterError(error: unknown): CounterError {
  if (error instanceof CounterError) return error;
  if (error instanceof Error && /pixel limit/.test(error.message))
    return new CounterError('IMAGE_TOO_LARGE', {}, { cause: error });
  return new CounterError('IMAGE_UNREADABLE', { reason: 'decoder' }, { cause: error });
}

/** Nothing is asked and everything is refused: the original, whatever it weighs. */
function wantsOriginal({ wish }: ImagingOrder): boolean {
  if (!wish || wish.colour !== undefined) return false;
  return (
    wish.crop === null &&
    wish.turn === 0 &&
    wish.straightenedBy === 0 &&
    wish.light === false &&
    wish.edges === false
  );
}

/**
 * One page: probe → decode once → judge on small pictures → lay out (crop, turn, straighten) → light → edges →
 * colour → encode, or the input itself where nothing is to be done. The same input gives the same bytes. Throws
 * IMAGE_UNREADABLE, IMAGE_TOO_LARGE or IMAGE_UNSUPPORTED.
 */
export async function processPage({ bytes, dpi: asked, order, limits }: PageJob): Promise<Processed> {
  const timings: Record<string, number> = {};
  async function timed<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    timings[stage] = performance.now() - start;
    return result;
  }
  const reading = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      throw asCounterError(error);
    });
  const found = await timed('probe', () => reading(probe(bytes, limits)));
  const full = kernels.hold(await timed('decode', () => reading(decode(bytes, found, limits))));
  const views = await timed('small', () => viewsOf(full));
  const mode = modeOf(found);
  const judged = await timed('judge', () => judge({ full, views, order, dpi: found.dpi ?? asked, mode }));
  const { findings, layout, dpi, paper } = judged;
  const scale = views.small.width / full.width;
  const small = laidOut(views.small, scaledLayout(layout, scale), paper);
  const retouch = planRetouch(small, dpi * scale, order);
  const treatment: PageTreatment = {
    ...judged.treatment,
    light: retouch.light !== undefined,
    edges: retouch.edges !== undefined,
  };

  const thumbnail = await timed('thumbnail', () => makeThumbnail(retouched(small, retouch), dpi * scale));
  const inputLength = found.format === 'jpeg' ? found.outline.end : bytes.length;
  const result = { inputLength, thumbnail, dpi, treatment, findings, timings };
  const changed =
    !isUntouched(layout, full) || treatment.light || treatment.edges || treatment.colour !== mode;
  const heavy = inputLength > budgetOf(full, limits.ownBytesPerMegapixel, limits) && !wantsOriginal(order);
  if (!changed && !heavy && mayStayAsItIs(found))
    return { ...result, image: undefined, mime: 'image/jpeg', width: full.width, height: full.height };

  const tonedFull = await timed('tone', () => toned(full, treatment.colour));
  const flat = await timed('lay', () => retouched(laidOut(tonedFull, layout, paper), retouch));
  const { width, height } = flat;
  if (treatment.colour === 'bw') {
    const image = await timed('encode', () => encodeBilevelPng(bilevel(flat, found.bilevel), dpi));
    return { ...result, image, mime: 'image/png', width, height };
  }
  const { image } = await timed('encode', () => encodeJpeg(flat, dpi, limits));
  return { ...result, image, mime: 'image/jpeg', width, height };
}
