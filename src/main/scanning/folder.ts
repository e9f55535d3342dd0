import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import type { ScanSettings } from '../../contract/model.ts';
import type { ScannerDeps } from './deps.ts';
import { requireWhole } from './pages/whole.ts';
import type { RawPage, Scanner } from './port.ts';
import { requireRunning } from './wait.ts';

const IMAGE_NAME = /^[^.].*\.(?:jpe?g|png|tiff?|pnm|pbm|pgm|ppm)$/i;

/**
 * The image files of a folder as a scanner: for imports and tests. Natural order of names (2 before 10); files
 * with other extensions, hidden files and folders are passed over. `dpi` of a page is the one that was asked for.
 */
export function folderScanner(uri: string, folder: string, deps: ScannerDeps): Scanner {
  return {
    uri,
    describe: async () => {
      await imageNames(folder);
      return {
        uri,
        name: path.basename(path.resolve(folder)),
        origin: 'configured',
        sources: ['adf', 'adf-duplex', 'platen'],
        dpis: [200, 300, 400, 600],
        modes: ['color', 'gray', 'bw'],
      };
    },
    scan: (settings, signal) => scan(folder, deps, settings, signal),
  };
}

async function* scan(
  folder: string,
  deps: ScannerDeps,
  settings: ScanSettings,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  requireRunning(signal);
  const names = await imageNames(folder);
  if (names.length === 0) throw new CounterError('SCANNER_EMPTY', { what: 'folder' });
  // A platen holds one side.
  const taken = settings.source === 'platen' ? names.slice(0, 1) : names;
  for (const [index, name] of taken.entries()) {
    requireRunning(signal);
    const bytes = await readImage(path.join(folder, name), index, deps);
    yield { index, bytes, format: requireWhole(bytes, index), dpi: settings.dpi };
  }
}

async function imageNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((e) => !e.isDirectory() && IMAGE_NAME.test(e.name)).map((e) => e.name);
    const order = new Intl.Collator('en', { numeric: true });
    return names.sort((a, b) => order.compare(a, b) || (a < b ? -1 : 1));
  } catch (error) {
    throw readFailure(error);
  }
}

async function readImage(file: string, index: number, deps: ScannerDeps): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > deps.limits.maxPageBytes) {
      throw new CounterError('SCANNER_PROTOCOL', { what: 'page-too-large', page: index + 1 });
    }
    return await readFile(file);
  } catch (error) {
    throw error instanceof CounterError ? error : readFailure(error);
  }
}

function readFailure(error: unknown): CounterError {
  const reason = (error as NodeJS.ErrnoException).code ?? '';
  const code = reason === 'EACCES' || reason === 'EPERM' ? 'SCANNER_DENIED' : 'SCANNER_UNREACHABLE';
  return new CounterError(code, { what: 'folder', reason }, { cause: error });
}
