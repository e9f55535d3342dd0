import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule } from 'zxing-wasm/reader';
import type { Payment } from '../../../src/contract/fees.ts';
import { createBarcodeEncoder, type EncodeBarcode } from '../../../src/main/slips/barcode.ts';
import { renderSlip } from '../../../src/main/slips/render.ts';
import type { Slip, SlipContext } from '../../../src/main/slips/slip.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { CANCELLED, handedOut, handled, PAYMENT, SLIPS, visit, withDebts } from './book-fixtures.ts';
import {
  ALL_TONES,
  createPdfReader,
  misplaced,
  outOfOrder,
  type PdfFacts,
  type PdfReader,
} from './pdf-facts.ts';
import { context, dossier, forms, PAPERS, readerWasm, spec, writerWasm } from './samples.ts';

const LONG_NAME = 'Nguyễn Phước Hoàng Bảo Tôn Nữ Thị Phương Khuyên Đoan Trang Anh';
const LONG_PAPER = `${'Giấy tờ có giá trị chứng minh thông tin về nơi cư trú của người yêu cầu '.repeat(13)}HẾT`;

let encode: EncodeBarcode;
let reader: PdfReader;

beforeAll(async () => {
  encode = await createBarcodeEncoder(writerWasm());
  const wasmBinary = new Uint8Array(readerWasm()).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  reader = createPdfReader();
});
afterAll(() => reader.close());

async function read(slip: Slip, over: Partial<SlipContext> = {}): Promise<PdfFacts> {
  return reader.read(await renderSlip(slip, context(encode, over)));
}

/** The same dossier about a person and papers with the longest names that there are. */
function stretched(): ReturnType<typeof dossier> {
  const base = handled({
    results: [{ ...handled().results[0]!, name: LONG_PAPER, number: '1'.repeat(100) }],
    intake: { ...dossier(PAPERS).intake, summary: LONG_PAPER },
  });
  const long = dossier([...PAPERS, spec(4, LONG_PAPER, { handling: 'show' })]).components;
  return {
    ...base,
    components: long,
    applicant: { ...base.applicant!, name: LONG_NAME, address: ALL_TONES },
    procedure: { ...base.procedure, name: LONG_PAPER },
    forwarded: base.forwarded.map((f) => ({ ...f, agency: `${f.agency} ${LONG_NAME}` })),
  };
}

function slipsOf(about: ReturnType<typeof dossier>, payment: Payment): Slip[] {
  return [
    { kind: 'process-control', dossier: about },
    { kind: 'return-receipt', dossier: about },
    { kind: 'fee-receipt', dossier: about, payment },
    { kind: 'ticket', dossier: about },
    { kind: 'visit-receipt', dossiers: [about, about] },
  ];
}

const KINDS = slipsOf(handled(), PAYMENT).map((s) => s.kind);

describeWithPeers(['pdfsig', 'qpdf'], 'papers that go with a dossier', () => {
  const upright = SLIPS.filter((s) => s.name !== 'fee-receipt-cancelled');

  it.each(upright.map((s) => [s.name, s] as const))(
    '%s is sound, and no word overlaps another',
    async (_, s) => {
      const facts = await read(s.slip, s.context);
      for (let page = 1; page <= facts.pages; page++) expect(misplaced(facts, page)).toEqual([]);
    },
  );

  it.each([
    ['tt03-2025-mau06', 148, 210],
    ['tt01-2018-mau05', 148, 210],
    ['return-receipt', 148, 210],
    ['fee-receipt', 148, 210],
    ['visit-receipt', 210, 297],
  ])('%s is %i × %i mm', async (name, width, height) => {
    const { slip, context: over } = SLIPS.find((s) => s.name === name)!;
    const facts = await read(slip, over);
    expect(facts.sizes).toHaveLength(facts.pages);
    for (const size of facts.sizes) {
      expect(Math.abs(size.widthMm - width)).toBeLessThan(0.5);
      expect(Math.abs(size.heightMm - height)).toBeLessThan(0.5);
    }
  });

  it.each(KINDS)(
    '%s wraps the longest names, with every tone, and lets nothing leave the page',
    async (kind) => {
      const slip = slipsOf(stretched(), {
        ...PAYMENT,
        lines: PAYMENT.lines.map((l, i) => (i === 0 ? { ...l, name: LONG_PAPER.slice(0, 500) } : l)),
      }).find((s) => s.kind === kind)!;
      const facts = await read(slip);
      for (let page = 1; page <= facts.pages; page++) expect(misplaced(facts, page)).toEqual([]);
      const text = facts.text({ order: 'raw' });
      expect(text).toContain(kind === 'process-control' ? 'Khuyên Đoan Trang Anh' : LONG_NAME);
      if (kind === 'return-receipt' || kind === 'ticket' || kind === 'visit-receipt')
        expect(text).toContain('HẾT');
      if (kind === 'fee-receipt' || kind === 'visit-receipt')
        for (const word of ALL_TONES.split(' ')) expect(text).toContain(word);
    },
  );

  it.each(KINDS)('%s is the same to the byte for the same request', async (kind) => {
    const slip = slipsOf(handedOut(), PAYMENT).find((s) => s.kind === kind)!;
    const [a, b] = [await renderSlip(slip, context(encode)), await renderSlip(slip, context(encode))];
    expect(Buffer.from(a).equals(Buffer.from(b))).toBe(true);
  });

  it.each(KINDS)('%s marks a reprint', async (kind) => {
    const slip = slipsOf(handedOut(), PAYMENT).find((s) => s.kind === kind)!;
    expect((await read(slip, { reprint: 3 })).text()).toContain('BẢN IN LẠI LẦN 3');
    expect((await read(slip)).text()).not.toContain('BẢN IN LẠI');
  });

  it.each(KINDS)('%s carries a data QR that a reader takes from a picture', async (kind) => {
    const slip = slipsOf(handled(), PAYMENT).find((s) => s.kind === kind)!;
    const facts = await read(slip);
    const codes = await facts.codes(1, 300);
    const texts = codes.filter((c) => (c.format as string) === 'QRCode').map((c) => c.text.split('|'));
    expect(texts.length).toBe(kind === 'visit-receipt' ? 2 : 1);
    const form = forms.find((f) => f.kind === kind && f.effectiveTo === null)!;
    for (const fields of texts) {
      expect(fields).toEqual([
        'MCC1',
        'H14.22.05-260203-0975',
        '1.004884',
        '004190000123',
        form.form,
        'Một Cửa Counter',
        '202602030905',
        '202602100905',
      ]);
    }
  });
});

describe('papers that go with a dossier', () => {
  it.each(KINDS)('%s is not made of a dossier that is not received', async (kind) => {
    for (const over of [{ code: null }, { receivedAt: null }, { applicant: null }]) {
      const slip = slipsOf(handled(over), PAYMENT).find((s) => s.kind === kind)!;
      await expect(renderSlip(slip, context(encode))).rejects.toThrow(
        expect.objectContaining({ code: 'DOSSIER_STATE' }),
      );
    }
  });

  it.each(KINDS)('%s is not made with a name that the font cannot print', async (kind) => {
    const base = handled({
      receivedAt: '2025-08-04T02:05:00.000Z',
      applicant: { ...handled().applicant!, name: '王小明' },
    });
    const slip = slipsOf(base, PAYMENT).find((s) => s.kind === kind)!;
    await expect(renderSlip(slip, context(encode))).rejects.toThrow(
      expect.objectContaining({ code: 'SLIP_TEXT_UNPRINTABLE' }),
    );
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'the control sheet', () => {
  it('of TT 03/2025 has its fields in order and the hand-overs that are known', async () => {
    const text = (await read({ kind: 'process-control', dossier: handled() }, { number: 7 })).text({
      order: 'raw',
    });
    const fields = [
      'Số: 07/PKS-TTPVHCC',
      'PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ',
      'Mã số hồ sơ: H14.22.05-260203-0975',
      'Cơ quan (bộ phận) giải quyết hồ sơ: Phòng Tư pháp - Hộ tịch',
      'Cơ quan phối hợp giải quyết hồ sơ: Công an phường Thục Phán',
      'Ngày nhận: 09 giờ 05 phút, ngày 03 tháng 02 năm 2026',
      'Ngày, giờ hẹn trả kết quả: 09 giờ 05 phút, ngày 10 tháng 02 năm 2026',
      'TÊN ĐƠN VỊ',
      'THỜI GIAN GIAO, NHẬN HỒ SƠ',
      'KẾT QUẢ GIẢI QUYẾT HỒ SƠ (Trước hạn/đúng hạn/quá hạn)',
      'GHI CHÚ',
      '1. Giao: Trung tâm Phục vụ hành chính công phường Thục Phán',
      '2. Nhận: Phòng Tư pháp - Hộ tịch - Đàm Văn Xử',
      '11 giờ 00 phút, ngày 03 tháng 02 năm 2026',
      'Người giao (Ký và ghi rõ họ tên)',
      'Người nhận (Ký và ghi rõ họ tên)',
      '1. Giao: Phòng Tư pháp - Hộ tịch',
      '2. Nhận: Công an phường Thục Phán',
      '08 giờ 30 phút, ngày 05 tháng 02 năm 2026',
      '1. Giao: Công an phường Thục Phán',
      '2. Nhận: Trung tâm Phục vụ hành chính công phường Thục Phán',
      '15 giờ 15 phút, ngày 09 tháng 02 năm 2026',
      'Trước hạn',
      '1. Giao: ………',
      '…… giờ …… phút',
      'chữ ký số',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
    expect(text).not.toContain('Kèm theo hồ sơ của');
  });

  it('of a dossier received under TT 01/2018 is the form of that circular', async () => {
    const { slip, context: over } = SLIPS.find((s) => s.name === 'tt01-2018-mau05')!;
    const text = (await read(slip, over)).text({ order: 'raw' });
    const fields = [
      'Kèm theo hồ sơ của: Nông Thị Mẫu',
      'Mã hồ sơ: H14.22.05-250804-0007',
      'Ngày nhận: 09 giờ 05 phút, ngày 04 tháng 8 năm 2025',
      'Ngày, giờ hẹn trả kết quả: 09 giờ 05 phút, ngày 11 tháng 8 năm 2025',
      'Cơ quan (bộ phận) giải quyết hồ sơ: Phòng Tư pháp - Hộ tịch',
      'Cơ quan phối hợp: Công an phường Thục Phán',
      'TÊN CƠ QUAN',
      'GHI CHÚ',
      'Người giao (Ký)',
      'Người nhận (Ký)',
      'Quá hạn',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('of a dossier that has gone nowhere yet names the counter and leaves the rest to be written', async () => {
    const text = (await read({ kind: 'process-control', dossier: dossier(PAPERS) })).text({ order: 'raw' });
    expect(text).toMatch(/Cơ quan \(bộ phận\) giải quyết hồ sơ: \.{10}/);
    expect(text.match(/2\. Nhận: ………/g)).toHaveLength(4);
    expect(text.match(/1\. Giao: Trung tâm/g)).toHaveLength(1);
  });

  it('keeps a hand-over and its signatures on one page', async () => {
    const forwarded = Array.from({ length: 12 }, (_, i) => ({
      at: '2026-02-04T02:00:00.000Z',
      by: 'clerk.a',
      agency: `Cơ quan thứ ${i + 1}`,
      person: '',
    }));
    const facts = await read({ kind: 'process-control', dossier: handled({ forwarded }) });
    expect(facts.pages).toBeGreaterThan(2);
    for (let page = 1; page <= facts.pages; page++) {
      const text = facts.text({ page, order: 'raw' });
      const given = text.match(/1\. Giao:/g)?.length ?? 0;
      expect(text.match(/Người giao/g)?.length ?? 0).toBe(given);
      expect(text).toContain('TÊN ĐƠN VỊ');
    }
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'the receipt of several dossiers', () => {
  it('lists each with its code, times and sets, and says which code is temporary', async () => {
    const text = (await read({ kind: 'visit-receipt', dossiers: visit() }, { number: 7 })).text({
      order: 'raw',
    });
    const fields = [
      'Số: 07/GBN-TTPVHCC',
      'GIẤY BIÊN NHẬN NHIỀU HỒ SƠ',
      'Người nộp hồ sơ: Nông Thị Mẫu',
      'Số định danh cá nhân/tổ chức: 004190000123',
      'Địa chỉ: Tổ 3, Phường Thục Phán, tỉnh Cao Bằng',
      'Số điện thoại: 0912 345 678',
      'Bộ phận tiếp nhận và trả kết quả: Quầy số 2',
      '1 H14.22.05-260203-1001 Đăng ký lại khai sinh Nông Thị Mẫu',
      '09:05 03/02/2026 09:05 10/02/2026 05 ngày làm việc 01',
      '2 TAM-01-260203-0002 (mã tạm của quầy) Đăng ký lại khai sinh',
      '3 H14.22.05-260203-1003',
      '09:05 03/02/2026 05 ngày làm việc 01',
      'Tổng số: 03 hồ sơ.',
      'NGƯỜI NỘP HỒ SƠ',
      'NGƯỜI TIẾP NHẬN HỒ SƠ',
      'Hoàng Văn Tiếp',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('names who handed in, where that is another person', async () => {
    const submitter = {
      name: 'Bế Văn Giúp',
      identityNumber: '004085000456',
      address: 'Xóm Bản Mẫu',
      phone: '0987 654 321',
      email: '',
      authorisation: 'Giấy ủy quyền',
    };
    const dossiers = visit().map((d) => ({ ...d, submitter }));
    const text = (await read({ kind: 'visit-receipt', dossiers })).text({ order: 'raw' });
    expect(outOfOrder(text, ['Người nộp hồ sơ: Bế Văn Giúp', '004085000456', 'Nông Thị Mẫu'])).toBeNull();
  });

  it('carries forty dossiers over its pages, every QR whole', async () => {
    const facts = await read({ kind: 'visit-receipt', dossiers: visit(40) });
    expect(facts.pages).toBeGreaterThan(2);
    let codes = 0;
    for (let page = 1; page <= facts.pages; page++) {
      expect(misplaced(facts, page)).toEqual([]);
      codes += (await facts.codes(page, 200, { tryHarder: true, maxNumberOfSymbols: 60 })).length;
    }
    expect(codes).toBe(40);
  });

  it('is not made of no dossier', async () => {
    await expect(renderSlip({ kind: 'visit-receipt', dossiers: [] }, context(encode))).rejects.toThrow(
      expect.objectContaining({ code: 'DOSSIER_STATE' }),
    );
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'the return receipt', () => {
  it('states results, originals given back and who took them', async () => {
    const text = (await read({ kind: 'return-receipt', dossier: handedOut() })).text({ order: 'raw' });
    const fields = [
      'Số: …………/BN-TTPVHCC',
      'GIẤY BIÊN NHẬN TRẢ KẾT QUẢ',
      'Mã hồ sơ: H14.22.05-260203-0975',
      'Chủ hồ sơ: Nông Thị Mẫu',
      'Số định danh cá nhân/tổ chức: 004190000123',
      'Nội dung yêu cầu giải quyết: Đăng ký lại khai sinh (1.004884)',
      'Thời gian hẹn trả kết quả: 09 giờ 05 phút, ngày 10 tháng 02 năm 2026',
      'Kết quả được trả gồm:',
      '1. Giấy khai sinh; số 25/2026; cấp ngày 09/02/2026; thời hạn hiệu lực: không thời hạn; phạm vi hiệu lực: toàn quốc; có bản điện tử',
      '2. Bản sao Giấy khai sinh; số 26/2026-BS',
      'Bản chính đã xuất trình để đối chiếu được trả lại gồm:',
      '1. Giấy chứng nhận kết hôn của cha, mẹ',
      'Thời gian trả kết quả: 08 giờ 20 phút, ngày 10 tháng 02 năm 2026',
      'Người nhận kết quả: Bế Văn Giúp',
      'Số định danh của người nhận: 004085000456',
      'Phương thức nhận: Trực tiếp',
      'Xác nhận đã nhận bằng: chữ ký của người nhận',
      'Người nhận đã kiểm tra và nhận đủ 02 kết quả nêu trên.',
      'NGƯỜI NHẬN KẾT QUẢ',
      'NGƯỜI TRẢ KẾT QUẢ',
      'Bế Văn Giúp',
      'Hoàng Văn Tiếp',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('before the hand-out has dots for the taker, and no list of originals where none was taken', async () => {
    const text = (await read({ kind: 'return-receipt', dossier: handled() })).text({ order: 'raw' });
    for (const label of ['Thời gian trả kết quả', 'Người nhận kết quả', 'Phương thức nhận']) {
      expect(text).toMatch(new RegExp(`${label}: \\.{10}`));
    }
    expect(text).not.toContain('Bản chính đã xuất trình');
  });

  it('is not made without a result', async () => {
    const made = renderSlip({ kind: 'return-receipt', dossier: handled({ results: [] }) }, context(encode));
    await expect(made).rejects.toThrow(
      expect.objectContaining({
        code: 'DOSSIER_STATE',
        details: { state: 'result-ready', reason: 'no-result' },
      }),
    );
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'the fee receipt', () => {
  const FIELDS = [
    'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
    'Độc lập - Tự do - Hạnh phúc',
    'Đơn vị thu: Trung tâm Phục vụ hành chính công phường Thục Phán',
    'Mã số thuế: …………',
    'Mẫu số: …………',
    'Ký hiệu: AA-26T',
    'Số: 0000128',
    'BIÊN LAI THU TIỀN PHÍ, LỆ PHÍ',
    'Thục Phán, ngày 03 tháng 02 năm 2026',
    'Liên',
    'Tên loại phí, lệ phí: Lệ phí đăng ký lại khai sinh; Phí cấp bản sao trích lục hộ tịch',
    'Tên đơn vị hoặc người nộp tiền: Nông Thị Mẫu',
    'Số định danh cá nhân/tổ chức: 004190000123',
    'Địa chỉ: Tổ 3, Phường Thục Phán, tỉnh Cao Bằng',
    'Mã hồ sơ: H14.22.05-260203-0975',
    'STT Nội dung thu Số lượng Mức thu (đồng) Miễn, giảm (đồng) Thành tiền (đồng)',
    '1 Lệ phí đăng ký lại khai sinh',
    'Miễn, giảm: Người thuộc hộ cận nghèo (Nghị quyết 21/2025/NQ-HĐND Điều 3) 1 10.000 5.000 5.000',
    '2 Phí cấp bản sao trích lục hộ tịch 7 8.000 0 56.000',
    'Tổng số tiền 61.000',
    'Số tiền viết bằng chữ: Sáu mươi mốt nghìn đồng',
    'Hình thức thanh toán: Chuyển khoản (số giao dịch FT26034001234)',
    'Thời gian thu: 09 giờ 07 phút, ngày 03 tháng 02 năm 2026',
    'NGƯỜI NỘP TIỀN',
    'NGƯỜI THU TIỀN',
    'Hoàng Văn Tiếp',
  ];

  it('has three copies, each complete and named', async () => {
    const facts = await read({ kind: 'fee-receipt', dossier: handled(), payment: PAYMENT });
    expect(facts.pages).toBe(3);
    const copies = [
      'Liên 1: Lưu tại cơ quan thu',
      'Liên 2: Giao cho người nộp phí, lệ phí',
      'Liên 3: Lưu tại bộ phận kế toán',
    ];
    copies.forEach((copy, i) => {
      const text = facts.text({ page: i + 1, order: 'raw' });
      expect(outOfOrder(text, FIELDS)).toBeNull();
      expect(text).toContain(copy);
      expect(text).not.toContain('HỦY');
    });
  });

  it('takes mẫu số, tax code and name of the collector from the unit’s variant', async () => {
    const ours = forms.map((f) =>
      f.kind === 'fee-receipt'
        ? {
            ...f,
            labels: {
              ...f.labels,
              unitFormNumber: '01BLP2-001',
              unitTaxCode: '4800123456',
              letterheadOwn: 'UBND phường Thục Phán',
            },
          }
        : f,
    );
    const facts = await read({ kind: 'fee-receipt', dossier: handled(), payment: PAYMENT }, { forms: ours });
    const text = facts.text({ page: 1, order: 'raw' });
    const fields = ['Đơn vị thu: UBND phường Thục Phán', 'Mã số thuế: 4800123456', 'Mẫu số: 01BLP2-001'];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('of cash names no transaction', async () => {
    const payment = { ...PAYMENT, way: 'cash' as const };
    const facts = await read({ kind: 'fee-receipt', dossier: handled(), payment });
    const text = facts.text({ page: 1, order: 'raw' });
    expect(text).toContain('Hình thức thanh toán: Tiền mặt Thời gian thu');
  });

  it('that is cancelled says so across every page, with who and why, and stays legible', async () => {
    const lines = Array.from({ length: 30 }, () => PAYMENT.lines[1]!);
    for (const payment of [CANCELLED, { ...CANCELLED, lines, amount: 30 * 56_000 }]) {
      const facts = await read({ kind: 'fee-receipt', dossier: handled(), payment });
      const marks = facts.text({ order: 'raw' }).match(/ĐÃ HỦY/g) ?? [];
      expect(marks).toHaveLength(facts.pages);
      const text = facts.text({ page: Math.ceil(facts.pages / 3), order: 'raw' });
      const note =
        'Biên lai đã hủy lúc 10 giờ 00 phút, ngày 03 tháng 02 năm 2026; người hủy: clerk.a; lý do: Ghi nhầm số lượng bản sao';
      expect(text).toContain(note);
      const qr = (await facts.codes(1, 300)).find((c) => (c.format as string) === 'QRCode');
      expect(qr?.text).toContain('|H14.22.05-260203-0975|');
    }
  });

  it('is never made of lines that do not add up', async () => {
    const payment = { ...PAYMENT, amount: PAYMENT.amount + 1 };
    const made = renderSlip({ kind: 'fee-receipt', dossier: handled(), payment }, context(encode));
    await expect(made).rejects.toThrow(RangeError);
  });
});

describeWithPeers(['pdfsig', 'qpdf'], 'the ticket', () => {
  it('is 80 mm wide, as long as its content and at least 60 mm', async () => {
    const heights: number[] = [];
    for (const about of [dossier([]), withDebts(), stretched()]) {
      const facts = await read({ kind: 'ticket', dossier: about });
      expect(facts.pages).toBe(1);
      expect(Math.abs(facts.sizes[0]!.widthMm - 80)).toBeLessThan(0.5);
      const bottom = Math.max(...facts.words(1).map((w) => w.bottom));
      const free = facts.sizes[0]!.heightMm - (bottom / 72) * 25.4;
      expect(free).toBeGreaterThan(4);
      expect(free).toBeLessThan(12);
      heights.push(facts.sizes[0]!.heightMm);
    }
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(60);
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    const short = forms.map((f) =>
      f.kind === 'ticket' ? { ...f, paper: { ...f.paper, heightMm: 240 } } : f,
    );
    const least = await read({ kind: 'ticket', dossier: dossier([]) }, { forms: short });
    expect(Math.abs(least.sizes[0]!.heightMm - 240)).toBeLessThan(0.5);
  });

  it('says code, appointment and what to bring', async () => {
    const text = (await read({ kind: 'ticket', dossier: withDebts() })).text({ order: 'raw' });
    const fields = [
      'UBND PHƯỜNG THỤC PHÁN',
      'TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG PHƯỜNG THỤC PHÁN',
      'PHIẾU HẸN TRẢ KẾT QUẢ',
      'Mã hồ sơ H14.22.05-260203-0975',
      'Chủ hồ sơ: Nông Thị Mẫu',
      'Nội dung: Đăng ký lại khai sinh',
      'Nhận lúc: 09 giờ 05 phút, ngày 03 tháng 02 năm 2026',
      'Nơi nhận: Quầy số 2',
      'Hẹn trả kết quả 09 giờ 05 phút, ngày 10 tháng 02 năm 2026',
      'Khi đến nhận kết quả, mang theo:',
      '- Giấy tiếp nhận hồ sơ và hẹn trả kết quả',
      '- Thẻ căn cước hoặc giấy tờ tùy thân; giấy ủy quyền nếu nhận thay',
      '- Bản chính để đối chiếu: Giấy chứng nhận kết hôn của cha, mẹ',
      '- Phí, lệ phí còn phải nộp: 56.000 đồng',
      'Số 1 phố Mẫu, phường Thục Phán, tỉnh Cao Bằng. Điện thoại: 0206 000 0000',
    ];
    expect(outOfOrder(text, fields)).toBeNull();
  });

  it('asks for nothing that was settled, and says what a temporary code is', async () => {
    const code = { value: 'TAM-01-260203-0002', kind: 'temporary' as const };
    const text = (await read({ kind: 'ticket', dossier: dossier(PAPERS, { code, due: null }) })).text({
      order: 'raw',
    });
    expect(outOfOrder(text, ['Mã tạm TAM-01-260203-0002', 'chưa phải mã hồ sơ chính thức'])).toBeNull();
    expect(text).toContain('Hẹn trả kết quả theo quy định của pháp luật chuyên ngành');
    expect(text).not.toContain('còn phải nộp');
    expect(text).not.toContain('đối chiếu');
  });

  it('is in pure black, and its QR is read at the 203 dots an inch of a thermal head', async () => {
    const facts = await read({ kind: 'ticket', dossier: withDebts() });
    const { data, info } = await sharp(facts.picture(1, 203)).raw().toBuffer({ resolveWithObject: true });
    const values = new Set<number>();
    for (let i = 0; i < data.length; i += info.channels) {
      values.add(data[i]! * 65_536 + data[i + 1]! * 256 + data[i + 2]!);
    }
    expect([...values].sort((a, b) => a - b)).toEqual([0, 0xffffff]);
    const qr = (await facts.codes(1, 203)).find((c) => (c.format as string) === 'QRCode')!;
    expect(qr.text).toContain('MCC1|H14.22.05-260203-0975|');
    // Top left corner, TT 01/2023/TT-VPCP Điều 26.
    expect(qr.position.bottomRight.x).toBeLessThan(info.width / 2);
  });
});
