/** A job of 1,000 pages in a process of its own: prints its resident megabytes after 100, 400 and 1,000 pages. */
import { createImaging } from '../../src/main/imaging/index.ts';
import { generatePaper } from '../../src/simulators/scanner/index.ts';

const DPI = 150;
const AT_ONCE = 8;

const papers = await Promise.all(
  [1.7, 0, -1.2].map(
    async (skew, i) => (await generatePaper({ seed: 80 + i, kind: 'request', dpi: DPI, skew })).jpeg,
  ),
);
const imaging = createImaging({ workers: 2 });
const megabytes: Record<number, number> = {};
let done = 0;
let next = 0;

async function feed(): Promise<void> {
  while (next < 1000) {
    const index = next;
    next += 1;
    await imaging.process({
      index,
      bytes: papers[index % papers.length] as Uint8Array,
      format: 'jpeg',
      dpi: DPI,
    });
    done += 1;
    if (done === 100 || done === 400 || done === 1000)
      megabytes[done] = Math.round(process.memoryUsage.rss() / 1e6);
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, feed));
await imaging.close();
process.stdout.write(
  JSON.stringify({ at100: megabytes[100], at400: megabytes[400], at1000: megabytes[1000] }),
);
