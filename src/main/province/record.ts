import { createHash } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { Applicant, DossierView } from '../../contract/model.ts';
import { vietnamTime } from '../calendar/local-time.ts';

/** A signed component that the province already holds. */
export interface RecordFile {
  /** `spec.id` of the component that it belongs to. */
  readonly componentId: string;
  /** IdTepTin. */
  readonly remoteId: string;
  /** File name with its ending, as the province shows it. */
  readonly name: string;
  readonly sha256: string;
}

export interface RecordContext {
  /** The unit that receives and processes (DonViXuLy). */
  readonly unit: { readonly code: string; readonly name: string };
}

/** LoaiDoiTuong of the adapter of 2019: 1 citizen, 2 business, 3 state agency, 4 other organisation. */
const SUBJECT_KINDS: Readonly<Record<Applicant['kind'], string>> = {
  citizen: '1',
  // The table of 2019 has no household business; it is no enterprise, so it goes with 'others'.
  'household-business': '4',
  business: '2',
  agency: '3',
  organisation: '4',
};
/** KenhThucHien: handed in at the counter. */
const CHANNEL_COUNTER = '1';
/** TrangThaiHoSo: Được tiếp nhận. */
const STATUS_RECEIVED = '2';
const MAX_SUMMARY = 1000;
const MAX_FILE_NAME = 4000;

/** An ISO 8601 instant as the adapter's `yyyyMMddHHmmss` in Asia/Ho_Chi_Minh; '' for none. */
export function toAdapterTime(instant: string | null): string {
  if (instant === null) return '';
  return vietnamTime(new Date(instant)).slice(0, 19).replace(/[-:T]/g, '');
}

/** One spelling for one text (NFC), no half surrogate pairs, single spaces instead of line breaks, tabs and other controls. */
function clean(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const tidy = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  if (tidy.length <= maxLength) return tidy;
  // A cut must not go through a pair of surrogates.
  const cut = tidy.slice(0, maxLength);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** DinhDanhCHS: 1 = the twelve digits of today, 2 = the nine of the old CMND; other numbers are not declared. */
function identities(applicant: Applicant): Record<string, string>[] {
  const number = applicant.identityNumber;
  if (applicant.kind !== 'citizen') return [];
  if (/^\d{12}$/.test(number)) return [{ LoaiDinhDanh: '1', SoDinhDanh: number }];
  if (/^\d{9}$/.test(number)) return [{ LoaiDinhDanh: '2', SoDinhDanh: number }];
  return [];
}

function document(dossier: DossierView, file: RecordFile): Record<string, string> {
  const component = dossier.components.find((c) => c.spec.id === file.componentId);
  if (!component) throw new CounterError('COMPONENT_UNKNOWN', { component: file.componentId });
  return {
    TepDinhKemId: file.remoteId,
    TenTepDinhKem: clean(file.name, MAX_FILE_NAME),
    IsDeleted: 'False',
    // Papers without a national code are told apart by the catalogue's own id.
    MaThanhPhanHoSo: component.spec.code || component.spec.id,
    DuongDanTaiTepTin: '',
    DuocSoHoa: '1',
    DuocTaiSuDung: '0',
    DuocLayTuKhoDMQG: '0',
    MaKetQuaThayThe: '',
    // Extension taken from the ministry-central flow of 2026, so that a changed file cannot pass unseen.
    HashTepTin: file.sha256,
  };
}

/**
 * The record of a received dossier in the field names of `DongBoHoSoMC`. Pure: the same dossier and files always give
 * the same record, which is what an idempotency key needs.
 * Throws APPLICANT_INCOMPLETE, DOSSIER_STATE (not received), PROVINCE_NO_NUMBERS (no official code), COMPONENT_UNKNOWN.
 */
export function toDongBoHoSoMC(
  dossier: DossierView,
  files: readonly RecordFile[],
  context: RecordContext,
): Record<string, unknown> {
  const { applicant, code, procedure, receivedAt } = dossier;
  if (!applicant) throw new CounterError('APPLICANT_INCOMPLETE', { field: 'name' });
  if (!receivedAt) throw new CounterError('DOSSIER_STATE', { state: dossier.state });
  if (code?.kind !== 'official') throw new CounterError('PROVINCE_NO_NUMBERS');
  return {
    MaHoSo: code.value,
    MaTTHC: procedure.code,
    TenTTHC: clean(procedure.name),
    MaLinhVuc: procedure.field.code,
    TenLinhVuc: clean(procedure.field.name),
    KenhThucHien: CHANNEL_COUNTER,
    ChuHoSo: clean(applicant.name),
    LoaiDoiTuong: SUBJECT_KINDS[applicant.kind],
    // TechID of the national sign-in; nobody signs in at a counter.
    MaDoiTuong: '',
    SoGiayToChuHoSo: applicant.identityNumber,
    ThongTinKhac: clean(applicant.address),
    Email: applicant.email,
    Fax: '',
    SoDienThoai: applicant.phone,
    TrichYeuHoSo: clean(procedure.name, MAX_SUMMARY),
    // Handing in and reception are one act at a counter.
    NgayNopHoSo: toAdapterTime(receivedAt),
    NgayTiepNhan: toAdapterTime(receivedAt),
    NgayHenTra: toAdapterTime(dossier.due?.at ?? null),
    NgayTra: '',
    NgayKetThucXuLy: '',
    NgayTuChoi: '',
    TrangThaiHoSo: STATUS_RECEIVED,
    ThongTinTra: '',
    HinhThuc: '0',
    DonViXuLy: clean(context.unit.name),
    GhiChu: '',
    NoiNopHoSo: '2',
    HoSoCoThanhPhanSoHoa: files.length > 0 ? '1' : '0',
    TaiKhoanDuocXacThucVoiVNeID: '0',
    DuocThanhToanTrucTuyen: '0',
    DinhDanhCHS: identities(applicant),
    DSKetNoiCSDL: [],
    TaiLieuNop: files.map((file) => document(dossier, file)),
    DanhSachLePhi: [],
    DanhSachTepDinhKemKhac: [],
    DanhSachHoSoBoSung: [],
    DanhSachGiayToKetQua: [],
  };
}

/**
 * RFC 8785 (JCS) for the values that a record may hold: objects, arrays, strings, finite numbers, booleans, null.
 * Keys are sorted by UTF-16 code units; no white space. Throws INTERNAL on anything else.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = value as Readonly<Record<string, unknown>>;
    const names = Object.keys(fields).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(fields[name])}`).join(',')}}`;
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isFinite(value)) {
    return JSON.stringify(value);
  }
  throw new CounterError('INTERNAL', { canonicalJson: typeof value });
}

/** Lower-case hexadecimal SHA-256 over the UTF-8 of `canonicalJson(record)`: what a receipt must carry. */
export function recordSha256(record: Readonly<Record<string, unknown>>): string {
  return createHash('sha256').update(canonicalJson(record), 'utf8').digest('hex');
}
