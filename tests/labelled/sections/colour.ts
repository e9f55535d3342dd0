import type { ColourMode } from '../../../src/contract/model.ts';
import { createChance } from '../../../src/simulators/scanner/paper/random.ts';
import type { SceneRequest } from '../../../src/simulators/scanner/paper/scene.ts';
import { atLeast, atMost, percent, type Row, type Size } from '../row.ts';
import { miss, scanned } from '../support/pages.ts';

type Case = Omit<SceneRequest, 'seed' | 'dpi' | 'skew'> & { readonly needs: ColourMode };

const CASES: readonly Case[] = [
  { kind: 'red-seal-print', needs: 'color' },
  { kind: 'blue-signature-print', needs: 'color' },
  { kind: 'coloured-line', needs: 'color' },
  { kind: 'request', needs: 'color' },
  { kind: 'stamp-only', needs: 'color' },
  { kind: 'tick', needs: 'color' },
  { kind: 'print', needs: 'bw' },
  { kind: 'print', paper: '#ecdfbe', needs: 'bw' },
  { kind: 'print', paper: '#e4e9f2', needs: 'bw' },
  { kind: 'print', bleed: 0.06, needs: 'bw' },
  { kind: 'commitment', mode: 'gray', needs: 'bw' },
  { kind: 'grey-picture', needs: 'gray' },
  { kind: 'pencil-note', needs: 'gray' },
];

/** Colour, grey or bilevel: what the paper shows is never lost, and what it does not show is not kept. */
export async function run(size: Size): Promise<Row[]> {
  const cases = size === 'full' ? 13 * 9 : 13;
  const chance = createChance(333);
  const count = { coloured: 0, kept: 0, plain: 0, spared: 0, toned: 0, tonesKept: 0, right: 0 };
  for (let i = 0; i < cases; i += 1) {
    const { needs, ...scene } = CASES[i % CASES.length] as Case;
    const dpi = size === 'small' ? 150 : i % 2 === 0 ? 200 : 300;
    const request = { ...scene, seed: 7000 + i, dpi, skew: chance.between(-2, 2) };
    const got = (await scanned(request)).findings.needs;
    if (needs === 'color') {
      count.coloured += 1;
      if (got === 'color') count.kept += 1;
    } else {
      count.plain += 1;
      if (got !== 'color') count.spared += 1;
    }
    if (needs === 'gray') {
      count.toned += 1;
      if (got !== 'bw') count.tonesKept += 1;
    }
    if (got === needs) count.right += 1;
    else miss('colour', { ...request, needs, got });
  }
  return [
    atLeast(
      'colour',
      count.coloured,
      'pages with seals or coloured ink kept in colour, %',
      100,
      percent(count.kept, count.coloured),
    ),
    atMost(
      'colour',
      count.plain,
      'pages without colour called coloured, %',
      3,
      100 - percent(count.spared, count.plain),
    ),
    atLeast(
      'colour',
      count.toned,
      'pictures and pencil kept in tones, %',
      100,
      percent(count.tonesKept, count.toned),
    ),
    atLeast('colour', cases, 'mode exactly right, %', 90, percent(count.right, cases)),
  ];
}
