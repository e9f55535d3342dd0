import { createChance } from '../../../src/simulators/scanner/paper/random.ts';
import type { Extra, SceneRequest, SheetKind } from '../../../src/simulators/scanner/paper/scene.ts';
import { atLeast, atMost, percent, type Row, type Size } from '../row.ts';
import { miss, scanned } from '../support/pages.ts';

type Case = Omit<SceneRequest, 'seed' | 'dpi' | 'skew'>;

const EMPTY: readonly Case[] = [
  { kind: 'blank' },
  { kind: 'blank', bleed: 0.05 },
  { kind: 'blank', bleed: 0.1 },
  { kind: 'blank', extras: [{ kind: 'holes' }] },
  { kind: 'blank', extras: [{ kind: 'fold' }, { kind: 'dust' }] },
  { kind: 'blank', extras: [{ kind: 'shadow' }] },
  { kind: 'blank', extras: [{ kind: 'dark-edge', side: 'left', mm: 3 }] },
  { kind: 'blank', paper: '#e9dfc4' },
  { kind: 'page-number' },
];
const WRITTEN_KINDS: readonly SheetKind[] = [
  'pencil-note',
  'pencil-line',
  'stamp-only',
  'signature-only',
  'one-line',
  'few-lines',
  'tick',
  'print',
  'household-list',
];
const TRIMMINGS: readonly Partial<Case>[] = [
  {},
  { bleed: 0.08 },
  { extras: [{ kind: 'holes' }, { kind: 'dust' }] },
  { extras: [{ kind: 'shadow' }] satisfies Extra[] },
  { paper: '#e9dfc4' },
];

/** Blank sheets are marked, and no written one ever is. */
export async function run(size: Size): Promise<Row[]> {
  const count = size === 'full' ? { empty: 72, written: 135 } : { empty: 9, written: 14 };
  const chance = createChance(815);
  const dpiAt = (i: number) => (size === 'small' ? 150 : i % 3 === 0 ? 300 : 200);
  let marked = 0;
  let lost = 0;
  for (let i = 0; i < count.empty; i += 1) {
    const request = {
      ...(EMPTY[i % EMPTY.length] as Case),
      seed: 100 + i,
      dpi: dpiAt(i),
      skew: chance.between(-2, 2),
    };
    const page = await scanned(request);
    if (page.findings.flags.includes('blank')) marked += 1;
    else miss('blank', { ...request, ink: page.findings.ink });
  }
  for (let i = 0; i < count.written; i += 1) {
    const kind = WRITTEN_KINDS[i % WRITTEN_KINDS.length] as SheetKind;
    const trimming = TRIMMINGS[Math.floor(i / WRITTEN_KINDS.length) % TRIMMINGS.length];
    const request = { ...trimming, kind, seed: 500 + i, dpi: dpiAt(i), skew: chance.between(-2, 2) };
    const page = await scanned(request);
    if (!page.findings.flags.includes('blank')) continue;
    lost += 1;
    miss('written page called blank', { ...request, ink: page.findings.ink });
  }
  return [
    atMost('blanks', count.written, 'written pages called blank', 0, lost),
    atLeast('blanks', count.empty, 'blank pages marked, %', 90, percent(marked, count.empty)),
  ];
}
