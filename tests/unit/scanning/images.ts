import sharp from 'sharp';

/** A small page with a gradient, so that its entropy-coded data is not trivial. */
export async function image(format: 'jpeg' | 'png' | 'tiff', width = 96, height = 128): Promise<Buffer> {
  const raw = Buffer.alloc(width * height * 3);
  for (let i = 0; i < raw.length; i++) raw[i] = (i * 31 + (i >> 5) * 17) & 0xff;
  const picture = sharp(raw, { raw: { width, height, channels: 3 } });
  return picture.toFormat(format, format === 'tiff' ? { compression: 'none' } : {}).toBuffer();
}

export function pnm(kind: 4 | 5 | 6, width: number, height: number, max = 255): Buffer {
  const header = `P${kind}\n# SANE data follows\n${width} ${height}\n${kind === 4 ? '' : `${max}\n`}`;
  const row = kind === 4 ? Math.ceil(width / 8) : width * (kind === 6 ? 3 : 1) * (max > 255 ? 2 : 1);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(row * height, 0x20)]);
}
