import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import type { ScannerDeps } from '../deps.ts';
import type { FoundScanner } from '../found.ts';
import type { Scanner } from '../port.ts';
import { type HelperDevice, jsonLinesScanner, listJsonLines } from './json-lines.ts';
import { listNaps2Console, naps2ConsoleScanner } from './naps2-console.ts';
import { listNaps2Server, naps2ServerScanner } from './naps2-server.ts';
import type { HelperSpec } from './spec.ts';

/**
 * A scanner behind a helper that an admin configured (`ScannerDeps.helpers`).
 *
 * @throws CounterError SCANNER_URI_INVALID where no helper has this name, SCANNER_TOOL_MISSING
 */
export function helperScanner(at: HelperDevice, deps: ScannerDeps): Scanner {
  const spec = specOf(at.helper, deps);
  switch (spec.kind) {
    case 'json-lines':
      return jsonLinesScanner(at, spec, deps);
    case 'naps2-console':
      return naps2ConsoleScanner(at, spec, deps);
    case 'naps2-server':
      return naps2ServerScanner(at, spec, deps);
  }
}

/**
 * Devices that one helper sees. May take seconds: its drivers are asked.
 *
 * @throws CounterError SCANNER_URI_INVALID, SCANNER_TOOL_MISSING, SCANNER_TIMEOUT, SCANNER_IO, SCANNER_PROTOCOL, CANCELLED
 */
export async function listHelperDevices(
  helper: string,
  deps: ScannerDeps,
  signal: AbortSignal,
): Promise<FoundScanner[]> {
  const spec = specOf(helper, deps);
  switch (spec.kind) {
    case 'json-lines':
      return listJsonLines(helper, spec, deps, signal);
    case 'naps2-console':
      return listNaps2Console(helper, spec, deps, signal);
    case 'naps2-server':
      return listNaps2Server(helper, spec);
  }
}

/** A program is named by its whole path: what a search path or a working folder holds is not what IT installed. */
function specOf(helper: string, deps: ScannerDeps): HelperSpec {
  if (!Object.hasOwn(deps.helpers, helper)) {
    throw new CounterError('SCANNER_URI_INVALID', { scheme: 'helper', reason: 'unknown-helper' });
  }
  const spec = deps.helpers[helper]!;
  if (spec.program !== undefined && !path.isAbsolute(spec.program)) {
    throw new CounterError('SCANNER_TOOL_MISSING', { program: helper, reason: 'not-absolute' });
  }
  return spec;
}
