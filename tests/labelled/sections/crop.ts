import { createChance } from '../../../src/simulators/scanner/paper/random.ts';
import type { SceneRequest } from '../../../src/simulators/scanner/paper/scene.ts';
import { atLeast, atMost, percent, type Row, type Size } from '../row.ts';
import { digitise, miss, scan } from '../support/pages.ts';

const GLASS = { width: 210, height: 297 } as const;
const SHEETS = [
  { name: 'A5', kind: 'few-lines', sheet: { width: 148, height: 210 } },
  { name: 'card', kind: 'card', sheet: { width: 85.6, height: 53.98 } },
  { name: 'receipt', kind: 'receipt', sheet: { width: 80, height: 180 } },
] as const;
const LIDS = ['black', 'grey', 'white'] as const;
/** Whole sheets that show no lid, or nothing but a frame of their own. */
const FULL: readonly Omit<SceneRequest, 'seed' | 'dpi'>[] = [
  { kind: 'request' },
  { kind: 'household-list' },
  { kind: 'stamp-only' },
  { kind: 'blank' },
  { kind: 'grey-picture' },
  { kind: 'print', paper: '#c9b48a' },
  { kind: 'request', skew: 3 },
  { kind: 'card', sheet: GLASS, glass: GLASS },
];

/** Before a white lid the shadow of 1.6 mm beside the sheet is kept with it, on two sides, and the error goes to the outside. */
const MOST_OFF_MM = 4;

/** Auto-crop: small sheets on a large glass are found, and paper is never cut. */
export async function run(size: Size): Promise<Row[]> {
  const rounds = size === 'full' ? 10 : 1;
  const chance = createChance(55);
  let found = 0;
  let cards = 0;
  let whole = 0;
  let uncut = 0;
  let wide = 0;
  let fullCases = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const lid of LIDS)
      for (const { name, kind, sheet } of SHEETS) {
        const at = { x: chance.between(95, 110), y: chance.between(115, 170) };
        const request = {
          seed: 60 + round,
          kind,
          sheet,
          glass: GLASS,
          at,
          lid,
          dpi: size === 'full' ? 200 : 100,
          skew: chance.between(-8, 8),
        };
        const picture = await scan(request);
        const page = await digitise(picture.jpeg, request.dpi);
        const { crop } = page.treatment;
        // A card is darker than a white lid, as a copied card on paper would be: left alone.
        const doubtful = name === 'card' && lid === 'white';
        if (!doubtful) cards += 1;
        if (!crop) {
          if (!doubtful) miss('sheet not found', { name, lid, round });
          continue;
        }
        if (!doubtful) found += 1;
        const mm = request.dpi / 25.4;
        const offs = picture.corners.map(
          (corner) =>
            Math.min(
              ...crop.map((p) => Math.hypot(p.x * picture.width - corner.x, p.y * picture.height - corner.y)),
            ) / mm,
        );
        whole += 1;
        const cut = picture.corners.some((c) => outsideBy(crop, picture, c) / mm > 0.25);
        if (!cut) uncut += 1;
        else miss('paper cut', { name, lid, round, offs });
        if (Math.max(...offs) > MOST_OFF_MM) {
          wide += 1;
          miss('crop too wide', { name, lid, round, offs });
        }
      }
    for (const [i, scene] of FULL.entries()) {
      const request = { skew: chance.between(-0.3, 0.3), ...scene, seed: 900 + 10 * round + i, dpi: 100 };
      const picture = await scan(request);
      const page = await digitise(picture.jpeg, request.dpi);
      fullCases += 1;
      whole += 1;
      if (page.treatment.crop === null) uncut += 1;
      else miss('whole sheet cropped', { ...request, crop: page.treatment.crop });
    }
  }
  return [
    atLeast('crop', whole, 'sheets left whole, %', 100, percent(uncut, whole)),
    atLeast('crop', cards, 'small sheets found, %', 95, percent(found, cards)),
    atMost(
      'crop',
      whole - fullCases,
      'corners off by more than 4 mm, %',
      5,
      percent(wide, whole - fullCases),
    ),
  ];
}

/** How far a corner of the paper lies outside the crop, in pixels. */
function outsideBy(
  crop: readonly { readonly x: number; readonly y: number }[],
  { width, height }: { readonly width: number; readonly height: number },
  point: { readonly x: number; readonly y: number },
): number {
  const corners = crop.map((p) => ({ x: p.x * width, y: p.y * height }));
  return Math.max(
    ...corners.map((a, i) => {
      const b = corners[(i + 1) % 4] ?? a;
      const length = Math.hypot(b.x - a.x, b.y - a.y);
      return -((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)) / length;
    }),
  );
}
