import { createHash } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { FeeLine } from '../../contract/fees.ts';
import type { Channel, ResultWay } from '../../contract/life-cycle.ts';
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

/** A result that the province already holds. */
export interface ResultFile {
  /** `id` of the result that it belongs to. */
  readonly resultId: string;
  readonly remoteId: string;
}

export interface RecordContext {
  /** The unit that receives and processes (DonViXuLy). */
  readonly unit: { readonly code: string; readonly name: string };
  /** TrangThaiHoSo of a dossier, from the table of states. */
  readonly stateCode: (dossier: DossierView) => string;
  readonly results?: readonly ResultFile[];
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
const CHANNELS: Readonly<Record<Channel, string>> = { counter: '1', online: '2', post: '3' };
/** HinhThuc: how the result reaches the person, 0 at the counter or online, 1 by the public post. */
const RESULT_WAYS: Readonly<Record<ResultWay, string>> = { counter: '0', online: '0', post: '1' };
/** HinhThucThu: 1 at reception, 2 with a supplement, 4 when the result is returned. */
const FEE_TIMES: Readonly<Record<FeeLine['due'], string>> = { reception: '1', supplement: '2', return: '4' };
/** LoaiPhiLePhi: 1 ordinary, 2 for appraisal, 3 for a renewal; the counter tells only the first. */
const ORDINARY_FEE = '1';
const MAX_RESULT_NAME = 2000;
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

function feesOf(dossier: DossierView): Record<string, string>[] {
  return dossier.fees.map((line) => ({
    TenPhiLePhi: clean(line.name),
    MaPhiLePhi: line.code,
    HinhThucThu: FEE_TIMES[line.due],
    Gia: String(Math.max(0, line.amount * line.quantity - (line.exemption?.off ?? 0))),
    LoaiPhiLePhi: ORDINARY_FEE,
  }));
}

function supplementsOf(dossier: DossierView): Record<string, unknown>[] {
  return dossier.supplements.map((s, i) => ({
    HoSoBoSungId: `${dossier.id}/${i + 1}`,
    NguoiYeuCauBoSung: clean(s.askedBy),
    NoiDungBoSung: clean([s.reason, ...s.items].join('; '), MAX_SUMMARY),
    NgayBoSung: toAdapterTime(s.askedAt),
    NguoiTiepNhanBoSung: s.answeredAt === null ? '' : clean(s.askedBy),
    ThongTinTiepNhan: '',
    NgayTiepNhanBoSung: toAdapterTime(s.answeredAt),
    TrangThaiBoSung: s.answeredAt === null ? '0' : '1',
    DanhSachGiayToBoSung: [],
    DanhSachLePhiBoSung: [],
    NgayHenTraTruoc: '',
    NgayHenTraMoi: s.answeredAt === null ? '' : toAdapterTime(dossier.due?.at ?? null),
  }));
}

function resultsOf(dossier: DossierView, files: readonly ResultFile[]): Record<string, string>[] {
  return dossier.results.map((result) => ({
    TenGiayTo: clean(result.name, MAX_RESULT_NAME),
    MaThanhPhanHoSo: '',
    GiayToId: files.find((f) => f.resultId === result.id)?.remoteId ?? '',
    DuongDanTepTinKetQua: '',
    MaGiayToKetQua: result.code,
  }));
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
    KenhThucHien: CHANNELS[dossier.intake.channel],
    ChuHoSo: clean(applicant.name),
    LoaiDoiTuong: SUBJECT_KINDS[applicant.kind],
    // TechID of the national sign-in; nobody signs in at a counter.
    MaDoiTuong: '',
    SoGiayToChuHoSo: applicant.identityNumber,
    ThongTinKhac: clean(applicant.address),
    Email: applicant.email,
    Fax: '',
    SoDienThoai: applicant.phone,
    TrichYeuHoSo: clean(dossier.intake.summary || procedure.name, MAX_SUMMARY),
    // Handing in and reception are one act at a counter.
    NgayNopHoSo: toAdapterTime(receivedAt),
    NgayTiepNhan: toAdapterTime(receivedAt),
    NgayHenTra: toAdapterTime(dossier.due?.at ?? null),
    NgayTra: toAdapterTime(dossier.handedOut?.at ?? null),
    NgayKetThucXuLy: toAdapterTime(dossier.finishedAt),
    NgayTuChoi: dossier.state === 'refused' ? toAdapterTime(dossier.ended?.at ?? null) : '',
    TrangThaiHoSo: context.stateCode(dossier),
    ThongTinTra: clean(dossier.handedOut?.to ?? ''),
    HinhThuc: RESULT_WAYS[dossier.handedOut?.way ?? dossier.intake.result.way],
    DonViXuLy: clean(context.unit.name),
    GhiChu: clean(dossier.ended?.reason ?? ''),
    NoiNopHoSo: '2',
    HoSoCoThanhPhanSoHoa: files.length > 0 ? '1' : '0',
    TaiKhoanDuocXacThucVoiVNeID: '0',
    DuocThanhToanTrucTuyen: '0',
    DinhDanhCHS: identities(applicant),
    DSKetNoiCSDL: [],
    TaiLieuNop: files.map((file) => document(dossier, file)),
    DanhSachLePhi: feesOf(dossier),
    DanhSachTepDinhKemKhac: [],
    DanhSachHoSoBoSung: supplementsOf(dossier),
    DanhSachGiayToKetQua: resultsOf(dossier, context.results ?? []),
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
