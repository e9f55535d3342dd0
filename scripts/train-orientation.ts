/**
 * Trains the weights by which a page's upright position is told (src/main/imaging/orientation/weights.ts) on made-up
 * pages of text. Seeded: the same fonts give the same weights. Needs Debian's fonts-liberation2, fonts-dejavu-core,
 * fonts-noto-core, fonts-crosextra-carlito and fonts-freefont-ttf; the last two are kept out of the training and
 * serve the check that it prints. Takes some ten minutes.
 * Usage: node scripts/train-orientation.ts [PAGES] [EPOCHS]
 */
import { writeFileSync } from 'node:fs';
import { glyphPatches, PATCH_CELLS } from '../src/main/imaging/orientation/glyphs.ts';
import { encodeScorer, type Scorer, turnedIndex } from '../src/main/imaging/orientation/scorer.ts';
import { createChance } from '../src/simulators/scanner/paper/random.ts';
import {
  drawTextPage,
  facesHere,
  HELD_OUT,
  TEXT_KINDS,
  type TextFace,
} from '../tests/labelled/sections/text-pages.ts';

const HIDDEN = 32;
const BATCH = 64;
const RATE = 2e-3;
const PATCHES_A_PAGE = 200;
/** Far from the seeds of the labelled set. */
const FIRST_SEED = 5_000_000;

const pages = Number(process.argv[2] ?? 900);
const epochs = Number(process.argv[3] ?? 12);

async function collect(from: number, count: number, faces: readonly TextFace[]): Promise<Float32Array[]> {
  const all: Float32Array[] = [];
  for (let i = 0; i < count; i += 1) {
    const chance = createChance(from + i);
    const dpi = chance.pick([100, 110, 120, 135, 150]);
    const skew = chance.next() < 0.7 ? chance.between(-1, 1) : chance.between(-10, 10);
    const page = await drawTextPage({
      seed: from + i,
      kind: TEXT_KINDS[i % TEXT_KINDS.length]!,
      faces,
      dpi,
      skew,
      landscape: chance.next() < 0.2,
    });
    const { patches, count: found } = glyphPatches(page, PATCHES_A_PAGE);
    for (let p = 0; p < found; p += 1) all.push(patches.slice(p * PATCH_CELLS, (p + 1) * PATCH_CELLS));
    if (i % 100 === 99) console.error(`${i + 1} pages, ${all.length} patches`);
  }
  return all;
}

const TURN = [0, 1, 2, 3].map((q) => Int32Array.from({ length: PATCH_CELLS }, (_, i) => turnedIndex(i, q)));

interface Model extends Scorer {
  readonly all: Float32Array;
}

function createModel(): Model {
  const chance = createChance(1);
  const n = HIDDEN * PATCH_CELLS;
  const all = new Float32Array(n + 2 * HIDDEN);
  for (let i = 0; i < n; i += 1) all[i] = chance.between(-1, 1) * Math.sqrt(3 / PATCH_CELLS);
  for (let h = 0; h < HIDDEN; h += 1) all[n + HIDDEN + h] = chance.between(-0.5, 0.5);
  return {
    all,
    hidden: HIDDEN,
    input: all.subarray(0, n),
    bias: all.subarray(n, n + HIDDEN),
    output: all.subarray(n + HIDDEN),
  };
}

/** Probabilities of the four positions; `grow` receives the gradient of their cross-entropy where given. */
function pass(
  model: Model,
  patch: Float32Array,
  turned: Float32Array[],
  acts: Float32Array[],
  grow?: Float32Array,
): number[] {
  const scores = TURN.map((index, k) => {
    const p = turned[k]!;
    for (let i = 0; i < PATCH_CELLS; i += 1) p[i] = patch[index[i]!]!;
    const act = acts[k]!;
    let score = 0;
    for (let h = 0; h < HIDDEN; h += 1) {
      let a = model.bias[h]!;
      const at = h * PATCH_CELLS;
      for (let i = 0; i < PATCH_CELLS; i += 1) a += model.input[at + i]! * p[i]!;
      act[h] = a > 0 ? a : 0;
      score += act[h]! * model.output[h]!;
    }
    return score;
  });
  const top = Math.max(...scores);
  const exps = scores.map((s) => Math.exp(s - top));
  const sum = exps.reduce((a, b) => a + b, 0);
  const probabilities = exps.map((e) => e / sum);
  if (grow) {
    const n = HIDDEN * PATCH_CELLS;
    for (let k = 0; k < 4; k += 1) {
      const d = probabilities[k]! - (k === 0 ? 1 : 0);
      const p = turned[k]!;
      for (let h = 0; h < HIDDEN; h += 1) {
        const act = acts[k]![h]!;
        if (act <= 0) continue;
        grow[n + HIDDEN + h] = grow[n + HIDDEN + h]! + d * act;
        const back = d * model.output[h]!;
        grow[n + h] = grow[n + h]! + back;
        const at = h * PATCH_CELLS;
        for (let i = 0; i < PATCH_CELLS; i += 1) grow[at + i] = grow[at + i]! + back * p[i]!;
      }
    }
  }
  return probabilities;
}

function train(model: Model, patches: readonly Float32Array[], check: readonly Float32Array[]): void {
  const chance = createChance(2);
  const turned = TURN.map(() => new Float32Array(PATCH_CELLS));
  const acts = TURN.map(() => new Float32Array(HIDDEN));
  const gradient = new Float32Array(model.all.length);
  const first = new Float32Array(model.all.length);
  const second = new Float32Array(model.all.length);
  const order = patches.map((_, i) => i);
  let steps = 0;
  const total = Math.ceil(patches.length / BATCH) * epochs;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = chance.integer(0, i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    for (let from = 0; from < order.length; from += BATCH) {
      gradient.fill(0);
      const end = Math.min(order.length, from + BATCH);
      for (let i = from; i < end; i += 1) pass(model, patches[order[i]!]!, turned, acts, gradient);
      steps += 1;
      const rate = RATE * (0.5 + 0.5 * Math.cos((Math.PI * steps) / total)) + 1e-5;
      const c1 = 1 - 0.9 ** steps;
      const c2 = 1 - 0.999 ** steps;
      for (let i = 0; i < gradient.length; i += 1) {
        const g = gradient[i]! / (end - from) + 1e-5 * model.all[i]!;
        first[i] = 0.9 * first[i]! + 0.1 * g;
        second[i] = 0.999 * second[i]! + 0.001 * g * g;
        model.all[i] = model.all[i]! - (rate * (first[i]! / c1)) / (Math.sqrt(second[i]! / c2) + 1e-8);
      }
    }
    let right = 0;
    let loss = 0;
    for (const patch of check) {
      const p = pass(model, patch, turned, acts);
      if (p[0]! >= Math.max(...p)) right += 1;
      loss -= Math.log(Math.max(p[0]!, 1e-9));
    }
    console.error(
      `epoch ${epoch + 1}: letters of unseen families right ${((100 * right) / check.length).toFixed(2)} %, loss ${(loss / check.length).toFixed(4)}`,
    );
  }
}

const faces = facesHere();
const unseen = faces.filter((f) => HELD_OUT.includes(f.family));
const seen = faces.filter((f) => !HELD_OUT.includes(f.family));
const patches = await collect(FIRST_SEED, pages, seen);
const check = await collect(FIRST_SEED + 1_000_000, 48, unseen);
console.error(`${patches.length} patches of ${pages} pages, ${check.length} of unseen families`);
const model = createModel();
train(model, patches, check);

const rows = encodeScorer(model).match(/.{1,108}/g)!;
const text = `/** Made by scripts/train-orientation.ts; see decodeScorer for the shape. */
export const HIDDEN = ${HIDDEN};
export const WEIGHTS = [
${rows.map((row) => `  '${row}',`).join('\n')}
].join('');
`;
writeFileSync(new URL('../src/main/imaging/orientation/weights.ts', import.meta.url), text);
