import sharp from 'sharp';
import { drawForm, PAPER_KINDS, type PaperKind } from './forms.ts';
import { addNoise } from './noise.ts';
import { createChance } from './random.ts';
import { A4 } from './sheet.ts';
import { createTypesetter, type Typesetter } from './typeset.ts';

export { PAPER_KINDS, type PaperKind };

export interface PaperRequest {
  readonly seed: number;
  readonly kind: PaperKind;
  /** Dots an inch of the picture, 50 to 600. */
  readonly dpi: number;
  /** Degrees, clockwise positive, by which the sheet lies askew; without it drawn from the seed in −3…3. */
  readonly skew?: number;
  readonly mode?: 'color' | 'gray' | 'bw';
}

export interface GeneratedPaper {
  readonly jpeg: Uint8Array;
  /** The truth for whoever measures skew: degrees, clockwise positive. */
  readonly skewDegrees: number;
  readonly width: number;
  readonly height: number;
}

export interface PaperPixels extends Omit<GeneratedPaper, 'jpeg'> {
  /** 8 bits a channel, interleaved. */
  readonly data: Uint8Array;
  readonly channels: 1 | 3;
}

/** The sheet's colour in the picture's margin, where the scanner's white lid shows. */
export const BED = { r: 226, g: 227, b: 228 } as const;
const BLACK_BELOW = 150;

let shared: Typesetter | undefined;
function typesetter(): Typesetter {
  shared ??= createTypesetter(new URL('../../../../resources/fonts/', import.meta.url));
  return shared;
}

export function skewOf(seed: number): number {
  return Number(
    createChance(seed ^ 0x51ce)
      .between(-3, 3)
      .toFixed(2),
  );
}

export function pixelsOf(dpi: number): { width: number; height: number } {
  return { width: Math.round((A4.width / 25.4) * dpi), height: Math.round((A4.height / 25.4) * dpi) };
}

function scene(request: PaperRequest, skew: number, width: number, height: number): string {
  const chance = createChance(request.seed);
  const paper = `hsl(${chance.integer(40, 58)} 22% ${chance.between(95.5, 97.5).toFixed(1)}%)`;
  const content = drawForm(request.kind, typesetter(), chance);
  const light = chance.pick(['0,0,1,1', '1,0,0,1', '0,0,0,1', '0,1,1,0']).split(',');
  const fold = chance.between(140, 156).toFixed(1);
  const bed = `rgb(${BED.r},${BED.g},${BED.b})`;
  const { width: w, height: h } = A4;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${w} ${h}"`,
    ' preserveAspectRatio="none"><defs>',
    `<linearGradient id="u" x1="${light[0]}" y1="${light[1]}" x2="${light[2]}" y2="${light[3]}">`,
    '<stop offset="0" stop-color="#000" stop-opacity="0.055"/>',
    '<stop offset="0.55" stop-color="#000" stop-opacity="0"/>',
    '<stop offset="1" stop-color="#443" stop-opacity="0.03"/></linearGradient></defs>',
    `<rect width="${w}" height="${h}" fill="${bed}"/>`,
    `<g transform="rotate(${skew} ${w / 2} ${h / 2})">`,
    // The lid throws a soft shadow along the sheet's right and lower edges.
    ...[1.6, 1.1, 0.7, 0.35].map(
      (d) => `<path d="M${w} ${d}h${d}v${h}h${-w}v${-d}h${w - d}z" fill="#000" fill-opacity="0.06"/>`,
    ),
    `<rect width="${w}" height="${h}" fill="${paper}"/>`,
    request.kind === 'blank'
      ? ''
      : `<rect x="0" y="${fold}" width="${w}" height="0.5" fill="#000" opacity="0.035"/>`,
    content,
    '</g>',
    `<rect width="${w}" height="${h}" fill="url(#u)"/></svg>`,
  ].join('');
}

/** The sheet as a scanner's sensor sees it. */
export async function renderPaper(request: PaperRequest): Promise<PaperPixels> {
  const { width, height } = pixelsOf(request.dpi);
  const skewDegrees = request.skew ?? skewOf(request.seed);
  const colour = (request.mode ?? 'color') === 'color';
  const svg = Buffer.from(scene(request, skewDegrees, width, height));
  const drawn = sharp(svg, { limitInputPixels: false, unlimited: true }).removeAlpha();
  const toned = colour ? drawn.toColourspace('srgb') : drawn.toColourspace('b-w');
  const { data, info } = await toned.raw().toBuffer({ resolveWithObject: true });
  const channels = info.channels === 1 ? 1 : 3;
  addNoise(data, info.width * info.channels, info.channels, request.seed);
  if (request.mode === 'bw')
    for (let i = 0; i < data.length; i += 1) data[i] = (data[i] ?? 0) < BLACK_BELOW ? 0 : 255;
  return { data, channels, width: info.width, height: info.height, skewDegrees };
}

/** Pixels to a JPEG as a scanner writes it: quality 85, 4:2:0, its resolution in the header. */
export async function encodeJpeg(
  pixels: { data: Uint8Array; width: number; height: number; channels: 1 | 3 },
  dpi: number,
): Promise<Uint8Array> {
  const { data, width, height, channels } = pixels;
  const jpeg = await sharp(data, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .jpeg({ quality: 85, chromaSubsampling: '4:2:0' })
    .toBuffer();
  // The encoder writes no JFIF header: SOI, then APP0 with units = dots an inch (ITU-T T.871, 10.1).
  const header = Buffer.from('ffd8ffe000104a46494600010101000000000000', 'hex');
  header.writeUInt16BE(dpi, 14);
  header.writeUInt16BE(dpi, 16);
  return Buffer.concat([header, jpeg.subarray(2)]);
}

/**
 * A made-up A4 paper as a scanner would deliver it; the same request gives the same bytes. Every sheet says
 * 'GIẤY TỜ MẪU', its people and places do not exist.
 */
export async function generatePaper(request: PaperRequest): Promise<GeneratedPaper> {
  const pixels = await renderPaper(request);
  const { skewDegrees, width, height } = pixels;
  return { jpeg: await encodeJpeg(pixels, request.dpi), skewDegrees, width, height };
}
