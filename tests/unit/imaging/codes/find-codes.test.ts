import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Barcode } from '../../../../src/contract/model.ts';
import { findCodes } from '../../../../src/main/imaging/codes/index.ts';
import type { EncodeBarcode } from '../../../../src/main/slips/barcode.ts';
import { createChance } from '../../../../src/simulators/scanner/paper/random.ts';
import {
  loadEncoder,
  otherCode,
  patchT,
  pathOf,
  sheetSvg,
} from '../../../labelled/sections/printed-codes.ts';
import { blurred, drawn, type Grey, inverted, noisy, toned } from '../../../labelled/sections/wear.ts';

const CARD = '999190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Tổ 3, Phường Giấy Mẫu, Bình Mẫu|12052022';
const CODE = 'H14.22.05-260203-0975';
let encode: EncodeBarcode;

beforeAll(async () => {
  encode = await loadEncoder();
});

/** Content turned clockwise about the middle of an A4 sheet. */
async function sheet(content: string, degrees: number, dpi = 200): Promise<Grey> {
  const svg = sheetSvg(dpi, `<g transform="rotate(${degrees} 105 148.5)">${content}</g>`);
  return noisy(await blurred(await drawn(svg), dpi / 300), 2, createChance(3));
}

async function qr(text: string, x: number, y: number, mm: number): Promise<string> {
  const matrix = await encode('qr', text);
  return pathOf(matrix, x, y, mm / matrix.width);
}

const seen = (codes: readonly Barcode[]) => codes.map((c) => `${c.format} ${c.text}`).sort();

/** Millimetres on the sheet from its top left. */
const inMm = (code: Barcode) => code.corners.map(({ x, y }) => ({ x: x * 210, y: y * 297 }));

describe('codes on a page', () => {
  it.each([0, 12, 45, 90, 211, 315])('are read at %i degrees', async (degrees) => {
    const content = [
      await qr(CARD, 60, 60, 20),
      pathOf(await encode('code128', CODE), 60, 110, 0.3, 10),
      pathOf(await otherCode('Code39', 'PATCHT'), 60, 150, 0.5, 12),
      patchT(60, 185, 45),
    ].join('');
    const codes = await findCodes(await sheet(content, degrees));
    expect(seen(codes)).toEqual([`code128 ${CODE}`, 'code39 PATCHT', 'patch T', `qr ${CARD}`]);
  });

  it.each([0, 30, 90, 180, 270])(
    'say where they are at %i degrees, from their own top left',
    async (degrees) => {
      const content = `${await qr('MCC1', 80, 90, 30)}${pathOf(await encode('code128', CODE), 70, 200, 0.3, 12)}`;
      const codes = await findCodes(await sheet(content, degrees));
      const bars = (await encode('code128', CODE)).width * 0.3;
      const boxes = { qr: [80, 90, 30, 30], code128: [70, 200, bars, 12] } as const;
      expect(codes).toHaveLength(2);
      for (const code of codes) {
        const [x, y, w, h] = boxes[code.format as keyof typeof boxes];
        const a = (degrees * Math.PI) / 180;
        for (const [i, [u, v]] of [
          [x, y],
          [x + w, y],
          [x + w, y + h],
          [x, y + h],
        ].entries()) {
          const at = inMm(code)[i]!;
          const [dx, dy] = [u! - 105, v! - 148.5];
          // The field of bars is known to a cell of 24 pixels, 3 mm.
          expect(Math.abs(at.x - (105 + dx * Math.cos(a) - dy * Math.sin(a)))).toBeLessThan(4);
          expect(Math.abs(at.y - (148.5 + dx * Math.sin(a) + dy * Math.cos(a)))).toBeLessThan(4);
        }
      }
    },
  );

  it('are read faint, inverted, and several at once', async () => {
    const content = `${await qr(CARD, 40, 40, 22)}${await qr('hai', 130, 50, 18)}${await qr('ba', 60, 180, 30)}`;
    const page = await sheet(content, 5);
    const all = ['qr ba', 'qr hai', `qr ${CARD}`].sort();
    expect(seen(await findCodes(page))).toEqual(all);
    expect(seen(await findCodes(toned(page, 150, 225)))).toEqual(all);
    expect(seen(await findCodes(inverted(page)))).toEqual(all);
  });

  it.each([
    ['Patch 1', 'wwnn'],
    ['Patch 2', 'wnnw'],
    ['Patch 4', 'nwwn'],
    ['four rules', 'nnnn'],
    ['four bars', 'wwww'],
  ])('do not take %s for Patch T', async (_, order) => {
    let x = 80;
    const bars = [...order].map((w) => {
      const wide = w === 'w' ? 5.08 : 2.032;
      const bar = `<rect x="${x}" y="60" width="${wide}" height="60"/>`;
      x += wide + 2.032;
      return bar;
    });
    expect(await findCodes(await sheet(bars.join(''), 3))).toEqual([]);
  });

  it('are not made of Patch T with text close before or after it, nor of its bars too short', async () => {
    const close = `${patchT(60, 60, 60)}<rect x="81.2" y="60" width="30" height="60"/>`;
    expect(await findCodes(await sheet(close, 0))).toEqual([]);
    expect(await findCodes(await sheet(patchT(60, 60, 9), 0))).toEqual([]);
  });

  it('of kinds that nobody asked for are left alone, as are short texts in bars', async () => {
    const content = [
      pathOf(await otherCode('EAN13', '893850001234'), 60, 60, 0.4, 20),
      pathOf(await otherCode('ITF', '12345678901234'), 60, 110, 0.5, 15),
      pathOf(await otherCode('DataMatrix', '12345678901234'), 60, 160, 0.8),
      pathOf(await otherCode('Code39', 'AB'), 60, 200, 0.5, 15),
    ].join('');
    expect(await findCodes(await sheet(content, 2))).toEqual([]);
  });

  it('are not found in pictures without any: empty, tiny, one row, noise, stripes', async () => {
    const chance = createChance(9);
    const made = (width: number, height: number, of: (x: number, y: number) => number): Grey => ({
      width,
      height,
      data: Uint8Array.from({ length: width * height }, (_, i) => of(i % width, Math.floor(i / width))),
    });
    const pictures = [
      made(0, 0, () => 0),
      made(1, 1, () => 0),
      made(1200, 1, (x) => (x % 2) * 255),
      made(33, 33, (x, y) => ((x + y) % 2) * 255),
      made(800, 600, () => 0),
      made(800, 600, () => 255),
      made(800, 600, () => chance.integer(0, 255)),
      made(800, 600, (x) => (x % 12 < 6 ? 0 : 255)),
      made(801, 603, (x, y) => (((x >> 3) + (y >> 3)) % 2 ? 0 : 255)),
    ];
    for (const picture of pictures) expect(await findCodes(picture)).toEqual([]);
  });

  it('are read in a worker thread, with the WebAssembly from the package', async () => {
    const page = await sheet(await qr(CARD, 60, 60, 25), 0);
    const code = `
      import { parentPort, workerData } from 'node:worker_threads';
      const { findCodes } = await import(${JSON.stringify(new URL('../../../../src/main/imaging/codes/index.ts', import.meta.url).href)});
      parentPort.postMessage((await findCodes(workerData)).map((c) => c.text));
    `;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
      workerData: page,
    });
    const texts = await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    await worker.terminate();
    expect(texts).toEqual([CARD]);
  });
});
