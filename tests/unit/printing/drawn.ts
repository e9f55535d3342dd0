import { openDecoder } from '../../../src/main/importing/decoder-thread.ts';
import { importDeps } from '../../../src/main/importing/deps.ts';
import type { Pixels } from '../../../src/main/importing/protocol.ts';

const DPI = 100;
const never = new AbortController().signal;

/** The pages of a PDF as PDFium draws them, one octet a pixel. */
export async function pixelsOf(pdf: Uint8Array): Promise<Pixels[]> {
  const drawing = await openDecoder('pdf', pdf, importDeps(), never);
  try {
    const pages: Pixels[] = [];
    for (let i = 0; i < drawing.pages; i++) pages.push(await drawing.page(i, DPI));
    return pages;
  } finally {
    await drawing.close();
  }
}

export interface Box {
  readonly left: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

/** Where the ink of a page lies, millimetres from its lower left corner; marks within 6 mm of the sides are left out. */
export async function inkBox(
  pdf: Uint8Array,
  index: number,
  { mostMm }: { mostMm: number },
): Promise<{ boxes: Box; page: Pixels }> {
  const page = (await pixelsOf(pdf))[index]!;
  const mm = 25.4 / DPI;
  const edge = Math.round(6 / mm);
  let [left, right, top, bottom] = [page.width, 0, page.height, 0];
  for (let y = 0; y < page.height; y++)
    for (let x = edge; x < page.width - edge; x++)
      if (page.data[(y * page.width + x) * page.channels]! < 128) {
        left = Math.min(left, x);
        right = Math.max(right, x + 1);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y + 1);
      }
  const boxes = {
    left: left * mm,
    bottom: (page.height - bottom) * mm,
    width: (right - left) * mm,
    height: (bottom - top) * mm,
  };
  if (boxes.width > mostMm || boxes.height > mostMm)
    throw new Error(`ink all over: ${JSON.stringify(boxes)}`);
  return { boxes, page };
}
