import { Buffer } from 'node:buffer';

/** A PDF from the texts of its objects, 1 upwards; object 1 is the catalog. Streams are given as [dictionary, data]. */
export function pdfOf(objects: readonly (string | readonly [string, Uint8Array])[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const offsets: number[] = [];
  let at = parts[0]!.length;
  const add = (part: Buffer) => {
    parts.push(part);
    at += part.length;
  };
  for (const [i, object] of objects.entries()) {
    offsets.push(at);
    if (typeof object === 'string') add(Buffer.from(`${i + 1} 0 obj\n${object}\nendobj\n`, 'latin1'));
    else {
      const [dict, data] = object;
      add(Buffer.from(`${i + 1} 0 obj\n<<${dict} /Length ${data.length}>>\nstream\n`, 'latin1'));
      add(Buffer.concat([data, Buffer.from('\nendstream\nendobj\n')]));
    }
  }
  const rows = offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const xref = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size} /Root 1 0 R ${trailer}>>\n`;
  add(Buffer.from(`${xref}startxref\n${at}\n%%EOF\n`, 'latin1'));
  return Buffer.concat(parts);
}

export interface ScanOptions {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** In points; by default the picture's pixels at 100 dpi. */
  readonly box?: readonly [number, number, number, number];
  readonly page?: string;
  readonly content?: string;
  readonly image?: string;
  readonly catalog?: string;
  readonly resources?: string;
  /** Objects from number 6. */
  readonly more?: readonly (string | readonly [string, Uint8Array])[];
}

/** One page with one JPEG, as scanners write it, with whatever a test adds. */
export function scanPdf(options: ScanOptions): Buffer {
  const { jpeg, width, height } = options;
  const [w, h] = [(width * 72) / 100, (height * 72) / 100];
  const box = options.box ?? [0, 0, w, h];
  const content = options.content ?? `q ${w} 0 0 ${h} 0 0 cm /Im0 Do Q`;
  const image = options.image ?? '/ColorSpace /DeviceRGB';
  return pdfOf([
    `<</Type /Catalog /Pages 2 0 R ${options.catalog ?? ''}>>`,
    '<</Type /Pages /Kids [3 0 R] /Count 1>>',
    `<</Type /Page /Parent 2 0 R /MediaBox [${box.join(' ')}] /Contents 4 0 R /Resources <</XObject <</Im0 5 0 R>> ${options.resources ?? ''}>> ${options.page ?? ''}>>`,
    ['', Buffer.from(content, 'latin1')],
    [
      `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8 /Filter /DCTDecode ${image}`,
      jpeg,
    ],
    ...(options.more ?? []),
  ]);
}
