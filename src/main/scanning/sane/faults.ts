import { CounterError, type ErrorCode } from '../../../contract/errors.ts';
import type { ProgramEnd } from '../program/run.ts';
import { stopFault } from '../program/stopped.ts';

/** Exit status of scanimage = SANE_Status (SANE standard 1.06, §4.2.7), and the text of sane_strstatus for it. */
const STATUSES: readonly (readonly [number, string, ErrorCode])[] = [
  [2, 'Operation was canceled', 'CANCELLED'],
  [3, 'Device busy', 'SCANNER_BUSY'],
  [4, 'Invalid argument', 'SCANNER_UNSUPPORTED'],
  [5, 'End of file reached', 'SCANNER_IO'],
  [6, 'Document feeder jammed', 'SCANNER_JAMMED'],
  [7, 'Document feeder out of documents', 'SCANNER_EMPTY'],
  [8, 'Scanner cover is open', 'SCANNER_COVER_OPEN'],
  [9, 'Error during device I/O', 'SCANNER_IO'],
  [10, 'Out of memory', 'SCANNER_IO'],
  [11, 'Access to resource has been denied', 'SCANNER_DENIED'],
];

/** Status 1, kept apart because scanimage also ends with 1 for reasons of its own. */
const UNSUPPORTED = 'Operation not supported';

/**
 * The failure that the end of a program stands for, or undefined where it ended well.
 *
 * @param pages whole pages that it gave
 */
export function faultOf(end: Omit<ProgramEnd, 'unfinished'>, pages: number): CounterError | undefined {
  const { stderr, stopped } = end;
  const code = stopped === 'closing' ? statusInText(stderr) : end.code;
  const stopFailed = stopFault(stopped, pages);
  if (stopFailed) return stopFailed;
  // A batch ends with status 0 when the feeder is empty, also when it was empty from the start.
  if (code === 0) return pages > 0 ? undefined : new CounterError('SCANNER_EMPTY', { status: 0 });
  if (code === 7 && pages > 0) return undefined;
  if (code === undefined) return new CounterError('SCANNER_IO', { reason: 'scan-program-killed' });
  return byText(stderr, code) ?? byStatus(code);
}

/** What the last message about the device says, for a program that reported its end and then hung: 0 = no fault. */
function statusInText(stderr: string): number {
  const last = [...stderr.matchAll(/sane_(?:start|read): (.+)/g)].at(-1)?.[1]?.trim();
  if (last === undefined) return 0;
  if (last === UNSUPPORTED) return 1;
  return STATUSES.find(([, text]) => text === last)?.[0] ?? 9;
}

/** Status 1 stands for every failure before and around a scan; only the text tells them apart. */
function byText(stderr: string, code: number): CounterError | undefined {
  if (/No space left on device/.test(stderr)) return new CounterError('DISK_FULL', { where: 'scan-folder' });
  if (code !== 1) return undefined;
  const opened = /open of device .* failed: (.+)/.exec(stderr);
  if (opened) return openFault(opened[1]!.trim());
  const option = /setting of option (\S+) failed|unrecognized option '([^']+)'/.exec(stderr);
  if (option) {
    return new CounterError('SCANNER_UNSUPPORTED', { what: 'option', wanted: option[1] ?? option[2] ?? '' });
  }
  // A device that does not know the sheet's length before its end (hand scanners, some feeders): JPEG's header does.
  if (/Maximum supported image dimension/.test(stderr))
    return new CounterError('SCANNER_UNSUPPORTED', { what: 'unknown-length' });
  if (/too few scanlines/.test(stderr))
    return new CounterError('PAGE_TRUNCATED', { reason: 'too-few-lines' });
  if (/Operation not supported/.test(stderr))
    return new CounterError('SCANNER_UNSUPPORTED', { status: code });
  const named = STATUSES.find(([, text]) => stderr.includes(text));
  return named && byStatus(named[0]);
}

/** A device that cannot be opened is not there, unless it says that it is busy or forbidden. */
function openFault(text: string): CounterError {
  const named = STATUSES.find(([, known]) => known === text);
  const kept = named?.[2] === 'SCANNER_BUSY' || named?.[2] === 'SCANNER_DENIED' ? named[2] : undefined;
  return new CounterError(kept ?? 'SCANNER_UNREACHABLE', { reason: text.slice(0, 120) });
}

function byStatus(code: number): CounterError {
  const known = STATUSES.find(([status]) => status === code)?.[2] ?? 'SCANNER_IO';
  return new CounterError(known, known === 'CANCELLED' ? { status: code, by: 'device' } : { status: code });
}
