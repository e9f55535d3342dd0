import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBarcodeEncoder, type EncodeBarcode } from '../../../src/main/slips/barcode.ts';
import { type RegisterRequest, renderRegister } from '../../../src/main/slips/registers.ts';
import type { SlipContext } from '../../../src/main/slips/slip.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { book, DAY_END, HAND_OVER, REGISTERS, RESULTS_OVER, row } from './book-fixtures.ts';
import {
  ALL_TONES,
  createPdfReader,
  misplaced,
  outOfOrder,
  type PdfFacts,
  type PdfReader,
} from './pdf-facts.ts';
import { context, forms, writerWasm } from './samples.ts';

let encode: EncodeBarcode;
let reader: PdfReader;

beforeAll(async () => {
  encode = await createBarcodeEncoder(writerWasm());
  reader = createPdfReader();
});
afterAll(() => reader.close());

async function read(request: RegisterRequest, over: Partial<SlipContext> = {}): Promise<PdfFacts> {
  return reader.read(await renderRegister(request, context(encode, over)));
}

const named = (name: string) => REGISTERS.find((r) => r.name === name)!;

describeWithPeers(['pdfsig', 'qpdf'], 'registers and sheets of the unit', () => {
  it.each(REGISTERS.map((r) => [r.name, r] as const))(
    '%s is sound, and no word overlaps another',
    async (_, r) => {
      const facts = await read(r.request, r.context);
      for (let page = 1; page <= facts.pages; page++) expect(misplaced(facts, page)).toEqual([]);
    },
  );

  it.each([
    ['tt03-2025-mau07', 297, 210],
    ['tt01-2018-mau06', 297, 210],
    ['hand-over-dossiers', 210, 297],
    ['hand-over-results', 210, 297],
    ['day-end', 210, 297],
  ])('%s is %i × %i mm', async (name, width, height) => {
    const { request, context: over } = named(name);
    const facts = await read(request, over);
    for (const size of facts.sizes) {
      expect(Math.abs(size.widthMm - width)).toBeLessThan(0.5);
      expect(Math.abs(size.heightMm - height)).toBeLessThan(0.5);
    }
  });

  it('is the same to the byte for the same request', async () => {
    for (const { request, context: over } of REGISTERS) {
      const [a, b] = [
        await renderRegister(request, context(encode, over)),
        await renderRegister(request, context(encode, over)),
      ];
      expect(Buffer.from(a).equals(Buffer.from(b))).toBe(true);
    }
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'the tracking book', () => {
  const TITLES_2025 = [
    'STT',
    'Mã hồ sơ',
    'Tên thủ tục hành chính',
    'Tên tổ chức, cá nhân',
    'Địa chỉ, số điện thoại',
    'Cơ quan chủ trì giải quyết',
    'Nhận hồ sơ',
    'Hẹn trả kết quả',
    'Trả kết quả',
    'Phương thức nhận kết quả',
    'Ký nhận',
  ];

  it('of TT 03/2025 has its eleven columns in order, and neither number of sets nor notes', async () => {
    const text = (await read(book(3))).text({ order: 'raw' });
    expect(
      outOfOrder(text, ['SỔ THEO DÕI HỒ SƠ', 'Nhận và trả kết quả', ...TITLES_2025, 'H14.22.05']),
    ).toBeNull();
    expect(text).not.toContain('Số lượng');
    expect(text).not.toContain('Ghi chú');
    expect(text).toContain('Quyển số: 01 - Năm: 2026');
    expect(text).toContain('Lĩnh vực: Hộ tịch');
    expect(text).toContain('(Từ ngày 01/02/2026 đến ngày 28/02/2026)');
    expect(text).toContain('Số: …………/STD-TTPVHCC');
  });

  it('of TT 01/2018 has number of sets and notes too', async () => {
    const { request, context: over } = named('tt01-2018-mau06');
    const text = (await read(request, over)).text({ order: 'raw' });
    const titles = [
      'STT',
      'Mã hồ sơ',
      'Tên thủ tục hành chính / Trích yếu',
      'Số lượng hồ sơ (bộ)',
      'Tên cá nhân, tổ chức',
      'Địa chỉ, số điện thoại',
      'Cơ quan chủ trì giải quyết',
      'Nhận hồ sơ',
      'Hẹn trả kết quả',
      'Trả kết quả',
      'Phương thức nhận kết quả',
      'Ký nhận',
      'Ghi chú',
    ];
    expect(outOfOrder(text, titles)).toBeNull();
    expect(text).toContain('Lĩnh vực: tất cả các lĩnh vực');
    const fifth = [
      '5 H14.22.05-241202-0005',
      'hôn nhân',
      '02 Hoàng Thị Kiều Oanh',
      'Trực tuyến',
      'Đã bổ sung giấy tờ',
    ];
    expect(outOfOrder(text, fifth)).toBeNull();
    expect(
      outOfOrder(text, [
        'Tổng số: 09 hồ sơ.',
        'Khóa sổ lúc 16 giờ 30 phút, ngày 31 tháng 12 năm 2024.',
        'NGƯỜI GHI SỔ',
        'THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ',
        'Hoàng Văn Tiếp',
        'Lê Thị Đứng Đầu',
      ]),
    ).toBeNull();
  });

  it('writes every field of a row into its column', async () => {
    const text = (await read(book(2))).text({ order: 'raw' });
    const fields = [
      '1 H14.22.05-260203-0001',
      'Cấp Giấy xác nhận tình trạng hôn nhân',
      'Y Moan Êban',
      'Tổ 2, phường Thục Phán, tỉnh Cao Bằng',
      '0912 101 107',
      'Sở Tư pháp tỉnh Cao Bằng',
      '08:01 02/02/2026',
      '08:01 09/02/2026',
      '08:12 08/02/2026',
      'Bưu chính',
      'Y Moan Êban',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
    expect(text).toContain('Tổng số: 02 hồ sơ.');
    expect(text).not.toContain('Khóa sổ');
  });

  it('carries 300 rows over its pages, each once and in order, with titles and number on each', async () => {
    const facts = await read(book(300));
    expect(facts.pages).toBeGreaterThan(20);
    const codes = [...facts.text({ order: 'raw' }).matchAll(/H14\.22\.05-260203-(\d{4})/g)].map((m) =>
      Number(m[1]),
    );
    expect(codes).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    for (let page = 1; page <= facts.pages; page++) {
      const text = facts.text({ page, order: 'raw' });
      const numbered = page === 1 ? [] : [`${page} Sổ theo dõi hồ sơ - Quyển số 01 - Năm 2026`];
      expect(outOfOrder(text, [...numbered, 'Nhận và trả kết quả', ...TITLES_2025])).toBeNull();
      expect(misplaced(facts, page)).toEqual([]);
    }
  });

  it('holds 5,000 rows', async () => {
    let rests = 0;
    const rest = () => {
      rests += 1;
      return Promise.resolve();
    };
    const facts = reader.read(await renderRegister(book(5000), context(encode), rest));
    const codes = [...facts.text({ order: 'raw' }).matchAll(/H14\.22\.05-260203-(\d+)/g)].map((m) =>
      Number(m[1]),
    );
    expect(codes).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
    // The engine gets its turn at least every ten rows.
    expect(rests).toBeGreaterThanOrEqual(500);
  }, 240_000);

  it('wraps names of 60 and procedures of 900 characters, all tones, and long codes', async () => {
    const name = 'Nguyễn Phước Hoàng Bảo Tôn Nữ Thị Phương Khuyên Đoan Trang Anh';
    const procedure = `${'Cấp giấy phép xây dựng công trình không theo tuyến trong đô thị '.repeat(15)}HẾT`;
    expect([name.length >= 60, procedure.length >= 900]).toEqual([true, true]);
    const code = 'G09.20-20260609-0092637-DAI-HON-BINH-THUONG';
    const rows = [
      row(1),
      row(2, { applicant: name, procedureName: procedure, code }),
      row(3, { address: ALL_TONES }),
    ];
    const facts = await read(book(0, { rows }));
    const text = facts.text({ order: 'raw' });
    expect(text).toContain(name);
    // A row of so many lines may go on upon the next page, under its titles.
    expect(outOfOrder(text, procedure.split(' '))).toBeNull();
    expect(text.match(/trong đô thị/g)).toHaveLength(15);
    expect(text).toContain(ALL_TONES.slice(0, 40).trim());
    for (const word of ALL_TONES.split(' ')) expect(text).toContain(word);
    expect(text.replaceAll(' ', '')).toContain(code);
    for (let page = 1; page <= facts.pages; page++) expect(misplaced(facts, page)).toEqual([]);
  });

  it('goes on with a row on the next page where it is longer than one', async () => {
    const words = Array.from({ length: 1200 }, (_, i) => `từ${i}`);
    const facts = await read(book(0, { rows: [row(1), row(2, { procedureName: words.join(' ') }), row(3)] }));
    expect(facts.pages).toBeGreaterThanOrEqual(3);
    const found = [...facts.text({ order: 'raw' }).matchAll(/từ\d+/g)].map((m) => m[0]);
    expect(found).toEqual(words);
    for (let page = 1; page <= facts.pages; page++) {
      expect(misplaced(facts, page)).toEqual([]);
      expect(facts.text({ page, order: 'raw' })).toContain('Tên thủ tục hành chính');
    }
  });

  it('is printed with an empty box for a character that the font lacks', async () => {
    const facts = await read(book(0, { rows: [row(1, { applicant: 'Vàng \u202eA\u202c 王' })] }));
    expect(facts.text({ order: 'raw' })).toContain('Vàng A □');
  });

  it('says so where there is nothing in the period', async () => {
    const text = (await read(book(0))).text({ order: 'raw' });
    expect(outOfOrder(text, ['Ký nhận', 'Không có hồ sơ trong kỳ này', 'Tổng số: 00 hồ sơ.'])).toBeNull();
  });

  it('is refused where a day is none, a form lacks a title, or a column has no meaning', async () => {
    await expect(
      renderRegister(book(1, { period: { from: '2026-02-01', to: 'mai' } }), context(encode)),
    ).rejects.toThrow(RangeError);
    const ours = forms.find((f) => f.kind === 'tracking-book' && f.effectiveTo === null)!;
    const { 'column.code': _, ...labels } = ours.labels;
    for (const broken of [
      { ...ours, labels },
      { ...ours, labels: { ...ours.labels, columns: 'order:10 colour:20' } },
      { ...ours, labels: { ...ours.labels, columns: 'order:0' } },
    ]) {
      await expect(renderRegister(book(1), context(encode, { forms: [broken] }))).rejects.toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
    }
    await expect(renderRegister(book(1), context(encode, { forms: [] }))).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('is refused where the form’s page cannot hold titles and a line', async () => {
    const ours = forms.find((f) => f.kind === 'tracking-book' && f.effectiveTo === null)!;
    const low = { ...ours, paper: { ...ours.paper, heightMm: 45 } };
    await expect(renderRegister(book(1), context(encode, { forms: [low] }))).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'hand-over sheets', () => {
  it('name both sides, every dossier with its papers, and the sums', async () => {
    const text = (await read(HAND_OVER, { number: 7 })).text({ order: 'raw' });
    const fields = [
      'Số: 07/PBG-TTPVHCC',
      'PHIẾU BÀN GIAO HỒ SƠ',
      'Bên giao: Trung tâm Phục vụ hành chính công phường Thục Phán - Hoàng Văn Tiếp',
      'Bên nhận: Phòng Tư pháp - Hộ tịch',
      'Thời gian bàn giao: 16 giờ 30 phút, ngày 03 tháng 02 năm 2026',
      'STT',
      'Mã hồ sơ',
      'Chủ hồ sơ',
      'Số tờ',
      'Hẹn trả kết quả',
      'Ghi chú',
      '1 H14.22.05-260203-0001 Nông Thị Mẫu Đăng ký lại khai sinh 02 09:05 10/02/2026',
      "3 H14.22.05-260203-0003 H'Hen Niê",
      'Có bản chính',
      'Tổng số: 06 hồ sơ, 27 tờ. Hai bên đã kiểm đếm đủ và cùng ký.',
      'NGƯỜI GIAO',
      'NGƯỜI NHẬN',
      'Hoàng Văn Tiếp',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('of results say so, and count results', async () => {
    const text = (await read(RESULTS_OVER)).text({ order: 'raw' });
    const fields = [
      'PHIẾU BÀN GIAO KẾT QUẢ GIẢI QUYẾT HỒ SƠ',
      'Giấy khai sinh số 25/2026',
      'Tổng số: 02 kết quả, 02 tờ.',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('mark a reprint on every page', async () => {
    const rows = Array.from({ length: 80 }, (_, i) => ({ ...HAND_OVER.rows[0]!, code: `H14-${i}` }));
    const facts = await read({ ...HAND_OVER, rows }, { reprint: 2 });
    expect(facts.pages).toBeGreaterThan(1);
    for (let page = 1; page <= facts.pages; page++) {
      expect(facts.text({ page })).toContain('BẢN IN LẠI LẦN 2');
    }
  });

  it('lose no word and let none overlap, whatever the cells hold', async () => {
    const next = sequence(7);
    for (let round = 0; round < 12; round++) {
      let count = 0;
      const words = (most: number) =>
        Array.from(
          { length: Math.floor(next() ** 3 * most) },
          () => `q${count++}z${'ỗ'.repeat(next() * 9)}`,
        ).join(' ');
      const rows = Array.from({ length: 1 + Math.floor(next() * 12) }, () => ({
        ...HAND_OVER.rows[0]!,
        code: words(3),
        applicant: words(40),
        name: words(900),
        note: words(20),
      }));
      const facts = await read({ ...HAND_OVER, rows });
      const text = facts.text({ order: 'raw' });
      const found = [...text.matchAll(/q(\d+)z/g)].map((m) => Number(m[1]));
      expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      for (let page = 1; page <= facts.pages; page++) expect(misplaced(facts, page)).toEqual([]);
    }
  }, 240_000);

  it('say so where there is nothing to hand over', async () => {
    const text = (await read({ ...HAND_OVER, rows: [] })).text({ order: 'raw' });
    expect(outOfOrder(text, ['Không có gì để bàn giao', 'Tổng số: 00 hồ sơ, 00 tờ.'])).toBeNull();
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'the sheet of a day’s end', () => {
  it('adds up dossiers and money, and names the receipts', async () => {
    const text = (await read(DAY_END)).text({ order: 'raw' });
    const fields = [
      'BẢNG TỔNG HỢP CUỐI NGÀY',
      'Ngày 03/02/2026',
      'Quầy: Quầy số 2',
      'Cán bộ tiếp nhận: Hoàng Văn Tiếp',
      '1 Hộ tịch 31 24 1',
      '2 Chứng thực 1.204 1.204 0',
      'Cộng 1.241 1.231 1',
      'Tiền mặt 1.250.000 (38 biên lai) 16.000 (2 biên lai) 1.234.000',
      'Chuyển khoản 436.000 (9 biên lai) 0 (0 biên lai) 436.000',
      'Cộng 1.686.000 (47 biên lai) 16.000 (2 biên lai) 1.670.000',
      'Số tiền còn lại viết bằng chữ: Một triệu sáu trăm bảy mươi nghìn đồng',
      'Ký hiệu AA-26T: từ số 0000101 đến số 0000140 (40 biên lai).',
      'Ký hiệu AA-26T: từ số 0000142 đến số 0000148 (7 biên lai).',
      'AA-26T 0000117 8.000 Tiền mặt Hoàng Văn Tiếp Ghi nhầm số lượng bản sao',
      'AA-26T 0000120 8.000 Tiền mặt Hoàng Văn Tiếp Người dân được miễn lệ phí',
      'NGƯỜI LẬP',
      'LÃNH ĐẠO BỘ PHẬN',
      'Lê Thị Đứng Đầu',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('is complete on a day without dossiers, money or receipts', async () => {
    const nothing = { amount: 0, count: 0 };
    const text = (
      await read({
        ...DAY_END,
        fields: [],
        fees: {
          taken: { cash: nothing, transfer: nothing },
          cancelled: { cash: nothing, transfer: nothing },
          kept: { cash: 0, transfer: 0 },
        },
        receipts: [],
        cancelledReceipts: [],
      })
    ).text({ order: 'raw' });
    const fields = ['Không có hồ sơ trong ngày', 'Không đồng', 'Không lập biên lai.', 'Không hủy biên lai.'];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('shows a day on which more went back than came in, without words for it', async () => {
    const nothing = { amount: 0, count: 0 };
    const text = (
      await read({
        ...DAY_END,
        fees: {
          taken: { cash: nothing, transfer: nothing },
          cancelled: { cash: { amount: 16_000, count: 2 }, transfer: nothing },
          kept: { cash: -16_000, transfer: 0 },
        },
      })
    ).text({ order: 'raw' });
    expect(text).toContain('Cộng 0 (0 biên lai) 16.000 (2 biên lai) -16.000');
    expect(text).not.toContain('viết bằng chữ');
  });
});

/** Pseudo-random numbers of 0 … 1, the same in every run. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
