import { randomBytes } from 'node:crypto';
import type { PdfDocument } from '../../pdf/reader/document.ts';
import {
  isArray,
  PdfDict,
  PdfName,
  type PdfObject,
  PdfRef,
  PdfString,
  PdfTooComplex,
} from '../../pdf/reader/objects.ts';
import { serialize } from '../../pdf/reader/serialize.ts';
import { findEntry, highestNumber, type XrefChain } from '../../pdf/reader/xref.ts';
import { MAX_OBJECTS } from '../../pdf/reader/xref-entries.ts';

/** Objects that are to be appended to a document, new ones or ones that replace an older version. */
export interface Update {
  /** A number that no revision has used. */
  allocate(): PdfRef;
  set(ref: PdfRef, object: PdfObject): void;
  /** Changes entries of dictionary `num`, which is `base` in the file, on top of what was changed before. */
  change(num: number, base: PdfDict, entries: Readonly<Record<string, PdfObject>>): void;
  setStream(ref: PdfRef, dict: PdfDict, data: Uint8Array): void;
  setRaw(ref: PdfRef, body: Buffer): void;
  /** A reference with the generation that the object has in the file. */
  refTo(num: number): PdfRef;
  isEmpty(): boolean;
  /**
   * The octets to append at `baseSize`: the objects in order, then a cross-reference section of the base's own
   * kind, table or stream (readers refuse a table on top of a stream). `at` gives the offset of an object's body.
   */
  render(baseSize: number, leadingNewline: boolean): { bytes: Buffer; at: ReadonlyMap<number, number> };
}

export function newUpdate(document: PdfDocument): Update {
  const { chain, trailer } = document;
  const bodies = new Map<number, { ref: PdfRef; body: Buffer }>();
  const changed = new Map<number, PdfDict>();
  const stated = trailer.get('Size');
  const size = typeof stated === 'number' && stated < MAX_OBJECTS ? stated : 0;
  // Some writers state a /Size below their own numbers: the greater of the two is safe.
  let next = Math.max(size, highestNumber(chain) + 1);

  const setRaw = (ref: PdfRef, body: Buffer): void => void bodies.set(ref.num, { ref, body });
  const allocate = (): PdfRef => {
    if (next >= MAX_OBJECTS) throw new PdfTooComplex('objects');
    return new PdfRef(next++, 0);
  };

  const set = (ref: PdfRef, object: PdfObject): void => setRaw(ref, Buffer.from(serialize(object), 'latin1'));
  const refTo = (num: number): PdfRef => {
    const entry = findEntry(chain, num);
    return new PdfRef(num, entry?.type === 'plain' ? entry.gen : 0);
  };

  return {
    allocate,
    setRaw,
    set,
    refTo,
    isEmpty: () => bodies.size === 0,
    change(num, base, entries) {
      const dict = (changed.get(num) ?? base).with(entries);
      changed.set(num, dict);
      set(refTo(num), dict);
    },
    setStream(ref, dict, data) {
      const head = serialize(dict.with({ Length: data.length }));
      setRaw(
        ref,
        Buffer.concat([Buffer.from(`${head}\nstream\n`, 'latin1'), data, Buffer.from('\nendstream')]),
      );
    },
    render(baseSize, leadingNewline) {
      const parts: Buffer[] = leadingNewline ? [Buffer.from('\n')] : [];
      const offsets = new Map<number, { offset: number; gen: number }>();
      const at = new Map<number, number>();
      let offset = baseSize + (leadingNewline ? 1 : 0);
      for (const { ref, body } of [...bodies.values()].sort((a, b) => a.ref.num - b.ref.num)) {
        const head = Buffer.from(`${ref.num} ${ref.gen} obj\n`);
        const tail = Buffer.from('\nendobj\n');
        offsets.set(ref.num, { offset, gen: ref.gen });
        at.set(ref.num, offset + head.length);
        parts.push(head, body, tail);
        offset += head.length + body.length + tail.length;
      }
      const section =
        chain[0]!.kind === 'stream'
          ? streamSection(allocate(), offsets, offset, next, trailer, chain)
          : tableSection(offsets, next, trailer, chain);
      parts.push(section, Buffer.from(`startxref\n${offset}\n%%EOF\n`));
      return { bytes: Buffer.concat(parts), at };
    },
  };
}

type Offsets = Map<number, { offset: number; gen: number }>;

/** Keys that every revision carries on; a hybrid base's /XRefStm stays with its own table. */
function trailerEntries(trailer: PdfDict, chain: XrefChain, size: number): PdfDict {
  const id = trailer.get('ID');
  const first = isArray(id) && id[0] instanceof PdfString ? id[0] : new PdfString(randomBytes(16), true);
  const second = new PdfString(randomBytes(16), true);
  return new PdfDict([['Size', size]]).with({
    Root: trailer.get('Root'),
    Info: trailer.get('Info'),
    ID: [new PdfString(first.bytes, true), second],
    Prev: chain[0]!.at,
  });
}

function tableSection(offsets: Offsets, size: number, trailer: PdfDict, chain: XrefChain): Buffer {
  const lines = ['xref\n'];
  for (const run of runsOf([...offsets.keys()])) {
    lines.push(`${run[0]} ${run.length}\n`);
    for (const num of run) {
      const { offset, gen } = offsets.get(num)!;
      if (offset > 9_999_999_999) throw new PdfTooComplex('file-bytes');
      lines.push(`${String(offset).padStart(10, '0')} ${String(gen).padStart(5, '0')} n \n`);
    }
  }
  lines.push(`trailer\n${serialize(trailerEntries(trailer, chain, size))}\n`);
  return Buffer.from(lines.join(''), 'latin1');
}

function streamSection(
  own: PdfRef,
  offsets: Offsets,
  offset: number,
  size: number,
  trailer: PdfDict,
  chain: XrefChain,
): Buffer {
  const all: Offsets = new Map([...offsets, [own.num, { offset, gen: 0 }]]);
  const runs = runsOf([...all.keys()]);
  const rows = runs.flat().map((num) => {
    const row = Buffer.alloc(9);
    const entry = all.get(num)!;
    row[0] = 1;
    row.writeUIntBE(entry.offset, 1, 6);
    row.writeUInt16BE(entry.gen, 7);
    return row;
  });
  const data = Buffer.concat(rows);
  const dict = new PdfDict([['Type', new PdfName('XRef')]]).with({
    ...Object.fromEntries(trailerEntries(trailer, chain, Math.max(size, own.num + 1)).entries),
    Index: runs.flatMap((run) => [run[0]!, run.length]),
    W: [1, 6, 2],
    Length: data.length,
  });
  const head = Buffer.from(`${own.num} 0 obj\n${serialize(dict)}\nstream\n`, 'latin1');
  return Buffer.concat([head, data, Buffer.from('\nendstream\nendobj\n')]);
}

/** Consecutive numbers together, for subsections. */
function runsOf(numbers: number[]): number[][] {
  const runs: number[][] = [];
  for (const num of numbers.sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last.at(-1) === num - 1) last.push(num);
    else runs.push([num]);
  }
  return runs;
}
