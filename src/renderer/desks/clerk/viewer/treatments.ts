import type { PageTreatment, PageView, Quad, TreatmentWish } from '../../../../contract/model.ts';

/** Steps between the original and the kept picture that can be switched off and on again. */
export const STEPS = ['crop', 'turn', 'straighten', 'light', 'edges'] as const;
export type TreatmentStep = (typeof STEPS)[number];

export function isOn(treatment: PageTreatment, step: TreatmentStep): boolean {
  switch (step) {
    case 'crop':
      return treatment.crop !== null;
    case 'turn':
      return treatment.turn !== 0;
    case 'straighten':
      return treatment.straightenedBy !== 0;
    case 'light':
      return treatment.light;
    case 'edges':
      return treatment.edges;
  }
}

/** What switches a step off. */
export function without(step: TreatmentStep): TreatmentWish {
  switch (step) {
    case 'crop':
      return { crop: null };
    case 'turn':
      return { turn: 0 };
    case 'straighten':
      return { straightenedBy: 0 };
    case 'light':
      return { light: false };
    case 'edges':
      return { edges: false };
  }
}

/**
 * What switches a step on: as it was when it was switched off (`before`), else as the program sees it; null where
 * only a person can say how.
 */
export function withStep(
  step: TreatmentStep,
  page: Pick<PageView, 'findings'>,
  before: PageTreatment | undefined,
): TreatmentWish | null {
  switch (step) {
    case 'crop':
      return before?.crop ? { crop: before.crop } : null;
    case 'turn': {
      const turn = before?.turn || page.findings.orientation.turn;
      return { turn: turn === 0 ? 180 : turn };
    }
    case 'straighten':
      return before?.straightenedBy ? { straightenedBy: before.straightenedBy } : null;
    case 'light':
      return { light: true };
    case 'edges':
      return { edges: true };
  }
}

export const WHOLE: Quad = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];

/** One corner moved, kept within the picture. */
export function withCorner(quad: Quad, corner: number, x: number, y: number): Quad {
  const within = (value: number) => Math.max(0, Math.min(1, value));
  return quad.map((p, i) => (i === corner ? { x: within(x), y: within(y) } : p)) as Quad;
}

/** Of a quad that can be cut out: convex, its corners clockwise, none of its sides shorter than 2 % of the picture. */
export function isUsable(quad: Quad): boolean {
  return quad.every((p, i) => {
    const q = quad[(i + 1) % 4]!;
    const r = quad[(i + 2) % 4]!;
    const turn = (q.x - p.x) * (r.y - q.y) - (q.y - p.y) * (r.x - q.x);
    return turn > 0 && Math.hypot(q.x - p.x, q.y - p.y) >= 0.02;
  });
}

/** Straightening by hand reaches as far as a crooked sheet in a feeder does; further is a turn or a new scan. */
export const MOST_DEGREES = 15;

/** Tenths of a degree, within what can be straightened. */
export function degrees(value: number): number {
  const tenths = Math.round(value * 10) / 10;
  return Math.max(-MOST_DEGREES, Math.min(MOST_DEGREES, tenths));
}
