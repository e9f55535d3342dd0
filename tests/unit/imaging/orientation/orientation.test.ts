import { describe, expect, it } from 'vitest';
import { findLetters, glyphPatches, PATCH_CELLS } from '../../../../src/main/imaging/orientation/glyphs.ts';
import {
  allTurns,
  decodeScorer,
  encodeScorer,
  scoreTurns,
  turnedIndex,
} from '../../../../src/main/imaging/orientation/scorer.ts';
import { HIDDEN, WEIGHTS } from '../../../../src/main/imaging/orientation/weights.ts';
import { measureOrientation, SURE_ORIENTATION } from '../../../../src/main/imaging/orientation.ts';
import { createChance } from '../../../../src/simulators/scanner/paper/random.ts';
import { drawTextPage, facesHere, turned } from '../../../labelled/sections/text-pages.ts';
import { drawn, type Grey } from '../../../labelled/sections/wear.ts';

const own = facesHere().filter((f) => f.family === 'Liberation Serif');
const TURNS = [0, 90, 180, 270] as const;

const made = (width: number, height: number, of: (x: number, y: number) => number): Grey => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, i) => of(i % width, Math.floor(i / width))),
});

describe('which way up a page lies', () => {
  it.each(['letter', 'table', 'capitals', 'form'] as const)(
    'is known of a %s in every position',
    async (kind) => {
      const page = await drawTextPage({ seed: 7, kind, faces: own, dpi: 120, skew: 1.5 });
      for (const turn of TURNS) {
        const found = measureOrientation(turned(page, turn));
        expect((found.turn + turn) % 360).toBe(0);
        expect(found.confidence).toBeGreaterThanOrEqual(SURE_ORIENTATION);
      }
    },
  );

  it('is not claimed where nothing is written', () => {
    const chance = createChance(4);
    const pictures = [
      made(0, 0, () => 0),
      made(1, 1, () => 0),
      made(40, 30, () => 128),
      made(1240, 1754, () => 250),
      made(1240, 1754, () => 0),
      made(1240, 1754, () => chance.integer(228, 255)),
      made(1240, 1754, (x, y) => (x % 90 < 3 || y % 60 < 3 ? 30 : 250)),
    ];
    for (const picture of pictures)
      expect(measureOrientation(picture).confidence).toBeLessThan(SURE_ORIENTATION);
  });

  it('is not claimed from marks that look alike from all sides', async () => {
    const rings = Array.from({ length: 200 }, (_, i) => {
      const [x, y] = [(i % 10) * 60 + 40, Math.floor(i / 10) * 60 + 40];
      return `<circle cx="${x}" cy="${y}" r="8" fill="none" stroke="#000" stroke-width="3"/>`;
    });
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="1280">${rings.join('')}</svg>`;
    expect(measureOrientation(await drawn(svg)).confidence).toBeLessThan(SURE_ORIENTATION);
  });

  it('costs no more than its bounds on noise that is all ink and paper', () => {
    const chance = createChance(5);
    const noise = made(1240, 1754, () => (chance.next() < 0.5 ? 0 : 255));
    expect(findLetters(noise).length).toBeLessThanOrEqual(20_000);
    expect(glyphPatches(noise, 110).count).toBeLessThanOrEqual(110);
  });
});

describe('the letters', () => {
  it('are boxes of connected ink, touching corners included, and neither rules nor specks', () => {
    const page = made(200, 120, (x, y) => {
      const letter = x >= 20 && x < 30 && y >= 20 && y < 34;
      const stairs =
        x >= 60 && x < 80 && y >= 40 && y < 60 && Math.floor((x - 60) / 4) === Math.floor((y - 40) / 4);
      const rule = y >= 90 && y < 92;
      const speck = x >= 150 && x < 152 && y >= 20 && y < 22;
      return letter || stairs || rule || speck ? 10 : 250;
    });
    expect(findLetters(page)).toEqual([
      { left: 20, top: 20, right: 29, bottom: 33 },
      { left: 60, top: 40, right: 79, bottom: 59 },
    ]);
  });

  it('come back from their turned places', () => {
    for (let i = 0; i < PATCH_CELLS; i += 1) {
      expect(turnedIndex(turnedIndex(i, 1), 3)).toBe(i);
      expect(turnedIndex(turnedIndex(i, 2), 2)).toBe(i);
    }
  });

  it('are scored alike however the patch lies: a turned patch has the same four scores, moved by one', () => {
    const chance = createChance(6);
    const scorer = decodeScorer(WEIGHTS, HIDDEN);
    const turns = allTurns(scorer);
    const patch = Float32Array.from({ length: PATCH_CELLS }, () => chance.next());
    const clockwise = Float32Array.from(patch, (_, i) => patch[turnedIndex(i, 1)]!);
    const [a, b, c, d] = scoreTurns(scorer, turns, patch);
    const again = scoreTurns(scorer, turns, clockwise);
    for (const [i, score] of [b, c, d, a].entries()) expect(again[i]).toBeCloseTo(score, 3);
  });

  it('are judged by weights that survive their encoding, and refuse another shape', () => {
    const scorer = decodeScorer(WEIGHTS, HIDDEN);
    expect(encodeScorer(scorer)).toBe(WEIGHTS);
    expect(() => decodeScorer(WEIGHTS.slice(0, 400), HIDDEN)).toThrow(RangeError);
  });
});
