import { CounterError } from '../../contract/errors.ts';
import { lookUp, type PdfDocument } from '../pdf/reader/document.ts';
import { decodeStream } from '../pdf/reader/filters.ts';
import {
  dictOf,
  integerOf,
  isArray,
  isName,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfStream,
} from '../pdf/reader/objects.ts';
import type { PdfPage } from '../pdf/reader/pages.ts';
import { onePicture, type PlacedPicture, placed, quarterTurn, type Rectangle } from './pdf-content.ts';

/** A page that is nothing but one picture over all of it: a scan. */
export interface ScannedPage {
  /** Dots an inch as it is placed. */
  readonly dpi: number;
  /** The picture's stream where that is a JPEG that shows by itself what the page shows; else null. */
  readonly jpeg: PdfStream | null;
}

const MAX_CONTENT_BYTES = 256 * 1024;
const MAX_PARTS = 64;
/** A scan may fall short of the page by this part of a side, or stick out by half of it: rounding of paper sizes. */
const SHORT_OF = 0.03;
const BEYOND = 0.015;
/** Pixels that are not square by more than this (fax at 204 × 98) would be shown distorted. */
const SQUARE = 0.02;
const UNIT: Rectangle = { left: 0, bottom: 0, right: 1, top: 1 };
/** Keys of a graphics state (table 58) that change nothing of an opaque picture. */
const HARMLESS_STATES = [
  'Type',
  'LW',
  'LC',
  'LJ',
  'ML',
  'D',
  'RI',
  'OP',
  'op',
  'OPM',
  'FL',
  'SM',
  'SA',
  'AIS',
  'TK',
];

/** Null where the page is more than a scan, or anything about it leaves a doubt. */
export async function scannedPage(document: PdfDocument, page: PdfPage): Promise<ScannedPage | null> {
  try {
    return await describe(document, page);
  } catch (error) {
    // What cannot be read is no plain scan. Whoever keeps or draws the page names what is wrong with it.
    if (error instanceof CounterError) return null;
    throw error;
  }
}

async function describe(document: PdfDocument, page: PdfPage): Promise<ScannedPage | null> {
  const { dict, inherited } = page;
  const annotations = await lookUp(document, dict, 'Annots');
  if (isArray(annotations) && annotations.length > 0) return null;
  if (dict.has('UserUnit')) return null;
  const box = await visibleBox(document, page);
  const turn = quarterTurn(await document.resolve(inherited.get('Rotate') ?? null));
  if (!box || turn === null) return null;
  const picture = onePicture(await contentOf(document, dict));
  const resources = dictOf(await document.resolve(inherited.get('Resources') ?? null));
  if (!picture || !resources) return null;
  if (!(await statesAreHarmless(document, resources, picture.states))) return null;
  const objects = dictOf(await lookUp(document, resources, 'XObject'));
  const image = objects && (await lookUp(document, objects, picture.name));
  if (!(image instanceof PdfStream) || !isName(image.dict.get('Subtype'), 'Image')) return null;
  // Optional content may hide it.
  if (image.dict.has('OC')) return null;
  const dpi = await resolutionOf(document, image, picture, box);
  if (dpi === null) return null;
  const upright = turn === 0 && isUpright(picture);
  const jpeg = upright && (await showsByItself(document, image)) ? image : null;
  return { dpi, jpeg };
}

/** CropBox within MediaBox (§14.11.2), its corners in order. */
async function visibleBox(document: PdfDocument, { inherited }: PdfPage): Promise<Rectangle | null> {
  const media = await rectangleOf(document, inherited.get('MediaBox') ?? null);
  const crop = inherited.has('CropBox')
    ? await rectangleOf(document, inherited.get('CropBox') ?? null)
    : media;
  if (!media || !crop) return null;
  const box = {
    left: Math.max(media.left, crop.left),
    bottom: Math.max(media.bottom, crop.bottom),
    right: Math.min(media.right, crop.right),
    top: Math.min(media.top, crop.top),
  };
  return box.right > box.left && box.top > box.bottom ? box : null;
}

async function rectangleOf(document: PdfDocument, object: PdfObject): Promise<Rectangle | null> {
  const array = await document.resolve(object);
  if (!isArray(array) || array.length !== 4) return null;
  const numbers = await Promise.all(array.map((n) => document.resolve(n)));
  if (!numbers.every((n) => typeof n === 'number')) return null;
  const [x0, y0, x1, y1] = numbers as [number, number, number, number];
  return {
    left: Math.min(x0, x1),
    bottom: Math.min(y0, y1),
    right: Math.max(x0, x1),
    top: Math.max(y0, y1),
  };
}

async function contentOf(document: PdfDocument, page: PdfDict): Promise<Uint8Array> {
  const entry = await lookUp(document, page, 'Contents');
  const parts = isArray(entry) ? entry.slice(0, MAX_PARTS + 1) : [entry];
  const found: Uint8Array[] = [];
  let left = MAX_CONTENT_BYTES;
  for (const part of parts) {
    const stream = await document.resolve(part);
    if (!(stream instanceof PdfStream) || found.length >= MAX_PARTS * 2) return new Uint8Array();
    const data = await decodeStream(stream.dict, await document.rawData(stream, left), left);
    left -= data.length;
    // Parts are joined by white space (§7.8.2).
    found.push(data, Buffer.from('\n'));
  }
  return Buffer.concat(found);
}

async function statesAreHarmless(
  document: PdfDocument,
  resources: PdfDict,
  names: readonly string[],
): Promise<boolean> {
  if (names.length === 0) return true;
  const states = dictOf(await lookUp(document, resources, 'ExtGState'));
  for (const name of names) {
    const state = states && (await lookUp(document, states, name));
    if (!(state instanceof PdfDict)) return false;
    for (const [key, value] of state.entries) {
      const opaque = (key === 'ca' || key === 'CA') && value === 1;
      const plain = (key === 'BM' && isName(value, 'Normal')) || (key === 'SMask' && isName(value, 'None'));
      if (!opaque && !plain && !HARMLESS_STATES.includes(key)) return false;
    }
  }
  return true;
}

/** Null where the picture is not placed straight over the whole of what is seen, or its pixels are not square. */
async function resolutionOf(
  document: PdfDocument,
  image: PdfStream,
  picture: PlacedPicture,
  box: Rectangle,
): Promise<number | null> {
  const width = integerOf(await lookUp(document, image.dict, 'Width'));
  const height = integerOf(await lookUp(document, image.dict, 'Height'));
  const [a, b, c, d] = picture.matrix;
  const straight = near(b, 0) && near(c, 0);
  if (!width || !height || width < 0 || height < 0) return null;
  if (!straight && !(near(a, 0) && near(d, 0))) return null;
  const area = placed(picture.matrix, UNIT);
  if (!covers(area, box, BEYOND) || picture.clips.some((clip) => !covers(clip, box, Number.MAX_VALUE)))
    return null;
  const across = width / ((straight ? Math.abs(a) : Math.abs(b)) / 72);
  const down = height / ((straight ? Math.abs(d) : Math.abs(c)) / 72);
  if (!(across > 0 && down > 0) || Math.abs(across / down - 1) > SQUARE) return null;
  return Math.round(Math.sqrt(across * down));
}

function near(value: number, to: number): boolean {
  return Math.abs(value - to) < 1e-3;
}

/** Whether `area` lies over `box` but for a narrow edge, and beyond it by at most that part of its sides. */
function covers(area: Rectangle, box: Rectangle, beyond: number): boolean {
  const width = box.right - box.left;
  const height = box.top - box.bottom;
  const inside = (from: number, to: number, side: number) =>
    to - from <= SHORT_OF * side && from - to <= beyond * side;
  return (
    inside(box.left, area.left, width) &&
    inside(area.right, box.right, width) &&
    inside(box.bottom, area.bottom, height) &&
    inside(area.top, box.top, height)
  );
}

/** Rows from the top down and columns from the left, as the file holds them: neither turned nor mirrored. */
function isUpright({ matrix: [a, b, c, d] }: PlacedPicture): boolean {
  return a > 0 && d > 0 && near(b, 0) && near(c, 0);
}

/** Whether the stream alone, as a JPEG file, shows the same: no mask, no mapping, a plain colour space. */
async function showsByItself(document: PdfDocument, image: PdfStream): Promise<boolean> {
  const { dict } = image;
  if (['SMask', 'Mask', 'ImageMask', 'Decode', 'DecodeParms', 'DP', 'F'].some((key) => dict.has(key)))
    return false;
  const filter = await lookUp(document, dict, 'Filter');
  const only = isArray(filter) && filter.length === 1 ? await document.resolve(filter[0]!) : filter;
  if (!isName(only, 'DCTDecode')) return false;
  const space = await lookUp(document, dict, 'ColorSpace');
  if (space instanceof PdfName) return space.value === 'DeviceRGB' || space.value === 'DeviceGray';
  return (
    isArray(space) && isName(space[0]!, 'ICCBased') && (await isPlainProfile(document, space[1] ?? null))
  );
}

const MAX_PROFILE_BYTES = 4 << 20;

/** A grey profile, or one that calls itself sRGB: without it the picture looks the same. */
async function isPlainProfile(document: PdfDocument, object: PdfObject): Promise<boolean> {
  const stream = await document.resolve(object);
  if (!(stream instanceof PdfStream)) return false;
  const components = integerOf(await lookUp(document, stream.dict, 'N'));
  if (components === 1) return true;
  if (components !== 3) return false;
  const raw = await document.rawData(stream, MAX_PROFILE_BYTES);
  const profile = Buffer.from(await decodeStream(stream.dict, raw, MAX_PROFILE_BYTES));
  return profile.includes('sRGB', 0, 'latin1') || profile.includes(Buffer.from('sRGB', 'utf16le').swap16());
}
