import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectProvince, type ProvinceOptions } from '../../../../src/main/province/connector.ts';
import type { OutgoingFile, Province, StoredFile } from '../../../../src/main/province/port.ts';
import {
  type ProvinceSimulator,
  type ProvinceSimulatorOptions,
  startProvinceSimulator,
} from '../../../../src/simulators/province/index.ts';

export const UNIT = 'H14.22.05';
export const CLIENT = { id: 'quầy-01', secret: 'bí mật: 1+1=2&' };
/** 2026-11-23 09:00 at +07:00. */
export const NOW = new Date('2026-11-23T02:00:00Z');
export const DAY = '2026-11-23';
export const never = new AbortController().signal;

/** Numbers in [0, 1) from a seed, the same on every machine (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function bytesOf(seed: number, length: number): Uint8Array {
  const random = seeded(seed);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function outgoing(key: string, bytes: Uint8Array, onRead?: () => void): OutgoingFile {
  return {
    key,
    name: `Đơn đề nghị ${key}.pdf`,
    sha256: sha256(bytes),
    bytes: bytes.length,
    read: async (offset, length) => {
      onRead?.();
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A record that the province accepts, naming `stored`. */
export function recordFor(code: string, stored: readonly StoredFile[]): Record<string, unknown> {
  const empty = ['MaDoiTuong', 'ThongTinKhac', 'Email', 'Fax', 'NgayTra', 'NgayKetThucXuLy', 'NgayTuChoi'];
  const lists = ['DSKetNoiCSDL', 'DanhSachLePhi', 'DanhSachTepDinhKemKhac', 'DanhSachHoSoBoSung'];
  return {
    ...Object.fromEntries([...empty, 'ThongTinTra', 'GhiChu'].map((f) => [f, ''])),
    ...Object.fromEntries([...lists, 'DanhSachGiayToKetQua'].map((f) => [f, []])),
    MaHoSo: code,
    MaTTHC: '1.012222',
    TenTTHC: 'Công nhận người có uy tín',
    MaLinhVuc: 'G21-DT',
    TenLinhVuc: 'Công tác dân tộc',
    KenhThucHien: '1',
    ChuHoSo: 'Hoàng Thị Ánh',
    LoaiDoiTuong: '1',
    SoGiayToChuHoSo: '004190000123',
    SoDienThoai: '0912345678',
    TrichYeuHoSo: 'Công nhận người có uy tín',
    NgayNopHoSo: '20261123083000',
    NgayTiepNhan: '20261123083000',
    NgayHenTra: '20261130083000',
    TrangThaiHoSo: '2',
    HinhThuc: '0',
    DonViXuLy: 'UBND xã Thử Nghiệm',
    NoiNopHoSo: '2',
    HoSoCoThanhPhanSoHoa: stored.length > 0 ? '1' : '0',
    TaiKhoanDuocXacThucVoiVNeID: '0',
    DuocThanhToanTrucTuyen: '0',
    DinhDanhCHS: [{ LoaiDinhDanh: '1', SoDinhDanh: '004190000123' }],
    TaiLieuNop: stored.map((file, i) => ({
      TepDinhKemId: file.remoteId,
      TenTepDinhKem: `Thành phần ${i + 1}.pdf`,
      IsDeleted: 'False',
      MaThanhPhanHoSo: `TP.${i + 1}`,
      DuongDanTaiTepTin: '',
      DuocSoHoa: '1',
      DuocTaiSuDung: '0',
      DuocLayTuKhoDMQG: '0',
      MaKetQuaThayThe: '',
      HashTepTin: file.sha256,
    })),
  };
}

export interface World {
  readonly folder: string;
  readonly simulator: ProvinceSimulator;
  readonly province: Province;
  connect(options?: Partial<ProvinceOptions>): Province;
  /** One official code of the day. */
  code(key?: string): Promise<string>;
  stop(): Promise<void>;
}

/** A simulated province in a folder of its own, and the counter's connector to it. */
export async function startWorld(options: Partial<ProvinceSimulatorOptions> = {}): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), 'province-'));
  const clock = { now: () => NOW };
  const simulator = await startProvinceSimulator({
    folder,
    clients: [CLIENT],
    unit: UNIT,
    clock,
    ...options,
  });
  const connect = (more: Partial<ProvinceOptions> = {}) =>
    connectProvince({
      baseUrl: simulator.url,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      unit: UNIT,
      ...more,
    });
  const province = connect();
  return {
    folder,
    simulator,
    province,
    connect,
    async code(key = `block-${Math.random().toString(36).slice(2)}`) {
      const [code] = await connect().reserveNumbers({ unit: UNIT, day: DAY, count: 1, key }, never);
      return code!;
    },
    async stop() {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
