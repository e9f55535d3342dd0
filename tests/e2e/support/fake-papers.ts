import { PDFDocument, StandardFonts } from 'pdf-lib';
import sharp from 'sharp';

export interface Picture {
  readonly full: Uint8Array;
  readonly thumbnail: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const WIDTH = 1240;
const HEIGHT = 1754;

function lines(seed: number): string {
  return Array.from({ length: 22 }, (_, i) => {
    const width = 420 + ((seed * 97 + i * 173) % 520);
    return `<rect x="150" y="${520 + i * 46}" width="${width}" height="14" fill="#333" opacity="0.75"/>`;
  }).join('');
}

/** An A4 page that looks like a form: head, title, lines of text, a stamp; its number tells pages apart. */
export async function drawPage(serial: number): Promise<Picture> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <rect width="100%" height="100%" fill="#fdfcf8"/>
    <g font-family="Liberation Serif" text-anchor="middle" fill="#111">
      <text x="860" y="150" font-size="34" font-weight="bold">CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</text>
      <text x="860" y="196" font-size="32" font-weight="bold">Độc lập - Tự do - Hạnh phúc</text>
      <text x="620" y="380" font-size="54" font-weight="bold">TỜ KHAI SỐ ${serial}</text>
    </g>
    ${lines(serial)}
    <circle cx="900" cy="1500" r="120" fill="none" stroke="#c22" stroke-width="9" opacity="0.8"/>
    <text x="900" y="1516" font-family="Liberation Serif" font-size="44" text-anchor="middle" fill="#c22">★</text>
  </svg>`;
  const full = await sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer();
  const thumbnail = await sharp(full).resize({ width: 180 }).jpeg({ quality: 75 }).toBuffer();
  return { full, thumbnail, width: WIDTH, height: HEIGHT };
}

/** An A5 slip with the code on it. */
export async function drawSlip(code: string): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const page = pdf.addPage([420, 595]);
  page.drawText(code, { x: 60, y: 500, size: 20, font: await pdf.embedFont(StandardFonts.TimesRoman) });
  return pdf.save();
}
