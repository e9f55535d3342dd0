/** IPP messages (RFC 8010 §3): octets on one side, groups of attributes on the other. */

/** Delimiter tags (RFC 8010 §3.5.1). */
export const GROUP = { operation: 0x01, job: 0x02, end: 0x03, printer: 0x04, unsupported: 0x05 } as const;

/** Value tags (RFC 8010 §3.5.2) that are written or read here. */
export const TAG = {
  unsupported: 0x10,
  unknown: 0x12,
  noValue: 0x13,
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  octetString: 0x30,
  dateTime: 0x31,
  resolution: 0x32,
  range: 0x33,
  beginCollection: 0x34,
  textWithLanguage: 0x35,
  nameWithLanguage: 0x36,
  endCollection: 0x37,
  text: 0x41,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  uriScheme: 0x46,
  charset: 0x47,
  naturalLanguage: 0x48,
  mimeMediaType: 0x49,
  memberName: 0x4a,
} as const;

export interface IppRange {
  readonly lower: number;
  readonly upper: number;
}

/**
 * A value as it is used: numbers and enums as numbers, every kind of text as text. Collections, dates, resolutions
 * and values of tags that are not known are kept as null: nothing here asks for them, and a device may send them.
 */
export type IppValue = number | boolean | string | IppRange | null;

export interface IppAttribute {
  readonly name: string;
  readonly values: readonly IppValue[];
}

export interface IppGroup {
  readonly tag: number;
  readonly attributes: ReadonlyMap<string, readonly IppValue[]>;
}

export interface IppResponse {
  /** RFC 8011 appendix B: below 0x100 successful, 0x4xx the client's error, 0x5xx the printer's. */
  readonly status: number;
  readonly requestId: number;
  readonly groups: readonly IppGroup[];
}

/** One attribute to send: its values share a tag; a collection's value is its members (RFC 8010 §3.1.6). */
export type IppField =
  | {
      readonly name: string;
      readonly tag: number;
      readonly values: readonly (number | boolean | string)[];
    }
  | { readonly name: string; readonly members: readonly IppField[] };

/** The first group of a kind; an empty one where there is none. */
export function groupOf(response: IppResponse, tag: number): IppGroup {
  return response.groups.find((group) => group.tag === tag) ?? { tag, attributes: new Map() };
}

export function textOf(group: IppGroup, name: string): string {
  return group.attributes.get(name)?.find((value) => typeof value === 'string') ?? '';
}

export function textsOf(group: IppGroup, name: string): string[] {
  return (group.attributes.get(name) ?? []).filter((value) => typeof value === 'string');
}

export function numberOf(group: IppGroup, name: string): number | undefined {
  return group.attributes.get(name)?.find((value) => typeof value === 'number');
}

export function numbersOf(group: IppGroup, name: string): number[] {
  return (group.attributes.get(name) ?? []).filter((value) => typeof value === 'number');
}

export function flagOf(group: IppGroup, name: string): boolean | undefined {
  return group.attributes.get(name)?.find((value) => typeof value === 'boolean');
}

export function rangeOf(group: IppGroup, name: string): IppRange | undefined {
  return group.attributes
    .get(name)
    ?.find((value): value is IppRange => typeof value === 'object' && value !== null);
}
