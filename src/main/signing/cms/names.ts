import { Asn1Error, type Asn1Node, isContext } from './asn1.ts';

const ATTRIBUTE = { commonName: '2.5.4.3', organisation: '2.5.4.10', email: '1.2.840.113549.1.9.1' } as const;
const STRING_TAGS: readonly number[] = [12, 18, 19, 20, 22, 26, 28, 30];

/** Parts of a distinguished name that are shown; '' where the name has none. */
export interface NameParts {
  readonly commonName: string;
  readonly organisation: string;
}

export function namePartsOf(name: Asn1Node): NameParts {
  const found = new Map<string, string>();
  for (const [oid, value] of attributesOf(name)) found.set(oid, shown(readText(value)));
  return {
    commonName: found.get(ATTRIBUTE.commonName) ?? '',
    organisation: found.get(ATTRIBUTE.organisation) ?? '',
  };
}

/** A name is shown and printed: control and direction-changing characters are no part of it. */
export function shown(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ').trim();
}

/** Whether a subject names a mailbox, which rfc822Name constraints speak of (RFC 5280 §4.2.1.10). */
export function namesMailbox(name: Asn1Node): boolean {
  return attributesOf(name).some(([oid]) => oid === ATTRIBUTE.email);
}

/**
 * One string a relative distinguished name, the same for names that RFC 5280 §7.1 calls equal: letter case, runs of
 * spaces and the string type make no difference.
 */
export function nameKeys(name: Asn1Node): string[] {
  return name.children.map((rdn) =>
    rdn.children
      .map((pair) => {
        const [oid, value] = pair.children;
        return JSON.stringify([oid?.oid ?? '', value ? valueKey(value) : '']);
      })
      .sort()
      .join('+'),
  );
}

/** `nameKeys` as one string. */
export function nameKey(name: Asn1Node): string {
  return nameKeys(name).join('/');
}

function valueKey(value: Asn1Node): string {
  if (value.cls !== 'universal' || !STRING_TAGS.includes(value.tag)) {
    return `#${Buffer.from(value.raw).toString('hex')}`;
  }
  return readText(value).normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

function attributesOf(name: Asn1Node): [string, Asn1Node][] {
  return name.children
    .flatMap((rdn) => rdn.children)
    .flatMap((pair) => {
      const [oid, value] = pair.children;
      return oid?.oid && value ? [[oid.oid, value] as [string, Asn1Node]] : [];
    });
}

function readText(node: Asn1Node): string {
  const octets = Buffer.from(node.content);
  if (node.tag === 30)
    return octets
      .subarray(0, octets.length & ~1)
      .swap16()
      .toString('utf16le');
  return octets.toString(node.tag === 20 ? 'latin1' : 'utf8');
}

/** UTCTime or GeneralizedTime in UTC with seconds (RFC 5280 §4.1.2.5); fractions only where `fractions` allows them. */
export function readTime(node: Asn1Node | undefined, { fractions = false } = {}): Date {
  const text = Buffer.from(node?.content ?? []).toString('latin1');
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?Z$/.exec(text);
  if (!match || node?.cls !== 'universal' || match[1]!.length !== (node.tag === 23 ? 2 : 4)) {
    throw new Asn1Error('time unreadable');
  }
  if ((node.tag !== 23 && node.tag !== 24) || (match[7] && (!fractions || node.tag === 23))) {
    throw new Asn1Error('time unreadable');
  }
  const [year, month, date, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    ...[number, number, number, number, number],
  ];
  // UTCTime: years 50…99 are of the last century (RFC 5280 §4.1.2.5.1).
  const full = node.tag === 24 ? year : year + (year >= 50 ? 1900 : 2000);
  const time = new Date(Date.UTC(full, month - 1, date, hour, minute, second));
  // 31 February and 25 o'clock roll over into another day, which nobody wrote.
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== date || time.getUTCHours() !== hour) {
    throw new Asn1Error('time unreadable');
  }
  return new Date(time.getTime() + Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000));
}

/** Addresses (uniformResourceIdentifier) among general names (RFC 5280 §4.2.1.6). */
export function urisOf(names: readonly Asn1Node[]): string[] {
  return names.filter((n) => isContext(n, 6)).map((n) => Buffer.from(n.content).toString('latin1'));
}
