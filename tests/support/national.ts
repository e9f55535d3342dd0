import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type ReadCatalogue, readCatalogue } from '../../src/main/procedures/catalogue-file.ts';

/** The national catalogue of July 2026, which lies beside the project and never in it. */
export const NATIONAL_FILE = path.join(
  import.meta.dirname,
  '../../../shared/data/procedures-2026-07.jsonl.gz',
);
/** Empty where it is there; else what a suite that needs it adds to its name. */
export const NO_NATIONAL = existsSync(NATIONAL_FILE) ? '' : ' [missing: ../shared/data beside the project]';

let read: ReadCatalogue | undefined;

export function nationalCatalogue(): ReadCatalogue {
  read ??= readCatalogue(gunzipSync(readFileSync(NATIONAL_FILE)).toString('utf8'));
  return read;
}

/** One plain record of the national kind. */
export function nationalRecord(code: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    MATTHC: code,
    TENTTHC: `Thủ tục số ${code}`,
    QUYETDINH: '163/QĐ-BTP',
    COQUANCONGBO: 'Bộ Tư pháp',
    CAPTHUCHIEN: 'Cấp xã',
    LINHVUC: 'Hộ tịch',
    CACHTHUCTHUCHIEN: [{ KENH: 1, THOIGIANGIAIQUYET: 3, DONVITINH: 'Ngày làm việc', MOTA: 'Miễn phí' }],
    THANHPHANHOSO: [{ TENGIAYTO: 'Đơn đề nghị', SOBANCHINH: 1, SOBANSAO: 0, NHOM: '' }],
    KETQUATHUCHIEN: [{ TENKETQUA: 'Giấy xác nhận', MAKETQUA: 'KQ.G15.000031' }],
    ...more,
  };
}
