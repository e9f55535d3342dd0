import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { createBarcodeEncoder, type EncodeBarcode } from '../../../src/main/slips/barcode.ts';
import { renderSlip } from '../../../src/main/slips/render.ts';
import type { SlipContext } from '../../../src/main/slips/slip.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { context, dossier, PAPERS, readerWasm, reception, spec, writerWasm } from './samples.ts';

let encode: EncodeBarcode;
let folder: string;
let count = 0;

beforeAll(async () => {
  encode = await createBarcodeEncoder(writerWasm());
  const wasmBinary = new Uint8Array(readerWasm()).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  folder = mkdtempSync(path.join(tmpdir(), 'slip-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function slip(about = dossier(PAPERS), over: Partial<SlipContext> = {}): Promise<string> {
  const file = path.join(folder, `${++count}.pdf`);
  writeFileSync(file, await renderSlip(reception(about), context(encode, over)));
  return file;
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' });
}

/** The text in reading order, with line breaks as blanks. */
function textOf(file: string, ...options: string[]): string {
  return run('pdftotext', ...options, '-enc', 'UTF-8', file, '-').replace(/\s+/g, ' ');
}

async function codesOn(file: string, dpi: number) {
  const stem = file.replace(/\.pdf$/, `-${dpi}`);
  run('pdftoppm', '-r', String(dpi), '-f', '1', '-l', '1', '-singlefile', '-png', file, stem);
  const found = await readBarcodes(readFileSync(`${stem}.png`), { tryHarder: true });
  return new Map(found.map((f) => [f.format as string, f]));
}

describeWithPeers(['pdfsig', 'qpdf'], 'the reception slip on paper', () => {
  it('is one A5 page for each of two copies, sound, with metadata and embedded fonts', async () => {
    const file = await slip();
    const info = run('pdfinfo', file);
    const [, width, height] = /Page size:\s+([\d.]+) x ([\d.]+) pts/.exec(info)!;
    expect(Math.abs((Number(width) / 72) * 25.4 - 148)).toBeLessThan(1);
    expect(Math.abs((Number(height) / 72) * 25.4 - 210)).toBeLessThan(1);
    expect(info).toMatch(/Pages:\s+2\n/);
    for (const [page, copy] of ['Liên 1: Lưu', 'Liên 2: Giao người nộp hồ sơ'].entries()) {
      const text = textOf(file, '-f', String(page + 1), '-l', String(page + 1));
      expect(text).toContain(copy);
      expect(text).toContain('NGƯỜI TIẾP NHẬN HỒ SƠ');
    }
    expect(info).toContain('Giấy tiếp nhận hồ sơ và hẹn trả kết quả H14.22.05-260203-0975');
    expect(info).toContain('Thông tư 03/2025/TT-VPCP');
    run('qpdf', '--check', file);
    const fonts = run('pdffonts', file).split('\n').slice(2).filter(Boolean);
    expect(fonts.length).toBeGreaterThanOrEqual(3);
    for (const line of fonts) expect(line).toMatch(/Identity-H +yes +(?:yes|no) +yes /);
  });

  it('carries every field of the form, in its order', async () => {
    const text = textOf(await slip(), '-layout');
    const fields = [
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'Độc lập - Tự do - Hạnh phúc',
      'Thục Phán, ngày 03 tháng 02 năm 2026',
      'GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ',
      'Mã hồ sơ: H14.22.05-260203-0975',
      'Bộ phận tiếp nhận và trả kết quả: Quầy số 2',
      'Tiếp nhận hồ sơ của: Nông Thị Mẫu',
      'Số định danh cá nhân/tổ chức: 004190000123',
      'Địa chỉ: Tổ 3, Phường Thục Phán, tỉnh Cao Bằng',
      'Số điện thoại: 0912 345 678',
      'Email: mau@example.vn',
      'Nội dung yêu cầu giải quyết: Đăng ký lại khai sinh (1.004884)',
      'Thành phần hồ sơ nộp gồm:',
      '1. Tờ khai đăng ký lại khai sinh, có cam đoan đã nộp đủ giấy tờ hiện có (01 bản chính)',
      '2. Bản sao Giấy khai sinh do cơ quan có thẩm quyền của Việt Nam cấp hợp lệ (02 bản sao)',
      '3. Văn bản ủy quyền, trong trường hợp ủy quyền (01 bản chính, 01 bản sao)',
      'Số lượng hồ sơ: 01 (bộ)',
      'Thời gian giải quyết hồ sơ theo quy định là: 05 ngày làm việc',
      'Thời gian nhận hồ sơ: 09 giờ 05 phút, ngày 03 tháng 02 năm 2026',
      'Thời gian trả kết quả giải quyết hồ sơ: 09 giờ 05 phút, ngày 10 tháng 02 năm 2026',
      'Đăng ký nhận kết quả tại: ....',
      'Vào Sổ theo dõi hồ sơ, Quyển số: ………, Số thứ tự: ………',
      'NGƯỜI NỘP HỒ SƠ NGƯỜI TIẾP NHẬN HỒ SƠ',
      'Hoàng Văn Tiếp',
    ];
    let from = 0;
    for (const field of fields) {
      const at = text.indexOf(field, from);
      expect(at, `${field} in order`).toBeGreaterThanOrEqual(0);
      from = at;
    }
    const head = textOf(await slip());
    expect(head).toContain('UBND PHƯỜNG THỤC PHÁN');
    expect(head).toContain('TRUNG TÂM PHỤC VỤ');
  });

  it('carries barcode and QR that a reader takes from a picture of the page', async () => {
    const file = await slip();
    for (const dpi of [200, 300]) {
      const found = await codesOn(file, dpi);
      expect(found.get('Code128')?.text).toBe('H14.22.05-260203-0975');
      const qr = found.get('QRCode')!;
      expect(qr.text.split('|')).toEqual([
        'MCC1',
        'H14.22.05-260203-0975',
        '1.004884',
        '004190000123',
        'Giấy tiếp nhận hồ sơ và hẹn trả kết quả',
        'Một Cửa Counter',
        '202602030905',
        '202602100905',
      ]);
      // Top left corner of the page, TT 01/2023/TT-VPCP Điều 26.
      expect(qr.position.bottomRight.x).toBeLessThan((148 / 25.4) * dpi * 0.3);
      expect(qr.position.bottomRight.y).toBeLessThan((210 / 25.4) * dpi * 0.2);
    }
  });

  it('says in plain words that a temporary code is one', async () => {
    const file = await slip(dossier(PAPERS, { code: { value: 'TAM-01-260203-0001', kind: 'temporary' } }));
    const text = textOf(file);
    expect(text).toContain('Mã tạm: TAM-01-260203-0001');
    expect(text).toContain('chưa phải mã hồ sơ chính thức');
    expect(text).not.toContain('Mã hồ sơ:');
    expect((await codesOn(file, 200)).get('Code128')?.text).toBe('TAM-01-260203-0001');
  });

  it('lets nothing run off the paper: long names wrap, long lists flow onto more pages', async () => {
    const name = 'Nguyễn Phước Hoàng Bảo Tôn Nữ Thị Phương Khuyên Đoan Trang Anh';
    expect(name.length).toBeGreaterThanOrEqual(60);
    const word = 'Dài'.repeat(90);
    const long = `${'Giấy tờ có giá trị chứng minh thông tin về nơi cư trú của người yêu cầu '.repeat(13)}HẾT`;
    expect(long.length).toBeGreaterThanOrEqual(900);
    const papers = [
      spec(1, long),
      spec(2, word),
      ...Array.from({ length: 40 }, (_, i) => spec(i + 3, `Giấy ${i}`)),
    ];
    const base = dossier(papers);
    const file = await slip(
      { ...base, applicant: { ...base.applicant!, name, email: `${'a'.repeat(60)}@example.vn` } },
      {
        unit: {
          ...context(encode).unit,
          name: `Trung tâm ${'Phục vụ hành chính công '.repeat(4)}`,
          parent: 'UBND',
          place: 'Cao Bằng',
        },
      },
    );
    const text = textOf(file);
    for (const part of [name, 'HẾT (01 bản chính)', '42. Giấy 39 (01 bản chính)', 'Hoàng Văn Tiếp']) {
      expect(text).toContain(part);
    }
    expect(text.replaceAll(' ', '')).toContain(word);
    const pages = Number(/Pages:\s+(\d+)/.exec(run('pdfinfo', file))![1]);
    expect(pages).toBeGreaterThanOrEqual(4);
    const perCopy = pages / 2;
    expect(Number.isInteger(perCopy)).toBe(true);
    for (let page = 1; page <= pages; page++) {
      const boxes = run('pdftotext', '-bbox', '-f', String(page), '-l', String(page), file, '-');
      for (const [, x1, y1, x2, y2] of boxes.matchAll(
        /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"/g,
      )) {
        expect(Math.min(Number(x1), Number(y1))).toBeGreaterThan(20);
        expect(Number(x2)).toBeLessThan(419.53 - 20);
        expect(Number(y2)).toBeLessThan(595.28 - 20);
      }
      const last = textOf(file, '-f', String(page), '-l', String(page));
      const number = ((page - 1) % perCopy) + 1;
      expect(last.trim().startsWith(`${number} Mã hồ sơ: H14.22.05-260203-0975`)).toBe(number > 1);
    }
  });

  it('lists what was handed in and nothing else', async () => {
    const base = dossier([
      ...PAPERS.slice(0, 1),
      spec(2, 'Thẻ căn cước', { handling: 'show' }),
      spec(3, 'Giấy đã gỡ'),
    ]);
    base.components[2]!.pages[0]!.removed = true;
    const text = textOf(await slip(base));
    expect(text).toContain('1. Tờ khai');
    expect(text).not.toContain('Thẻ căn cước');
    expect(text).not.toContain('Giấy đã gỡ');
    expect(textOf(await slip(dossier([])))).toContain('Không có giấy tờ phải nộp');
  });

  it('without a time limit leaves the appointment to be written by hand', async () => {
    const base = dossier(PAPERS, { due: null });
    const file = await slip({ ...base, procedure: { ...base.procedure, duration: null } });
    const text = textOf(file);
    expect(text).toContain('theo quy định là: theo quy định của pháp luật chuyên ngành');
    expect(text).toMatch(/Thời gian trả kết quả giải quyết hồ sơ: \.{10}/);
    expect((await codesOn(file, 200)).get('QRCode')!.text.split('|').at(-1)).toBe('');
  });
});

describe('the bytes of a slip', () => {
  it('are the same for the same request', async () => {
    const [a, b] = [
      await renderSlip(reception(), context(encode)),
      await renderSlip(reception(), context(encode)),
    ];
    expect(Buffer.from(a).equals(Buffer.from(b))).toBe(true);
    expect(a.length).toBeLessThan(150_000);
  });

  it('are not made of a dossier that is not received', async () => {
    for (const over of [{ code: null }, { receivedAt: null }, { applicant: null }]) {
      await expect(renderSlip(reception(dossier(PAPERS, over)), context(encode))).rejects.toThrow(
        expect.objectContaining({ code: 'DOSSIER_STATE' }),
      );
    }
  });

  it('are not made of a name that the font cannot print', async () => {
    const base = dossier(PAPERS);
    for (const name of ['王小明', 'An 😀']) {
      const made = renderSlip(
        reception({ ...base, applicant: { ...base.applicant!, name } }),
        context(encode),
      );
      await expect(made).rejects.toThrow(
        expect.objectContaining({
          code: 'SLIP_TEXT_UNPRINTABLE',
          details: { field: 'name', character: expect.stringMatching(/^U\+[0-9A-F]{4,6}$/) },
        }),
      );
    }
  });

  it('are not made of a code that no barcode holds', async () => {
    const code = { value: 'H14-Đ', kind: 'official' as const };
    await expect(renderSlip(reception(dossier(PAPERS, { code })), context(encode))).rejects.toThrow(
      expect.objectContaining({ code: 'SLIP_TEXT_UNPRINTABLE' }),
    );
  });
});

describe('barcodes', () => {
  it('refuse an empty text and one that is too long', async () => {
    for (const [kind, text] of [
      ['qr', ''],
      ['code128', ''],
      ['qr', 'x'.repeat(5000)],
    ] as const) {
      await expect(encode(kind, text)).rejects.toThrow(
        expect.objectContaining({ code: 'SLIP_TEXT_UNPRINTABLE' }),
      );
    }
  });
});
