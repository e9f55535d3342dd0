import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule } from 'zxing-wasm/reader';
import type { DossierView } from '../../../src/contract/model.ts';
import { createBarcodeEncoder, type EncodeBarcode } from '../../../src/main/slips/barcode.ts';
import type { SlipForm } from '../../../src/main/slips/form.ts';
import { renderSlip } from '../../../src/main/slips/render.ts';
import type { Slip, SlipContext } from '../../../src/main/slips/slip.ts';
import { parseUnitForm, withUnitForms } from '../../../src/main/slips/unit-forms.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { HEAD, SAYS } from './expected-fields.ts';
import { FIXTURES } from './fixtures.ts';
import { codesOn, overlaps, pageSizes, pageText, textOf, wordsOf } from './reading.ts';
import { context, dossier, forms, PAPERS, readerWasm, spec, writerWasm } from './samples.ts';

let encode: EncodeBarcode;
let folder: string;
let count = 0;

beforeAll(async () => {
  encode = await createBarcodeEncoder(writerWasm());
  const wasmBinary = new Uint8Array(readerWasm()).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  folder = mkdtempSync(path.join(tmpdir(), 'papers-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const draw = (slip: Slip, over: Partial<SlipContext> = {}) => renderSlip(slip, context(encode, over));

async function paper(slip: Slip, over: Partial<SlipContext> = {}): Promise<string> {
  const file = path.join(folder, `${++count}.pdf`);
  writeFileSync(file, await draw(slip, over));
  return file;
}

const CASES = Object.keys(FIXTURES) as (keyof typeof FIXTURES)[];

describeWithPeers(['pdfsig', 'qpdf'], 'the papers about a dossier', () => {
  it.each(CASES)('%s: says every field of its form, in order', async (key) => {
    const { slip, context: over } = FIXTURES[key];
    const text = textOf(await paper(slip, over), '-raw');
    for (const part of HEAD) expect(text).toContain(part);
    let from = 0;
    for (const part of SAYS[key]) {
      const at = text.indexOf(part, from);
      expect(at, `${part} in order`).toBeGreaterThanOrEqual(0);
      from = at;
    }
  });

  it.each(CASES)(
    '%s: has A5 pages, nothing over anything else or off the page, and the same bytes twice',
    async (key) => {
      const { slip, context: over } = FIXTURES[key];
      const file = await paper(slip, over);
      const sizes = pageSizes(file);
      expect(sizes.length).toBeGreaterThan(0);
      for (const [i, { width, height }] of sizes.entries()) {
        expect(Math.abs(width - 148)).toBeLessThan(0.5);
        expect(Math.abs(height - 210)).toBeLessThan(0.5);
        expectWithin(file, i + 1, 148, 210);
      }
      expect(Buffer.from(await draw(slip, over)).equals(Buffer.from(await draw(slip, over)))).toBe(true);
    },
  );

  it.each(CASES)('%s: carries its data as QR in the top left corner', async (key) => {
    const { slip, context: over } = FIXTURES[key];
    const [code, day] = key.startsWith('old')
      ? ['H14.22.05-250912-0975', '202509']
      : ['H14.22.05-260203-0975', '202602'];
    const found = await codesOn(await paper(slip, over), 1, 300);
    const data = found.find((f) => f.text.startsWith('MCC1|'))!;
    const fields = data.text.split('|');
    expect(fields.slice(0, 4)).toEqual(['MCC1', code, '1.004884', '004190000123']);
    expect(fields[4]).toMatch(/^(?:Giấy|Phiếu|Văn bản|Thông báo) /);
    expect(fields[6]!.startsWith(day)).toBe(true);
    expect(data.position.bottomRight.x).toBeLessThan((148 / 25.4) * 300 * 0.3);
    expect(data.position.bottomRight.y).toBeLessThan((210 / 25.4) * 300 * 0.2);
  });

  it('the reception slip carries tracking and payment codes, labelled, in both copies', async () => {
    const { slip, context: over } = FIXTURES.reception;
    const file = await paper(slip, over);
    for (const page of [1, 2]) {
      const texts = (await codesOn(file, page, 300)).map((f) => f.text);
      expect(texts).toContain('https://tracuu.example.vn/ho-so?ma=H14.22.05-260203-0975');
      expect(texts).toContain(over.paymentQr);
      expect(texts).toContain('H14.22.05-260203-0975');
      expect(texts).toHaveLength(4);
      const text = pageText(file, page, '-raw');
      for (const label of ['Dữ liệu hồ sơ', 'Quét để tra cứu', 'tình trạng hồ sơ', '(VietQR)']) {
        expect(text).toContain(label);
      }
    }
    expect(pageText(file, 2)).toContain('Liên 2: Giao người nộp hồ sơ');
  });

  it('a temporary code is not offered for tracking, and its address is made safe', async () => {
    const trackingUrl = 'https://tracuu.example.vn/{code}?c={code}';
    const temporary = { code: { value: 'TAM-01-260203-0001', kind: 'temporary' as const } };
    const file = await paper({ kind: 'reception', dossier: dossier(PAPERS, temporary) }, { trackingUrl });
    expect((await codesOn(file, 1, 300)).map((f) => f.format).sort()).toEqual(['Code128', 'QRCode']);
    const odd = { code: { value: 'H14/22 5', kind: 'official' as const } };
    const texts = (
      await codesOn(
        await paper({ kind: 'reception', dossier: dossier(PAPERS, odd) }, { trackingUrl }),
        1,
        300,
      )
    ).map((f) => f.text);
    expect(texts).toContain('https://tracuu.example.vn/H14%2F22%205?c=H14%2F22%205');
  });

  it('an online dossier is signed by the receiver alone', async () => {
    const base = dossier(PAPERS);
    const online = { ...base, intake: { ...base.intake, channel: 'online' as const } };
    const text = textOf(await paper({ kind: 'reception', dossier: online }));
    expect(text).toContain('NGƯỜI TIẾP NHẬN HỒ SƠ');
    expect(text).not.toContain('NGƯỜI NỘP HỒ SƠ');
  });

  it('a messenger without an authorisation is named beside the applicant', async () => {
    const submitter = {
      name: 'Bưu tá Mẫu',
      identityNumber: '004085000456',
      address: '',
      phone: '',
      email: '',
      authorisation: '',
    };
    const text = textOf(await paper({ kind: 'reception', dossier: dossier(PAPERS, { submitter }) }), '-raw');
    expect(text).toContain('Tiếp nhận hồ sơ của: Nông Thị Mẫu');
    expect(text).toContain('Người nộp hồ sơ: Bưu tá Mẫu (004085000456)');
    expect(text).not.toContain('Người ủy quyền');
  });

  it('gives back every Vietnamese letter with every tone, in each of its types', async () => {
    const letters = vietnameseLetters();
    expect(letters).toHaveLength(134);
    const words = Array.from({ length: Math.ceil(letters.length / 8) }, (_, i) =>
      letters.slice(i * 8, i * 8 + 8).join(''),
    );
    const base = dossier(PAPERS);
    const about: DossierView = {
      ...base,
      applicant: { ...base.applicant!, name: words.join(' '), address: words.join(' ') },
    };
    // Italics: the label of a copy.
    const own = parseUnitForm({
      changes: 'reception',
      provenance: 'thử',
      copies: [words.slice(0, 9).join(' '), words.slice(9).join(' ')],
    });
    const file = await paper({ kind: 'reception', dossier: about }, { forms: withUnitForms(forms, [own]) });
    const text = textOf(file, '-raw').replaceAll(' ', '');
    const whole = letters.join('');
    expect(text.split(whole).length - 1).toBe(4);
    expect(text).toContain(words.slice(0, 9).join(''));
    expect(text).toContain(words.slice(9).join(''));
  });

  it.each(['reception', 'oldReception'] as const)(
    '%s: forty components, one of 900 letters, run over pages',
    async (key) => {
      const long = `${'Giấy tờ có giá trị chứng minh thông tin về nơi cư trú của người yêu cầu '.repeat(13)}HẾT`;
      expect(long.length).toBeGreaterThan(900);
      const name = 'Nguyễn Phước Hoàng Bảo Tôn Nữ Thị Phương Khuyên Đoan Trang Anh';
      expect(name.length).toBeGreaterThan(60);
      const papers = [
        spec(1, long),
        spec(2, 'Dài'.repeat(90)),
        ...Array.from({ length: 40 }, (_, i) => spec(i + 3, `Giấy tờ thứ ${i + 1} của hồ sơ`)),
      ];
      const { context: over, slip } = FIXTURES[key];
      const { receivedAt } = slip.dossier;
      const base = dossier(papers, { receivedAt });
      const about = { ...base, applicant: { ...base.applicant!, name } };
      const file = await paper({ kind: 'reception', dossier: about }, { ...over, clerkName: name });
      const text = textOf(file, '-raw');
      expect(text.split(name).length - 1).toBeGreaterThanOrEqual(4);
      for (const part of ['HẾT', 'Giấy tờ thứ 40 của hồ sơ']) expect(text).toContain(part);
      expect(text.replaceAll(' ', '')).toContain('Dài'.repeat(90));
      const pages = pageSizes(file).length;
      expect(pages).toBeGreaterThanOrEqual(4);
      for (let page = 1; page <= pages; page++) expectWithin(file, page, 148, 210);
      const perCopy = pages / 2;
      const last = pageText(file, perCopy, '-raw');
      expect(last).toContain('Vào Sổ theo dõi hồ sơ');
      expect(last).toContain('NGƯỜI TIẾP NHẬN HỒ SƠ');
      expect(last.trim()).toMatch(new RegExp(`^${perCopy} Mã hồ sơ: H14`));
      expect(pageText(file, perCopy + 1)).not.toContain(`${perCopy + 1} Mã hồ sơ`);
    },
  );

  it('keeps long papers of the other kinds on their pages', async () => {
    const long = 'Lý do dài và có đủ dấu để kiểm tra xuống dòng, xuống trang. '.repeat(16).trim();
    for (const key of ['supplement', 'oldSupplement', 'refusal', 'extension', 'stop'] as const) {
      const file = await paper(withReason(FIXTURES[key].slip, long), FIXTURES[key].context);
      expect(textOf(file, '-raw')).toContain(long.slice(-59));
      for (let page = 1; page <= pageSizes(file).length; page++) expectWithin(file, page, 148, 210);
    }
  });

  it('prints hostile text as text: controls and marks are dropped, what the font lacks is a box', async () => {
    const base = dossier([spec(1, 'Giấy \u202etờ\u0000 😀 \u200bmột')]);
    const about: DossierView = {
      ...base,
      applicant: { ...base.applicant!, address: 'Tổ 3\n\r\u0007 {reason} \u2067ngược 王' },
      intake: { ...base.intake, summary: '{unit} %s $x <b>' },
    };
    const text = textOf(await paper({ kind: 'reception', dossier: about }), '-raw');
    expect(text).toContain('1. Giấy tờ □ một (01 bản chính)');
    expect(text).toContain('Địa chỉ: Tổ 3 {reason} ngược □');
    expect(text).toContain('Nội dung yêu cầu giải quyết: {unit} %s $x <b>');
  });

  it('keeps the lines of a reason that was written on several', async () => {
    const reason = 'Thứ nhất: thiếu tờ khai.\r\n\r\nThứ hai: thiếu chữ ký.\n';
    for (const key of ['supplement', 'refusal'] as const) {
      const file = await paper(withReason(FIXTURES[key].slip, reason), FIXTURES[key].context);
      const words = wordsOf(file, 1);
      const [first, second] = words.filter((w) => w.text === 'Thứ');
      expect(second!.y1).toBeGreaterThan(first!.y2);
      expect(second!.x1, key).toBeLessThan((148 / 25.4) * 72 * 0.3);
    }
  });

  it.each([
    ['A6', 105, 148, 8],
    ['A5 across', 210, 148, 10],
    ['Letter', 215.9, 279.4, 20],
  ])('fits the paper that a form names: %s', async (_, widthMm, heightMm, margin) => {
    const marginsMm = { top: margin, right: margin, bottom: margin + 1, left: margin };
    const own = forms.map((form) => ({ ...form, paper: { widthMm, heightMm, marginsMm } }));
    for (const key of CASES) {
      const { slip, context: over } = FIXTURES[key];
      const unit = {
        ...context(encode).unit,
        place: 'Đặc khu có tên dài để chỗ ghi địa danh phải xuống dòng',
      };
      const file = await paper(slip, { ...over, forms: own, unit });
      for (const [i, size] of pageSizes(file).entries()) {
        expect(Math.abs(size.width - widthMm)).toBeLessThan(0.5);
        expect(Math.abs(size.height - heightMm)).toBeLessThan(0.5);
        expectWithin(file, i + 1, widthMm, heightMm, margin - 1);
      }
    }
  });

  it('says on every page that it is a reprint, and not that it is when it is not', async () => {
    const papers = Array.from({ length: 40 }, (_, i) => spec(i + 1, `Giấy tờ thứ ${i + 1}`));
    const again = await paper({ kind: 'reception', dossier: dossier(papers) }, { reprint: 3 });
    const pages = pageSizes(again).length;
    expect(pages).toBeGreaterThan(2);
    for (let page = 1; page <= pages; page++) expect(pageText(again, page)).toContain('BẢN IN LẠI LẦN 3');
    expect(textOf(await paper(FIXTURES.reception.slip))).not.toContain('BẢN IN LẠI');
  });

  it('on A4 has the sizes of type of NĐ 30/2020 Phụ lục I, and a letterhead of the unit', async () => {
    const own = parseUnitForm({
      changes: 'extension',
      provenance: 'thử',
      paper: { widthMm: 210, heightMm: 297, marginsMm: { top: 20, right: 15, bottom: 20, left: 30 } },
      labels: { letterheadParent: 'UBND tỉnh Cao Bằng', letterheadOwn: 'Sở Mẫu', unitAbbreviation: 'SM' },
    });
    const { slip, context: over } = FIXTURES.extension;
    const file = await paper(slip, { ...over, forms: withUnitForms(forms, [own]) });
    const [size] = pageSizes(file);
    expect(Math.abs(size!.width - 210)).toBeLessThan(0.5);
    expect(Math.abs(size!.height - 297)).toBeLessThan(0.5);
    const words = wordsOf(file, 1);
    const sizeOf = (text: string) => {
      const { y1, y2 } = words.find((w) => w.text === text)!;
      return (y2 - y1) / 1.107;
    };
    // Liberation Serif reaches from 0.891 above to 0.216 below the line.
    for (const [word, least, most] of [
      ['CỘNG', 12, 13],
      ['Hạnh', 13, 14],
      ['UBND', 12, 13],
      ['SỞ', 12, 13],
      ['01/PXL-SM', 13, 13],
      ['PHIẾU', 13, 14],
      ['Kính', 13, 14],
      ['THỦ', 13, 14],
      ['Đứng', 13, 14],
    ] as const) {
      expect(sizeOf(word), word).toBeGreaterThan(least - 0.1);
      expect(sizeOf(word), word).toBeLessThan(most + 0.1);
    }
    expect(textOf(file)).toContain('UBND TỈNH CAO BẰNG');
    expectWithin(file, 1, 210, 297);
  });
});

describe('a paper about a dossier', () => {
  it('is refused where its form lacks a label or names a field that nobody draws', async () => {
    const [form] = forms.filter((f) => f.kind === 'refusal' && f.effectiveTo === null);
    const { applicant: _, ...labels } = form!.labels;
    const { slip, context: over } = FIXTURES.refusal;
    const cases: readonly (readonly [SlipForm, string])[] = [
      [{ ...form!, labels }, 'labels.applicant: missing'],
      [{ ...form!, fields: ['toString'] }, 'fields: toString: unknown'],
      [{ ...form!, fields: ['text:constructor'] }, 'labels.constructor: missing'],
      [
        {
          ...form!,
          paper: { widthMm: 60, heightMm: 200, marginsMm: { top: 5, right: 14, bottom: 5, left: 14 } },
        },
        'paper: too narrow',
      ],
    ];
    for (const [broken, problem] of cases) {
      await expect(draw(slip, { ...over, forms: [broken] })).rejects.toThrow(
        expect.objectContaining({
          code: 'CONFIG_INVALID',
          details: { file: 'slip-form', problem: expect.stringContaining(problem) },
        }),
      );
    }
  });

  it('is refused where the dossier lacks what it must state', async () => {
    const state = expect.objectContaining({ code: 'DOSSIER_STATE' });
    for (const key of ['supplement', 'refusal', 'extension', 'stop'] as const) {
      const { slip, context: over } = FIXTURES[key];
      const bare = { ...slip, dossier: { ...slip.dossier, applicant: null } };
      await expect(draw(bare, over), key).rejects.toThrow(state);
    }
    for (const key of ['extension', 'stop'] as const) {
      const { slip, context: over } = FIXTURES[key];
      await expect(draw({ ...slip, dossier: { ...slip.dossier, receivedAt: null } }, over)).rejects.toThrow(
        state,
      );
    }
  });

  it('may ask for a supplement or refuse before the dossier has a code', async () => {
    for (const key of ['supplement', 'refusal'] as const) {
      const { slip, context: over } = FIXTURES[key];
      const early = { ...slip, dossier: { ...slip.dossier, code: null, receivedAt: null, due: null } };
      expect((await draw(early, over)).length).toBeGreaterThan(1000);
    }
  });

  it('is drawn or refused by name whatever the texts hold', async () => {
    const next = random(20260203);
    for (let i = 0; i < 40; i++) {
      const any = (most: number) =>
        Array.from({ length: Math.floor(next() * most) }, () =>
          String.fromCodePoint(
            pick(next, [0x20, 0x1ea0, 0x202e, 0x0300, 0x1f600, 0x4e00, 0xd7, 0x7b, 0x7d, 0x41, 0x0a]),
          ),
        ).join('');
      const base = dossier([spec(1, `x${any(300)}`)]);
      const about: DossierView = {
        ...base,
        applicant: { ...base.applicant!, name: `A${any(5)}`, address: any(500), phone: any(20) },
        intake: { ...base.intake, summary: any(1000) },
      };
      const made = await draw({ kind: 'reception', dossier: about }).then(
        (pdf) => Buffer.from(pdf).subarray(0, 5).toString(),
        (fault: { code?: string }) => fault.code,
      );
      expect(['%PDF-', 'SLIP_TEXT_UNPRINTABLE']).toContain(made);
    }
  });
});

/** Every word within the page, `edge` millimetres from its sides, and none over another. */
function expectWithin(file: string, page: number, widthMm: number, heightMm: number, edge = 8): void {
  const points = 72 / 25.4;
  const words = wordsOf(file, page);
  expect(words.length).toBeGreaterThan(0);
  for (const word of words) {
    expect(word.x1, word.text).toBeGreaterThan(edge * points);
    expect(word.y1, word.text).toBeGreaterThan((edge - 1) * points);
    expect(word.x2, word.text).toBeLessThan((widthMm - edge) * points);
    expect(word.y2, word.text).toBeLessThan((heightMm - edge) * points);
  }
  expect(overlaps(words)).toEqual([]);
}

function withReason(slip: Slip, reason: string): Slip {
  switch (slip.kind) {
    case 'supplement-request':
      return { ...slip, supplement: { ...slip.supplement, reason } };
    case 'refusal':
    case 'stop':
      return { ...slip, ending: { ...slip.ending, reason } };
    case 'extension':
      return { ...slip, extension: { ...slip.extension, reason } };
    default:
      throw new RangeError(slip.kind);
  }
}

/** The letters beyond ASCII that Vietnamese is written with, both cases. */
function vietnameseLetters(): string[] {
  const tones = ['', '\u0300', '\u0309', '\u0303', '\u0301', '\u0323'];
  const vowels = [...'aăâeêioôơuưy'].flatMap((v) => tones.map((t) => (v + t).normalize('NFC')));
  const small = [...vowels, 'đ'].filter((letter) => letter.codePointAt(0)! > 0x7f);
  return [...small, ...small.map((letter) => letter.toLocaleUpperCase('vi'))];
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick(next: () => number, from: readonly number[]): number {
  return from[Math.floor(next() * from.length)]!;
}
