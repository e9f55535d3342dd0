import { measureOrientation, SURE_ORIENTATION } from '../../../src/main/imaging/orientation.ts';
import { generatePaper, PAPER_KINDS } from '../../../src/simulators/scanner/paper/generate.ts';
import { createChance } from '../../../src/simulators/scanner/paper/random.ts';
import { cpuMs, type Row, type Size } from '../row.ts';
import { drawTextPage, facesHere, TEXT_KINDS, turned } from './text-pages.ts';
import { decoded, type Grey, resized } from './wear.ts';

const TURNS = [0, 90, 180, 270] as const;
const FIRST_SEED = 20_000;

/** The long side that the pipeline measures on. */
async function reduced(page: Grey, longSide: number): Promise<Grey> {
  return resized(page, Math.round((page.width * longSide) / Math.max(page.width, page.height)));
}

async function* pages(size: Size): AsyncGenerator<{ name: string; page: Grey }> {
  const [texts, rounds] = size === 'full' ? [96, 8] : [8, 1];
  const faces = facesHere();
  for (let i = 0; i < texts; i += 1) {
    const seed = FIRST_SEED + i;
    const chance = createChance(seed);
    const dpi = chance.pick([200, 300]);
    const skew = chance.between(-3, 3);
    const landscape = chance.next() < 0.15;
    const kind = TEXT_KINDS[i % TEXT_KINDS.length]!;
    const page = await drawTextPage({ seed, kind, faces, dpi, skew, landscape });
    yield { name: `${kind} ${seed}`, page: await reduced(page, chance.integer(1200, 1754)) };
  }
  for (let i = 0; i < rounds; i += 1) {
    for (const kind of PAPER_KINDS) {
      if (kind === 'blank') continue;
      const chance = createChance(FIRST_SEED + i);
      const paper = await generatePaper({ seed: FIRST_SEED + i, kind, dpi: chance.pick([200, 300]) });
      yield {
        name: `${kind} ${FIRST_SEED + i}`,
        page: await reduced(await decoded(paper.jpeg), chance.integer(1200, 1754)),
      };
    }
  }
}

/** Made-up papers and pages of text in many faces, each in four positions. */
export async function run(size: Size): Promise<Row[]> {
  let cases = 0;
  let right = 0;
  let wrong = 0;
  const times: number[] = [];
  for await (const { name, page } of pages(size)) {
    for (const turn of TURNS) {
      const picture = turned(page, turn);
      const start = cpuMs();
      const found = measureOrientation(picture);
      times.push(cpuMs() - start);
      cases += 1;
      const upright = (found.turn + turn) % 360 === 0;
      if (found.confidence >= SURE_ORIENTATION) {
        if (upright) right += 1;
        else wrong += 1;
      }
      if (!upright || found.confidence < SURE_ORIENTATION) {
        console.error(
          `orientation: ${name} at ${turn}: ${upright ? 'right' : 'WRONG'}, ${found.confidence.toFixed(3)}`,
        );
      }
    }
  }
  const share = (count: number) => (100 * count) / cases;
  const sure = share(right);
  const unsure = share(cases - right - wrong);
  const section = 'orientation';
  const rows: Row[] = [
    { section, cases, measure: 'right and sure, %', bar: '≥ 99', value: sure, ok: sure >= 99 },
    { section, cases, measure: 'wrong and sure', bar: '0', value: wrong, ok: wrong === 0 },
    { section, cases, measure: 'unsure, %', bar: '≤ 1', value: unsure, ok: unsure <= 1 },
  ];
  const median = times.sort((a, b) => a - b)[times.length >> 1]!;
  return size === 'small'
    ? rows
    : [
        ...rows,
        { section, cases, measure: 'CPU ms a page, median', bar: '≤ 15', value: median, ok: median <= 15 },
      ];
}
