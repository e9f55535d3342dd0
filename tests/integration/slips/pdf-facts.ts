import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ReaderOptions, readBarcodes } from 'zxing-wasm/reader';

export interface Size {
  readonly widthMm: number;
  readonly heightMm: number;
}

interface Word {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What poppler and qpdf say of a PDF. */
export interface PdfFacts {
  readonly pages: number;
  readonly title: string;
  readonly sizes: readonly Size[];
  /** Text with blanks for line breaks: as it looks, or (raw) in the order in which it was drawn. */
  text(options?: { readonly page?: number; readonly order?: 'layout' | 'raw' }): string;
  /** Each page's words with their boxes in points from the top left. */
  words(page: number): readonly Word[];
  codes(page: number, dpi: number, options?: ReaderOptions): ReturnType<typeof readBarcodes>;
  /** A page as PNG without smoothing, so that every pixel is what the paper says. */
  picture(page: number, dpi: number): Buffer;
}

export interface PdfReader {
  read(pdf: Uint8Array): PdfFacts;
  close(): void;
}

export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/** Reads PDFs in a folder of its own, which `close` removes. `read` throws where qpdf finds the file unsound. */
export function createPdfReader(): PdfReader {
  const folder = mkdtempSync(path.join(tmpdir(), 'slips-'));
  let count = 0;
  return {
    read(pdf) {
      const file = path.join(folder, `${++count}.pdf`);
      writeFileSync(file, pdf);
      run('qpdf', '--check', file);
      return factsOf(file);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function factsOf(file: string): PdfFacts {
  const info = run('pdfinfo', '-l', '-1', file);
  const pages = Number(/Pages:\s+(\d+)/.exec(info)![1]);
  const only = (page: number) => ['-f', String(page), '-l', String(page)];
  const picture = (page: number, dpi: number) => {
    const stem = file.replace(/\.pdf$/, `-${page}-${dpi}`);
    run(
      'pdftoppm',
      '-r',
      String(dpi),
      ...only(page),
      '-aa',
      'no',
      '-aaVector',
      'no',
      '-singlefile',
      '-png',
      file,
      stem,
    );
    return readFileSync(`${stem}.png`);
  };
  return {
    pages,
    title: /Title:\s+(.*)/.exec(info)?.[1] ?? '',
    sizes: [...info.matchAll(/size:\s+([\d.]+) x ([\d.]+) pts/g)].map(([, w, h]) => ({
      widthMm: (Number(w) / 72) * 25.4,
      heightMm: (Number(h) / 72) * 25.4,
    })),
    text({ page, order = 'layout' } = {}) {
      const range = page === undefined ? [] : only(page);
      return run('pdftotext', `-${order}`, '-enc', 'UTF-8', ...range, file, '-').replace(/\s+/g, ' ');
    },
    words(page) {
      const html = run('pdftotext', '-bbox', ...only(page), file, '-');
      return [
        ...html.matchAll(
          /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/g,
        ),
      ].map(([, left, top, right, bottom, text]) => ({
        text: text!,
        left: Number(left),
        top: Number(top),
        right: Number(right),
        bottom: Number(bottom),
      }));
    },
    picture,
    codes: (page, dpi, options = { tryHarder: true }) => readBarcodes(picture(page, dpi), options),
  };
}

/** Words that leave the page, or whose letters lie over those of another; empty = all is well. */
export function misplaced(facts: PdfFacts, page: number): string[] {
  const { widthMm, heightMm } = facts.sizes[page - 1] ?? facts.sizes[0]!;
  const width = (widthMm / 25.4) * 72;
  const height = (heightMm / 25.4) * 72;
  const words = facts.words(page);
  const off = words
    .filter((w) => w.left < 5 || w.top < 5 || w.right > width - 5 || w.bottom > height - 5)
    .map((w) => `off the page: ${w.text}`);
  const over: string[] = [];
  words.forEach((a, i) => {
    for (const b of words.slice(i + 1)) {
      // A box is as high as the font's tallest letter: neighbouring lines may touch, letters may not.
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > (a.bottom - a.top) * 0.45) over.push(`${a.text} over ${b.text}`);
    }
  });
  return [...off, ...over];
}

/** Each of the fields, one behind the other; the first that is missing or out of order, or null. */
export function outOfOrder(text: string, fields: readonly string[]): string | null {
  let from = 0;
  for (const field of fields) {
    const at = text.indexOf(field, from);
    if (at < 0) return field;
    from = at + field.length;
  }
  return null;
}

/** Every letter of Vietnamese with every tone, as names may have them. */
export const ALL_TONES =
  'àảãáạ ằẳẵắặ ầẩẫấậ èẻẽéẹ ềểễếệ ìỉĩíị òỏõóọ ồổỗốộ ờởỡớợ ùủũúụ ừửữứự ỳỷỹýỵ ăâđêôơư ' +
  'ÀẢÃÁẠ ẰẲẴẮẶ ẦẨẪẤẬ ÈẺẼÉẸ ỀỂỄẾỆ ÌỈĨÍỊ ÒỎÕÓỌ ỒỔỖỐỘ ỜỞỠỚỢ ÙỦŨÚỤ ỪỬỮỨỰ ỲỶỸÝỴ ĂÂĐÊÔƠƯ';
