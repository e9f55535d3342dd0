import { CounterError } from '../../contract/errors.ts';
import { parseUsbAddress, type UsbAddress } from '../usb/address.ts';

/** Where a scanner is and by which protocol it is spoken to. */
export type ScannerAddress =
  | { readonly kind: 'escl'; readonly base: URL }
  | { readonly kind: 'usb'; readonly device: UsbAddress }
  | { readonly kind: 'sane'; readonly device: string; readonly options: SaneOptions }
  | {
      readonly kind: 'helper';
      readonly helper: string;
      readonly device: string;
      readonly options: SaneOptions;
    }
  | { readonly kind: 'folder'; readonly path: string };

/** Device options by their scanimage name, without dashes. */
export type SaneOptions = Readonly<Record<string, string>>;

const MAX_URI_LENGTH = 2048;
const OPTION_LIST = /^[a-z][a-z0-9-]+=[^=&?]*(?:&[a-z][a-z0-9-]+=[^=&?]*)*$/;

/**
 * Reads a scanner URI: `escl:http://HOST[:PORT]/PATH`, `escls:https://HOST[:PORT]/PATH`,
 * `escl:usb:VVVV:PPPP[:SERIAL]`, `sane:DEVICE`, `helper:NAME/DEVICE`, `folder:PATH`.
 *
 * A SANE device name may hold any character, '?' included. Options of the device may follow the name after its
 * last '?', as `name=value` pairs joined by '&', values percent-encoded (`sane:test:0?read-delay=yes`). A tail
 * that is not such a list belongs to the name; a name that ends in one is protected by a trailing '?'.
 * Which names the device accepts is checked before the scan against its own list of options.
 *
 * A helper is named as the admin named it; the device follows percent-encoded, then options as above.
 *
 * @throws CounterError SCANNER_URI_INVALID
 */
export function parseScannerUri(uri: string): ScannerAddress {
  const colon = uri.indexOf(':');
  const scheme = uri.slice(0, Math.max(colon, 0));
  const rest = uri.slice(colon + 1);
  if (uri.length > MAX_URI_LENGTH || rest === '' || hasControlCharacter(uri)) throw invalid(scheme);
  switch (scheme) {
    case 'escl':
      if (/^usb:/i.test(rest)) return parseUsb(rest);
      return { kind: 'escl', base: parseBase(rest, 'http:', scheme) };
    case 'escls':
      return { kind: 'escl', base: parseBase(rest, 'https:', scheme) };
    case 'sane':
      return parseSane(rest);
    case 'helper':
      return parseHelper(rest);
    case 'folder':
      return { kind: 'folder', path: rest };
    default:
      throw invalid(scheme);
  }
}

function parseBase(text: string, protocol: string, scheme: string): URL {
  if (!URL.canParse(text)) throw invalid(scheme);
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url.protocol !== protocol || url.hostname === '' || url.port === '0' || !plain) throw invalid(scheme);
  // `eSCL` is the resource that the specification names where the device announces no other (TXT key `rs`).
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path === '' ? '/eSCL' : path;
  return url;
}

function parseUsb(rest: string): ScannerAddress {
  const device = parseUsbAddress(rest);
  if (!device) throw invalid('escl');
  return { kind: 'usb', device };
}

function parseSane(rest: string): ScannerAddress {
  const mark = rest.lastIndexOf('?');
  if (mark === rest.length - 1 && mark > 0) {
    return { kind: 'sane', device: rest.slice(0, mark), options: {} };
  }
  if (mark > 0 && OPTION_LIST.test(rest.slice(mark + 1))) {
    return { kind: 'sane', device: rest.slice(0, mark), options: parseOptions(rest.slice(mark + 1)) };
  }
  return { kind: 'sane', device: rest, options: {} };
}

const HELPER = /^([a-z0-9][a-z0-9-]{0,31})\/([^/?&=\s]+)(?:\?(.*))?$/;

function parseHelper(rest: string): ScannerAddress {
  const [, helper, device, tail] = HELPER.exec(rest) ?? [];
  if (helper === undefined || device === undefined) throw invalid('helper');
  if (tail !== undefined && !OPTION_LIST.test(tail)) throw invalid('helper');
  const options = tail === undefined ? {} : parseOptions(tail, 'helper');
  return { kind: 'helper', helper, device: decodeValue(device, 'helper'), options };
}

/** The URI of a device that a helper listed under an identity of its own. */
export function helperUri(helper: string, device: string): string {
  return `helper:${helper}/${encodeURIComponent(device)}`;
}

/** The URI of a SANE device without options, whatever its name looks like. */
export function saneUri(device: string): string {
  const tail = device.slice(device.lastIndexOf('?') + 1);
  const ambiguous = device.endsWith('?') || (device.lastIndexOf('?') > 0 && OPTION_LIST.test(tail));
  return `sane:${device}${ambiguous ? '?' : ''}`;
}

function parseOptions(text: string, scheme = 'sane'): SaneOptions {
  const pairs = text.split('&').map((pair) => {
    const [name, value] = pair.split('=') as [string, string];
    return [name, decodeValue(value, scheme)] as const;
  });
  return Object.fromEntries(pairs);
}

function decodeValue(value: string, scheme: string): string {
  try {
    const decoded = decodeURIComponent(value);
    if (!hasControlCharacter(decoded)) return decoded;
  } catch (error) {
    throw new CounterError('SCANNER_URI_INVALID', { scheme }, { cause: error });
  }
  throw invalid(scheme);
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((c) => c.codePointAt(0)! < 0x20 || c.codePointAt(0) === 0x7f);
}

function invalid(scheme: string): CounterError {
  return new CounterError('SCANNER_URI_INVALID', { scheme: scheme.slice(0, 32) });
}
