import { deflateSync } from 'node:zlib';
import type { Random } from '../engine/random.ts';

/** One revision of a file: its objects, and how its cross-reference section is written. */
export interface Revision {
  /** Bodies by object number, as Latin-1 text between `obj` and `endobj`; null = freed. */
  readonly objects: ReadonlyMap<number, string | null>;
  /** Numbers of objects that go into an object stream, where the kind allows for one. */
  readonly packed: ReadonlySet<number>;
  readonly kind: 'table' | 'stream' | 'hybrid';
  /** Entries of the trailer beside /Size and /Prev. */
  readonly trailer: string;
}

export interface PdfModel {
  readonly header: string;
  readonly revisions: readonly Revision[];
}

interface Row {
  readonly num: number;
  readonly type: 0 | 1 | 2;
  readonly a: number;
  readonly b: number;
}

/** First number of the objects that a revision makes for itself: object streams and cross-reference streams. */
const OWN_NUMBERS = 40;

/** Writes a file with right offsets; `lies` makes some of them wrong. */
export function renderPdf({ header, revisions }: PdfModel, random: Random, lies: boolean): Buffer {
  let file = Buffer.from(header, 'latin1');
  let prev: number | null = null;
  // Where the header is a file that is continued, its own numbers are passed over.
  let size = OWN_NUMBERS + 3 * (header.split('startxref').length - 1);
  for (const revision of revisions) {
    size = Math.max(size, ...[...revision.objects.keys()].map((n) => n + 1));
    const part = renderRevision(revision, { start: file.length, prev, size, random, lies });
    file = Buffer.concat([file, part.bytes]);
    prev = part.xrefAt;
    size = part.size;
  }
  return file;
}

interface RevisionContext {
  readonly start: number;
  readonly prev: number | null;
  readonly size: number;
  readonly random: Random;
  readonly lies: boolean;
}

function renderRevision(
  { objects, packed, kind, trailer }: Revision,
  { start, prev, size, random, lies }: RevisionContext,
): { bytes: Buffer; xrefAt: number; size: number } {
  const parts: Buffer[] = [];
  let at = start;
  const put = (text: string | Buffer) => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
    parts.push(bytes);
    at += bytes.length;
  };
  const lie = (value: number) =>
    lies && random.once(12) ? Math.max(0, value + random.pick([-1, 1, -9, 20, 1e6])) : value;
  const rows: Row[] = [];
  const members: [number, string][] = [];
  for (const [num, body] of objects) {
    if (body === null) rows.push({ num, type: 0, a: 0, b: 1 });
    else if (kind !== 'table' && packed.has(num)) members.push([num, body]);
    else {
      rows.push({ num, type: 1, a: lie(at), b: 0 });
      put(`${lie(num)} 0 obj\n${body}\nendobj\n`);
    }
  }
  let next = size;
  if (members.length > 0) {
    const container = next++;
    rows.push({ num: container, type: 1, a: lie(at), b: 0 });
    for (const [i, [num]] of members.entries()) rows.push({ num, type: 2, a: lie(container), b: i });
    put(objectStream(container, members, random, lie));
  }
  const back = prev === null ? '' : `/Prev ${lie(prev)} `;
  rows.sort((x, y) => x.num - y.num);
  let xrefAt = at;
  if (kind === 'stream') {
    rows.push({ num: next, type: 1, a: at, b: 0 });
    put(xrefStream(next++, rows, `${back}${trailer} /Size ${next}`, random, lie));
  } else {
    let hybrid = '';
    if (kind === 'hybrid') {
      hybrid = `/XRefStm ${lie(at)} `;
      const packedRows = rows.filter((r) => r.type === 2);
      put(xrefStream(next++, packedRows, trailer, random, lie));
    }
    xrefAt = at;
    const plain = rows.filter((r) => r.type !== 2);
    put(table(plain, `${back}${hybrid}${trailer} /Size ${lie(next)}`, lie));
  }
  put(`startxref\n${lie(xrefAt)}\n%%EOF\n`);
  return { bytes: Buffer.concat(parts), xrefAt, size: next };
}

function objectStream(
  container: number,
  members: readonly (readonly [number, string])[],
  random: Random,
  lie: (value: number) => number,
): Buffer {
  let body = '';
  const head = members.map(([num, text]) => {
    const at = body.length;
    body += `${text} `;
    return `${lie(num)} ${lie(at)}`;
  });
  const start = `${head.join(' ')} `;
  const dict = `/Type /ObjStm /N ${lie(members.length)} /First ${lie(start.length)}`;
  return stream(container, dict, Buffer.from(start + body, 'latin1'), random, lie);
}

function stream(
  num: number,
  dict: string,
  data: Buffer,
  random: Random,
  lie: (value: number) => number,
): Buffer {
  const filter = random.below(3);
  // The fastest level: how small it becomes is of no matter, how long it takes is.
  const packed = filter === 0 ? data : deflateSync(data, { level: 1 });
  const bytes = filter === 2 ? Buffer.from(`${packed.toString('hex')}>`) : packed;
  const names = ['', '/Filter /FlateDecode', '/Filter [/ASCIIHexDecode /FlateDecode]'][filter];
  const head = `${num} 0 obj\n<<${dict} ${names} /Length ${lie(bytes.length)}>>\nstream\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes, Buffer.from('\nendstream\nendobj\n')]);
}

function xrefStream(
  num: number,
  rows: readonly Row[],
  trailer: string,
  random: Random,
  lie: (value: number) => number,
): Buffer {
  const widths = random.pick([
    [1, 2, 1],
    [1, 4, 2],
    [1, 8, 8],
  ] as const);
  const line = (row: Row) => {
    const out = Buffer.alloc(widths[0] + widths[1] + widths[2]);
    out[0] = row.type;
    writeNumber(out, 1, widths[1], row.a);
    writeNumber(out, 1 + widths[1], widths[2], row.b);
    return out;
  };
  const predicted = random.once(4);
  const columns = widths[0] + widths[1] + widths[2];
  const lines = rows.map(line).map((l) => (predicted ? Buffer.concat([Buffer.of(0), l]) : l));
  const parms = predicted
    ? `/DecodeParms <</Predictor ${10 + random.below(6)} /Columns ${lie(columns)}>> `
    : '';
  const index = `/Index [${rows.map((r) => `${r.num} 1`).join(' ')}]`;
  const dict = `/Type /XRef /W [${widths.map(lie).join(' ')}] ${index} ${parms}${trailer}`;
  const data = Buffer.concat(lines);
  // A predictor is a parameter of /FlateDecode: without the filter it must not stand in the data.
  return predicted ? flateOnly(num, dict, data, lie) : stream(num, dict, data, random, lie);
}

function flateOnly(num: number, dict: string, data: Buffer, lie: (value: number) => number): Buffer {
  const bytes = deflateSync(data, { level: 1 });
  const head = `${num} 0 obj\n<<${dict} /Filter /FlateDecode /Length ${lie(bytes.length)}>>\nstream\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes, Buffer.from('\nendstream\nendobj\n')]);
}

function writeNumber(out: Buffer, at: number, width: number, value: number): void {
  let rest = Math.max(0, Math.floor(value));
  for (let i = at + width - 1; i >= at; i--) {
    out[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

function table(rows: readonly Row[], trailer: string, lie: (value: number) => number): string {
  const entries = rows.map((row) => {
    const offset = String(row.type === 1 ? row.a : 0).padStart(10, '0');
    return `${row.num} ${lie(1)}\n${offset} 00000 ${row.type === 1 ? 'n' : 'f'} \n`;
  });
  return `xref\n0 1\n0000000000 65535 f \n${entries.join('')}trailer\n<<${trailer}>>\n`;
}
