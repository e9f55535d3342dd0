import type { Chance } from './random.ts';
import type { Face, Typesetter } from './typeset.ts';

/** A4 in millimetres. */
export const A4 = { width: 210, height: 297 } as const;
const LEFT = 25;
const RIGHT = 195;
const BLACK = '#1c1b1f';

export interface Signature {
  readonly role: string;
  readonly note: string;
  readonly name: string;
  readonly stamped: boolean;
}

/** A sheet being filled from top to bottom; places in millimetres. */
export interface Sheet {
  heading(agency: string, unit: string, place: string): void;
  title(text: string, subtitle?: string): void;
  section(text: string): void;
  /** A label, then handwriting over a dotted line to the margin. */
  field(label: string, value: string): void;
  /** Two such on one line. */
  pair(first: readonly [string, string], second: readonly [string, string]): void;
  paragraph(text: string): void;
  table(columns: readonly (readonly [string, number])[], rows: readonly (readonly string[])[]): void;
  signatures(place: string, parties: readonly Signature[]): void;
  gap(mm: number): void;
  footer(page: number, pages: number, formNumber: string): void;
  /** A round seal, a signature, a line in a hand, and whatever SVG, anywhere on the sheet. */
  seal(cx: number, cy: number): void;
  signature(cx: number, cy: number): void;
  note(text: string, x: number, y: number, colour: string, opacity: number): void;
  draw(svg: string): void;
  svg(): string;
}

export function createSheet(type: Typesetter, chance: Chance): Sheet {
  const black: string[] = [];
  const blue: string[] = [];
  const red: string[] = [];
  const size = 13;
  const step = 7.4;
  let y = 18;

  const ink = (text: string, face: Face, pt: number, x: number, at = y) =>
    black.push(type.print(text, face, pt, x, at));
  const centred = (text: string, face: Face, pt: number, cx: number, at = y) =>
    ink(text, face, pt, cx - type.width(text, face, pt) / 2, at);
  const rule = (x1: number, y1: number, x2: number, y2: number, width = 0.25) =>
    black.push(`<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${BLACK}" stroke-width="${width}" fill="none"/>`);

  function dots(from: number, to: number, at = y): void {
    // One stroke with round zero-length dashes: dotted lines of a form at the price of a single element.
    const style = `stroke="${BLACK}" stroke-width="0.32" stroke-linecap="round" stroke-dasharray="0 1.05"`;
    if (to > from) black.push(`<path d="M${from} ${at + 0.1}L${to} ${at + 0.1}" ${style} fill="none"/>`);
  }

  function handwriting(text: string, x: number, room: number, at = y): void {
    const natural = 14.5;
    const width = type.width(text, 'italic', natural);
    const pt = width > room ? (natural * room) / width : natural;
    blue.push(type.write(text, pt, x, at - 0.7, chance));
  }

  function entry(label: string, value: string, from: number, to: number): void {
    ink(label, 'regular', size, from);
    const start = from + type.width(`${label} `, 'regular', size);
    dots(start, to);
    handwriting(value, start + 1.5, to - start - 2);
  }

  function wrap(text: string, first: number, room: number): string[] {
    const lines: string[] = [];
    let line = '';
    for (const word of text.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      const space = lines.length === 0 ? room - first : room;
      if (line !== '' && type.width(longer, 'regular', size) > space) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  }

  function scrawl(cx: number, cy: number): string {
    let d = `M${cx - 16} ${cy + 2}`;
    let x = cx - 16;
    const strokes = chance.integer(5, 8);
    for (let i = 0; i < strokes; i += 1) {
      const to = x + chance.between(3, 7);
      const high = cy - chance.between(3, 9);
      const low = cy + chance.between(-1, 4);
      d += `C${x + 1} ${high} ${to + 2} ${high + 2} ${to} ${low}S${to - 4} ${low + 4} ${to + 1} ${cy}`;
      x = to;
    }
    d += `q12 -5 20 ${chance.between(-3, 2)}q-14 6 -34 4`;
    return `<path d="${d}" fill="none" stroke="#1d3a94" stroke-width="0.5" stroke-linecap="round"/>`;
  }

  function stamp(cx: number, cy: number): string {
    const ring = (r: number, w: number) =>
      `<circle cx="${cx}" cy="${cy}" r="${r}" fill="none" stroke="#c8202c" stroke-width="${w}"/>`;
    const star = Array.from({ length: 10 }, (_, i) => {
      const r = i % 2 === 0 ? 5.2 : 2;
      const a = (i * Math.PI) / 5;
      return `${(cx + r * Math.sin(a)).toFixed(2)},${(cy - r * Math.cos(a)).toFixed(2)}`;
    });
    return [
      `<g fill="#c8202c" opacity="0.78" transform="rotate(${chance.between(-25, 25).toFixed(1)} ${cx} ${cy})">`,
      ring(17.5, 0.9),
      ring(16.2, 0.3),
      ring(10.6, 0.35),
      `<polygon points="${star.join(' ')}"/>`,
      type.arc('GIẤY TỜ MẪU · KHÔNG CÓ GIÁ TRỊ', 'bold', 8.5, cx, cy, 12.2, 0),
      type.arc('* THỬ NGHIỆM *', 'bold', 8, cx, cy, 12.2, 180),
      '</g>',
    ].join('');
  }

  return {
    heading(agency, unit, place) {
      const left = 58;
      const right = 143;
      centred(agency, 'regular', 12, left);
      centred('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'bold', 12.5, right);
      y += 5.6;
      centred(unit, 'bold', 12, left);
      centred('Độc lập - Tự do - Hạnh phúc', 'bold', 13, right);
      const motto = type.width('Độc lập - Tự do - Hạnh phúc', 'bold', 13);
      rule(left - 14, y + 2, left + 14, y + 2);
      rule(right - motto / 2, y + 2, right + motto / 2, y + 2);
      y += 8.4;
      centred('GIẤY TỜ MẪU', 'italic', 8, left);
      centred(place, 'italic', 13, right);
      y += 12;
    },
    title(text, subtitle) {
      centred(text, 'bold', 15, A4.width / 2);
      y += 6.6;
      if (subtitle) centred(subtitle, 'italic', 12.5, A4.width / 2);
      y += subtitle ? 9 : 3.5;
    },
    section(text) {
      y += 1.2;
      ink(text, 'bold', size, LEFT);
      y += step;
    },
    field(label, value) {
      entry(label, value, LEFT, RIGHT);
      y += step;
    },
    pair(first, second) {
      const middle = 113;
      entry(first[0], first[1], LEFT, middle - 3);
      entry(second[0], second[1], middle, RIGHT);
      y += step;
    },
    paragraph(text) {
      const indent = 10;
      for (const [i, line] of wrap(text, indent, RIGHT - LEFT).entries()) {
        ink(line, 'regular', size, LEFT + (i === 0 ? indent : 0));
        y += 6.4;
      }
      y += 1;
    },
    table(columns, rows) {
      const height = 8.2;
      const top = y - 5;
      const total = columns.reduce((sum, [, width]) => sum + width, 0);
      const scale = (RIGHT - LEFT) / total;
      const bottom = top + height * (rows.length + 1);
      let x = LEFT;
      for (const [i, [name, share]] of columns.entries()) {
        const width = share * scale;
        rule(x, top, x, bottom);
        centred(name, 'bold', 11, x + width / 2, top + 5.5);
        for (const [r, row] of rows.entries()) {
          const at = top + height * (r + 1) + 5.6;
          const value = row[i] ?? '';
          if (i === 0) centred(value, 'regular', 12, x + width / 2, at);
          else handwriting(value, x + 1.5, width - 3, at + 0.6);
        }
        x += width;
      }
      rule(RIGHT, top, RIGHT, bottom);
      for (let r = 0; r <= rows.length + 1; r += 1) rule(LEFT, top + r * height, RIGHT, top + r * height);
      y = bottom + 9;
    },
    signatures(place, parties) {
      y = Math.min(y + 2, 232);
      const width = (RIGHT - LEFT) / parties.length;
      const lastX = LEFT + width * (parties.length - 0.5);
      centred(place, 'italic', 12.5, lastX);
      y += 6.5;
      for (const [i, party] of parties.entries()) {
        const cx = LEFT + width * (i + 0.5);
        centred(party.role, 'bold', 12.5, cx);
        centred(party.note, 'italic', 11, cx, y + 5.4);
        blue.push(scrawl(cx + chance.between(-3, 3), y + 19));
        if (party.stamped) red.push(stamp(cx - 15, y + 19));
        centred(party.name, 'bold', 13, cx, y + 36);
      }
      y += 44;
    },
    gap(mm) {
      y += mm;
    },
    footer(page, pages, formNumber) {
      ink(formNumber, 'italic', 9, LEFT, 287);
      centred(`${page}/${pages}`, 'regular', 11, A4.width / 2, 287);
      const note = 'GIẤY TỜ MẪU - dữ liệu không có thật';
      ink(note, 'italic', 8, RIGHT - type.width(note, 'italic', 8), 287);
    },
    seal: (cx, cy) => red.push(stamp(cx, cy)),
    signature: (cx, cy) => blue.push(scrawl(cx, cy)),
    note(text, x, at, colour, opacity) {
      red.push(`<g fill="${colour}" opacity="${opacity}">${type.write(text, 14.5, x, at, chance)}</g>`);
    },
    draw: (svg) => black.push(svg),
    svg: () =>
      `<g fill="${BLACK}">${black.join('')}</g>${red.join('')}<g fill="#223f9e" opacity="0.92">${blue.join('')}</g>`,
  };
}
