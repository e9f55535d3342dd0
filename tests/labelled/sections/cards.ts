import sharp from 'sharp';
import { findCodes } from '../../../src/main/imaging/codes/index.ts';
import type { EncodeBarcode } from '../../../src/main/slips/barcode.ts';
import { makePerson, type Person } from '../../../src/simulators/scanner/paper/people.ts';
import { type Chance, createChance } from '../../../src/simulators/scanner/paper/random.ts';
import type { Row, Size } from '../row.ts';
import { loadEncoder, pathOf } from './printed-codes.ts';
import { createPen, facesHere } from './text-pages.ts';
import {
  asJpeg,
  askew,
  blurred,
  creased,
  drawn,
  type Grey,
  noisy,
  type Place,
  projected,
  toned,
} from './wear.ts';

/** ISO/IEC 7810 ID-1, millimetres. */
const CARD = { width: 85.6, height: 53.98 };
const QR_MM = 20;
const QR_AT = { x: 62.8, y: 3 };
const QUIET_MM = 1.2;
const FIRST_SEED = 80_000;

/** One line of seven fields (facts §7), of a person who does not exist. */
function lineOf(person: Person, chance: Chance): string {
  const digits = (n: number) => Array.from({ length: n }, () => chance.integer(0, 9)).join('');
  const old = chance.next() < 0.5 ? digits(9) : '';
  const birth = person.birth.replaceAll('/', '');
  const gender = person.male ? 'Nam' : 'Nữ';
  return [person.number, old, person.name, birth, gender, person.address, `1${digits(1)}052022`].join('|');
}

/** The front of a made-up card, `scale` pixels a millimetre: tinted guilloche, a head, lines of text, the QR. */
async function drawCard(
  line: string,
  person: Person,
  chance: Chance,
  encode: EncodeBarcode,
  scale: number,
): Promise<Grey> {
  const { width, height } = CARD;
  const parts: string[] = [];
  const face = facesHere()[0]!;
  const pen = createPen(parts);
  pen.text('GIẤY TỜ MẪU · KHÔNG CÓ GIÁ TRỊ', face, 2, 18, 6);
  pen.text('CĂN CƯỚC MẪU', face, 4.2, 20, 13);
  pen.text(person.number, face, 4, 27, 24);
  pen.text(person.name, face, 3.2, 28, 31);
  pen.text(`${person.birth}   ${person.male ? 'Nam' : 'Nữ'}`, face, 2.8, 28, 37);
  pen.text(person.address.slice(0, 44), face, 2.2, 28, 43);
  const waves = Array.from({ length: 26 }, (_, i) => {
    const y = 2 * i + chance.between(0, 1);
    return `<path d="M0 ${y}q10 ${chance.between(-6, 6)} 21 0t21 0t21 0t22 0" fill="none" stroke="hsl(${chance.integer(90, 200)} 45% 62%)" stroke-width="0.18"/>`;
  });
  const qr = await encode('qr', line);
  const [px, py] = [Math.round(width * scale), Math.round(height * scale)];
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px}" height="${py}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="hsl(${chance.integer(70, 190)} 35% 86%)"/>${waves.join('')}`,
    '<rect x="5" y="16" width="19" height="27" fill="#b9c4cc"/><circle cx="14.5" cy="26" r="6" fill="#5b4a40"/>',
    '<path d="M5 43q9.5-14 19 0z" fill="#33405a"/><circle cx="9" cy="8" r="5.4" fill="#c43"/>',
    `<rect x="${QR_AT.x - QUIET_MM}" y="${QR_AT.y - QUIET_MM}" width="${QR_MM + 2 * QUIET_MM}" height="${QR_MM + 2 * QUIET_MM}" fill="#fff" opacity="0.75"/>`,
    `<g fill="#1b1a20">${pathOf(qr, QR_AT.x, QR_AT.y, QR_MM / qr.width)}${parts.join('')}</g></svg>`,
  ].join('');
  return drawn(svg);
}

/** On a flatbed at any angle. */
async function scanned(card: Grey, scale: number, dpi: number, chance: Chance): Promise<Grey> {
  const mm = dpi / 25.4;
  const [width, height] = [Math.round(148 * mm), Math.round(108 * mm)];
  const turn =
    chance.next() < 0.5 ? chance.between(-6, 6) + chance.pick([0, 90, 180, 270]) : chance.between(0, 360);
  const a = (turn * Math.PI) / 180;
  const centre = {
    x: width / 2 + chance.between(-14, 14) * mm,
    y: height / 2 + chance.between(-2, 2) * mm,
  };
  const [w, h] = [(CARD.width / 2) * mm, (CARD.height / 2) * mm];
  const corner = (x: number, y: number): Place => ({
    x: centre.x + x * Math.cos(a) - y * Math.sin(a),
    y: centre.y + x * Math.sin(a) + y * Math.cos(a),
  });
  // What the sensor sees of a point is as wide as its own pixel.
  const soft = await blurred(card, Math.max(0.4, (scale / mm) * chance.between(0.35, 0.6)));
  let page = projected(
    soft,
    [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h)],
    width,
    height,
    chance.pick([30, 226, 250]),
  );
  page = toned(page, chance.between(5, 60), chance.between(225, 255));
  if (chance.next() < 0.2) page = creased(page, 0.12, chance);
  return asJpeg(noisy(page, chance.between(1, 5), chance), chance.integer(70, 92));
}

/** Held before a telephone: seen aslant, under uneven light, with glare, noise and a little shake. */
async function photographed(card: Grey, chance: Chance): Promise<Grey> {
  const [width, height] = chance.pick([
    [1600, 1200],
    [2048, 1536],
    [2592, 1944],
  ] as const);
  const fill = chance.between(width > 2500 ? 0.5 : 0.62, 0.95);
  const w = (fill * width) / 2;
  const h = (w * CARD.height) / CARD.width;
  const a = ((chance.next() < 0.7 ? chance.between(-15, 15) : chance.between(-45, 45)) * Math.PI) / 180;
  const shrink = Math.min(1, (0.96 * height) / 2 / (w * Math.abs(Math.sin(a)) + h * Math.abs(Math.cos(a))));
  const near = () => 1 + chance.between(-0.12, 0.12);
  const corner = (x: number, y: number): Place => {
    const k = near() * shrink;
    return {
      x: width / 2 + k * (x * Math.cos(a) - y * Math.sin(a)),
      y: height / 2 + k * (x * Math.sin(a) + y * Math.cos(a)),
    };
  };
  const desk = chance.integer(40, 180);
  const soft = await blurred(card, Math.max(0.4, (card.width / (2 * w)) * 0.5));
  let page = projected(
    soft,
    [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h)],
    width,
    height,
    desk,
  );
  page = toned(page, chance.between(10, 55), chance.between(185, 245));
  page = creased(page, chance.between(0.05, 0.35), chance);
  page = glared(page, chance);
  page = await blurred(page, chance.between(0.4, (1.4 * width) / 2048));
  page = noisy(page, chance.between(2, 9), chance);
  if (chance.next() < 0.25) page = askew(page, 180, desk);
  return asJpeg(page, chance.integer(70, 92));
}

/** A soft reflection that washes the ink out, somewhere on the card. */
function glared(page: Grey, chance: Chance): Grey {
  const { width, height } = page;
  const [cx, cy] = [chance.between(0.2, 0.8) * width, chance.between(0.2, 0.8) * height];
  const r = chance.between(0.05, 0.22) * width;
  const strong = chance.between(0.2, 0.8);
  const data = page.data.slice();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const d = ((x - cx) ** 2 + (y - cy) ** 2) / (r * r);
      if (d > 6) continue;
      const i = y * width + x;
      data[i] = data[i]! + (255 - data[i]!) * strong * Math.exp(-d);
    }
  }
  return { ...page, data };
}

/** Cards on a scanner's glass and before a telephone: the QR's line must come back to the letter. */
export async function run(size: Size): Promise<Row[]> {
  const section = 'cards';
  const encode = await loadEncoder();
  const folder = process.env.LABELLED_PICTURES;
  const rows: Row[] = [];
  for (const way of ['scanned at 200 dpi', 'scanned at 300 dpi', 'photographed'] as const) {
    const cases = size === 'full' ? 110 : 5;
    let right = 0;
    for (let i = 0; i < cases; i += 1) {
      const seed = FIRST_SEED + i + (way === 'photographed' ? 20_000 : way.includes('300') ? 10_000 : 0);
      const chance = createChance(seed);
      const person = makePerson(chance, chance.next() < 0.5);
      const line = lineOf(person, chance);
      const scale = 20;
      const card = await drawCard(line, person, chance, encode, scale);
      const picture =
        way === 'photographed'
          ? await photographed(card, chance)
          : await scanned(card, scale, way.includes('300') ? 300 : 200, chance);
      const codes = await findCodes(picture);
      if (codes.some((c) => c.format === 'qr' && c.text === line)) right += 1;
      else {
        console.error(`cards: ${way}, seed ${seed}: ${codes.length} other codes`);
        if (folder) {
          const { data, width, height } = picture;
          await sharp(data, { raw: { width, height, channels: 1 } })
            .png()
            .toFile(`${folder}/card-${seed}.png`);
        }
      }
    }
    const share = (100 * right) / cases;
    rows.push({ section, cases, measure: `QR read, ${way}, %`, bar: '≥ 99', value: share, ok: share >= 99 });
  }
  return rows;
}
