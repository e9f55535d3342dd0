import { isIPv4, isIPv6 } from 'node:net';
import { CounterError } from '../../../contract/errors.ts';
import { parseUsbAddress } from '../../usb/address.ts';
import { parseScannerUri } from '../uri.ts';

const MAX_LENGTH = 2048;
/** Blanks of any kind, marks of direction and zero-width characters that come with copied text. */
const INVISIBLE = /[\s\u00a0\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g;
/** The resources of eSCL, which people copy together with their root. */
const RESOURCE = /\/(?:ScannerCapabilities|ScannerStatus|ScanJobs|ScanBufferInfo)(?:\/.*)?$/i;
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/**
 * The scanner URI of an address that a person typed or copied: `192.168.1.20`, `may-quet.local:8080`,
 * `http://192.168.1.20/eSCL/`, `https://[2001:db8::5]:9096`, `escl:http://…`. Without a scheme it is http, over port
 * 443 https; without a path it is `eSCL`, the resource that the specification names.
 *
 * Refused is what a URL parser would make something else of than the person meant: numbers that are no whole address
 * (`192.168.1`), link-local addresses (they need the interface's name, which a URL cannot carry), names and
 * passwords, queries.
 *
 * @throws CounterError SCANNER_URI_INVALID (`reason`)
 */
export function normaliseScannerAddress(typed: string): string {
  if (typed.length > MAX_LENGTH) throw invalid('too-long');
  const text = typed.replace(INVISIBLE, '');
  if (text === '') throw invalid('empty');
  if (text.includes('\\')) throw invalid('host');
  if (/^escls?:/i.test(text)) return checked(ofUri(text));
  const [, scheme, rest] = /^(?:(https?):\/*)?(.*)$/is.exec(text) as unknown as [string, string?, string?];
  return checked(ofUrl(scheme?.toLowerCase(), rest ?? ''));
}

/** An address that has its scheme: what stands behind it is read again, so that its small errors are mended too. */
function ofUri(text: string): string {
  const [, scheme, rest] = /^(escls?):(.*)$/is.exec(text) as unknown as [string, string, string];
  if (parseUsbAddress(rest)) return `escl:${rest}`;
  const uri = normaliseScannerAddress(
    /^https?:/i.test(rest) ? rest : `${scheme.length > 4 ? 'https' : 'http'}:${rest}`,
  );
  if (!uri.startsWith(`${scheme.toLowerCase()}:`)) throw invalid('scheme');
  return uri;
}

function ofUrl(scheme: string | undefined, rest: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(rest)) throw invalid('scheme');
  const [, authority, tail] = /^([^/?#]*)(.*)$/s.exec(rest) as unknown as [string, string, string];
  if (authority.includes('@')) throw invalid('credentials');
  if (/[?#]/.test(tail)) throw invalid('query');
  const { host, port } = splitAuthority(authority);
  const secure = scheme === undefined ? port === 443 : scheme === 'https';
  const usual = secure ? 443 : 80;
  const shown = port === undefined || port === usual ? '' : `:${port}`;
  const path = tail
    .replace(/\/{2,}/g, '/')
    .replace(/\/+$/, '')
    .replace(RESOURCE, '');
  return `${secure ? 'escls:https' : 'escl:http'}://${host}${shown}${path === '' ? '/eSCL' : path}`;
}

function splitAuthority(authority: string): { host: string; port: number | undefined } {
  const bare = authority.replace(/^\[(.*)\]$/s, '$1');
  // An IPv6 address without brackets cannot carry a port: all its colons are its own.
  if (isIPv6(bare)) return { host: hostOf(bare), port: undefined };
  const [, host, port] = /^(.*?)(?::(\d*))?$/s.exec(authority) as unknown as [string, string, string?];
  return { host: hostOf(host.replace(/^\[(.*)\]$/s, '$1')), port: portOf(port) };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!(port > 0 && port < 65_536)) throw invalid('port');
  return port;
}

function hostOf(text: string): string {
  if (/^fe[89ab][0-9a-f]:/i.test(text)) throw invalid('link-local');
  if (isIPv6(text)) return `[${text.toLowerCase()}]`;
  // The decimal comma of the numeric pad, and zeros in front, which a URL would read as octal.
  const dotted = /^\d+(?:[.,]\d+){3}$/.test(text)
    ? text
        .split(/[.,]/)
        .map((part) => String(Number(part)))
        .join('.')
    : text;
  if (isIPv4(dotted)) {
    if (/^(?:0|22[4-9]|2[3-5]\d)\./.test(dotted)) throw invalid('host');
    return dotted;
  }
  const name = text.replace(/\.$/, '').toLowerCase();
  // A name of digits alone is a short or broken address; hexadecimal numbers are addresses to a URL parser too.
  const lastLabel = name.slice(name.lastIndexOf('.') + 1);
  if (!HOST_NAME.test(name) || /^(?:\d+|0x[0-9a-f]*)$/.test(lastLabel)) throw invalid('host');
  return name;
}

/** What comes out is what the engine takes in, or it is refused here. */
function checked(uri: string): string {
  parseScannerUri(uri);
  return uri;
}

function invalid(reason: string): CounterError {
  return new CounterError('SCANNER_URI_INVALID', { scheme: 'escl', reason });
}
