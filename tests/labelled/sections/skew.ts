import { createChance } from '../../../src/simulators/scanner/paper/random.ts';
import type { SheetKind } from '../../../src/simulators/scanner/paper/scene.ts';
import { atMost, percentile, type Row, type Size } from '../row.ts';
import { miss, scanned } from '../support/pages.ts';

const KINDS: readonly SheetKind[] = [
  'birth-declaration',
  'birth-notice',
  'residence-declaration',
  'request',
  'household-list',
  'commitment',
  'few-lines',
  'print',
  'receipt',
  'red-seal-print',
];
const TURNS = [0, 90, 180, 270] as const;

/** Straightening over −10…10°, in four orientations, at 200 and 300 dpi, on seals, handwriting, tables and bleed-through. */
export async function run(size: Size): Promise<Row[]> {
  const cases = size === 'full' ? 240 : 20;
  const chance = createChance(4711);
  const errors: number[] = [];
  for (let i = 0; i < cases; i += 1) {
    const kind = KINDS[i % KINDS.length] ?? 'request';
    const skew = Number(chance.between(-10, 10).toFixed(2));
    const turn = TURNS[Math.floor(i / 3) % 4] ?? 0;
    const dpi = size === 'small' ? 150 : i % 2 === 0 ? 200 : 300;
    const bleed = i % 5 === 4 ? 0.1 : 0;
    const sheet = kind === 'receipt' ? { width: 80, height: 200 } : undefined;
    const glass = kind === 'receipt' ? { width: 210, height: 297 } : undefined;
    const page = await scanned(
      {
        seed: 3000 + i,
        kind,
        dpi,
        skew,
        turn,
        bleed,
        ...(sheet && glass ? { sheet, glass, lid: 'grey' as const } : {}),
      },
      { wish: { crop: null } },
    );
    const error = Math.abs(page.treatment.straightenedBy + skew);
    // Below its threshold a page is left as it came; what remains is then the lean itself.
    errors.push(error);
    if (error > 0.1) miss('skew', { i, kind, skew, turn, dpi, bleed, got: page.treatment.straightenedBy });
  }
  return [
    atMost('skew', cases, 'error at p95, degrees', 0.1, percentile(errors, 0.95)),
    atMost('skew', cases, 'worst error, degrees', 0.5, Math.max(...errors)),
  ];
}
