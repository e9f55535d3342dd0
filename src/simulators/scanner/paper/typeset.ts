import { readFileSync } from 'node:fs';
import { create, type Font } from '@cantoo/fontkit';
import type { Chance } from './random.ts';

export type Face = 'regular' | 'bold' | 'italic' | 'boldItalic';

const FILES: Readonly<Record<Face, string>> = {
  regular: 'LiberationSerif-Regular.ttf',
  bold: 'LiberationSerif-Bold.ttf',
  italic: 'LiberationSerif-Italic.ttf',
  boldItalic: 'LiberationSerif-BoldItalic.ttf',
};
const MM_PER_POINT = 25.4 / 72;

interface Run {
  readonly outlines: readonly { readonly d: string; readonly x: number }[];
  readonly width: number;
  readonly unitsPerEm: number;
}

/**
 * Text as SVG outlines. Glyph shapes come from the shipped font files and never from the system, so a paper looks
 * the same on a machine that has no fonts at all. Sizes in points, places in millimetres.
 */
export interface Typesetter {
  width(text: string, face: Face, size: number): number;
  /** `x`, `y`: start of the baseline. */
  print(text: string, face: Face, size: number, x: number, y: number): string;
  /** As a hand would write it: letters that lean, hop and swell a little. */
  write(text: string, size: number, x: number, y: number, chance: Chance): string;
  /** Round a circle, read clockwise, the text's middle at `middle` degrees (0 = top). */
  arc(text: string, face: Face, size: number, cx: number, cy: number, r: number, middle: number): string;
}

export function createTypesetter(fontsFolder: URL): Typesetter {
  const fonts = new Map<Face, Font>();
  const runs = new Map<string, Run>();
  const shapes = new Map<string, string>();

  function fontOf(face: Face): Font {
    let font = fonts.get(face);
    if (!font) {
      font = create(readFileSync(new URL(FILES[face], fontsFolder))) as Font;
      fonts.set(face, font);
    }
    return font;
  }

  function runOf(text: string, face: Face): Run {
    const key = `${face}:${text}`;
    const known = runs.get(key);
    if (known) return known;
    const font = fontOf(face);
    const laid = font.layout(text);
    let x = 0;
    const outlines = laid.glyphs.map((glyph, i) => {
      const shapeKey = `${face}:${glyph.id}`;
      const d = shapes.get(shapeKey) ?? glyph.path.toSVG();
      shapes.set(shapeKey, d);
      const at = x;
      x += laid.positions?.[i]?.xAdvance ?? 0;
      return { d, x: at };
    });
    const run = { outlines, width: x, unitsPerEm: font.unitsPerEm };
    // Values differ from paper to paper: without a bound a long training day would keep them all.
    if (runs.size > 4000) runs.clear();
    runs.set(key, run);
    return run;
  }

  const scaleOf = (run: Run, size: number) => (size * MM_PER_POINT) / run.unitsPerEm;

  function placed(d: string, scale: number, degrees: number, x: number, y: number): string {
    if (d === '') return '';
    const a = (degrees * Math.PI) / 180;
    const cos = Math.cos(a) * scale;
    const sin = Math.sin(a) * scale;
    const m = [cos, sin, sin, -cos].map((v) => v.toFixed(6)).join(' ');
    return `<path transform="matrix(${m} ${x.toFixed(3)} ${y.toFixed(3)})" d="${d}"/>`;
  }

  return {
    width(text, face, size) {
      const run = runOf(text, face);
      return run.width * scaleOf(run, size);
    },
    print(text, face, size, x, y) {
      const run = runOf(text, face);
      const scale = scaleOf(run, size);
      return run.outlines.map((o) => placed(o.d, scale, 0, x + o.x * scale, y)).join('');
    },
    write(text, size, x, y, chance) {
      const run = runOf(text, 'italic');
      const lean = chance.between(-4, 3);
      return run.outlines
        .map((o) => {
          const scale = scaleOf(run, size * chance.between(0.94, 1.08));
          const hop = chance.between(-0.22, 0.22);
          return placed(o.d, scale, lean + chance.between(-4, 4), x + o.x * scaleOf(run, size), y + hop);
        })
        .join('');
    },
    arc(text, face, size, cx, cy, r, middle) {
      const run = runOf(text, face);
      const scale = scaleOf(run, size);
      const start = middle - ((run.width * scale) / r / 2) * (180 / Math.PI);
      return run.outlines
        .map((o) => {
          const degrees = start + ((o.x * scale) / r) * (180 / Math.PI);
          const a = (degrees * Math.PI) / 180;
          return placed(o.d, scale, degrees, cx + r * Math.sin(a), cy - r * Math.cos(a));
        })
        .join('');
    },
  };
}
