import { isUtf8 } from 'node:buffer';
import { XMLParser } from 'fast-xml-parser';
import { CounterError } from '../../../contract/errors.ts';

/** An element: text, or children by their local name (one or several). */
export type XmlNode = string | { readonly [name: string]: XmlNode | readonly XmlNode[] };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  trimValues: true,
  maxNestedTags: 40,
});

/**
 * Reads an XML answer of a device, which is hostile until shown otherwise: no DTD (so no entity of its own), no
 * deep nesting; the size is bounded where it is received.
 *
 * @param root local name of the root element
 * @throws CounterError SCANNER_PROTOCOL
 */
export function parseXml(bytes: Uint8Array, root: string): XmlNode {
  const text = decode(bytes);
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw malformed(root, 'doctype');
  let document: XmlNode;
  try {
    document = parser.parse(text) as XmlNode;
  } catch (error) {
    throw malformed(root, 'syntax', error);
  }
  const found = child(document, root);
  if (found === undefined) throw malformed(root, 'root');
  return found;
}

/** Old firmware writes Latin-1 model names under a UTF-8 declaration; the tags are ASCII either way. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'latin1').decode(bytes);
}

function malformed(root: string, reason: string, cause?: unknown): CounterError {
  return new CounterError('SCANNER_PROTOCOL', { what: root, reason }, { cause });
}

export function children(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  if (node === undefined || typeof node === 'string' || !Object.hasOwn(node, name)) return [];
  const value = node[name]!;
  return isList(value) ? value : [value];
}

export function child(node: XmlNode | undefined, ...path: readonly string[]): XmlNode | undefined {
  return path.reduce<XmlNode | undefined>((at, name) => children(at, name)[0], node);
}

/** Text of the first element at the path, its predefined entities decoded; '' where there is none. */
export function textAt(node: XmlNode | undefined, ...path: readonly string[]): string {
  const found = path.length === 0 ? node : child(node, ...path);
  const text = typeof found === 'object' ? found['#text'] : found;
  return typeof text === 'string' ? decodePredefined(text) : '';
}

/** A non-negative whole number at the path; undefined where there is none. */
export function numberAt(node: XmlNode | undefined, ...path: readonly string[]): number | undefined {
  const text = textAt(node, ...path);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Every element of that name anywhere below. */
export function descendants(node: XmlNode | undefined, name: string): readonly XmlNode[] {
  if (node === undefined || typeof node === 'string') return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const list: readonly XmlNode[] = isList(value) ? value : [value];
    return [...(key === name ? list : []), ...list.flatMap((each) => descendants(each, name))];
  });
}

function isList(value: XmlNode | readonly XmlNode[]): value is readonly XmlNode[] {
  return Array.isArray(value);
}

const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodePredefined(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => PREDEFINED[name]!);
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (c) => `&#${c.codePointAt(0)};`);
}
