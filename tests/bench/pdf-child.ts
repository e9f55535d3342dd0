/**
 * Builds one PDF in a process of its own: PAGE.jpg COUNT OUT.pdf PROFILE.icc [text]; prints seconds and peak resident
 * memory. `text`: a full page of words lies over each picture.
 */
import { open, readFile } from 'node:fs/promises';
import { writeScannedPdf } from '../../src/main/pdf/scanned-pdf.ts';
import type { PageText, Word } from '../../src/main/reading/port.ts';

const [page, count, out, profile, layer] = process.argv.slice(2) as [string, string, string, string, string?];
const icc = await readFile(profile);

/** Each page is read from the disk into the same memory: what is measured is the writer, not its source. */
async function* pages() {
  const file = await open(page, 'r');
  const memory = Buffer.alloc((await file.stat()).size);
  for (let i = 0; i < Number(count); i++) {
    await file.read(memory, 0, memory.length, 0);
    yield { image: memory, dpi: 300, ...(layer === 'text' && { text: fullPage(i) }) };
  }
  await file.close();
}

/** 40 lines of ten words, each page its own. */
function fullPage(page: number): PageText {
  const words = Array.from({ length: 400 }, (_, i): Word => {
    const [line, column] = [Math.floor(i / 10), i % 10];
    const baseline = 300 + 70 * line;
    const place = { x: 300 + 190 * column, y: baseline - 36, width: 160, height: 46, baseline };
    return { ...place, text: `chữ${page}ế${i}`, confidence: 0.9, line };
  });
  return { words, text: '', width: 2480, height: 3508, confidence: 0.9 };
}

const started = performance.now();
await writeScannedPdf({
  path: out,
  pages: pages(),
  title: 'Hồ sơ đo tốc độ',
  createdAt: new Date(0),
  producer: 'bench',
  icc,
});
const seconds = Math.round(performance.now() - started) / 1000;

/** Peak of this program alone: getrusage would count what the parent held before exec. */
async function peakRssMB(): Promise<number> {
  const status = await readFile('/proc/self/status', 'latin1').catch(() => '');
  const kB = /^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Math.round(Number(kB) / 1000);
}

const rssMB = await peakRssMB();
console.log(JSON.stringify({ seconds, rssMB }));
