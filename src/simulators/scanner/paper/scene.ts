import sharp from 'sharp';
import { drawForm, PAPER_KINDS, type PaperKind } from './forms.ts';
import { addNoise } from './noise.ts';
import { type Chance, createChance } from './random.ts';
import { A4, createSheet, type Sheet } from './sheet.ts';
import { createTypesetter, type Typesetter } from './typeset.ts';

/** What lies on the glass besides whole forms. */
export const SHEET_KINDS = [
  'pencil-note',
  'pencil-line',
  'stamp-only',
  'signature-only',
  'one-line',
  'few-lines',
  'tick',
  'page-number',
  'card',
  'receipt',
  'print',
  'coloured-line',
  'red-seal-print',
  'blue-signature-print',
  'grey-picture',
] as const;
export type SheetKind = PaperKind | (typeof SHEET_KINDS)[number];

export type Extra =
  | { readonly kind: 'holes' }
  | { readonly kind: 'dark-edge'; readonly side: 'left' | 'right' | 'top' | 'bottom'; readonly mm: number }
  | { readonly kind: 'fold' }
  | { readonly kind: 'dust' }
  | { readonly kind: 'shadow' }
  | { readonly kind: 'finger' }
  | { readonly kind: 'seal'; readonly x: number; readonly y: number };

export interface SceneRequest {
  readonly seed: number;
  readonly kind: SheetKind;
  readonly dpi: number;
  /** Degrees, clockwise positive. */
  readonly skew?: number;
  /** Clockwise quarter turns of the sheet on the glass. */
  readonly turn?: 0 | 90 | 180 | 270;
  /** The sheet in millimetres, A4 without it, and its middle on the glass. */
  readonly sheet?: { readonly width: number; readonly height: number };
  readonly at?: { readonly x: number; readonly y: number };
  /** The glass in millimetres, the sheet's own size without it. */
  readonly glass?: { readonly width: number; readonly height: number };
  readonly lid?: 'white' | 'grey' | 'black';
  readonly paper?: string;
  readonly extras?: readonly Extra[];
  /** The other side shines through: share of its ink that is seen. */
  readonly bleed?: number;
  /** Blur of the optics, sigma in millimetres. */
  readonly blur?: number;
  /** Brightness of everything, 1 = as it is. */
  readonly exposure?: number;
  /** What the print keeps of its darkness, 1 = all. */
  readonly contrast?: number;
  /** The picture ends before the sheet does: millimetres lost on the left. */
  readonly cut?: number;
  readonly mode?: 'color' | 'gray';
}

export interface ScenePixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** The sheet's corners on the glass in pixels, clockwise from its own top left. */
  readonly corners: readonly { readonly x: number; readonly y: number }[];
}

const LIDS = { white: 'rgb(226,227,228)', grey: 'rgb(128,129,131)', black: 'rgb(22,22,24)' } as const;
const CARD = { width: 85.6, height: 53.98 } as const;
const SENTENCES = [
  'Đã nhận đủ giấy tờ, hẹn trả ngày thứ sáu',
  'Đề nghị bổ sung bản sao',
  'Gia đình ông bà đã có mặt',
  'Xem lại thửa đất số 12',
] as const;

let shared: Typesetter | undefined;
function typesetter(): Typesetter {
  shared ??= createTypesetter(new URL('../../../../resources/fonts/', import.meta.url));
  return shared;
}

type Draw = (sheet: Sheet, chance: Chance, size: { width: number; height: number }) => void;

function printed(sheet: Sheet, chance: Chance): void {
  for (let i = 0; i < chance.integer(4, 8); i += 1)
    sheet.paragraph(
      'Căn cứ quy định về thực hiện cơ chế một cửa, một cửa liên thông trong giải quyết thủ tục hành chính; xét đề nghị của bộ phận chuyên môn, nay thông báo để các hộ gia đình được biết và thực hiện.',
    );
}

const DRAW: Readonly<Record<(typeof SHEET_KINDS)[number], Draw>> = {
  'pencil-note': (sheet, chance) => {
    const y = chance.between(40, 220);
    for (let i = 0; i < chance.integer(2, 4); i += 1)
      sheet.note(
        chance.pick(SENTENCES),
        chance.between(25, 60),
        y + 12 * i,
        '#777777',
        chance.between(0.28, 0.5),
      );
  },
  'pencil-line': (sheet, chance) =>
    sheet.note(
      chance.pick(SENTENCES),
      chance.between(25, 80),
      chance.between(30, 260),
      '#777777',
      chance.between(0.28, 0.4),
    ),
  'stamp-only': (sheet, chance) => sheet.seal(chance.between(40, 170), chance.between(40, 250)),
  'signature-only': (sheet, chance) => sheet.signature(chance.between(50, 160), chance.between(40, 250)),
  'one-line': (sheet, chance) =>
    sheet.note(chance.pick(SENTENCES), 30, chance.between(40, 250), '#223f9e', 0.92),
  'few-lines': (sheet, chance) => {
    sheet.gap(chance.between(5, 120));
    sheet.section('Ghi chú:');
    sheet.paragraph(
      'Hồ sơ gồm có bản chính và một bản sao, đề nghị cơ quan tiếp nhận xem xét và giải quyết theo quy định.',
    );
    sheet.field('Người nộp:', 'Nguyễn Thị Mẫu');
  },
  tick: (sheet, chance) => {
    const [x, y] = [chance.between(40, 160), chance.between(50, 240)];
    sheet.draw(
      `<path d="M${x} ${y}l4 5l9 -13" fill="none" stroke="#223f9e" stroke-width="0.6" stroke-linecap="round"/>`,
    );
  },
  'page-number': (sheet, chance) => {
    const type = typesetter();
    sheet.draw(type.print(String(chance.integer(2, 40)), 'regular', 12, 104, chance.pick([12, 287])));
  },
  card: (sheet, chance, { width, height }) => {
    sheet.draw(`<rect width="${width}" height="${height}" fill="#cfe6dc"/>`);
    sheet.draw(`<rect x="0" y="0" width="${width}" height="11" fill="#e6d2c4"/>`);
    sheet.draw(
      '<rect x="5" y="17" width="21" height="27" fill="#9fb0bd"/><circle cx="15" cy="27" r="6" fill="#c79f86"/>',
    );
    const type = typesetter();
    sheet.draw(type.print('GIẤY TỜ MẪU', 'bold', 9, 32, 8));
    for (let i = 0; i < 5; i += 1)
      sheet.draw(
        type.print(
          `${chance.pick(['Họ tên:', 'Ngày sinh:', 'Nơi ở:'])} MẪU ${chance.integer(10, 99)}`,
          'regular',
          7.5,
          30,
          19 + 6.5 * i,
        ),
      );
  },
  receipt: (sheet, chance, { height }) => {
    const type = typesetter();
    for (let y = 8; y < height - 6; y += 5)
      sheet.draw(
        type.print(`Mục ${chance.integer(1, 90)}  ${chance.integer(10, 999)}.000 đ`, 'regular', 9, 6, y),
      );
  },
  print: printed,
  'coloured-line': (sheet, chance) => {
    printed(sheet, chance);
    const [x, y] = [chance.between(30, 100), chance.between(180, 270)];
    const colour = chance.pick(['#c8202c', '#1d3a94', '#1c7a3a']);
    sheet.draw(
      `<path d="M${x} ${y}l${chance.between(35, 70)} ${chance.between(-1, 1)}" stroke="${colour}" stroke-width="0.4" opacity="0.85"/>`,
    );
  },
  'red-seal-print': (sheet, chance) => {
    printed(sheet, chance);
    // A small oblong seal: 'đã thu lệ phí' and the like.
    const [x, y] = [chance.between(40, 140), chance.between(200, 260)];
    sheet.draw(
      `<g opacity="0.7"><rect x="${x}" y="${y}" width="26" height="9" fill="none" stroke="#c8202c" stroke-width="0.5"/><g fill="#c8202c">${typesetter().print('ĐÃ THU LỆ PHÍ', 'bold', 8, x + 1.5, y + 5.8)}</g></g>`,
    );
  },
  'blue-signature-print': (sheet, chance) => {
    printed(sheet, chance);
    sheet.signature(chance.between(60, 150), chance.between(200, 260));
  },
  'grey-picture': (sheet, chance) => {
    printed(sheet, chance);
    const y = chance.between(190, 215);
    sheet.draw(
      `<defs><radialGradient id="p"><stop offset="0" stop-color="#eee"/><stop offset="1" stop-color="#555"/></radialGradient></defs><rect x="60" y="${y}" width="70" height="50" fill="url(#p)"/>`,
    );
  },
};

function isForm(kind: SheetKind): kind is PaperKind {
  return (PAPER_KINDS as readonly string[]).includes(kind);
}

function contentOf(kind: SheetKind, chance: Chance, size: { width: number; height: number }): string {
  if (isForm(kind)) return drawForm(kind, typesetter(), chance);
  const sheet = createSheet(typesetter(), chance);
  DRAW[kind](sheet, chance, size);
  return sheet.svg();
}

function extraSvg(
  extra: Extra,
  chance: Chance,
  { width: w, height: h }: { width: number; height: number },
  lid: string,
): string {
  if (extra.kind === 'holes')
    return [-40, 40].map((d) => `<circle cx="12" cy="${h / 2 + d}" r="3" fill="${lid}"/>`).join('');
  if (extra.kind === 'fold')
    return `<rect x="0" y="${chance.between(0.3, 0.7) * h}" width="${w}" height="0.6" fill="#000" opacity="0.1"/>`;
  if (extra.kind === 'dust')
    return Array.from(
      { length: 12 },
      () =>
        `<circle cx="${chance.between(5, w - 5)}" cy="${chance.between(5, h - 5)}" r="${chance.between(0.08, 0.2)}" fill="#333"/>`,
    ).join('');
  if (extra.kind === 'shadow')
    return `<linearGradient id="sh"><stop offset="0" stop-color="#000" stop-opacity="0.28"/><stop offset="0.4" stop-color="#000" stop-opacity="0"/></linearGradient><rect width="${w}" height="${h}" fill="url(#sh)"/>`;
  if (extra.kind === 'finger') {
    const y = chance.between(0.2, 0.8) * h;
    const skin = chance.pick(['#d9a98b', '#c48a68', '#e3b79b', '#a8714f']);
    return `<path d="M${w + 2} ${y - 9}h-16a9 9 0 0 0 0 18h16z" fill="${skin}"/>`;
  }
  if (extra.kind === 'seal') {
    const sheet = createSheet(typesetter(), chance);
    sheet.seal(extra.x, extra.y);
    return sheet.svg();
  }
  const { side, mm } = extra;
  const box = {
    left: [0, 0, mm, h],
    right: [w - mm, 0, mm, h],
    top: [0, 0, w, mm],
    bottom: [0, h - mm, w, mm],
  }[side];
  return `<rect x="${box[0]}" y="${box[1]}" width="${box[2]}" height="${box[3]}" fill="#1b1b1d"/>`;
}

async function raster(svg: string): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(Buffer.from(svg), { limitInputPixels: false, unlimited: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** A sheet on a scanner's glass with everything that may be wrong with it; the same request gives the same pixels. */
export async function renderScene(request: SceneRequest): Promise<ScenePixels> {
  const chance = createChance(request.seed);
  const own = request.sheet ?? (request.kind === 'card' ? CARD : A4);
  const turn = request.turn ?? 0;
  const across = turn % 180 === 0 ? own : { width: own.height, height: own.width };
  const glass = request.glass ?? across;
  const at = request.at ?? { x: glass.width / 2, y: glass.height / 2 };
  const skew = request.skew ?? 0;
  const scale = request.dpi / 25.4;
  const lid = LIDS[request.lid ?? 'white'];
  const paper =
    request.paper ?? `hsl(${chance.integer(40, 58)} 22% ${chance.between(95.5, 97.5).toFixed(1)}%)`;
  const contrast = request.contrast ?? 1;
  const cut = request.cut ?? 0;
  const [w, h] = [Math.round((glass.width - cut) * scale), Math.round(glass.height * scale)];
  const place = `translate(${at.x} ${at.y}) rotate(${skew + turn}) translate(${-own.width / 2} ${-own.height / 2})`;
  const content = contentOf(request.kind, chance, own);
  const round = request.kind === 'card' ? 3.18 : 0;
  const extras = request.extras ?? [];
  const onSheet = extras.filter((e) => e.kind !== 'dark-edge' && e.kind !== 'finger');
  const onGlass = extras.filter((e) => e.kind === 'dark-edge' || e.kind === 'finger');
  const page = (inner: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="${cut} 0 ${glass.width - cut} ${glass.height}" preserveAspectRatio="none">${inner}</svg>`;
  const { data, width, height } = await raster(
    page(
      [
        `<rect width="${glass.width}" height="${glass.height}" fill="${lid}"/>`,
        `<clipPath id="sheet"><rect width="${own.width}" height="${own.height}" rx="${round}"/></clipPath>`,
        `<g transform="${place}">`,
        ...[1.6, 1.1, 0.7, 0.35].map(
          (d) =>
            `<path d="M${own.width} ${d}h${d}v${own.height}h${-own.width}v${-d}h${own.width - d}z" fill="#000" fill-opacity="0.06"/>`,
        ),
        `<rect width="${own.width}" height="${own.height}" rx="${round}" fill="${paper}"/>`,
        `<g clip-path="url(#sheet)"><g opacity="${contrast}">${content}</g>`,
        ...onSheet.map((e) => extraSvg(e, chance, own, lid)),
        '</g></g>',
        ...onGlass.map((e) => extraSvg(e, chance, glass, lid)),
      ].join(''),
    ),
  );
  if (request.bleed) await shineThrough(data, page, place, own.width, request, { width, height });
  if (request.exposure)
    for (let i = 0; i < data.length; i += 1) data[i] = Math.min(255, (data[i] ?? 0) * request.exposure);
  let pixels: Buffer = data;
  if (request.blur)
    pixels = await sharp(data, { raw: { width, height, channels: 3 } })
      .blur(Math.max(0.3, request.blur * scale))
      .raw()
      .toBuffer();
  addNoise(pixels, width * 3, 3, request.seed);
  const angle = ((skew + turn) * Math.PI) / 180;
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([sx = 0, sy = 0]) => {
    const [x, y] = [(sx * own.width) / 2, (sy * own.height) / 2];
    return {
      x: (at.x - cut + x * Math.cos(angle) - y * Math.sin(angle)) * scale,
      y: (at.y + x * Math.sin(angle) + y * Math.cos(angle)) * scale,
    };
  });
  if (request.mode !== 'gray') return { data: pixels, width, height, channels: 3, corners };
  const grey = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  return { data: grey, width, height, channels: 1, corners };
}

/** The print of another page, mirrored and blurred by the paper that it shines through. */
async function shineThrough(
  data: Buffer,
  page: (inner: string) => string,
  place: string,
  mirrorAt: number,
  request: SceneRequest,
  size: { width: number; height: number },
): Promise<void> {
  const chance = createChance(request.seed ^ 0xb1eed);
  const kind = chance.pick(['request', 'commitment', 'birth-notice', 'household-list'] as const);
  const other = contentOf(kind, chance, A4);
  const back = await raster(
    page(`<g transform="${place} translate(${mirrorAt} 0) scale(-1 1)">${other}</g>`),
  );
  const soft = await sharp(back.data, { raw: { ...size, channels: 3 } })
    .blur(Math.max(0.3, (0.32 * request.dpi) / 25.4))
    .raw()
    .toBuffer();
  const share = request.bleed ?? 0;
  for (let i = 0; i < data.length; i += 1)
    data[i] = Math.round((data[i] ?? 0) * (1 - (share * (255 - (soft[i] ?? 255))) / 255));
}
