import { isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Service } from 'bonjour-service';
import type { FoundScanner } from '../found.ts';

/** DNS-SD service types of eSCL over http and https. */
export const SERVICE_TYPES = [
  { type: 'uscan', scheme: 'escl', protocol: 'http' },
  { type: 'uscans', scheme: 'escls', protocol: 'https' },
] as const;

export type ServiceType = (typeof SERVICE_TYPES)[number]['type'];

/** What of a service is read here; not its `type`, which the package gets wrong for names with a dot. */
export type EsclService = Pick<Service, 'name' | 'host' | 'port' | 'txt' | 'addresses'> & {
  /** Who sent the answer. */
  readonly referer?: { readonly address: string };
};

/** Texts of an announcement that a screen may show. */
const MAX_TEXT = 255;

/**
 * Reads an announcement (Mopria eSCL: TXT keys ty = model, rs = resource, note = place, uuid; is = sources, cs =
 * colours, pdl = formats, duplex, vers, adminurl). Anybody on the network may announce anything: only the device's
 * own addresses are taken, never a URL out of a text; what it says of its abilities is a hint until it was asked.
 *
 * @returns undefined where nothing can be reached by it
 */
export function foundFrom(type: ServiceType, service: EsclService): FoundScanner | undefined {
  const kind = SERVICE_TYPES.find((row) => row.type === type)!;
  const host = hostOf(service);
  if (!host || !(Number.isInteger(service.port) && service.port > 0 && service.port < 65536))
    return undefined;
  const txt = lowerCaseKeys(service.txt);
  const url = new URL(`${kind.protocol}://${host}:${service.port}`);
  url.pathname = resourceOf(txt.rs);
  const hints = hintsOf(txt);
  return {
    uri: `${kind.scheme}:${url.href}`,
    name: txt.ty || String(service.name ?? '').slice(0, MAX_TEXT),
    origin: 'escl',
    note: txt.note ?? '',
    uuid: (txt.uuid ?? '').replace(/^urn:uuid:/i, '').toLowerCase(),
    ...(hints ? { hints } : {}),
  };
}

/** `rs` is a path below the root; what looks like a URL or climbs is the specification's default instead. */
function resourceOf(rs: string | undefined): string {
  const path = (rs ?? '').replace(/^\/+|\/+$/g, '');
  const strange = path === '' || /^[a-z][a-z0-9+.-]*:|\/\/|\\/i.test(path) || path.split('/').includes('..');
  return strange ? '/eSCL' : `/${path}`;
}

const MODES: Readonly<Record<string, 'color' | 'gray' | 'bw'>> = {
  color: 'color',
  grayscale: 'gray',
  binary: 'bw',
};

function hintsOf(txt: Partial<Record<string, string>>): FoundScanner['hints'] {
  const list = (text = '') =>
    text
      .toLowerCase()
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean);
  const [is, cs] = [list(txt.is), list(txt.cs)];
  if (is.length === 0 && cs.length === 0) return undefined;
  const adf = is.includes('adf') || is.includes('feeder');
  const duplex = adf && /^(?:t|true|1)$/i.test(txt.duplex ?? '');
  return {
    sources: [
      ...(adf ? (['adf'] as const) : []),
      ...(duplex ? (['adf-duplex'] as const) : []),
      ...(is.includes('platen') ? (['platen'] as const) : []),
    ],
    modes: cs.flatMap((mode) => MODES[mode] ?? []),
    formats: list(txt.pdl).slice(0, 20),
    version: (txt.vers ?? '').slice(0, 20),
    adminUrl: /^https?:\/\//i.test(txt.adminurl ?? '') ? txt.adminurl! : '',
  };
}

/**
 * One entry a device: two services with one identity at one address are the same, and https is taken before http.
 * Not by the identity alone, which anybody may announce: that would lead the counter away to another machine.
 */
export function mergeFound(all: readonly FoundScanner[]): FoundScanner[] {
  const byDevice = new Map<string, FoundScanner>();
  for (const found of all) {
    const { hostname } = new URL(found.uri.slice(found.uri.indexOf(':') + 1));
    const key = JSON.stringify([hostname, found.uuid || found.name]);
    if (!byDevice.has(key) || found.uri.startsWith('escls:')) byDevice.set(key, found);
  }
  return [...byDevice.values()];
}

/**
 * An IPv4 address before a name: `.local` names need a resolver that Windows 10 does not always have. A link-local
 * IPv6 address is of no use in a URL, which cannot name the interface; the device's name stands in.
 */
function hostOf(service: EsclService): string | undefined {
  const addresses = (service.addresses ?? []).filter((address) =>
    isReachable(address, service.referer?.address),
  );
  const address = addresses.find((a) => isIPv4(a)) ?? addresses.find((a) => isIPv6(a));
  if (address) return isIPv6(address) ? `[${address}]` : address;
  const name = (service.host ?? '').replace(/\.$/, '');
  return /^(?=.{1,253}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(name) && !/\.\d+$|^\d+$/.test(name)
    ? name
    : undefined;
}

/** No address that stands for all, many or nobody; the loopback one only from this machine itself (IPP-over-USB). */
function isReachable(address: string, sender: string | undefined): boolean {
  if (isIPv4(address)) {
    if (address.startsWith('127.')) return sender === undefined || isOwn(sender);
    return !/^(?:0|22[4-9]|2[3-5]\d)\./.test(address);
  }
  if (!isIPv6(address)) return false;
  if (address === '::1') return sender === undefined || isOwn(sender);
  return !/^(?:::|fe[89ab]|ff)/i.test(address);
}

function isOwn(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true;
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return own.some((each) => each.address === address);
}

/** A hostile or odd device may announce anything: strings only, of a bounded length, without control characters. */
function lowerCaseKeys(txt: unknown): Partial<Record<string, string>> {
  if (typeof txt !== 'object' || txt === null) return {};
  const entries = Object.entries(txt).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string'
      ? [[key.toLowerCase(), value.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, MAX_TEXT)]]
      : [],
  );
  return Object.fromEntries(entries);
}
