import type { ReaderOptions } from 'zxing-wasm/reader';
import type { Finder } from './finders.ts';
import { cut, type Frame, type GreyPicture, type Spot } from './picture.ts';
import { read } from './zxing.ts';

export interface QrRegion {
  readonly frame: Frame;
  /** Pixels of a module, about. */
  readonly module: number;
  readonly finders: number;
}

export interface ReadQr {
  readonly text: string;
  readonly corners: readonly [Spot, Spot, Spot, Spot];
}

/** Text longer than the contract carries is left in the picture alone: cut short it would be another text. */
const MOST_TEXT = 4096;
/** Finder patterns of one code are at most this many modules apart: version 15 has 77, its diagonal 99. */
const MOST_APART = 100;
/** Sizes of modules within one code, as a perspective view may show them. */
const MOST_RATIO = 1.7;
const MARGIN = 8;
/** Where one pattern alone was seen: version 10 has 57 modules. */
const LONE_REACH = 57;
const MOST_REGIONS = 24;
/** Modules of this many pixels suit the reader. */
const GOOD_MODULE = 4;
const MOST_SIDE = 1800;

/** Rectangles in which QR codes may lie: finder patterns of like size that are near each other. */
export function qrRegions(finders: readonly Finder[]): QrRegion[] {
  const left = new Set(finders);
  const regions: QrRegion[] = [];
  for (const first of finders) {
    if (!left.delete(first)) continue;
    const members = [first];
    for (let i = 0; i < members.length; i += 1) {
      const member = members[i]!;
      for (const other of left) {
        const module = Math.max(member.module, other.module);
        if (module > MOST_RATIO * Math.min(member.module, other.module)) continue;
        if (Math.hypot(member.x - other.x, member.y - other.y) > MOST_APART * module) continue;
        left.delete(other);
        members.push(other);
      }
    }
    regions.push(regionOf(members));
  }
  return regions.sort((a, b) => b.finders - a.finders).slice(0, MOST_REGIONS);
}

function regionOf(members: readonly Finder[]): QrRegion {
  const xs = members.map((m) => m.x);
  const ys = members.map((m) => m.y);
  const [x1, x2, y1, y2] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const modules = members.map((m) => m.module).sort((a, b) => a - b);
  const module = modules[modules.length >> 1]!;
  // Two patterns may be a side or the diagonal: the third lies no further away than they from each other.
  const apart = Math.hypot(x2 - x1, y2 - y1);
  const margin =
    MARGIN * module + (members.length === 1 ? LONE_REACH * module : members.length < 3 ? apart : 0.5 * apart);
  return {
    frame: {
      centre: { x: (x1 + x2) / 2, y: (y1 + y2) / 2 },
      along: { x: 1, y: 0 },
      width: x2 - x1 + 2 * margin,
      height: y2 - y1 + 2 * margin,
    },
    module,
    finders: members.length,
  };
}

const OPTIONS: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: false,
  textMode: 'Plain',
  maxNumberOfSymbols: 16,
};

/** From the likeliest to what only a bad copy needs; the first that reads anything ends it. */
const ATTEMPTS: readonly { readonly module: number; readonly options: ReaderOptions }[] = [
  { module: GOOD_MODULE, options: { ...OPTIONS } },
  { module: GOOD_MODULE, options: { ...OPTIONS, binarizer: 'GlobalHistogram' } },
  { module: 3, options: { ...OPTIONS } },
  { module: 6, options: { ...OPTIONS } },
  { module: GOOD_MODULE, options: { ...OPTIONS, tryDenoise: true } },
];

export async function readQrRegion(picture: GreyPicture, { frame, module }: QrRegion): Promise<ReadQr[]> {
  const most = MOST_SIDE / Math.max(frame.width, frame.height);
  for (const attempt of ATTEMPTS) {
    const { picture: cutting, back } = cut(picture, frame, Math.min(attempt.module / module, most));
    const results = await read(cutting, attempt.options);
    const found = results.flatMap((result): ReadQr[] => {
      const text = textOf(result.bytes, result.text);
      if (!result.isValid || text === '' || text.length > MOST_TEXT) return [];
      const { topLeft, topRight, bottomRight, bottomLeft } = result.position;
      return [{ text, corners: [back(topLeft), back(topRight), back(bottomRight), back(bottomLeft)] }];
    });
    if (found.length > 0) return found;
  }
  return [];
}

/** Bytes that are UTF-8 are UTF-8: the reader would have to guess, and short Vietnamese texts mislead it. */
function textOf(bytes: Uint8Array, guessed: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return guessed;
  }
}
