import { CounterError } from '../../contract/errors.ts';
import { parseUsbAddress, type UsbAddress, usbHostName } from '../usb/address.ts';

/** Where a printer is. `printerUri` is what it is told of itself in IPP's `printer-uri`. */
export type PrinterAddress =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'spooler'; readonly name: string }
  | { readonly kind: 'ipp'; readonly http: URL; readonly printerUri: string }
  | { readonly kind: 'usb'; readonly device: UsbAddress; readonly http: URL; readonly printerUri: string };

const MAX_LENGTH = 2048;

/**
 * Reads a printer URI: `ipp://HOST[:631]/PATH`, `ipps://HOST[:631]/PATH`, `ipp:usb:VVVV:PPPP[:SERIAL]`, `file:DIR`,
 * `spooler:NAME` for a printer of the Windows spooler.
 * A path that is missing is `/ipp/print` (RFC 3510, IPP Everywhere §4.2).
 *
 * @throws CounterError PRINTER_URI_INVALID
 */
export function parsePrinterUri(uri: string): PrinterAddress {
  const scheme = /^([a-z]+):/i.exec(uri)?.[1]?.toLowerCase() ?? '';
  if (uri.length > MAX_LENGTH || /\p{Cc}/u.test(uri)) throw invalid(scheme);
  if (scheme === 'file') {
    const folder = uri.slice('file:'.length);
    if (folder === '') throw invalid(scheme);
    return { kind: 'folder', path: folder };
  }
  if (scheme === 'spooler') {
    const name = uri.slice('spooler:'.length);
    // A name that begins like an option would be read as one by the program that prints.
    if (name.trim() === '' || /^[-/]/.test(name)) throw invalid(scheme);
    return { kind: 'spooler', name };
  }
  if (scheme !== 'ipp' && scheme !== 'ipps') throw invalid(scheme);
  const rest = uri.slice(scheme.length + 1);
  if (/^usb:/i.test(rest)) {
    const device = scheme === 'ipp' ? parseUsbAddress(rest) : undefined;
    if (!device) throw invalid(scheme);
    const http = new URL(`http://${usbHostName(device)}/ipp/print`);
    // IPP-over-USB: the device knows itself as localhost.
    return { kind: 'usb', device, http, printerUri: 'ipp://localhost/ipp/print' };
  }
  const text = `${scheme === 'ipps' ? 'https' : 'http'}:${rest}`;
  if (!/^\/\/[^/]/.test(rest) || !URL.canParse(text)) throw invalid(scheme);
  const http = new URL(text);
  const plain = http.username === '' && http.password === '' && http.search === '' && http.hash === '';
  if (http.hostname === '' || http.port === '0' || !plain) throw invalid(scheme);
  const port = portIn(rest) ?? '631';
  if (http.pathname === '/') http.pathname = '/ipp/print';
  http.port = port;
  const host = port === '631' ? http.hostname : `${http.hostname}:${port}`;
  return { kind: 'ipp', http, printerUri: `${scheme}://${host}${http.pathname}` };
}

/** URL drops the port that is its scheme's own, and 80 or 443 may be meant here. */
function portIn(rest: string): string | undefined {
  return /^\/\/[^/]*?:(\d{1,5})(?:\/|$)/.exec(rest)?.[1];
}

function invalid(scheme: string): CounterError {
  return new CounterError('PRINTER_URI_INVALID', { scheme: scheme.slice(0, 32) });
}
