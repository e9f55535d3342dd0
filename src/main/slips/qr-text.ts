import { minuteOf, pad, partsOf } from '../calendar/local-time.ts';

export interface SlipQr {
  readonly dossierCode: string;
  readonly procedureCode: string;
  /** Mã định danh of the person whose procedure it is. */
  readonly identityNumber: string;
  readonly paperName: string;
  readonly systemName: string;
  readonly issuedAt: string;
  readonly dueAt: string | null;
}

/** First field of the text; another layout gets another one. */
export const QR_VERSION = 'MCC1';

/**
 * The QR text of a printed slip. TT 01/2023/TT-VPCP Điều 26 names what it holds and leaves the encoding open; this is
 * ours, version MCC1: UTF-8 in NFC, eight fields joined by `|`, in the order
 *
 *   MCC1 | mã hồ sơ | mã TTHC | mã định danh | tên giấy tờ | tên hệ thống | thời điểm xuất bản | thời điểm hẹn trả
 *
 * with times as `yyyyMMddHHmm` at +07:00, an unknown due time empty, and any `|` or line break within a value as `/`.
 */
export function slipQrText(slip: SlipQr): string {
  return [
    QR_VERSION,
    slip.dossierCode,
    slip.procedureCode,
    slip.identityNumber,
    slip.paperName,
    slip.systemName,
    stampOf(slip.issuedAt),
    slip.dueAt === null ? '' : stampOf(slip.dueAt),
  ]
    .map((value) => value.normalize('NFC').replace(/[|\r\n]+/g, '/'))
    .join('|');
}

function stampOf(instant: string): string {
  const { year, month, day, hour, minute } = partsOf(minuteOf(instant));
  return `${year}${pad(month)}${pad(day)}${pad(hour)}${pad(minute)}`;
}
