import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FRESH_COURSE } from '../../../src/contract/life-cycle.ts';
import type { DossierView } from '../../../src/contract/model.ts';
import {
  canonicalJson,
  type RecordFile,
  recordSha256,
  toAdapterTime,
  toDongBoHoSoMC,
} from '../../../src/main/province/record.ts';
import { canonical } from '../../../src/simulators/province/canonical.ts';
import { PLAIN_APPLICANT, PLAIN_PAPER, PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';

const component = (id: string, code: string) => ({
  spec: {
    id,
    code,
    name: `Giấy ${id}`,
    originals: 1,
    copies: 0,
    handling: 'submit' as const,
    required: true,
    group: '',
    ...PLAIN_SPEC,
  },
  pages: [],
  signature: null,
  attachments: [],
  facts: null,
  ...PLAIN_PAPER,
});

const dossier: DossierView = {
  id: '4c6a1e0e-4d0c-4a55-9a3a-1f6f0a0b0c01',
  state: 'received',
  procedure: {
    code: '1.012222',
    name: 'Công nhận người có uy tín trong vùng đồng bào dân tộc thiểu số',
    field: { code: 'G21-DT', name: 'Công tác dân tộc' },
    version: '2026-09-20',
    duration: { value: 5, unit: 'working-day' },
    ...PLAIN_PROCEDURE,
    components: [],
    results: [],
  },
  applicant: {
    name: 'Hoàng Thị Ánh',
    identityNumber: '004190000123',
    kind: 'citizen',
    birthDate: '1990-01-02',
    gender: 'female',
    address: 'Xóm 1, xã Thử Nghiệm, Cao Bằng',
    phone: '0912345678',
    email: 'anh@example.com',
    ...PLAIN_APPLICANT,
  },
  components: [component('bien-ban', 'KQ.G21.000123'), component('de-nghi', '')],
  code: { value: 'H14.22.05-261123-0007', kind: 'official' },
  openedAt: '2026-11-23T01:20:00Z',
  openedBy: 'canbo',
  receivedAt: '2026-11-23T01:30:05Z',
  due: { at: '2026-11-30T10:00:00Z', reasons: [] },
  slipDocumentId: null,
  receipt: null,
  sendFault: null,
  ...FRESH_COURSE,
};
const files: RecordFile[] = [
  { componentId: 'bien-ban', remoteId: 'r-1', name: 'Biên bản.pdf', sha256: 'a'.repeat(64) },
  { componentId: 'de-nghi', remoteId: 'r-2', name: 'Đề nghị.pdf', sha256: 'b'.repeat(64) },
];
const context = {
  unit: { code: 'H14.22.05', name: 'UBND xã Thử Nghiệm' },
  stateCode: (d: DossierView) => (d.state === 'received' ? '2' : '4'),
};
const map = (change: Partial<DossierView> = {}, which = files) =>
  toDongBoHoSoMC({ ...dossier, ...change }, which, context);
const withApplicant = (change: Partial<NonNullable<DossierView['applicant']>>) =>
  map({ applicant: { ...dossier.applicant!, ...change } });

describe('the DongBoHoSoMC record', () => {
  test.each([
    ['MaHoSo', 'H14.22.05-261123-0007'],
    ['MaTTHC', '1.012222'],
    ['TenTTHC', 'Công nhận người có uy tín trong vùng đồng bào dân tộc thiểu số'],
    ['MaLinhVuc', 'G21-DT'],
    ['TenLinhVuc', 'Công tác dân tộc'],
    ['KenhThucHien', '1'],
    ['ChuHoSo', 'Hoàng Thị Ánh'],
    ['LoaiDoiTuong', '1'],
    ['MaDoiTuong', ''],
    ['SoGiayToChuHoSo', '004190000123'],
    ['ThongTinKhac', 'Xóm 1, xã Thử Nghiệm, Cao Bằng'],
    ['Email', 'anh@example.com'],
    ['Fax', ''],
    ['SoDienThoai', '0912345678'],
    ['TrichYeuHoSo', 'Công nhận người có uy tín trong vùng đồng bào dân tộc thiểu số'],
    ['NgayNopHoSo', '20261123083005'],
    ['NgayTiepNhan', '20261123083005'],
    ['NgayHenTra', '20261130170000'],
    ['NgayTra', ''],
    ['NgayKetThucXuLy', ''],
    ['NgayTuChoi', ''],
    ['TrangThaiHoSo', '2'],
    ['ThongTinTra', ''],
    ['HinhThuc', '0'],
    ['DonViXuLy', 'UBND xã Thử Nghiệm'],
    ['GhiChu', ''],
    ['NoiNopHoSo', '2'],
    ['HoSoCoThanhPhanSoHoa', '1'],
    ['TaiKhoanDuocXacThucVoiVNeID', '0'],
    ['DuocThanhToanTrucTuyen', '0'],
    ['DinhDanhCHS', [{ LoaiDinhDanh: '1', SoDinhDanh: '004190000123' }]],
    ['DSKetNoiCSDL', []],
    ['DanhSachLePhi', []],
    ['DanhSachTepDinhKemKhac', []],
    ['DanhSachHoSoBoSung', []],
    ['DanhSachGiayToKetQua', []],
  ])('%s', (field, value) => {
    expect(map()[field]).toEqual(value);
  });

  test('names every digitised component with its file, its code and its hash', () => {
    const common = {
      IsDeleted: 'False',
      DuongDanTaiTepTin: '',
      DuocSoHoa: '1',
      DuocTaiSuDung: '0',
      DuocLayTuKhoDMQG: '0',
      MaKetQuaThayThe: '',
    };
    const first = { TepDinhKemId: 'r-1', TenTepDinhKem: 'Biên bản.pdf', MaThanhPhanHoSo: 'KQ.G21.000123' };
    const second = { TepDinhKemId: 'r-2', TenTepDinhKem: 'Đề nghị.pdf', MaThanhPhanHoSo: 'de-nghi' };
    expect(map().TaiLieuNop).toEqual([
      { ...common, ...first, HashTepTin: 'a'.repeat(64) },
      { ...common, ...second, HashTepTin: 'b'.repeat(64) },
    ]);
    expect(map({}, [])).toMatchObject({ TaiLieuNop: [], HoSoCoThanhPhanSoHoa: '0' });
  });

  test.each([
    ['citizen', '1'],
    ['business', '2'],
    ['agency', '3'],
    ['organisation', '4'],
  ] as const)('a %s is LoaiDoiTuong %s', (kind, code) => {
    expect(withApplicant({ kind }).LoaiDoiTuong).toBe(code);
  });

  test.each([
    ['citizen', '012345678', [{ LoaiDinhDanh: '2', SoDinhDanh: '012345678' }]],
    ['citizen', 'B1234567', []],
    ['citizen', '', []],
    ['business', '0101234567', []],
    ['business', '012345678901', []],
  ] as const)('the number of a %s, %j, is declared as %j', (kind, identityNumber, declared) => {
    expect(withApplicant({ kind, identityNumber }).DinhDanhCHS).toEqual(declared);
  });

  test('holds strings only, at any depth', () => {
    const leaves = (value: unknown): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
    expect(leaves(map()).filter((leaf) => typeof leaf !== 'string')).toEqual([]);
  });

  test('cuts a summary of more than 1000 characters, never in the middle of one', () => {
    const name = `${'x'.repeat(999)}😀 hết`;
    const summary = map({ procedure: { ...dossier.procedure, name } }).TrichYeuHoSo as string;
    expect(summary).toBe('x'.repeat(999));
    expect(map({ procedure: { ...dossier.procedure, name: 'y'.repeat(1000) } }).TrichYeuHoSo).toBe(
      'y'.repeat(1000),
    );
  });

  test('one text has one spelling: composed, without control characters or half characters', () => {
    const record = withApplicant({
      name: 'Hoa\u0300ng\u0000 Thi\u0323\r\nA\u0301nh\ud800',
      address: '  xã\tA ',
    });
    expect(record.ChuHoSo).toBe('Hoàng Thị Ánh\ufffd');
    expect(record.ThongTinKhac).toBe('xã A');
  });

  test('a dossier without a due date has an empty NgayHenTra', () => {
    expect(map({ due: null }).NgayHenTra).toBe('');
  });

  test.each([
    ['APPLICANT_INCOMPLETE', { applicant: null }],
    ['DOSSIER_STATE', { receivedAt: null }],
    ['PROVINCE_NO_NUMBERS', { code: null }],
    ['PROVINCE_NO_NUMBERS', { code: { value: 'TAM-0001', kind: 'temporary' as const } }],
    ['COMPONENT_UNKNOWN', { components: [] }],
  ])('%s where %j', (code, change) => {
    expect(() => map(change)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ['2026-12-31T16:59:59Z', '20261231235959'],
    ['2026-12-31T17:00:00Z', '20270101000000'],
    ['2026-11-23T01:02:03.999Z', '20261123080203'],
  ])('%s is %s at +07:00', (instant, text) => {
    expect(toAdapterTime(instant)).toBe(text);
  });
});

describe('canonical JSON', () => {
  test('the sample of RFC 8785 §3.2.3: keys by UTF-16 code units', () => {
    const sample = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = [...canonicalJson(sample).matchAll(/:"([^"]+)"/g)].map((m) => m[1]);
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  test('does not depend on the order in which fields were set', () => {
    const record = map();
    const turned = Object.fromEntries(Object.entries(record).reverse());
    expect(recordSha256(turned)).toBe(recordSha256(record));
    expect(recordSha256({ ...record, GhiChu: ' ' })).not.toBe(recordSha256(record));
  });

  test('the counter and the province, each with its own writer, agree', () => {
    expect(canonicalJson(map())).toBe(canonical(map()));
    const text = canonicalJson({ b: ['x', { d: '"\\\n', c: '' }], a: 'ố' });
    expect(text).toBe('{"a":"ố","b":["x",{"c":"","d":"\\"\\\\\\n"}]}');
    expect(recordSha256({ a: 'ố' })).toBe(createHash('sha256').update('{"a":"ố"}').digest('hex'));
  });

  test.each([undefined, Number.NaN, () => 1])('refuses %s', (value) => {
    expect(() => canonicalJson({ a: value })).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});
