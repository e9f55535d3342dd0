import type { PageView } from '../../src/contract/model.ts';

/** What is known of a scanned page that nothing was done to and that gives no cause for doubt. */
export const PLAIN_PAGE = {
  treatment: { crop: null, turn: 0, straightenedBy: 0, light: false, edges: false, colour: 'color' },
  findings: {
    flags: [],
    ink: 40_000,
    orientation: { turn: 0, confidence: 0.98 },
    needs: 'color',
    codes: [],
  },
  origin: 'scan',
  separator: null,
  revision: 0,
  confirmed: false,
} as const satisfies Partial<PageView>;
