import { existsSync, readFileSync } from 'node:fs';
import { create, type Font } from '@cantoo/fontkit';
import sharp from 'sharp';
import { type Chance, createChance } from '../../../src/simulators/scanner/paper/random.ts';

/** A face: its family, and its file in resources/fonts or where Debian's packages put it. */
export interface TextFace {
  readonly family: string;
  readonly file: string;
}

const OWN = new URL('../../../resources/fonts/', import.meta.url).pathname;
const DEBIAN = '/usr/share/fonts/truetype';

const faces = (family: string, folder: string, stem: string, styles: readonly string[], end = '.ttf') =>
  styles.map((style): TextFace => ({ family, file: `${folder}/${stem}${style}${end}` }));

const DASHED = ['-Regular', '-Bold', '-Italic', '-BoldItalic'];
/** Faces that know Vietnamese. Debian: fonts-liberation2, -dejavu-core, -noto-core, -crosextra-carlito, -freefont-ttf. */
const KNOWN: readonly TextFace[] = [
  ...faces('Liberation Serif', OWN.replace(/\/$/, ''), 'LiberationSerif', DASHED),
  ...faces('Liberation Sans', `${DEBIAN}/liberation2`, 'LiberationSans', DASHED),
  ...faces('Liberation Mono', `${DEBIAN}/liberation2`, 'LiberationMono', DASHED),
  ...faces('DejaVu Sans', `${DEBIAN}/dejavu`, 'DejaVuSans', ['', '-Bold']),
  ...faces('DejaVu Serif', `${DEBIAN}/dejavu`, 'DejaVuSerif', ['', '-Bold']),
  ...faces('Noto Sans', `${DEBIAN}/noto`, 'NotoSans', DASHED),
  ...faces('Noto Serif', `${DEBIAN}/noto`, 'NotoSerif', DASHED),
  ...faces('Carlito', `${DEBIAN}/crosextra`, 'Carlito', DASHED),
  ...faces('Free Serif', `${DEBIAN}/freefont`, 'FreeSerif', ['', 'Bold', 'Italic', 'BoldItalic']),
];
/** Families that the training of the orientation's weights never sees. */
export const HELD_OUT = ['Carlito', 'Free Serif'];

export function facesHere(): TextFace[] {
  return KNOWN.filter(({ file }) => existsSync(file));
}

const SYLLABLES =
  'ủy ban nhân dân xã phường tỉnh căn cứ luật tổ chức chính quyền địa phương ngày tháng năm nghị định về việc thực hiện thủ tục hành chính theo cơ chế một cửa quyết định điều khoản công dân hộ gia đình đề nghị cấp giấy chứng nhận quyền sử dụng đất khai sinh kết hôn đăng ký thường trú tạm trú người được con cha mẹ nơi ở hiện tại số định danh cá nhân họ tên chữ đệm giới tính nam nữ quốc tịch dân tộc kinh tày nùng dao mông nghề nghiệp trình độ văn hóa sức khỏe hồ sơ bản sao bản chính lệ phí thời hạn giải quyết trả kết quả tiếp nhận cán bộ chuyên môn phụ trách lãnh đạo phê duyệt ký tên đóng dấu xác nhận cam đoan đúng sự thật chịu trách nhiệm trước pháp luật những nội dung trên khu vực thôn bản làng đường phố ngõ xóm suối khe nước ruộng vườn nhà diện tích mét vuông thửa bản đồ hỗ trợ kinh phí chương trình mục tiêu quốc gia giảm nghèo bền vững xây dựng nông thôn mới phát triển giáo dục y tế bảo hiểm học sinh trường lớp bệnh viện trạm thuốc khám chữa thông báo kế hoạch báo cáo tờ trình biên bản họp góp ý kiến thống nhất biểu quyết'.split(
    ' ',
  );

const upper = (text: string) => text.toLocaleUpperCase('vi');
const capital = (text: string) => upper(text.charAt(0)) + text.slice(1);

function words(chance: Chance, count: number): string[] {
  return Array.from({ length: count }, () => {
    const kind = chance.next();
    if (kind < 0.06) return String(chance.integer(1, 2999));
    if (kind < 0.08) return `${chance.integer(1, 28)}/${chance.integer(1, 12)}/${chance.integer(1960, 2026)}`;
    const word = chance.pick(SYLLABLES);
    return `${kind < 0.16 ? capital(word) : word}${kind > 0.92 ? ',' : kind > 0.9 ? '.' : ''}`;
  });
}

const fonts = new Map<string, Font>();
const shapes = new Map<string, string>();

function fontOf({ file }: TextFace): Font {
  let font = fonts.get(file);
  if (!font) {
    font = create(readFileSync(file)) as Font;
    fonts.set(file, font);
  }
  return font;
}

interface Pen {
  readonly width: (text: string, face: TextFace, mm: number) => number;
  /** Text as outlines; `mm` is the size of the type (em). */
  readonly text: (text: string, face: TextFace, mm: number, x: number, y: number) => void;
  readonly add: (svg: string) => void;
}

/** Text, lines and marks on a sheet, in millimetres. */
export function createPen(parts: string[], wobble = 0, chance?: Chance): Pen {
  return {
    width(text, face, mm) {
      const font = fontOf(face);
      return (font.layout(text).advanceWidth * mm) / font.unitsPerEm;
    },
    text(text, face, mm, x, y) {
      const font = fontOf(face);
      const scale = mm / font.unitsPerEm;
      const run = font.layout(text);
      let at = x;
      run.glyphs.forEach((glyph, i) => {
        const key = `${face.file}:${glyph.id}`;
        const d = shapes.get(key) ?? glyph.path.toSVG();
        shapes.set(key, d);
        const turn = chance ? chance.between(-wobble, wobble) : 0;
        const hop = chance ? chance.between(-0.02, 0.02) * wobble * mm : 0;
        const a = (turn * Math.PI) / 180;
        const m = [Math.cos(a) * scale, Math.sin(a) * scale, Math.sin(a) * scale, -Math.cos(a) * scale];
        const place = `${m.map((v) => v.toPrecision(5)).join(' ')} ${at.toFixed(3)} ${(y + hop).toFixed(3)}`;
        if (d !== '') parts.push(`<path transform="matrix(${place})" d="${d}"/>`);
        at += (run.positions?.[i]?.xAdvance ?? 0) * scale;
      });
    },
    add: (svg) => parts.push(svg),
  };
}

export const TEXT_KINDS = [
  'letter',
  'table',
  'capitals',
  'few-lines',
  'form',
  'columns',
  'handwritten',
  'numbers',
] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

export interface TextPageRequest {
  readonly seed: number;
  readonly kind: TextKind;
  readonly faces: readonly TextFace[];
  /** Dots an inch of the picture. */
  readonly dpi: number;
  /** Degrees, clockwise positive. */
  readonly skew: number;
  /** Wider than tall. */
  readonly landscape?: boolean;
}

function scrawl(chance: Chance, x: number, y: number): string {
  let d = `M${x} ${y}`;
  for (let i = 0; i < chance.integer(4, 9); i += 1) {
    const s = () => chance.between(-7, 9).toFixed(1);
    d += `c${s()} ${s()} ${s()} ${s()} ${chance.between(1, 8).toFixed(1)} ${chance.between(-4, 4).toFixed(1)}`;
  }
  return `<path d="${d}" fill="none" stroke="#223f9e" stroke-width="${chance.between(0.3, 0.7)}"/>`;
}

function stamp(chance: Chance, pen: Pen, face: TextFace, parts: string[], x: number, y: number): void {
  const r = chance.between(12, 19);
  parts.push(
    `<g fill="#c22" stroke="none" opacity="0.8" transform="rotate(${chance.between(-40, 40)} ${x} ${y})">`,
  );
  for (const k of [1, 0.93, 0.6]) {
    parts.push(
      `<circle cx="${x}" cy="${y}" r="${r * k}" fill="none" stroke="#c22" stroke-width="${chance.between(0.3, 1)}"/>`,
    );
  }
  const text = upper(words(chance, 7).join(' ')).slice(0, 26);
  [...text].forEach((c, i) => {
    parts.push(`<g transform="rotate(${-120 + (240 * i) / text.length} ${x} ${y})">`);
    pen.text(c, face, 3, x - 1, y - r * 0.68);
    parts.push('</g>');
  });
  parts.push('</g>');
}

function content(request: TextPageRequest, chance: Chance, width: number, height: number): string {
  const parts: string[] = [];
  const face = chance.pick(request.faces);
  const kin = request.faces.filter((f) => f.family === face.family);
  const hand = request.kind === 'handwritten';
  const pen = createPen(parts, hand ? 5 : 0, hand ? chance : undefined);
  const left = chance.between(15, 30);
  const right = width - chance.between(12, 22);
  const size = chance.between(3.3, 5.2);
  let y = chance.between(15, 35);
  const leading = size * chance.between(1.15, 1.7);
  const other = () => chance.pick(kin);

  const line = (text: string, f: TextFace, mm: number, x: number, at = y) => pen.text(text, f, mm, x, at);
  const centred = (text: string, f: TextFace, mm: number, cx: number) => {
    const fit = Math.min(mm, (mm * (right - left)) / pen.width(text, f, mm));
    pen.text(text, f, fit, cx - pen.width(text, f, fit) / 2, y);
  };
  const paragraph = (from: number, to: number, count: number, f: TextFace, caps = false) => {
    let text = '';
    for (let n = 0; n < count; ) {
      const word = words(chance, 1)[0]!;
      const longer = `${text} ${caps ? upper(word) : word}`.trim();
      if (pen.width(longer, f, size) < to - from) text = longer;
      else {
        line(text, f, size, from);
        text = caps ? upper(word) : word;
        y += leading;
        n += 1;
        if (y > height - 20) return;
      }
    }
    line(text, f, size, from);
    y += leading;
  };
  const heading = () => {
    const f = other();
    centred(
      upper(words(chance, chance.integer(3, 8)).join(' ')),
      f,
      size * chance.between(1, 1.4),
      width / 2,
    );
    y += leading * 1.4;
  };
  const table = (rows: number) => {
    const columns = chance.integer(3, 6);
    const step = size * chance.between(1.6, 2.4);
    const w = (right - left) / columns;
    const top = y;
    const n = Math.max(1, Math.min(rows, Math.floor((height - 20 - y) / step)));
    for (let r = 0; r < n; r += 1) {
      for (let c = 0; c < columns; c += 1) {
        const f = r === 0 ? other() : face;
        let text = chance.next() < 0.3 ? String(chance.integer(1, 99_999_999)) : words(chance, 4).join(' ');
        while (pen.width(text, f, size * 0.9) > w - 3) text = text.slice(0, -1);
        line(text, f, size * 0.9, left + c * w + 1.5, top + (r + 0.68) * step);
      }
    }
    const ink = `stroke="#222" stroke-width="${chance.between(0.15, 0.4)}"`;
    for (let r = 0; r <= n; r += 1) pen.add(`<path d="M${left} ${top + r * step}H${right}" ${ink}/>`);
    for (let c = 0; c <= columns; c += 1)
      pen.add(`<path d="M${left + c * w} ${top}V${top + n * step}" ${ink}/>`);
    y = top + n * step + leading;
  };
  const field = () => {
    const label = `${capital(words(chance, chance.integer(2, 6)).join(' '))}:`;
    line(label, face, size, left);
    const from = left + pen.width(`${label} `, face, size);
    if (chance.next() < 0.7) {
      pen.add(
        `<path d="M${from} ${y}H${right}" stroke="#222" stroke-width="0.3" stroke-dasharray="0.3 0.9"/>`,
      );
    }
    if (chance.next() < 0.6) {
      parts.push('<g fill="#223f9e">');
      createPen(parts, 4, chance).text(
        words(chance, 4).map(capital).join(' '),
        other(),
        size * 1.1,
        from + 2,
        y - 0.4,
      );
      parts.push('</g>');
    }
    y += leading * 1.2;
  };

  parts.push('<g fill="#1c1b1f">');
  if (request.kind === 'few-lines') {
    y = chance.between(20, height - 60);
    for (let i = 0, n = chance.integer(1, 3); i < n; i += 1) paragraph(left, right, 1, other());
  } else if (request.kind === 'capitals') {
    while (y < height - 60) {
      heading();
      paragraph(left, right, chance.integer(1, 4), other(), true);
    }
  } else if (request.kind === 'columns') {
    heading();
    const top = y;
    const middle = (left + right) / 2;
    paragraph(left, middle - 4, chance.integer(10, 30), face);
    y = top;
    paragraph(middle + 4, right, chance.integer(10, 30), face);
  } else if (request.kind === 'numbers') {
    heading();
    for (let i = chance.integer(6, 25); i > 0 && y < height - 20; i -= 1) {
      const row = Array.from({ length: 4 }, () => chance.integer(1, 9_999_999).toLocaleString('de'));
      row.forEach((n, c) => {
        line(n, face, size, left + (c * (right - left)) / 4);
      });
      y += leading;
    }
    paragraph(left, right, 2, face);
  } else {
    if (chance.next() < 0.8) heading();
    while (y < height * chance.between(0.5, 0.95) - 30) {
      if (request.kind === 'table') table(chance.integer(4, 20));
      else if (request.kind === 'form') for (let i = 0; i < 6 && y < height - 40; i += 1) field();
      paragraph(left, right, chance.integer(1, 7), chance.next() < 0.8 ? face : other());
      if (chance.next() < 0.2) heading();
    }
  }
  if (chance.next() < 0.4)
    stamp(chance, pen, face, parts, chance.between(50, width - 40), height - chance.between(30, 60));
  parts.push('</g>');
  if (chance.next() < 0.5)
    pen.add(scrawl(chance, chance.between(40, width - 40), height - chance.between(25, 60)));
  return parts.join('');
}

/** A made-up page of text, upright but for its skew, as a grey picture. The same request gives the same bytes. */
export async function drawTextPage(
  request: TextPageRequest,
): Promise<{ data: Uint8Array; width: number; height: number }> {
  const chance = createChance(request.seed);
  const [w, h] = request.landscape ? [297, 210] : [210, 297];
  const width = Math.round((w / 25.4) * request.dpi);
  const height = Math.round((h / 25.4) * request.dpi);
  const paper = chance.integer(215, 255);
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${w} ${h}">`,
    `<rect width="${w}" height="${h}" fill="rgb(${paper},${paper},${paper})"/>`,
    `<g transform="rotate(${request.skew} ${w / 2} ${h / 2})" opacity="${chance.between(0.55, 1).toFixed(2)}">`,
    content(request, chance, w, h),
    '</g></svg>',
  ].join('');
  const { data, info } = await sharp(Buffer.from(svg), { limitInputPixels: false, unlimited: true })
    .flatten()
    .greyscale()
    .blur(chance.between(0.3, 1.1))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const noise = chance.between(0, 9);
  const table = Int8Array.from(
    { length: 8192 },
    () => (chance.next() + chance.next() + chance.next() - 1.5) * noise * 2,
  );
  const grey = new Uint8Array(info.width * info.height);
  let at = 0;
  for (let i = 0; i < grey.length; i += 1) {
    if (i % 4001 === 0) at = chance.integer(0, 8191);
    at = (at + 1) & 8191;
    grey[i] = Math.max(0, Math.min(255, data[i]! + table[at]!));
  }
  return { data: grey, width: info.width, height: info.height };
}

/** Turned clockwise by quarter turns. */
export function turned(
  { data, width, height }: { data: Uint8Array; width: number; height: number },
  turn: 0 | 90 | 180 | 270,
): { data: Uint8Array; width: number; height: number } {
  if (turn === 0) return { data, width, height };
  const out = new Uint8Array(data.length);
  const [w, h] = turn === 180 ? [width, height] : [height, width];
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      const [sx, sy] =
        turn === 90
          ? [y, height - 1 - x]
          : turn === 180
            ? [width - 1 - x, height - 1 - y]
            : [width - 1 - y, x];
      out[y * w + x] = data[sy * width + sx]!;
    }
  }
  return { data: out, width: w, height: h };
}
