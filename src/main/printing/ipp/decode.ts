import { CounterError } from '../../../contract/errors.ts';
import { GROUP, type IppGroup, type IppResponse, type IppValue, TAG } from './message.ts';

/** What one answer may hold; a printer with everything set sends some 200 attributes and 2,000 values. */
const MAX_GROUPS = 2_000;
const MAX_VALUES = 50_000;
const MAX_DEPTH = 16;
/** The longest text is 1023 octets (RFC 8011 §5.1); some printers send more, and it is cut here. */
const MAX_TEXT = 4_096;

interface Reader {
  readonly octets: Buffer;
  at: number;
  values: number;
}

/**
 * Reads an answer of a printer (RFC 8010 §3.1). Whatever is cut, doubled or too much of is refused by name; nothing
 * is guessed, and an answer without the end-of-attributes tag is one that was cut.
 *
 * @throws CounterError PRINTER_PROTOCOL
 */
export function decodeResponse(octets: Buffer): IppResponse {
  const reader: Reader = { octets, at: 8, values: 0 };
  if (octets.length < 9) throw refused('cut');
  if (octets[0] !== 1 && octets[0] !== 2) throw refused('version');
  const groups: IppGroup[] = [];
  for (;;) {
    const tag = byte(reader);
    if (tag === GROUP.end) break;
    if (tag > 0x0f || tag === 0) throw refused('delimiter');
    if (groups.length >= MAX_GROUPS) throw refused('too-many-groups');
    groups.push({ tag, attributes: readAttributes(reader) });
  }
  return { status: octets.readUInt16BE(2), requestId: octets.readUInt32BE(4), groups };
}

/** Until the next delimiter, which is left in place. */
function readAttributes(reader: Reader): ReadonlyMap<string, readonly IppValue[]> {
  const attributes = new Map<string, IppValue[]>();
  let current: IppValue[] | undefined;
  while (peek(reader) > 0x0f) {
    const tag = byte(reader);
    const name = field(reader).toString('latin1');
    if (name !== '') {
      current = [];
      // RFC 8011 §4.1.3: a group names an attribute once; the first one counts.
      if (!attributes.has(name)) attributes.set(name, current);
    } else if (!current) {
      throw refused('value-without-name');
    }
    const value = readValue(reader, tag, 0);
    current?.push(value);
  }
  return attributes;
}

function readValue(reader: Reader, tag: number, depth: number): IppValue {
  if (++reader.values > MAX_VALUES) throw refused('too-many-values');
  const octets = field(reader);
  if (tag === TAG.beginCollection) {
    skipCollection(reader, depth + 1);
    return null;
  }
  switch (tag) {
    case TAG.integer:
    case TAG.enum:
      return sized(octets, 4).readInt32BE();
    case TAG.boolean:
      return sized(octets, 1)[0] !== 0;
    case TAG.range:
      return { lower: sized(octets, 8).readInt32BE(0), upper: octets.readInt32BE(4) };
    case TAG.textWithLanguage:
    case TAG.nameWithLanguage:
      return withLanguage(octets);
    case TAG.text:
    case TAG.name:
    case TAG.keyword:
    case TAG.uri:
    case TAG.uriScheme:
    case TAG.charset:
    case TAG.naturalLanguage:
    case TAG.mimeMediaType:
      return text(octets);
    default:
      return null;
  }
}

/** Its members are read over, so that what follows is found (RFC 8010 §3.1.6). */
function skipCollection(reader: Reader, depth: number): void {
  if (depth > MAX_DEPTH) throw refused('too-deep');
  for (;;) {
    const tag = byte(reader);
    if (tag <= 0x0f) throw refused('collection-without-end');
    field(reader);
    if (tag === TAG.endCollection) {
      field(reader);
      return;
    }
    readValue(reader, tag, depth);
  }
}

/** RFC 8010 §3.9: length and language, length and text. */
function withLanguage(octets: Buffer): string {
  const inner: Reader = { octets, at: 0, values: 0 };
  field(inner);
  return text(field(inner));
}

function text(octets: Buffer): string {
  return octets
    .subarray(0, MAX_TEXT)
    .toString('utf8')
    .replace(/\p{Cc}/gu, ' ');
}

function peek(reader: Reader): number {
  const value = reader.octets[reader.at];
  if (value === undefined) throw refused('cut');
  return value;
}

function byte(reader: Reader): number {
  const value = peek(reader);
  reader.at += 1;
  return value;
}

function field(reader: Reader): Buffer {
  const start = reader.at + 2;
  if (start > reader.octets.length) throw refused('cut');
  const end = start + reader.octets.readUInt16BE(reader.at);
  if (end > reader.octets.length) throw refused('cut');
  reader.at = end;
  return reader.octets.subarray(start, end);
}

function sized(octets: Buffer, length: number): Buffer {
  if (octets.length !== length) throw refused('value-length');
  return octets;
}

function refused(reason: string): CounterError {
  return new CounterError('PRINTER_PROTOCOL', { what: 'ipp', reason });
}
