import { isDeepStrictEqual } from 'node:util';
import { readSeparator } from '../../../src/main/dossiers/separation.ts';
import { findCodes } from '../../../src/main/imaging/codes/index.ts';
import type { EncodeBarcode } from '../../../src/main/slips/barcode.ts';
import { generatePaper, PAPER_KINDS } from '../../../src/simulators/scanner/paper/generate.ts';
import { type Chance, createChance } from '../../../src/simulators/scanner/paper/random.ts';
import { cpuMs, type Row, type Size } from '../row.ts';
import {
  A4_MM,
  loadEncoder,
  otherCode,
  type PrintedSheet,
  pathOf,
  printSheets,
  sheetSvg,
} from './printed-codes.ts';
import { drawTextPage, facesHere, TEXT_KINDS, turned } from './text-pages.ts';
import {
  asJpeg,
  askew,
  blurred,
  covered,
  creased,
  decoded,
  drawn,
  type Grey,
  noisy,
  photocopied,
  punched,
  stained,
  toned,
} from './wear.ts';

const FIRST_SEED = 40_000;
const TURNS = [0, 90, 180, 270] as const;
/** Dots an inch, and how often each sheet goes through each kind of wear. */
const FULL_ROUNDS = [
  [300, 2],
  [200, 4],
] as const;
const SMALL_ROUNDS = [[200, 1]] as const;
const WEAR = [
  'clean',
  'skewed',
  'blurred',
  'faint',
  'stained',
  'creased',
  'jpeg',
  'covered',
  'copied',
  'punched',
  'all',
] as const;
type Wear = (typeof WEAR)[number];

/** One half, or a corner's worth, under another paper; where the codes stand once, a margin of it. */
function cover(page: Grey, twice: boolean, chance: Chance): Grey {
  const level = chance.pick([235, 250, 255]);
  if (!twice) return covered(page, 0, 0.75, 1, 1, level);
  const part = chance.between(0.3, 0.5);
  return chance.next() < 0.5 ? covered(page, 0, 0, 1, part, level) : covered(page, 0, 1 - part, 1, 1, level);
}

async function worn(sheet: PrintedSheet, wear: Wear, dpi: number, chance: Chance): Promise<Grey> {
  const bed = chance.pick([40, 226, 255]);
  let page = toned(sheet.page, chance.between(10, 60), chance.between(225, 252));
  const has = (what: Wear) => wear === what || (wear === 'all' && chance.next() < 0.45);
  if (has('covered')) page = cover(page, sheet.twice, chance);
  if (has('copied')) page = photocopied(await blurred(page, dpi / 250), chance.between(110, 165), chance);
  if (has('faint')) page = toned(page, chance.between(110, 150), 240);
  if (has('stained')) page = stained(page, chance.integer(4, 14), chance);
  if (has('punched')) page = punched(page, dpi, chance.next() < 0.5);
  if (has('creased')) page = creased(page, chance.between(0.1, 0.3), chance);
  const lean =
    wear === 'skewed'
      ? chance.between(-20, 20)
      : has('skewed')
        ? chance.between(-10, 10)
        : chance.between(-2, 2);
  page = askew(page, lean, bed);
  page = await blurred(page, has('blurred') ? (chance.between(0.8, 1.6) * dpi) / 150 : dpi / 400);
  page = noisy(page, wear === 'all' ? chance.between(2, 8) : 3, chance);
  return asJpeg(page, has('jpeg') ? 30 : 85);
}

async function separators(
  size: Size,
  encode: EncodeBarcode,
): Promise<{ cases: number; missed: number; other: number }> {
  let [cases, missed, other] = [0, 0, 0];
  for (const [dpi, rounds] of size === 'full' ? FULL_ROUNDS : SMALL_ROUNDS) {
    const sheets = await printSheets(encode, dpi);
    for (let round = 0; round < rounds; round += 1) {
      for (const [i, sheet] of sheets.entries()) {
        for (const [j, wear] of WEAR.entries()) {
          if (size === 'small' && (i + j) % 4 !== 0) continue;
          const seed = FIRST_SEED + ((dpi * 10 + round) * 20 + i) * 20 + j;
          const chance = createChance(seed);
          const page = turned(await worn(sheet, wear, dpi, chance), TURNS[(round + i + j) % 4]!);
          const read = readSeparator(await findCodes(page));
          cases += 1;
          if (read === null) missed += 1;
          else if (!isDeepStrictEqual(read, sheet.means)) other += 1;
          if (!isDeepStrictEqual(read, sheet.means)) {
            console.error(
              `separators: ${sheet.name}, ${wear}, ${dpi} dpi, seed ${seed}: ${JSON.stringify(read)}`,
            );
          }
        }
      }
    }
  }
  return { cases, missed, other };
}

/** Codes of other people, and what looks like one: striped cloth, tables, hatching, halftone, a ruler. */
async function strangers(encode: EncodeBarcode, chance: Chance): Promise<string> {
  const digits = (n: number) => Array.from({ length: n }, () => chance.integer(0, 9)).join('');
  const qr = async (text: string, mm: number) => {
    const matrix = await encode('qr', text);
    return pathOf(matrix, 0, 0, mm / matrix.width);
  };
  const flat = async (format: 'Code39' | 'EAN13' | 'ITF', text: string) =>
    pathOf(await otherCode(format, text), 0, 0, chance.between(0.26, 0.5), chance.between(8, 20));
  const makers: readonly (() => Promise<string> | string)[] = [
    () => qr(`https://vidu.example/tra-cuu?ma=${digits(9)}`, chance.between(15, 35)),
    () => qr(`999${digits(9)}|${digits(9)}|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Mẫu|12052022`, 20),
    () => qr(`MCC1|H14.22.05-260203-${digits(4)}|1.004884|999${digits(9)}|Giấy|Hệ thống|202602031000|`, 22),
    () => qr(`MCC1:P:${digits(4)}:${digits(7)}`, 25),
    async () => pathOf(await encode('code128', `H14.22.05-260203-${digits(4)}`), 0, 0, 0.27, 8.5),
    async () => pathOf(await encode('code128', `MCC1:N:${digits(7)}`), 0, 0, 0.3, 10),
    () => flat('Code39', `HD${digits(8)}`),
    () => flat('EAN13', '893850001234'),
    () => flat('ITF', digits(14)),
    async () => pathOf(await otherCode('DataMatrix', digits(20)), 0, 0, 0.6),
    async () => pathOf(await otherCode('PDF417', `VN${digits(30)}`), 0, 0, 0.3),
    () =>
      `<path stroke="#000" stroke-width="${chance.between(0.3, 3)}" d="${Array.from({ length: 14 }, (_, i) => `M${i * chance.between(3, 4.2)} 0v40`).join('')}"/>`,
    () =>
      Array.from(
        { length: 60 },
        (_, i) => `<rect x="${i}" width="${chance.between(0.2, 0.8)}" height="${i % 10 === 0 ? 8 : 4}"/>`,
      ).join(''),
    () => {
      // Four bars of a width each, as Patch T has them, but none of its order.
      const wide = chance.pick(['wwww', 'nnnn', 'wwnn', 'nwwn', 'wnnw', 'nnww']);
      let x = 0;
      return [...wide]
        .map((w) => {
          const width = w === 'w' ? 5.08 : 2.03;
          const bar = `<rect x="${x}" width="${width}" height="60"/>`;
          x += width + 2.03;
          return bar;
        })
        .join('');
    },
    () =>
      Array.from(
        { length: 900 },
        (_, i) =>
          `<circle cx="${i % 30}" cy="${Math.floor(i / 30)}" r="${(0.15 + 0.3 * Math.abs(Math.sin(i / 37))).toFixed(2)}"/>`,
      ).join(''),
    () =>
      [12, 9, 6, 3]
        .map((r, i) => `<circle cx="15" cy="15" r="${r}" fill="${i % 2 ? '#fff' : '#000'}"/>`)
        .join(''),
    () =>
      Array.from({ length: 64 }, (_, i) =>
        ((i >> 3) + i) % 2 ? '' : `<rect x="${(i % 8) * 4}" y="${(i >> 3) * 4}" width="4" height="4"/>`,
      ).join(''),
  ];
  const parts: string[] = [];
  for (let i = 0, n = chance.integer(1, 4); i < n; i += 1) {
    const x = chance.between(15, A4_MM.width - 70);
    const y = chance.between(15, A4_MM.height - 70);
    const turn = chance.next() < 0.5 ? 0 : chance.between(0, 360);
    parts.push(`<g transform="translate(${x} ${y}) rotate(${turn})">${await chance.pick(makers)()}</g>`);
  }
  return parts.join('');
}

/** Darker of two pictures of one size. */
function printedOver(page: Grey, over: Grey): Grey {
  return { ...page, data: page.data.map((v, i) => Math.min(v, over.data[i] ?? 255)) };
}

async function* ordinary(
  size: Size,
  encode: EncodeBarcode,
): AsyncGenerator<{ name: string; page: Grey; plain: boolean }> {
  const count = size === 'full' ? 432 : 12;
  const faces = facesHere();
  for (let i = 0; i < count; i += 1) {
    const seed = FIRST_SEED + 50_000 + i;
    const chance = createChance(seed);
    const dpi = i % 8 === 5 ? 300 : 200;
    const kind = PAPER_KINDS[i % PAPER_KINDS.length]!;
    const skew = chance.between(-4, 4);
    let page =
      i % 3 === 0
        ? await decoded((await generatePaper({ seed, kind, dpi, skew })).jpeg)
        : await drawTextPage({ seed, kind: TEXT_KINDS[i % TEXT_KINDS.length]!, faces, dpi, skew });
    const plain = i % 3 !== 2;
    if (!plain) {
      const codes = await blurred(await drawn(sheetSvg(dpi, await strangers(encode, chance))), dpi / 300);
      page = printedOver(page, codes);
    }
    yield { name: `${seed}`, page: turned(page, TURNS[i % 4]!), plain };
  }
}

/** Separator sheets in bad shape, and papers that are none. */
export async function run(size: Size): Promise<Row[]> {
  const section = 'separators';
  const encode = await loadEncoder();
  const { cases, missed, other } = await separators(size, encode);
  const found = (100 * (cases - missed - other)) / cases;
  let pages = 0;
  let taken = 0;
  let codesOnPlain = 0;
  const times: number[] = [];
  for await (const { name, page, plain } of ordinary(size, encode)) {
    const start = cpuMs();
    const codes = await findCodes(page);
    if (plain) times.push(cpuMs() - start);
    pages += 1;
    if (plain) codesOnPlain += codes.length;
    const separator = readSeparator(codes);
    if (separator) taken += 1;
    if (separator || (plain && codes.length > 0)) {
      console.error(`separators: page ${name}: ${JSON.stringify({ separator, codes })}`);
    }
  }
  const rows: Row[] = [
    { section, cases, measure: 'found, %', bar: '≥ 99.5', value: found, ok: found >= 99.5 },
    { section, cases, measure: 'taken for another', bar: '0', value: other, ok: other === 0 },
    {
      section,
      cases: pages,
      measure: 'pages taken for a separator',
      bar: '0',
      value: taken,
      ok: taken === 0,
    },
    {
      section,
      cases: times.length,
      measure: 'codes read where there are none',
      bar: '0',
      value: codesOnPlain,
      ok: codesOnPlain === 0,
    },
  ];
  const median = times.sort((a, b) => a - b)[times.length >> 1]!;
  return size === 'small'
    ? rows
    : [
        ...rows,
        {
          section,
          cases: times.length,
          measure: 'CPU ms a page without codes, median',
          bar: '≤ 10',
          value: median,
          ok: median <= 10,
        },
      ];
}
