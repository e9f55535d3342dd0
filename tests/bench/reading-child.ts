/**
 * Reads one page again and again in a process of its own: PAGE.jpg DPI COUNT RECYCLE_AFTER; prints the resident memory
 * in megabytes after each page. Nothing but the reader is in it.
 */
import { readFileSync } from 'node:fs';
import { createReader } from '../../src/main/reading/index.ts';

const [picture, dpi, count, recycleAfter] = process.argv.slice(2) as [string, string, string, string];
const reader = createReader({ background: false, limits: { recycleAfter: Number(recycleAfter) } });
const image = readFileSync(picture);
const rssMB: number[] = [];
for (let i = 0; i < Number(count); i++) {
  await reader.read(image, Number(dpi), new AbortController().signal);
  rssMB.push(Math.round(process.memoryUsage.rss() / 1e6));
}
await reader.close();
console.log(JSON.stringify({ rssMB }));
