import { PDFDocument, StandardFonts } from 'pdf-lib';
import sharp from 'sharp';
import type { PageFlag, PageTreatment } from '../../../src/contract/model.ts';

export interface Picture {
  readonly full: Uint8Array;
  readonly thumbnail: Uint8Array;
  readonly mime: 'image/jpeg' | 'image/png';
  readonly width: number;
  readonly height: number;
}

/** As the scanner gave it. */
export interface Original {
  readonly jpeg: Uint8Array;
}

const WIDTH = 1240;
const HEIGHT = 1754;

function lines(seed: number): string {
  return Array.from({ length: 22 }, (_, i) => {
    const width = 420 + ((seed * 97 + i * 173) % 520);
    return `<rect x="150" y="${520 + i * 46}" width="${width}" height="14" fill="#333" opacity="0.75"/>`;
  }).join('');
}

function form(serial: number): string {
  return `<g font-family="Liberation Serif" text-anchor="middle" fill="#111">
      <text x="860" y="150" font-size="34" font-weight="bold">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</text>
      <text x="860" y="196" font-size="32" font-weight="bold">Độc lập - Tự do - Hạnh phúc</text>
      <text x="620" y="380" font-size="54" font-weight="bold">TỜ KHAI SỐ ${serial}</text>
    </g>
    ${lines(serial)}
    <circle cx="900" cy="1500" r="120" fill="none" stroke="#c22" stroke-width="9" opacity="0.8"/>
    <text x="900" y="1516" font-family="Liberation Serif" font-size="44" text-anchor="middle" fill="#c22">★</text>`;
}

/** An A4 page that looks like a form: head, title, lines of text, a stamp; its number tells pages apart. */
export async function drawOriginal(serial: number, flags: readonly PageFlag[] = []): Promise<Original> {
  const paper = flags.includes('too-dark') ? '#77736a' : '#fdfcf8';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <rect width="100%" height="100%" fill="${paper}"/>
    ${flags.includes('blank') ? '' : form(serial)}
  </svg>`;
  let image = sharp(Buffer.from(svg));
  if (flags.includes('blurred')) image = image.blur(6);
  if (flags.includes('orientation-unsure')) image = image.rotate(180);
  if (flags.includes('skewed')) {
    const turned = await image.rotate(4, { background: '#888' }).toBuffer();
    image = sharp(turned).resize({ width: WIDTH, height: HEIGHT, fit: 'fill' });
  }
  return { jpeg: await image.jpeg({ quality: 80 }).toBuffer() };
}

/** The kept picture of a page: enough of the real treatment for a person to see it. */
export async function treat(original: Original, treatment: PageTreatment): Promise<Picture> {
  let image = sharp(original.jpeg);
  if (treatment.crop) {
    const xs = treatment.crop.map((p) => p.x);
    const ys = treatment.crop.map((p) => p.y);
    const left = Math.round(Math.min(...xs) * WIDTH);
    const top = Math.round(Math.min(...ys) * HEIGHT);
    image = image.extract({
      left,
      top,
      width: Math.max(20, Math.round(Math.max(...xs) * WIDTH) - left),
      height: Math.max(20, Math.round(Math.max(...ys) * HEIGHT) - top),
    });
  }
  if (treatment.turn !== 0) image = sharp(await image.toBuffer()).rotate(treatment.turn);
  // What was straightened shows as little as 0.6° does on a form that was drawn straight.
  if (Math.abs(treatment.straightenedBy) > 1) {
    image = sharp(await image.toBuffer()).rotate(treatment.straightenedBy, { background: '#fdfcf8' });
  }
  if (treatment.colour !== 'color') image = image.greyscale();
  if (treatment.colour === 'bw') image = image.threshold(150);
  const bw = treatment.colour === 'bw';
  const { data, info } = await (bw ? image.png() : image.jpeg({ quality: 80 })).toBuffer({
    resolveWithObject: true,
  });
  const thumbnail = await sharp(data).resize({ width: 180 }).jpeg({ quality: 75 }).toBuffer();
  return {
    full: data,
    thumbnail,
    mime: bw ? 'image/png' : 'image/jpeg',
    width: info.width,
    height: info.height,
  };
}

/** An A5 slip with the code on it. */
export async function drawSlip(code: string): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const page = pdf.addPage([420, 595]);
  page.drawText(code, { x: 60, y: 500, size: 20, font: await pdf.embedFont(StandardFonts.TimesRoman) });
  return pdf.save();
}
