import type { Wrong } from './http.ts';
import { parseCode } from './numbers.ts';
import { dayOf, fromAdapterTime } from './time.ts';

/** What the check of a record may ask of the province. */
export interface RecordWorld {
  readonly unit: string;
  now(): Date;
  isIssued(code: string): boolean;
  /** SHA-256 of a whole stored file, or null. */
  hashOf(remoteId: string): string | null;
}

const FILLED = [
  ...['MaHoSo', 'MaTTHC', 'TenTTHC', 'TenLinhVuc', 'KenhThucHien', 'ChuHoSo', 'LoaiDoiTuong'],
  ...['TrichYeuHoSo', 'NgayNopHoSo', 'NgayTiepNhan', 'TrangThaiHoSo', 'DonViXuLy', 'NoiNopHoSo', 'HinhThuc'],
  ...['HoSoCoThanhPhanSoHoa', 'TaiKhoanDuocXacThucVoiVNeID', 'DuocThanhToanTrucTuyen'],
];
const PRESENT = [
  ...[
    'MaDoiTuong',
    // The national catalogue gives fields by name, not all with a code.
    'MaLinhVuc',
    'SoGiayToChuHoSo',
    'ThongTinKhac',
    'Email',
    'Fax',
    'SoDienThoai',
    'NgayHenTra',
    'NgayTra',
  ],
  ...['NgayKetThucXuLy', 'NgayTuChoi', 'ThongTinTra', 'GhiChu'],
];
const LISTS = [
  ...['DinhDanhCHS', 'DSKetNoiCSDL', 'TaiLieuNop', 'DanhSachLePhi', 'DanhSachTepDinhKemKhac'],
  ...['DanhSachHoSoBoSung', 'DanhSachGiayToKetQua'],
];
const DATES = ['NgayNopHoSo', 'NgayTiepNhan', 'NgayHenTra', 'NgayTra', 'NgayKetThucXuLy', 'NgayTuChoi'];
/** Code tables of the adapter (facts of the field, DongBoHoSoMC). */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  KenhThucHien: ['1', '2', '3'],
  LoaiDoiTuong: ['1', '2', '3', '4'],
  TrangThaiHoSo: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
  HinhThuc: ['0', '1'],
  HoSoCoThanhPhanSoHoa: ['0', '1'],
  TaiKhoanDuocXacThucVoiVNeID: ['0', '1'],
  DuocThanhToanTrucTuyen: ['0', '1', '3'],
};
const FILE_FIELDS = [
  ...['TepDinhKemId', 'TenTepDinhKem', 'IsDeleted', 'MaThanhPhanHoSo', 'DuongDanTaiTepTin', 'DuocSoHoa'],
  ...['DuocTaiSuDung', 'DuocLayTuKhoDMQG', 'MaKetQuaThayThe', 'HashTepTin'],
];
/** How far ahead of the province's clock a counter's may be. */
const CLOCK_SLACK_MS = 10 * 60_000;

type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Every value of the adapter is a string, at any depth. */
function nonStrings(value: unknown, path: string): Wrong[] {
  if (typeof value === 'string') return [];
  if (Array.isArray(value)) return value.flatMap((item, i) => nonStrings(item, `${path}[${i}]`));
  if (isFields(value)) {
    return Object.entries(value).flatMap(([name, field]) =>
      nonStrings(field, path ? `${path}.${name}` : name),
    );
  }
  return [{ truong: path, ma: 'string' }];
}

function shapeOf(record: Fields): Wrong[] {
  return [
    ...nonStrings(record, ''),
    ...FILLED.filter((f) => text(record[f]).trim() === '').map((f) => ({ truong: f, ma: 'required' })),
    ...PRESENT.filter((f) => typeof record[f] !== 'string').map((f) => ({ truong: f, ma: 'missing' })),
    ...LISTS.filter((f) => !Array.isArray(record[f])).map((f) => ({ truong: f, ma: 'list' })),
    ...Object.entries(TABLES)
      .filter(([f, allowed]) => !allowed.includes(text(record[f])))
      .map(([f]) => ({ truong: f, ma: 'table' })),
    ...(text(record.TrichYeuHoSo).length > 1000 ? [{ truong: 'TrichYeuHoSo', ma: 'length' }] : []),
  ];
}

function datesOf(record: Fields, now: Date): Wrong[] {
  const wrong: Wrong[] = [];
  for (const field of DATES) {
    const value = text(record[field]);
    if (value !== '' && !fromAdapterTime(value)) wrong.push({ truong: field, ma: 'date' });
  }
  const received = fromAdapterTime(text(record.NgayTiepNhan));
  const due = fromAdapterTime(text(record.NgayHenTra));
  if (received && received.getTime() > now.getTime() + CLOCK_SLACK_MS) {
    wrong.push({ truong: 'NgayTiepNhan', ma: 'future' });
  }
  if (received && due && due < received) wrong.push({ truong: 'NgayHenTra', ma: 'before' });
  return wrong;
}

function codeOf(record: Fields, world: RecordWorld): Wrong[] {
  const code = text(record.MaHoSo);
  const parsed = parseCode(world.unit, code);
  if (!parsed) return [{ truong: 'MaHoSo', ma: 'shape' }];
  if (!world.isIssued(code)) return [{ truong: 'MaHoSo', ma: 'not-issued' }];
  const received = fromAdapterTime(text(record.NgayTiepNhan));
  return received && dayOf(received) !== parsed.day ? [{ truong: 'MaHoSo', ma: 'day' }] : [];
}

function identitiesOf(record: Fields): Wrong[] {
  const list = Array.isArray(record.DinhDanhCHS) ? record.DinhDanhCHS : [];
  return list.flatMap((item, i) => {
    const fields = isFields(item) ? item : {};
    const digits = { '1': 12, '2': 9 }[text(fields.LoaiDinhDanh)];
    const good = digits !== undefined && new RegExp(`^\\d{${digits}}$`).test(text(fields.SoDinhDanh));
    return good ? [] : [{ truong: `DinhDanhCHS[${i}]`, ma: 'identity' }];
  });
}

function documentsOf(record: Fields, world: RecordWorld): Wrong[] {
  const list = Array.isArray(record.TaiLieuNop) ? record.TaiLieuNop : [];
  return list.flatMap((item, i) => {
    const at = `TaiLieuNop[${i}]`;
    const fields = isFields(item) ? item : {};
    const missing = FILE_FIELDS.filter((f) => typeof fields[f] !== 'string');
    if (missing.length > 0) return missing.map((f) => ({ truong: `${at}.${f}`, ma: 'missing' }));
    const name = text(fields.TenTepDinhKem);
    const stored = world.hashOf(text(fields.TepDinhKemId));
    return [
      ...(name.length >= 1 && name.length <= 4000 ? [] : [{ truong: `${at}.TenTepDinhKem`, ma: 'length' }]),
      ...(stored === null ? [{ truong: `${at}.TepDinhKemId`, ma: 'unknown' }] : []),
      ...(stored !== null && stored !== fields.HashTepTin
        ? [{ truong: `${at}.HashTepTin`, ma: 'hash' }]
        : []),
    ];
  });
}

/** All that is wrong with a DongBoHoSoMC record, field by field; empty where it may be stored. */
export function checkRecord(record: Fields, world: RecordWorld): Wrong[] {
  return [
    ...shapeOf(record),
    ...datesOf(record, world.now()),
    ...codeOf(record, world),
    ...identitiesOf(record),
    ...documentsOf(record, world),
  ];
}
