import { CounterError } from '../../contract/errors.ts';
import { type UsbAddress, usbHostName } from '../usb/address.ts';
import type { ScannerDeps } from './deps.ts';
import { esclScanner } from './escl/scanner.ts';
import { folderScanner } from './folder.ts';
import { helperScanner } from './helper/scanner.ts';
import { withPageNumber } from './numbered.ts';
import type { Scanner } from './port.ts';
import { saneScanner } from './sane/scanner.ts';
import { parseScannerUri } from './uri.ts';
import { usbScannerError } from './usb-errors.ts';

/**
 * The scanner behind a URI (forms: see parseScannerUri). Nothing is asked of the device yet.
 *
 * @throws CounterError SCANNER_URI_INVALID
 */
export function openScanner(uri: string, deps: ScannerDeps): Scanner {
  const scanner = scannerAt(uri, deps);
  return { ...scanner, scan: (settings, signal) => withPageNumber(scanner.scan(settings, signal)) };
}

function scannerAt(uri: string, deps: ScannerDeps): Scanner {
  const address = parseScannerUri(uri);
  switch (address.kind) {
    case 'escl':
      return esclScanner(uri, address.base, deps);
    case 'usb':
      return usbScanner(uri, address.device, deps);
    case 'sane':
      return saneScanner(uri, address.device, address.options, deps);
    case 'helper':
      return helperScanner({ uri, ...address }, deps);
    case 'folder':
      return folderScanner(uri, address.path, deps);
  }
}

/** eSCL over IPP-over-USB; the resource is `eSCL`, because nothing announces another one on the USB. */
function usbScanner(uri: string, device: UsbAddress, deps: ScannerDeps): Scanner {
  const base = new URL(`http://${usbHostName(device)}/eSCL`);
  const connect = () => {
    if (!deps.usb) throw new CounterError('SCANNER_UNREACHABLE', { reason: 'usb-unavailable' });
    return deps.usb(device, usbScannerError);
  };
  return esclScanner(uri, base, { ...deps, connect });
}
