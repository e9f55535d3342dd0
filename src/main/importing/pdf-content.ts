import { CounterError } from '../../contract/errors.ts';
import { integerOf, PdfName, type PdfObject } from '../pdf/reader/objects.ts';
import { Parser } from '../pdf/reader/parser.ts';

/** A matrix [a b c d e f] of ISO 32000-1 §8.3.4. */
export type Matrix = readonly [number, number, number, number, number, number];

export interface Rectangle {
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
}

/** What a page's contents do where they do nothing but place one picture. */
export interface PlacedPicture {
  readonly name: string;
  readonly matrix: Matrix;
  readonly clips: readonly Rectangle[];
  /** Graphics states that were set before it. */
  readonly states: readonly string[];
}

/** Operators that paint nothing and do not change how a picture is painted (annex A). */
const HARMLESS: readonly string[] = [
  ...['w', 'J', 'j', 'M', 'd', 'ri', 'i', 'g', 'G', 'rg', 'RG', 'k', 'K', 'cs', 'CS', 'sc', 'SC'],
  ...['scn', 'SCN', 'BMC', 'EMC', 'MP', 'DP', 'BX', 'EX'],
];
const MAX_DEPTH = 32;
const MAX_OPERANDS = 64;
const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

export function multiply(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[1] * n[2],
    m[0] * n[1] + m[1] * n[3],
    m[2] * n[0] + m[3] * n[2],
    m[2] * n[1] + m[3] * n[3],
    m[4] * n[0] + m[5] * n[2] + n[4],
    m[4] * n[1] + m[5] * n[3] + n[5],
  ];
}

/** Where the matrix puts a rectangle; right for turns by quarters alone. */
export function placed(matrix: Matrix, r: Rectangle): Rectangle {
  const [a, b, c, d, e, f] = matrix;
  const xs = [a * r.left + c * r.bottom + e, a * r.right + c * r.top + e];
  const ys = [b * r.left + d * r.bottom + f, b * r.right + d * r.top + f];
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    bottom: Math.min(...ys),
    top: Math.max(...ys),
  };
}

interface State {
  readonly matrix: Matrix;
  readonly clips: readonly Rectangle[];
  readonly states: readonly string[];
}

/** Null where the contents do anything else, or cannot be read: then the page is more than a scan. */
export function onePicture(content: Uint8Array): PlacedPicture | null {
  const parser = new Parser(content);
  let state: State = { matrix: IDENTITY, clips: [], states: [] };
  const stack: State[] = [];
  let operands: PdfObject[] = [];
  let path: Rectangle | null = null;
  let clipping = false;
  let picture: PlacedPicture | null = null;

  function apply(operator: string): boolean {
    const numbers = operands.map((o) => (typeof o === 'number' ? o : Number.NaN));
    const exact = (count: number) => operands.length === count && !numbers.some(Number.isNaN);
    const named = operands.length === 1 && operands[0] instanceof PdfName ? operands[0].value : null;
    if (HARMLESS.includes(operator)) return true;
    if (operator === 'BDC') return !(operands[0] instanceof PdfName && operands[0].value === 'OC');
    if (operator === 'q') return stack.push(state) <= MAX_DEPTH;
    if (operator === 'Q') {
      const before = stack.pop();
      if (before) state = before;
      return true;
    }
    if (operator === 'cm' && exact(6)) {
      state = { ...state, matrix: multiply(numbers as unknown as Matrix, state.matrix) };
      return true;
    }
    if (operator === 'gs' && named !== null) {
      state = { ...state, states: [...state.states, named] };
      return state.states.length <= MAX_DEPTH;
    }
    if (operator === 're' && exact(4) && !path) {
      const [x, y, w, h] = numbers as [number, number, number, number];
      path = placed(state.matrix, { left: x, bottom: y, right: x + w, top: y + h });
      return true;
    }
    if ((operator === 'W' || operator === 'W*') && path) {
      clipping = true;
      return true;
    }
    if (operator === 'n') {
      if (clipping && path) state = { ...state, clips: [...state.clips, path] };
      path = null;
      clipping = false;
      return state.clips.length <= MAX_DEPTH;
    }
    if (operator === 'Do' && named !== null && !picture) {
      picture = { name: named, ...state };
      return true;
    }
    return false;
  }

  try {
    for (parser.skipWhite(); parser.pos < content.length; parser.skipWhite()) {
      if (isOperandStart(content[parser.pos]!)) {
        if (operands.length >= MAX_OPERANDS) return null;
        operands.push(parser.object());
        continue;
      }
      if (!apply(parser.word())) return null;
      operands = [];
    }
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    // Contents that are no PDF syntax are not a plain scan; whoever draws the page will say what is wrong.
    return null;
  }
  return picture;
}

/** Digits, signs, the full stop, and what opens a name, a string, an array or a dictionary. */
function isOperandStart(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || '+-./([<'.includes(String.fromCharCode(byte));
}

/** /Rotate as one of 0, 90, 180, 270; null where it is none of them. */
export function quarterTurn(object: PdfObject): number | null {
  const degrees = object === null ? 0 : integerOf(object);
  if (degrees === null || degrees % 90 !== 0) return null;
  return ((degrees % 360) + 360) % 360;
}
