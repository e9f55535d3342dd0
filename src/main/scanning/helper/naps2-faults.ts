import { CounterError, type ErrorCode } from '../../../contract/errors.ts';
import type { ProgramEnd } from '../program/run.ts';
import { stopFault } from '../program/stopped.ts';

/**
 * What NAPS2 8.3 says of a failure, in English and in Vietnamese (it speaks the user's language): marks out of
 * cyanfish/naps2, NAPS2.Sdk/Lang/Resources/SdkResources.resx and SdkResources.vi.resx. Another language is judged by
 * the exit status alone.
 */
const TEXTS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/No pages are in the feeder|Không trang sau nằm trong máng/, 'SCANNER_EMPTY'],
  [/has a paper jam|có kẹt giấy/, 'SCANNER_JAMMED'],
  [/cover is open|Nắp máy quét mở/, 'SCANNER_COVER_OPEN'],
  [/scanner is (?:busy|warming up)|Máy quét chọn đang bận|đang ấm dần lên/, 'SCANNER_BUSY'],
  [/scanner (?:is offline|could not be found)|No scanning device was found/, 'SCANNER_UNREACHABLE'],
  [/Máy quét chọn (?:đang ẩn|không thể được tìm thấy)|Không thấy thiết bị quét/, 'SCANNER_UNREACHABLE'],
  [
    /does not support using (?:a feeder|duplex)|không hỗ trợ sử dụng (?:một feeder|hai mặt)/,
    'SCANNER_UNSUPPORTED',
  ],
  [
    /selected driver is not supported|SANE driver is not available|driver option was not valid/,
    'SCANNER_TOOL_MISSING',
  ],
  [/Driver bạn đang chọn không hỗ trợ/, 'SCANNER_TOOL_MISSING'],
  [/Communication with the scanning device was interrupted|worker process crashed/, 'SCANNER_IO'],
  [/error occurred with the scanning driver|lỗi xảy ra với trình điều khiển máy quét/, 'SCANNER_IO'],
  [/An unexpected error occurred/, 'SCANNER_IO'],
  [/don't have permission to save files|error occurred when trying to save the file/, 'DISK_FAILED'],
];

/**
 * The failure that the end of NAPS2's console program stands for, or undefined where it ended well. Its exit status
 * is 1 after an error that it displayed, but 0 after some driver errors that it only printed
 * (AutomatedScanning.Execute): so its words go first.
 *
 * @param files pages that it wrote
 */
export function naps2Fault(
  end: ProgramEnd,
  output: readonly string[],
  files: number,
): CounterError | undefined {
  if (end.stopped === 'cancelled' || end.stopped === 'left') return new CounterError('CANCELLED');
  const text = `${output.join('\n')}\n${end.stderr}`;
  const named = TEXTS.find(([pattern]) => pattern.test(text.normalize('NFC')))?.[1];
  const cause = new Error(text.trim().slice(-2_000) || 'no output');
  // The sheets are all scanned when the feeder has run empty.
  if (named && !(named === 'SCANNER_EMPTY' && files > 0)) {
    return new CounterError(
      named,
      { helper: 'naps2', ...(end.code === undefined ? {} : { status: end.code }) },
      {
        cause,
      },
    );
  }
  const stopped = stopFault(end.stopped, files);
  if (stopped) return stopped;
  if (end.code === undefined) {
    return new CounterError('SCANNER_IO', { reason: 'scan-program-killed' }, { cause });
  }
  if (end.code !== 0 && named === undefined) {
    return new CounterError('SCANNER_IO', { reason: 'helper-ended', status: end.code }, { cause });
  }
  return files === 0 ? new CounterError('SCANNER_EMPTY', { status: end.code }) : undefined;
}
