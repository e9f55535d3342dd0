import { createSheet, type Family, type PrintedPage, random, type Scan, type Sheet } from './ocr-pages.ts';
import { COMMUNES, GIVEN, MIDDLES, SENTENCES, SURNAMES } from './ocr-text.ts';

/** What a generated paper says of itself; null = the paper does not say it. */
export interface Truth {
  readonly number: string | null;
  readonly date: string | null;
  readonly issuer: string | null;
  readonly title: string | null;
}

export const DOCUMENT_KINDS = [
  'decision',
  'notice',
  'department',
  'letter',
  'birth',
  'marital',
  'land',
  'application',
  'blank-form',
  'prose',
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

const LEFT = 62;
const RIGHT = 142;
const MIDDLE = 111;

interface Draw {
  readonly sheet: Sheet;
  pick<T>(list: readonly T[]): T;
  /** Whole number, both ends included. */
  whole(from: number, to: number): number;
}

const two = (n: number) => String(n).padStart(2, '0');

/** NĐ 30/2020 writes days under 10 and the months 1 and 2 with a leading zero. */
function day({ whole }: Draw): { readonly iso: string; readonly spoken: string; readonly figures: string } {
  const [d, m, y] = [whole(1, 28), whole(1, 12), whole(2015, 2026)];
  return {
    iso: `${y}-${two(m)}-${two(d)}`,
    spoken: `ngày ${two(d)} tháng ${m < 3 ? two(m) : m} năm ${y}`,
    figures: `${two(d)}/${two(m)}/${y}`,
  };
}

const number = (n: number) => (n < 10 ? two(n) : String(n));
const person = ({ pick }: Draw) => `${pick(SURNAMES)} ${pick(MIDDLES)} ${pick(GIVEN)}`;

function nation({ sheet }: Draw, middle: number): void {
  sheet.centred('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Bold', 12, middle, 22);
  sheet.centred('Độc lập - Tự do - Hạnh phúc', 'Bold', 13, middle, 28);
  const half = sheet.width('Độc lập - Tự do - Hạnh phúc', 'Bold', 13) / 2;
  sheet.rule(middle - half, middle + half, 29.6);
}

function agencies({ sheet }: Draw, above: string, own: string): void {
  sheet.centred(above, 'Regular', 12, LEFT, 22);
  sheet.centred(own, 'Bold', 12, LEFT, 28);
  sheet.rule(LEFT - 12, LEFT + 12, 29.6);
}

function body({ sheet, pick }: Draw, from: number, to: number): void {
  let y = from;
  while (y < to) y = sheet.paragraph(pick(SENTENCES), 'Regular', 13, y);
}

type Make = (draw: Draw) => Truth;

function issued(draw: Draw, title: string, symbol: string, subject: string, decides: string | null): Truth {
  const { sheet, pick, whole } = draw;
  const commune = pick(COMMUNES);
  nation(draw, RIGHT);
  agencies(draw, 'ỦY BAN NHÂN DÂN', `XÃ ${commune.toUpperCase()}`);
  const own = `${number(whole(1, 2400))}/${symbol}`;
  const on = day(draw);
  sheet.centred(`Số: ${own}`, 'Regular', 13, LEFT, 38);
  sheet.centred(`${commune}, ${on.spoken}`, 'Italic', 13, RIGHT, 38);
  sheet.centred(title, 'Bold', 14, MIDDLE, 54);
  sheet.centred(subject, 'Bold', 13, MIDDLE, 61);
  sheet.rule(MIDDLE - 15, MIDDLE + 15, 63.5);
  if (decides) sheet.centred(decides, 'Bold', 13, MIDDLE, 76);
  body(draw, 86, 200);
  sheet.centred('CHỦ TỊCH', 'Bold', 13, 150, 222);
  sheet.centred(person(draw), 'Bold', 13, 150, 250);
  return {
    number: own,
    date: on.iso,
    issuer: `ỦY BAN NHÂN DÂN XÃ ${commune.toUpperCase()}`,
    title: `${title} ${subject}`,
  };
}

const MAKE: Readonly<Record<DocumentKind, Make>> = {
  decision: (draw) =>
    issued(
      draw,
      'QUYẾT ĐỊNH',
      'QĐ-UBND',
      draw.pick(['Về việc công nhận hộ thoát nghèo', 'Về việc hỗ trợ nhà ở cho hộ ông Triệu Vần Chòi']),
      'CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ',
    ),
  notice: (draw) =>
    issued(
      draw,
      draw.pick(['THÔNG BÁO', 'KẾ HOẠCH', 'BÁO CÁO', 'TỜ TRÌNH']),
      draw.pick(['TB-UBND', 'KH-UBND', 'TTr-UBND']),
      draw.pick(['Về việc niêm yết công khai kết quả xét duyệt', 'Kết quả rà soát hộ nghèo, hộ cận nghèo']),
      null,
    ),
  department(draw) {
    const { sheet, pick, whole } = draw;
    nation(draw, RIGHT);
    const [name, sign] = pick([
      ['SỞ TƯ PHÁP', 'STP'],
      ['SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG', 'SNNMT'],
      ['BAN DÂN TỘC VÀ TÔN GIÁO', 'BDTTG'],
    ] as const);
    agencies(draw, 'UBND TỈNH CAO BẰNG', name);
    const own = `${number(whole(1, 900))}/GXN-${sign}`;
    const on = day(draw);
    sheet.centred(`Số: ${own}`, 'Regular', 13, LEFT, 38);
    sheet.centred(`Cao Bằng, ${on.spoken}`, 'Italic', 13, RIGHT, 38);
    sheet.centred('GIẤY XÁC NHẬN', 'Bold', 14, MIDDLE, 56);
    sheet.centred('Về việc đã hoàn thành nghĩa vụ công dân', 'Bold', 13, MIDDLE, 63);
    body(draw, 80, 190);
    return {
      number: own,
      date: on.iso,
      issuer: name,
      title: 'GIẤY XÁC NHẬN Về việc đã hoàn thành nghĩa vụ công dân',
    };
  },
  letter(draw) {
    const { sheet, pick, whole } = draw;
    const commune = pick(COMMUNES);
    nation(draw, RIGHT);
    agencies(draw, `UBND XÃ ${commune.toUpperCase()}`, 'PHÒNG VĂN HÓA - XÃ HỘI');
    const own = `${number(whole(1, 900))}/VHXH`;
    const on = day(draw);
    sheet.centred(`Số: ${own}`, 'Regular', 13, LEFT, 38);
    sheet.centred('V/v phối hợp rà soát hộ nghèo,', 'Regular', 12, LEFT, 44);
    sheet.centred('hộ cận nghèo năm 2026', 'Regular', 12, LEFT, 49.5);
    sheet.centred(`${commune}, ${on.spoken}`, 'Italic', 13, RIGHT, 38);
    sheet.centred('Kính gửi: Trưởng các xóm trên địa bàn xã', 'Regular', 14, MIDDLE, 66);
    body(draw, 78, 200);
    return {
      number: own,
      date: on.iso,
      issuer: 'PHÒNG VĂN HÓA - XÃ HỘI',
      title: 'V/v phối hợp rà soát hộ nghèo, hộ cận nghèo năm 2026',
    };
  },
  birth(draw) {
    const { sheet, pick, whole } = draw;
    nation(draw, MIDDLE);
    const registered = day(draw);
    const born = day(draw);
    const own = `${number(whole(1, 400))}/${registered.iso.slice(0, 4)}`;
    sheet.print(`Số: ${own}`, 'Regular', 13, 150, 40);
    sheet.centred('GIẤY KHAI SINH', 'Bold', 18, MIDDLE, 54);
    const commune = pick(COMMUNES);
    const place = `Ủy ban nhân dân xã ${commune}, tỉnh Cao Bằng`;
    const fields = [
      `Họ, chữ đệm, tên: ${person(draw).toUpperCase()}`,
      `Ngày, tháng, năm sinh: ${born.figures}`,
      `Ghi bằng chữ: ${born.spoken}`,
      `Giới tính: ${pick(['Nam', 'Nữ'])}   Dân tộc: Tày   Quốc tịch: Việt Nam`,
      'Nơi sinh: Bệnh viện đa khoa tỉnh Cao Bằng',
      `Họ, chữ đệm, tên người mẹ: ${person(draw)}`,
      `Nơi cư trú: xóm Nà Lũng, xã ${commune}, tỉnh Cao Bằng`,
      `Họ, chữ đệm, tên người cha: ${person(draw)}`,
      `Họ, chữ đệm, tên người đi khai sinh: ${person(draw)}`,
      `Nơi đăng ký khai sinh: ${place}`,
      `Ngày, tháng, năm đăng ký: ${registered.figures}`,
    ];
    for (const [i, text] of fields.entries()) sheet.print(text, 'Regular', 13, 30, 72 + 9.5 * i);
    sheet.centred('NGƯỜI KÝ GIẤY KHAI SINH', 'Bold', 13, 148, 190);
    sheet.centred(person(draw), 'Bold', 13, 148, 222);
    return { number: own, date: registered.iso, issuer: place, title: 'GIẤY KHAI SINH' };
  },
  marital(draw) {
    const { sheet, pick, whole } = draw;
    const commune = pick(COMMUNES);
    nation(draw, RIGHT);
    agencies(draw, 'ỦY BAN NHÂN DÂN', `PHƯỜNG ${commune.toUpperCase()}`);
    const own = `${number(whole(1, 700))}/UBND-XNTTHN`;
    const on = day(draw);
    sheet.centred(`Số: ${own}`, 'Regular', 13, LEFT, 38);
    sheet.centred(`${commune}, ${on.spoken}`, 'Italic', 13, RIGHT, 38);
    sheet.centred('GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN', 'Bold', 14, MIDDLE, 56);
    const born = day(draw);
    const fields = [
      `Xét đề nghị của ông/bà: ${person(draw)}`,
      'XÁC NHẬN:',
      `Họ, chữ đệm, tên: ${person(draw)}`,
      `Ngày, tháng, năm sinh: ${born.figures}`,
      'Dân tộc: Nùng   Quốc tịch: Việt Nam',
      `Giấy tờ tùy thân: Căn cước số 0040${whole(10000000, 99999999)} cấp ${born.spoken}`,
      `Nơi cư trú: xóm Nà Lũng, phường ${commune}, tỉnh Cao Bằng`,
      'Tình trạng hôn nhân: Chưa đăng ký kết hôn với ai.',
      'Giấy này có giá trị sử dụng 6 tháng, được sử dụng để: làm thủ tục kết hôn.',
    ];
    for (const [i, text] of fields.entries()) sheet.print(text, 'Regular', 13, 30, 74 + 9.5 * i);
    sheet.centred('CHỦ TỊCH', 'Bold', 13, 148, 182);
    return {
      number: own,
      date: on.iso,
      issuer: `ỦY BAN NHÂN DÂN PHƯỜNG ${commune.toUpperCase()}`,
      title: 'GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN',
    };
  },
  land(draw) {
    const { sheet, pick, whole } = draw;
    const commune = pick(COMMUNES);
    nation(draw, MIDDLE);
    sheet.centred('GIẤY CHỨNG NHẬN', 'Bold', 20, MIDDLE, 58);
    sheet.centred('QUYỀN SỬ DỤNG ĐẤT', 'Bold', 16, MIDDLE, 67);
    sheet.centred('QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT', 'Bold', 14, MIDDLE, 75);
    const fields = [
      `Người sử dụng đất: ông ${person(draw)}, căn cước số 0040${whole(10000000, 99999999)}`,
      `Thửa đất số: ${whole(1, 400)}, tờ bản đồ số: ${whole(1, 60)}`,
      `Địa chỉ: xóm Nà Lũng, xã ${commune}, tỉnh Cao Bằng`,
      `Diện tích: ${whole(90, 900)},5 mét vuông. Hình thức sử dụng: riêng`,
      'Mục đích sử dụng: Đất ở tại nông thôn. Thời hạn sử dụng: Lâu dài',
    ];
    for (const [i, text] of fields.entries()) sheet.print(text, 'Regular', 13, 30, 100 + 9.5 * i);
    const on = day(draw);
    const serial = `${pick(['AA', 'BM', 'CH', 'DK'])} ${whole(100000, 999999)}`;
    sheet.centred(`Cao Bằng, ${on.spoken}`, 'Italic', 13, 145, 180);
    sheet.centred(`TM. ỦY BAN NHÂN DÂN XÃ ${commune.toUpperCase()}`, 'Bold', 13, 145, 187);
    sheet.centred('CHỦ TỊCH', 'Bold', 13, 145, 194);
    sheet.print(`Số vào sổ cấp GCN: CH ${two(whole(1, 9))}${whole(100, 999)}`, 'Regular', 13, 30, 240);
    sheet.print(serial, 'Bold', 14, 165, 270);
    return {
      number: serial,
      date: on.iso,
      issuer: `ỦY BAN NHÂN DÂN XÃ ${commune.toUpperCase()}`,
      title: 'GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT',
    };
  },
  application(draw) {
    const { sheet, pick } = draw;
    nation(draw, MIDDLE);
    const title = pick([
      'ĐƠN ĐỀ NGHỊ HỖ TRỢ NHÀ Ở',
      'TỜ KHAI ĐĂNG KÝ KẾT HÔN',
      'ĐƠN XIN XÁC NHẬN NƠI CƯ TRÚ',
    ]);
    const commune = pick(COMMUNES);
    sheet.centred(title, 'Bold', 15, MIDDLE, 50);
    sheet.centred(`Kính gửi: Ủy ban nhân dân xã ${commune}`, 'Regular', 13, MIDDLE, 62);
    sheet.print(`Tôi tên là: ${person(draw)}, sinh ${day(draw).spoken}`, 'Regular', 13, 30, 74);
    body(draw, 84, 180);
    const on = day(draw);
    sheet.centred(`${commune}, ${on.spoken}`, 'Italic', 13, 145, 205);
    sheet.centred('NGƯỜI LÀM ĐƠN', 'Bold', 13, 145, 212);
    return { number: null, date: on.iso, issuer: null, title };
  },
  /** Nothing filled in: number and day are blank, and nothing may be made up for them. */
  'blank-form'(draw) {
    const { sheet, pick } = draw;
    nation(draw, RIGHT);
    const commune = pick(COMMUNES);
    agencies(draw, 'ỦY BAN NHÂN DÂN', `XÃ ${commune.toUpperCase()}`);
    sheet.centred('Số:        /QĐ-UBND', 'Regular', 13, LEFT, 38);
    sheet.centred(`${commune}, ngày      tháng      năm 2026`, 'Italic', 13, RIGHT, 38);
    sheet.centred('QUYẾT ĐỊNH', 'Bold', 14, MIDDLE, 54);
    body(draw, 80, 200);
    return {
      number: null,
      date: null,
      issuer: `ỦY BAN NHÂN DÂN XÃ ${commune.toUpperCase()}`,
      title: 'QUYẾT ĐỊNH',
    };
  },
  prose(draw) {
    body(draw, 25, 260);
    return { number: null, date: null, issuer: null, title: null };
  },
};

export async function generateDocument(
  kind: DocumentKind,
  family: Family,
  scan: Scan,
): Promise<{ readonly page: PrintedPage; readonly truth: Truth }> {
  const next = random((scan.seed ?? 1) * 31 + DOCUMENT_KINDS.indexOf(kind));
  const sheet = createSheet(family);
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const draw: Draw = { sheet, whole, pick: (list) => list[whole(0, list.length - 1)]! };
  const truth = MAKE[kind](draw);
  return { page: await sheet.scan(scan), truth };
}

/** A page of nothing but sentences, in one family and size. */
export async function generateProse(family: Family, size: number, scan: Scan): Promise<PrintedPage> {
  const next = random((scan.seed ?? 1) * 17 + size);
  const sheet = createSheet(family);
  const styles = ['Regular', 'Regular', 'Bold', 'Italic'] as const;
  let y = 25;
  while (y < 262) {
    const text = SENTENCES[Math.floor(next() * SENTENCES.length)]!;
    y = sheet.paragraph(text, styles[Math.floor(next() * styles.length)]!, size, y);
  }
  return sheet.scan(scan);
}
