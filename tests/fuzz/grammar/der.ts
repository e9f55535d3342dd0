import type { Random } from '../engine/random.ts';

/** An element as a tree that may be bent and written again; lengths are made anew unless they are to lie. */
interface Element {
  /** Identifier octets. */
  tag: Uint8Array;
  content: Uint8Array;
  children: Element[] | null;
  form: 'definite' | 'indefinite' | 'long' | 'lie';
}

const MAX_DEPTH = 24;

/** Elements of some octets, as far as they can be read; also those inside octet strings, where most formats nest. */
function parse(bytes: Uint8Array, depth: number): Element[] | null {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tagEnd = at + tagLength(bytes, at);
    const first = bytes[tagEnd];
    if (first === undefined || first === 0x80 || first > 0x84) return null;
    let start = tagEnd + 1;
    let length = first;
    if (first > 0x80) {
      length = 0;
      for (let i = first & 0x7f; i > 0; i--) length = length * 256 + (bytes[start++] ?? 0);
    }
    if (start + length > bytes.length) return null;
    const content = bytes.subarray(start, start + length);
    const tag = bytes.subarray(at, tagEnd);
    const nests = (tag[0]! & 0x20) !== 0 || tag[0] === 0x04;
    const children = nests && depth < MAX_DEPTH && length > 0 ? parse(content, depth + 1) : null;
    found.push({ tag, content, children, form: 'definite' });
    at = start + length;
  }
  return found;
}

function tagLength(bytes: Uint8Array, at: number): number {
  if ((bytes[at]! & 0x1f) !== 0x1f) return 1;
  let end = at + 1;
  while (end < bytes.length && bytes[end]! > 0x7f && end < at + 6) end++;
  return end - at + 1;
}

/** Sizes first, then all into one buffer: a tree is written a million times. */
function write(elements: readonly Element[]): Buffer {
  const out = Buffer.allocUnsafe(sizeOf(elements));
  put(elements, out, 0);
  return out;
}

function sizeOf(elements: readonly Element[]): number {
  let sum = 0;
  for (const element of elements) {
    const body = bodySize(element);
    sum += element.tag.length + body + headSize(body, element.form);
  }
  return sum;
}

function bodySize({ children, content }: Element): number {
  return children ? sizeOf(children) : content.length;
}

function headSize(body: number, form: Element['form']): number {
  if (form === 'indefinite') return 3;
  if (form === 'long') return 5;
  const said = form === 'lie' ? body * 3 + 1 : body;
  return said < 0x80 ? 1 : said < 0x100 ? 2 : 3;
}

function put(elements: readonly Element[], out: Buffer, from: number): number {
  let at = from;
  for (const element of elements) {
    const body = bodySize(element);
    out.set(element.tag, at);
    at = putLength(body, element.form, out, at + element.tag.length);
    if (element.children) at = put(element.children, out, at);
    else {
      out.set(element.content, at);
      at += body;
    }
    if (element.form === 'indefinite') at = out.writeUInt16BE(0, at);
  }
  return at;
}

function putLength(body: number, form: Element['form'], out: Buffer, at: number): number {
  if (form === 'indefinite') return out.writeUInt8(0x80, at);
  if (form === 'long') return out.writeUInt32BE(body, out.writeUInt8(0x84, at));
  const said = form === 'lie' ? body * 3 + 1 : body;
  if (said < 0x80) return out.writeUInt8(said, at);
  if (said < 0x100) return out.writeUInt8(said, out.writeUInt8(0x81, at));
  return out.writeUInt16BE(said & 0xffff, out.writeUInt8(0x82, at));
}

interface Place {
  readonly list: Element[];
  readonly index: number;
}

function placesOf(elements: Element[], found: Place[] = []): Place[] {
  for (let index = 0; index < elements.length; index++) {
    found.push({ list: elements, index });
    const { children } = elements[index]!;
    if (children) placesOf(children, found);
  }
  return found;
}

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31,
] as const;
const CONTEXT_TAGS = [0x80, 0x81, 0x82, 0x86, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4] as const;
const CONTENTS = [
  [],
  [0],
  [0xff],
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0, 0, 0],
  [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02],
  [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03],
  [0x2a, 0x80, 0x01],
  [0x39, 0x39, 0x31, 0x32, 0x33, 0x31, 0x32, 0x33, 0x35, 0x39, 0x35, 0x39, 0x5a],
] as const;

/** Bends the tree of an input and writes it again; null where it is no tree. */
export function mutateDer(
  input: Uint8Array,
  other: Uint8Array,
  random: Random,
  limit: number,
): Uint8Array | null {
  const tree = parse(input, 0);
  if (!tree || tree.length === 0) return null;
  for (let rounds = 1 + random.below(3); rounds > 0 && tree.length > 0; rounds--) {
    bend(random.pick(placesOf(tree)), other, random);
  }
  const out = write(tree);
  return out.length > limit ? out.subarray(0, limit) : out;
}

function bend(place: Place, other: Uint8Array, random: Random): void {
  const { list, index } = place;
  const element = list[index]!;
  const kind = random.below(14);
  if (kind >= 5) list[index] = { ...element, ...changed(element, kind, random) };
  else if (kind === 0) list.splice(index, 1);
  else if (kind === 1) {
    for (let n = random.once(40) ? 100 : 1; n > 0; n--) list.splice(index, 0, copyOf(element));
  } else if (kind === 2) {
    const at = random.below(list.length);
    list[index] = list[at]!;
    list[at] = element;
  } else {
    const strangers = placesOf(parse(other, 0) ?? []);
    if (strangers.length === 0) return;
    const { list: from, index: at } = random.pick(strangers);
    list.splice(index, random.below(2), copyOf(from[at]!));
  }
}

/** What becomes of an element that stays where it is; `kind` is one of 5 … 13. */
function changed(element: Element, kind: number, random: Random): Partial<Element> {
  switch (kind) {
    case 5:
      return { tag: Uint8Array.of(random.pick(random.once(2) ? TAGS : CONTEXT_TAGS)) };
    case 6:
      return { tag: Uint8Array.of(element.tag[0]! ^ (1 << random.below(8))) };
    case 7:
      return { content: Uint8Array.from(random.pick(CONTENTS)), children: null };
    case 8:
    case 9:
      return { content: flipped(element.content, random), children: null };
    case 10:
      return { form: random.pick(['indefinite', 'long', 'lie'] as const) };
    case 11:
      return { tag: Uint8Array.of(0x30), children: wrapped(element, 1 + random.below(60)) };
    case 12:
      return { tag: Uint8Array.of(0x24), children: inPieces(element, random) };
    default:
      return { tag: Uint8Array.of(element.tag[0]! | 0x1f, 0x80 | random.below(128), random.below(256)) };
  }
}

function copyOf(element: Element): Element {
  return { ...element, children: element.children?.map(copyOf) ?? null };
}

function flipped(content: Uint8Array, random: Random): Uint8Array {
  const out = Uint8Array.from(content);
  if (out.length > 0) out[random.below(out.length)] = random.below(256);
  return random.once(3) ? out.subarray(0, random.below(out.length + 1)) : out;
}

function wrapped(element: Element, depth: number): Element[] {
  let inner = [copyOf(element)];
  for (let i = 1; i < depth; i++) {
    inner = [{ tag: Uint8Array.of(0x30), content: new Uint8Array(), children: inner, form: 'definite' }];
  }
  return inner;
}

function inPieces(element: Element, random: Random): Element[] {
  const cut = random.below(element.content.length + 1);
  return [element.content.subarray(0, cut), element.content.subarray(cut)].map((content) => ({
    tag: Uint8Array.of(0x04),
    content,
    children: null,
    form: 'definite' as const,
  }));
}
