import { PATCH_CELLS, PATCH_SIDE } from './glyphs.ts';

/**
 * How upright a patch looks: one hidden layer and one number. The same weights look at the patch in all four
 * positions, so that none is preferred to begin with.
 */
export interface Scorer {
  readonly hidden: number;
  /** Hidden unit by hidden unit, PATCH_CELLS each. */
  readonly input: Float32Array;
  readonly bias: Float32Array;
  readonly output: Float32Array;
}

/** Place in a patch of what comes to stand at `index` when the patch is turned clockwise by `quarters` quarter turns. */
export function turnedIndex(index: number, quarters: number): number {
  let row = Math.floor(index / PATCH_SIDE);
  let column = index % PATCH_SIDE;
  for (let i = 0; i < quarters; i += 1) [row, column] = [PATCH_SIDE - 1 - column, row];
  return row * PATCH_SIDE + column;
}

/** Weights as octets, each hidden unit's with its own scale: hidden × (PATCH_CELLS int8, then 3 float32). */
export function decodeScorer(base64: string, hidden: number): Scorer {
  const bytes = Buffer.from(base64, 'base64');
  const record = PATCH_CELLS + 12;
  if (bytes.length !== hidden * record) throw new RangeError('weights of another shape');
  const input = new Float32Array(hidden * PATCH_CELLS);
  const bias = new Float32Array(hidden);
  const output = new Float32Array(hidden);
  for (let h = 0; h < hidden; h += 1) {
    const at = h * record;
    const scale = bytes.readFloatLE(at + PATCH_CELLS);
    for (let i = 0; i < PATCH_CELLS; i += 1) input[h * PATCH_CELLS + i] = bytes.readInt8(at + i) * scale;
    bias[h] = bytes.readFloatLE(at + PATCH_CELLS + 4);
    output[h] = bytes.readFloatLE(at + PATCH_CELLS + 8);
  }
  return { hidden, input, bias, output };
}

export function encodeScorer({ hidden, input, bias, output }: Scorer): string {
  const record = PATCH_CELLS + 12;
  const bytes = Buffer.alloc(hidden * record);
  for (let h = 0; h < hidden; h += 1) {
    const own = input.subarray(h * PATCH_CELLS, (h + 1) * PATCH_CELLS);
    const scale = Math.fround(own.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-9) / 127);
    const at = h * record;
    own.forEach((w, i) => {
      bytes.writeInt8(Math.max(-127, Math.min(127, Math.round(w / scale))), at + i);
    });
    bytes.writeFloatLE(scale, at + PATCH_CELLS);
    bytes.writeFloatLE(bias[h]!, at + PATCH_CELLS + 4);
    bytes.writeFloatLE(output[h]!, at + PATCH_CELLS + 8);
  }
  return bytes.toString('base64');
}

/** Weights for each of the four positions, so that a patch need not be turned. */
export function allTurns(scorer: Scorer): readonly Float32Array[] {
  return [0, 1, 2, 3].map((quarters) => {
    const turned = new Float32Array(scorer.input.length);
    for (let i = 0; i < PATCH_CELLS; i += 1) {
      const from = turnedIndex(i, quarters);
      for (let h = 0; h < scorer.hidden; h += 1)
        turned[h * PATCH_CELLS + from] = scorer.input[h * PATCH_CELLS + i]!;
    }
    return turned;
  });
}

/** Scores of a patch turned clockwise by 0, 1, 2 and 3 quarter turns. */
export function scoreTurns(
  { hidden, bias, output }: Scorer,
  turns: readonly Float32Array[],
  patch: Float32Array,
): [number, number, number, number] {
  const scores: [number, number, number, number] = [0, 0, 0, 0];
  for (let k = 0; k < 4; k += 1) {
    const weights = turns[k]!;
    let score = 0;
    for (let h = 0; h < hidden; h += 1) {
      const at = h * PATCH_CELLS;
      let a = bias[h]!;
      let b = 0;
      for (let i = 0; i < PATCH_CELLS; i += 2) {
        a += weights[at + i]! * patch[i]!;
        b += weights[at + i + 1]! * patch[i + 1]!;
      }
      if (a + b > 0) score += (a + b) * output[h]!;
    }
    scores[k] = score;
  }
  return scores;
}
