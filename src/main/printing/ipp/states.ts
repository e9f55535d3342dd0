import type { ErrorCode } from '../../../contract/errors.ts';

/** RFC 8011 §5.3.7: job-state. */
export const JOB_STATE = {
  pending: 3,
  held: 4,
  processing: 5,
  stopped: 6,
  canceled: 7,
  aborted: 8,
  completed: 9,
} as const;

/** RFC 8011 §5.4.11: printer-state. */
export const PRINTER_STATE = { idle: 3, processing: 4, stopped: 5 } as const;

/**
 * What holds a printer up until a person comes, from printer-state-reasons (RFC 8011 §5.4.12, PWG 5100.9 table 3).
 * The first row that matches counts: a cover that stands open because of a jam is a jam.
 */
const BLOCKS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^media-jam/, 'PRINTER_JAMMED'],
  [/^(?:cover|door|interlock|input-tray-missing|output-tray-missing)/, 'PRINTER_COVER_OPEN'],
  [/^media-(?:empty|needed)/, 'PRINTER_MEDIA_EMPTY'],
  [
    /^(?:toner-empty|marker-supply-empty|marker-ink-empty|developer-empty|opc-life-over)/,
    'PRINTER_SUPPLY_EMPTY',
  ],
  [/^output-area-full/, 'PRINTER_STOPPED'],
  [/^(?:paused|moving-to-paused|shutdown|spool-area-full|stopped-partly)/, 'PRINTER_STOPPED'],
  [/^(?:offline|connecting-to-device|timed-out)/, 'PRINTER_UNREACHABLE'],
];

/** Reasons that are still true while paper comes out: one tray of several is empty, or the report is only a notice. */
const HARMLESS = /-report$/;

/**
 * What a person must see to. A printer that prints is not held up by what it warns of; one that is stopped is, even
 * where its only reasons are unknown ones.
 *
 * @param printerState RFC 8011 §5.4.11; undefined where the printer does not say
 * @param working the job makes progress
 */
export function blockOf(
  printerState: number | undefined,
  reasons: readonly string[],
  working: boolean,
): ErrorCode | null {
  const stopped = printerState === PRINTER_STATE.stopped;
  const serious = reasons.filter(
    (reason) => !HARMLESS.test(reason) && (stopped || !working || /-error$/.test(reason)),
  );
  for (const [pattern, code] of BLOCKS) {
    if (serious.some((reason) => pattern.test(reason))) return code;
  }
  return stopped ? 'PRINTER_STOPPED' : null;
}

/** Status codes of RFC 8011 appendix B that a counter tells apart. */
export const STATUS = {
  ok: 0x0000,
  lastOk: 0x00ff,
  forbidden: 0x0401,
  notAuthenticated: 0x0402,
  notAuthorized: 0x0403,
  notPossible: 0x0404,
  notFound: 0x0406,
  gone: 0x0407,
  formatNotSupported: 0x040a,
  attributesNotSupported: 0x040b,
  conflicting: 0x040e,
  compressionNotSupported: 0x040f,
  formatError: 0x0411,
  accountInfoNeeded: 0x041c,
  operationNotSupported: 0x0501,
  serviceUnavailable: 0x0502,
  versionNotSupported: 0x0503,
  temporary: 0x0505,
  notAccepting: 0x0506,
  busy: 0x0507,
  canceled: 0x0508,
  deactivated: 0x050a,
} as const;

/** The named failure for a refused operation. */
export function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case STATUS.forbidden:
    case STATUS.notAuthenticated:
    case STATUS.notAuthorized:
      return 'PRINTER_DENIED';
    case STATUS.formatNotSupported:
    case STATUS.formatError:
      return 'PRINTER_UNSUPPORTED_FORMAT';
    case STATUS.busy:
    case STATUS.serviceUnavailable:
    case STATUS.temporary:
      return 'PRINTER_BUSY';
    case STATUS.deactivated:
      return 'PRINTER_STOPPED';
    default:
      return 'PRINTER_REJECTED';
  }
}
