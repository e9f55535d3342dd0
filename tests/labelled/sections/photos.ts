import { renderPhoto } from '../../../src/simulators/scanner/paper/photo.ts';
import { atLeast, atMost, percent, percentile, type Row, type Size } from '../row.ts';
import { digitise, miss } from '../support/pages.ts';

const KINDS = ['request', 'birth-declaration', 'card', 'household-list', 'print', 'blank'] as const;
const TABLES = ['wood', 'grey', 'dark', 'cloth'] as const;

/** A tilted sheet has no one resolution: from its near to its far side it changes by as much. */
const MOST_DPI_OFF = 20;

/** Photos of papers on tables: the sheet's corners, its resolution, and nothing found where nothing is certain. */
export async function run(size: Size): Promise<Row[]> {
  const cases = size === 'full' ? 60 : 8;
  const errors: number[] = [];
  const dpiErrors: number[] = [];
  let found = 0;
  let shape = 0;
  for (let i = 0; i < cases; i += 1) {
    const kind = KINDS[i % KINDS.length] ?? 'request';
    const table = TABLES[(i + Math.floor(i / 4)) % TABLES.length] ?? 'wood';
    const [width, height] = kind === 'card' ? [1600, 1200] : [1200, 1600];
    const photo = await renderPhoto({ seed: 40 + i, kind, width, height, table, tilt: 18 });
    const page = await digitise(photo.jpeg, 300, { photo: true });
    const { crop } = page.treatment;
    if (!crop) {
      miss('no sheet in photo', { i, kind, table });
      continue;
    }
    found += 1;
    const long = Math.max(width, height);
    const worst = Math.max(
      ...photo.corners.map((c) =>
        Math.min(...crop.map((p) => Math.hypot(p.x * width - c.x, p.y * height - c.y))),
      ),
    );
    errors.push((100 * worst) / long);
    dpiErrors.push(100 * Math.abs(page.dpi / photo.dpi - 1));
    const [w, h] = page.treatment.turn % 180 === 0 ? [page.width, page.height] : [page.height, page.width];
    const ratio = kind === 'card' ? w / h / (85.6 / 53.98) : h / w / (297 / 210);
    if (Math.abs(ratio - 1) < 0.03) shape += 1;
    if (worst / long > 0.005) miss('corner', { i, kind, table, worst });
    if (Math.abs(ratio - 1) >= 0.03) miss('shape', { i, kind, table, ratio });
  }
  let none = 0;
  let invented = 0;
  for (const [i, sheet] of (['none', 'cut'] as const).entries())
    for (const table of TABLES.slice(0, size === 'full' ? 4 : 2)) {
      const photo = await renderPhoto({
        seed: 400 + i,
        kind: 'request',
        width: 1200,
        height: 1600,
        table,
        sheet,
        shadow: true,
      });
      const page = await digitise(photo.jpeg, 300, { photo: true });
      none += 1;
      if (page.treatment.crop === null && page.findings.flags.includes('skewed')) continue;
      invented += 1;
      miss('sheet invented', { sheet, table, crop: page.treatment.crop });
    }
  return [
    atLeast('photos', cases, 'sheets found, %', 95, percent(found, cases)),
    atMost('photos', errors.length, 'worst corner at p95, % of the long side', 0.5, percentile(errors, 0.95)),
    atLeast('photos', errors.length, 'shape right to 3 %, %', 95, percent(shape, errors.length)),
    atMost('photos', dpiErrors.length, 'resolution off at p95, %', MOST_DPI_OFF, percentile(dpiErrors, 0.95)),
    atMost('photos', none, 'sheets found where none is whole', 0, invented),
  ];
}
