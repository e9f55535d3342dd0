import { describe, expect, it } from 'vitest';
import { type SuggestedFacts, suggestDocumentFacts } from '../../../src/main/dossiers/document-facts.ts';
import type { ReadPage, ReadWord } from '../../../src/main/dossiers/page-lines.ts';

/** A4 at 100 dpi; a letter is 10 pixels wide and 18 high, a line 24. */
const WIDTH = 827;
const HEIGHT = 1169;
const LETTER = 7;
const LINE = 24;

type Line = readonly [row: number, place: 'left' | 'right' | 'middle' | 'text' | 'low-right', text: string];

const MIDDLES = { left: 220, right: 590, middle: 430, 'low-right': 620 } as const;

function write(lines: readonly Line[], confidence = 0.95): ReadPage {
  const words: ReadWord[] = [];
  for (const [row, place, text] of lines) {
    let x = place === 'text' ? 120 : MIDDLES[place] - (text.length * LETTER) / 2;
    for (const word of text.split(' ')) {
      const width = word.length * LETTER;
      const baseline = 60 + row * LINE;
      words.push({ text: word, x, y: baseline - 14, width, height: 18, baseline, confidence });
      x += width + LETTER;
    }
  }
  return { words, width: WIDTH, height: HEIGHT };
}

const values = (facts: SuggestedFacts) => ({
  number: facts.number?.value ?? null,
  date: facts.date?.value ?? null,
  issuer: facts.issuer?.value ?? null,
  title: facts.title?.value ?? null,
});
const suggest = (lines: readonly Line[]) => values(suggestDocumentFacts(write(lines)));

const NATION: readonly Line[] = [
  [0, 'right', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'],
  [1, 'right', 'Độc lập - Tự do - Hạnh phúc'],
];

const DECISION: readonly Line[] = [
  ...NATION,
  [0, 'left', 'ỦY BAN NHÂN DÂN'],
  [1, 'left', 'XÃ ĐỨC LONG'],
  [3, 'left', 'Số: 12/QĐ-UBND'],
  [3, 'right', 'Đức Long, ngày 05 tháng 02 năm 2026'],
  [6, 'middle', 'QUYẾT ĐỊNH'],
  [7, 'middle', 'Về việc công nhận hộ thoát nghèo năm 2026'],
  [10, 'middle', 'CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ'],
  [12, 'text', 'Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;'],
  [13, 'text', 'Xét đề nghị tại Tờ trình số 45/TTr-VHXH ngày 12 tháng 3 năm 2025.'],
  [14, 'text', 'ngày 12 tháng 3 năm 2025.'],
  [30, 'low-right', 'CHỦ TỊCH'],
];

describe('what an administrative paper says of itself', () => {
  it('is found where NĐ 30/2020 puts it', () => {
    expect(suggest(DECISION)).toEqual({
      number: '12/QĐ-UBND',
      date: '2026-02-05',
      issuer: 'ỦY BAN NHÂN DÂN XÃ ĐỨC LONG',
      title: 'QUYẾT ĐỊNH Về việc công nhận hộ thoát nghèo năm 2026',
    });
  });

  it('comes with the places of its words and how sure they were read', () => {
    const { number, date } = suggestDocumentFacts(write(DECISION));
    expect(number).toMatchObject({ confidence: 0.95 });
    expect(number!.boxes).toHaveLength(2);
    expect(number!.boxes[1]!.y).toBe(60 + 3 * LINE - 14);
    expect(date!.boxes).toHaveLength(8);
    expect(Math.min(...date!.boxes.map((b) => b.x))).toBeGreaterThan(WIDTH / 2);
  });

  it('names the own agency and not the one above it', () => {
    const lines = DECISION.map(
      ([row, place, text]): Line => [
        row,
        place,
        text === 'ỦY BAN NHÂN DÂN' ? 'UBND TỈNH CAO BẰNG' : text === 'XÃ ĐỨC LONG' ? 'SỞ TƯ PHÁP' : text,
      ],
    );
    expect(suggest(lines).issuer).toBe('SỞ TƯ PHÁP');
  });

  it.each([
    ['ỦY BAN NHÂN DẦN', 'ỦY BAN NHÂN DÂN XÃ ĐỨC LONG'],
    ['UY BAN NHAN DAN', 'ỦY BAN NHÂN DÂN XÃ ĐỨC LONG'],
    ['HỘI ĐÔNG NHÂN DÂN', 'HỘI ĐỒNG NHÂN DÂN XÃ ĐỨC LONG'],
    ['ĐOÀN XYZ', null],
  ])('writes the agency "%s" as %s', (read, issuer) => {
    const lines = DECISION.map(
      ([row, place, text]): Line => [row, place, text === 'ỦY BAN NHÂN DÂN' ? read : text],
    );
    expect(suggest(lines).issuer).toBe(issuer);
  });

  it('takes the subject of an official letter for its title', () => {
    const letter: readonly Line[] = [
      ...NATION,
      [0, 'left', 'UBND XÃ ĐỨC LONG'],
      [1, 'left', 'PHÒNG VĂN HÓA - XÃ HỘI'],
      [3, 'left', 'Số: 205/VHXH'],
      [3, 'right', 'Đức Long, ngày 11 tháng 3 năm 2026'],
      [4, 'left', 'V/v phối hợp rà soát hộ'],
      [5, 'left', 'nghèo, cận nghèo'],
      [8, 'middle', 'Kính gửi: Các trưởng xóm'],
      [10, 'text', 'Thực hiện Kế hoạch số 12/KH-UBND, đề nghị các xóm gửi danh sách.'],
    ];
    expect(suggest(letter)).toEqual({
      number: '205/VHXH',
      date: '2026-03-11',
      issuer: 'PHÒNG VĂN HÓA - XÃ HỘI',
      title: 'V/v phối hợp rà soát hộ nghèo, cận nghèo',
    });
  });

  it.each([
    ['Số: 12/QD-UBND', '12/QĐ-UBND'],
    ['Số: 12/QÐ-UBND', '12/QĐ-UBND'],
    ['Só: 12 / QĐ - UBND', '12/QĐ-UBND'],
    ['S0: l2/QĐ-UBND', '12/QĐ-UBND'],
    ['Số: 1O5/QĐ-UBND', '105/QĐ-UBND'],
    ['Số: 45/2026/TT-BTP', '45/2026/TT-BTP'],
    ['Số: 118/2025/NĐ-CP', '118/2025/NĐ-CP'],
    ['Số: 03/NQ-HDND', '03/NQ-HĐND'],
    ['Số: 7/TTr-VHXH', '7/TTr-VHXH'],
    ['Số: 45/UBND-XNTTHN', '45/UBND-XNTTHN'],
    ['Số: 45/2026', '45/2026'],
    // Not filled in, cut, or read as what no number is.
    ['Số: /QĐ-UBND', null],
    ['Số: ...../QĐ-UBND', null],
    ['Số: O/QĐ-UBND', null],
    ['Số: 12', null],
    ['Số: 12/', null],
    ['Số: 12/QĐ-UBẢND', null],
    ['Số: 1234567/QĐ-UBND', null],
    ['Số 12/QĐ-UBND ngày 05', null],
    ['Tờ trình số: 12/QĐ-UBND', null],
  ])('reads the number in "%s" as %s', (line, number) => {
    expect(suggest([...NATION, [3, 'left', line], [6, 'middle', 'QUYẾT ĐỊNH']]).number).toBe(number);
  });

  it.each([
    ['Cao Bằng, ngày 05 tháng 02 năm 2026', '2026-02-05'],
    ['Cao Bang, ngay 05 thang 02 nam 2026', '2026-02-05'],
    ['Thục Phán, ngày O5 tháng l2 năm 2O26', '2026-12-05'],
    ['Cao Bằng, ngày 5/2/2026', '2026-02-05'],
    ['TP. Hồ Chí Minh, ngày 31 tháng 12 năm 2025.', '2025-12-31'],
    ['Cao Bằng, ngày 31 tháng 02 năm 2026', null],
    ['Cao Bằng, ngày 00 tháng 02 năm 2026', null],
    ['Cao Bằng, ngày 05 tháng 13 năm 2026', null],
    ['Cao Bằng, ngày 05 tháng 02 năm 1026', null],
    ['Cao Bằng, ngày tháng năm 2026', null],
    ['Cao Bằng, ngày ... tháng ... năm 20...', null],
    ['ngày 05 tháng 02 năm 2026', null],
    ['Luật Đất đai ngày 18 tháng 01 năm 2024', null],
    ['05/02/2026', null],
  ])('reads the day in "%s" as %s', (line, date) => {
    expect(suggest([...NATION, [3, 'right', line], [6, 'middle', 'THÔNG BÁO']]).date).toBe(date);
  });

  it.each([
    [['TỜ KHAI ĐĂNG KÝ KHAI SINH'], 'TỜ KHAI ĐĂNG KÝ KHAI SINH'],
    [['QUYET DINH'], 'QUYẾT ĐỊNH'],
    [['QUYẾT ĐINH'], 'QUYẾT ĐỊNH'],
    [['TRÍCH LỤC KHAI SINH', '(BẢN SAO)'], 'TRÍCH LỤC KHAI SINH (BẢN SAO)'],
    [
      ['ĐƠN ĐĂNG KÝ, CẤP GIẤY CHỨNG NHẬN', 'QUYỀN SỬ DỤNG ĐẤT'],
      'ĐƠN ĐĂNG KÝ, CẤP GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT',
    ],
    [['Quyết định'], null],
    [['HỘI NGHỊ TỔNG KẾT'], null],
  ])('reads the title %j as %s', (title, found) => {
    const lines = title.map((text, i): Line => [6 + i, 'middle', text]);
    expect(suggest([...NATION, ...lines, [12, 'text', 'Kính gửi: Ủy ban nhân dân xã Đức Long']]).title).toBe(
      found,
    );
  });

  it('ends the title where the body begins right under it', () => {
    const lines: readonly Line[] = [
      ...NATION,
      [6, 'middle', 'GIẤY XÁC NHẬN'],
      [7, 'text', 'Ông Hoàng Văn Vỹ đã hoàn thành nghĩa vụ nộp thuế đất phi nông nghiệp của các năm'],
      [8, 'text', 'đã qua.'],
    ];
    expect(suggest(lines).title).toBe('GIẤY XÁC NHẬN');
  });

  it('says nothing where two answers stand against each other', () => {
    const twice: readonly Line[] = [...DECISION, [4, 'left', 'Số: 13/QĐ-UBND']];
    expect(suggest(twice).number).toBeNull();
    const days: readonly Line[] = [...DECISION, [4, 'right', 'Đức Long, ngày 06 tháng 02 năm 2026']];
    expect(suggest(days).date).toBeNull();
  });

  it('says nothing of what was badly read', () => {
    expect(values(suggestDocumentFacts(write(DECISION, 0.4)))).toEqual({
      number: null,
      date: null,
      issuer: null,
      title: null,
    });
    const page = write(DECISION);
    const words = page.words.map((w) => (w.text === '12/QĐ-UBND' ? { ...w, confidence: 0.3 } : w));
    expect(suggestDocumentFacts({ ...page, words }).number).toBeNull();
  });
});

describe('what civil-status papers and certificates say of themselves', () => {
  it('is found by the labels of a birth certificate', () => {
    expect(
      suggest([
        [0, 'middle', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'],
        [1, 'middle', 'Độc lập - Tự do - Hạnh phúc'],
        [3, 'low-right', 'Số: 123/2026'],
        [5, 'middle', 'GIẤY KHAI SINH'],
        [7, 'text', 'Họ, chữ đệm, tên: NÔNG THỊ HẠNH'],
        [8, 'text', 'Ngày, tháng, năm sinh: 27/01/2026'],
        [9, 'text', 'Nơi sinh: Bệnh viện đa khoa tỉnh Cao Bằng'],
        [16, 'text', 'Nơi đăng ký khai sinh: Ủy ban nhân dân xã Đức Long, tỉnh Cao Bằng'],
        [17, 'text', 'Ngày, tháng, năm đăng ký: 05/02/2026'],
        [20, 'low-right', 'NGƯỜI KÝ GIẤY KHAI SINH'],
      ]),
    ).toEqual({
      number: '123/2026',
      date: '2026-02-05',
      issuer: 'Ủy ban nhân dân xã Đức Long, tỉnh Cao Bằng',
      title: 'GIẤY KHAI SINH',
    });
  });

  it('is found on a certificate of marital status', () => {
    expect(
      suggest([
        ...NATION,
        [0, 'left', 'ỦY BAN NHÂN DÂN'],
        [1, 'left', 'PHƯỜNG THỤC PHÁN'],
        [3, 'left', 'Số: 45/UBND-XNTTHN'],
        [3, 'right', 'Thục Phán, ngày 09 tháng 10 năm 2026'],
        [6, 'middle', 'GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN'],
        [8, 'text', 'Xét đề nghị của ông/bà: Hoàng Văn Vỹ, sinh ngày 01/4/1990,'],
        [20, 'text', 'Giấy này có giá trị sử dụng 6 tháng kể từ ngày cấp.'],
      ]),
    ).toEqual({
      number: '45/UBND-XNTTHN',
      date: '2026-10-09',
      issuer: 'ỦY BAN NHÂN DÂN PHƯỜNG THỤC PHÁN',
      title: 'GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN',
    });
  });

  const LAND: readonly Line[] = [
    [0, 'middle', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'],
    [1, 'middle', 'Độc lập - Tự do - Hạnh phúc'],
    [8, 'middle', 'GIẤY CHỨNG NHẬN'],
    [9, 'middle', 'QUYỀN SỬ DỤNG ĐẤT'],
    [10, 'middle', 'QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT'],
    [13, 'text', 'Ông: Nông Văn Tuấn, căn cước số: 004084001234'],
    [30, 'low-right', 'Cao Bằng, ngày 14 tháng 8 năm 2025'],
    [31, 'low-right', 'TM. ỦY BAN NHÂN DÂN XÃ ĐỨC LONG'],
    [32, 'low-right', 'CHỦ TỊCH'],
    [36, 'text', 'Số vào sổ cấp GCN: CH 01234'],
  ];

  it('is found on a land certificate, by its serial and without it by the register', () => {
    expect(suggest([...LAND, [40, 'low-right', 'AB 123456']])).toEqual({
      number: 'AB 123456',
      date: '2025-08-14',
      issuer: 'ỦY BAN NHÂN DÂN XÃ ĐỨC LONG',
      title: 'GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT QUYỀN SỞ HỮU TÀI SẢN GẮN LIỀN VỚI ĐẤT',
    });
    expect(suggest(LAND).number).toBe('CH 01234');
    expect(suggest([...LAND, [40, 'left', 'AB 123456'], [41, 'low-right', 'AB 123457']]).number).toBeNull();
  });

  it('takes the day over the signature of an application, and no agency for the one that wrote it', () => {
    const found = suggest([
      [0, 'middle', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'],
      [1, 'middle', 'Độc lập - Tự do - Hạnh phúc'],
      [4, 'middle', 'ĐƠN ĐỀ NGHỊ HỖ TRỢ NHÀ Ở'],
      [6, 'middle', 'Kính gửi: ỦY BAN NHÂN DÂN XÃ ĐỨC LONG'],
      [8, 'text', 'Tôi tên là: Bế Thị Thu, sinh ngày 02 tháng 9 năm 1970'],
      [32, 'low-right', 'Đức Long, ngày 20 tháng 11 năm 2026'],
      [33, 'low-right', 'NGƯỜI LÀM ĐƠN'],
    ]);
    expect(found).toEqual({
      number: null,
      date: '2026-11-20',
      issuer: null,
      title: 'ĐƠN ĐỀ NGHỊ HỖ TRỢ NHÀ Ở',
    });
  });
});

describe('a page that says nothing', () => {
  it.each([
    ['is empty', []],
    ['holds prose', [[3, 'text', 'Tôi xin cam đoan những nội dung khai trên là đúng sự thật.']]],
  ] as readonly [string, readonly Line[]][])('%s', (_what, lines) => {
    expect(suggest(lines)).toEqual({ number: null, date: null, issuer: null, title: null });
  });

  it('has words of no place, no letter, or in the thousands', () => {
    const page = write(DECISION);
    const odd = page.words.map((w) => ({ ...w, x: Number.NaN }));
    expect(values(suggestDocumentFacts({ ...page, words: odd })).number).toBeNull();
    const many = Array.from({ length: 30_000 }, (_, i) => ({
      ...page.words[i % page.words.length]!,
      text: 'Số:',
    }));
    expect(values(suggestDocumentFacts({ ...page, words: many })).number).toBeNull();
    expect(values(suggestDocumentFacts({ ...page, width: 0, height: 0 })).title).toBeNull();
  });
});
