import type { ScannerDeps } from './deps.ts';
import { esclScanner } from './escl/scanner.ts';
import { folderScanner } from './folder.ts';
import { withPageNumber } from './numbered.ts';
import type { Scanner } from './port.ts';
import { saneScanner } from './sane/scanner.ts';
import { parseScannerUri } from './uri.ts';

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
    case 'sane':
      return saneScanner(uri, address.device, address.options, deps);
    case 'folder':
      return folderScanner(uri, address.path, deps);
  }
}
