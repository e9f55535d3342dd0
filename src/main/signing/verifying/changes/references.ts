import type { PdfDocument } from '../../../pdf/reader/document.ts';
import {
  isArray,
  PdfDict,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfTooComplex,
} from '../../../pdf/reader/objects.ts';
import { findEntry } from '../../../pdf/reader/xref.ts';

const MAX_OBJECTS = 200_000;
const MAX_EDGES = 4_000_000;

/** Who names an object: the number of the holder (0 = the trailer) and the key of the holder's dictionary. */
export interface Referrer {
  readonly holder: number;
  readonly key: string;
}

interface Edge {
  readonly to: number;
  readonly gen: number;
  readonly key: string;
}

/**
 * What names what, for all revisions of one file: an object that no revision touched is read once, however many
 * revisions are walked.
 */
export interface References {
  /**
   * Walks all that the document's trailer leads to and notes who names the `watched` objects. An object that the
   * signed revision named without having it, or used in two places, could be given a second meaning later.
   */
  referrersOf(
    document: PdfDocument,
    watched: ReadonlySet<number>,
  ): Promise<ReadonlyMap<number, readonly Referrer[]>>;
}

export function newReferences(): References {
  const known = new Map<string, readonly Edge[]>();
  let edges = 0;

  async function edgesOf(document: PdfDocument, num: number): Promise<readonly Edge[]> {
    const place = placeOf(document, num);
    if (place === null) return [];
    const kept = known.get(place);
    if (kept) return kept;
    const read = edgesIn(await document.load(num));
    edges += read.length;
    if (known.size >= MAX_OBJECTS || edges > MAX_EDGES) throw new PdfTooComplex('revision-objects');
    known.set(place, read);
    return read;
  }

  return {
    async referrersOf(document, watched) {
      const found = new Map<number, Referrer[]>();
      const seen = new Set<number>([0]);
      let level: number[] = [];

      function follow(holder: number, from: readonly Edge[]): void {
        for (const { to, key } of from) {
          if (watched.has(to)) {
            const list = found.get(to);
            if (list) list.push({ holder, key });
            else found.set(to, [{ holder, key }]);
          }
          if (seen.has(to)) continue;
          seen.add(to);
          if (seen.size > MAX_OBJECTS) throw new PdfTooComplex('revision-objects');
          level.push(to);
        }
      }

      follow(0, edgesIn(document.trailer));
      while (level.length > 0) {
        // Objects of one object stream behind each other: it is unpacked once for all of them.
        const ordered = level.sort((a, b) => containerOf(document, a) - containerOf(document, b) || a - b);
        level = [];
        for (const num of ordered) follow(num, await edgesOf(document, num));
      }
      return found;
    },
  };
}

/** Where the file holds an object; null where it is free or nowhere. */
function placeOf({ chain }: PdfDocument, num: number): string | null {
  const entry = findEntry(chain, num);
  if (entry?.type === 'plain') return `${num}@${entry.offset}`;
  if (entry?.type !== 'packed') return null;
  const container = findEntry(chain, entry.container);
  return container?.type === 'plain' ? `${num}@${container.offset}/${entry.index}` : null;
}

function containerOf({ chain }: PdfDocument, num: number): number {
  const entry = findEntry(chain, num);
  return entry?.type === 'packed' ? entry.container : -1;
}

function edgesIn(object: PdfObject): Edge[] {
  const edges: Edge[] = [];
  const note = (value: PdfObject, key: string): void => {
    if (value instanceof PdfRef) edges.push({ to: value.num, gen: value.gen, key });
    else if (isArray(value)) for (const item of value) note(item, key);
    else if (value instanceof PdfDict) {
      for (const [own, item] of value.entries) note(item, key === '' ? own : key);
    } else if (value instanceof PdfStream) note(value.dict, key);
  };
  note(object, '');
  return edges;
}

/** References in one object, wherever in it they stand. */
export function referencesIn(object: PdfObject): readonly { readonly to: number; readonly gen: number }[] {
  return edgesIn(object);
}

/** Numbers of objects that a value leads to through objects that `enter` lets in. */
export async function reach(
  document: PdfDocument,
  from: readonly PdfObject[],
  enter: (num: number) => boolean,
): Promise<Set<number>> {
  const seen = new Set<number>();
  const queue: PdfObject[] = [...from];
  for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
    if (object instanceof PdfRef) {
      if (seen.has(object.num) || !enter(object.num)) continue;
      seen.add(object.num);
      if (seen.size > MAX_OBJECTS) throw new PdfTooComplex('revision-objects');
      queue.push(await document.load(object.num));
    } else if (isArray(object)) for (const item of object) queue.push(item);
    else if (object instanceof PdfDict) for (const item of object.entries.values()) queue.push(item);
    else if (object instanceof PdfStream) for (const item of object.dict.entries.values()) queue.push(item);
  }
  return seen;
}
