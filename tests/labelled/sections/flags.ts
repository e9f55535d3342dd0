import type { PageFlag } from '../../../src/contract/model.ts';
import { createChance } from '../../../src/simulators/scanner/paper/random.ts';
import type { SceneRequest, SheetKind } from '../../../src/simulators/scanner/paper/scene.ts';
import { atLeast, atMost, percent, type Row, type Size } from '../row.ts';
import { miss, scanned } from '../support/pages.ts';

const KINDS: readonly SheetKind[] = [
  'request',
  'birth-declaration',
  'household-list',
  'print',
  'few-lines',
  'red-seal-print',
];
type Fault = Partial<Omit<SceneRequest, 'seed' | 'kind'>>;

const FAULTS: Readonly<Partial<Record<PageFlag, readonly Fault[]>>> = {
  blurred: [{ blur: 0.4 }, { blur: 0.55 }],
  'cut-off': [{ cut: 34 }, { cut: 42 }],
  'too-dark': [{ exposure: 0.4 }, { exposure: 0.5 }],
  'too-light': [
    { contrast: 0.22, exposure: 1.06 },
    { contrast: 0.28, exposure: 1.06 },
  ],
  fingers: [{ extras: [{ kind: 'finger' }] }],
  'low-dpi': [{ dpi: 150 }, { dpi: 100 }],
};
/** Sound pages, with whatever sound pages have. */
const SOUND: readonly Fault[] = [
  {},
  { extras: [{ kind: 'holes' }] },
  { extras: [{ kind: 'fold' }, { kind: 'dust' }] },
  { bleed: 0.08 },
  { paper: '#ecdfbe' },
  { exposure: 0.85 },
  { blur: 0.06 },
  { extras: [{ kind: 'dark-edge', side: 'right', mm: 3 }] },
];

/** Every flag on pages that deserve it, and on sound pages none. */
export async function run(size: Size): Promise<Row[]> {
  const each = size === 'full' ? 12 : 2;
  const sound = size === 'full' ? 96 : 8;
  const chance = createChance(77);
  const rows: Row[] = [];
  for (const [flag, faults] of Object.entries(FAULTS) as [PageFlag, readonly Fault[]][]) {
    let hits = 0;
    for (let i = 0; i < each; i += 1) {
      const kind = KINDS[i % KINDS.length] as SheetKind;
      const request = {
        seed: 2000 + i,
        kind,
        dpi: 200,
        skew: chance.between(-1, 1),
        ...faults[i % faults.length],
      };
      const { flags } = (await scanned(request)).findings;
      if (flags.includes(flag)) hits += 1;
      else miss(flag, { ...request, flags });
    }
    rows.push(atLeast('flags', each, `${flag}: hits, %`, 90, percent(hits, each)));
  }
  let alarms = 0;
  for (let i = 0; i < sound; i += 1) {
    const kind = KINDS[i % KINDS.length] as SheetKind;
    const request = {
      seed: 2500 + i,
      kind,
      dpi: size === 'full' && i % 4 === 0 ? 300 : 200,
      skew: chance.between(-3, 3),
      ...SOUND[i % SOUND.length],
    };
    const { flags } = (await scanned(request)).findings;
    if (flags.length === 0) continue;
    alarms += 1;
    miss('false alarm', { ...request, flags });
  }
  return [...rows, atMost('flags', sound, 'sound pages with any flag, %', 3, percent(alarms, sound))];
}
