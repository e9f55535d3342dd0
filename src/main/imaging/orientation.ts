import type { QuarterTurn } from '../../contract/model.ts';
import { glyphPatches, PATCH_CELLS } from './orientation/glyphs.ts';
import { allTurns, decodeScorer, scoreTurns } from './orientation/scorer.ts';
import { HIDDEN, WEIGHTS } from './orientation/weights.ts';

export interface Orientation {
  /** Clockwise quarter turn that makes the page upright. */
  readonly turn: QuarterTurn;
  /** 0…1; see SURE_ORIENTATION. */
  readonly confidence: number;
}

/**
 * From this confidence on a page may be turned without a second look; below, the page stays as it came and a slower
 * judge is asked. Measured on the labelled set (tests/labelled/sections/orientation.ts).
 */
export const SURE_ORIENTATION = 0.9;

const MOST_LETTERS = 110;
/** What one letter may say at most, either way: some look clearly upright when they lie on their head ('6', 'n'). */
const MOST_VOTE = 3;
/** Letters of a page share its face and size and are not independent witnesses: so much of each vote counts. */
const WORTH = 0.12;
/** A page of few letters is not judged by them alone. */
const ENOUGH_LETTERS = 12;

const scorer = decodeScorer(WEIGHTS, HIDDEN);
const turns = allTurns(scorer);
const TURNS = [0, 90, 180, 270] as const;

/**
 * Which way up a page of text lies, by a vote of its letters. Takes a grey picture of 1200 to 1754 pixels on its long
 * side (100 to 150 dpi), light paper, askew by at most 10°.
 */
export function measureOrientation(grey: { data: Uint8Array; width: number; height: number }): Orientation {
  const { patches, count } = glyphPatches(grey, MOST_LETTERS);
  const votes = [0, 0, 0, 0];
  for (let p = 0; p < count; p += 1) {
    const scores = scoreTurns(scorer, turns, patches.subarray(p * PATCH_CELLS, (p + 1) * PATCH_CELLS));
    const top = Math.max(...scores);
    const rest = Math.log(scores.reduce((sum, s) => sum + Math.exp(s - top), 0)) + top;
    for (let k = 0; k < 4; k += 1) votes[k] = votes[k]! + Math.max(-MOST_VOTE, scores[k]! - rest);
  }
  const best = votes.indexOf(Math.max(...votes));
  const odds = votes.reduce((sum, v) => sum + Math.exp(WORTH * (v - votes[best]!)), 0);
  const chance = (1 / odds - 0.25) / 0.75;
  return { turn: TURNS[best]!, confidence: Math.max(0, chance) * Math.min(1, count / ENOUGH_LETTERS) };
}
