import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../src/main/procedures/catalogue-file.ts';
import { splitFormName } from '../../../src/main/procedures/form-name.ts';
import { isGarbled } from '../../../src/main/procedures/garbled.ts';
import { fromNational } from '../../../src/main/procedures/national.ts';
import { NO_NATIONAL, nationalCatalogue, nationalRecord } from '../../support/national.ts';

const read = (more: object) => fromNational(nationalRecord('1.000001', { ...more }));
const channel = (KENH: number, MOTA: string, more: object = {}) => ({
  KENH,
  THOIGIANGIAIQUYET: 3,
  DONVITINH: 'Ngày làm việc',
  MOTA,
  ...more,
});

describe('fees of a national record', () => {
  const fees = (...channels: object[]) => read({ CACHTHUCTHUCHIEN: channels });

  it.each([
    ['Miễn phí', []],
    ['Không có thông tin07 ngày làm việc, kể từ ngày nhận đủ hồ sơ', []],
    ['Miễn phí(Không quy định.)', []],
    ['Miễn phí(Không có)trong ngày', []],
    [
      'Miễn phí(Mức lệ phí cụ thể do Hội đồng nhân dân cấp tỉnh quyết định)',
      [['Lệ phí', 'charge', null, 'Mức lệ phí cụ thể do Hội đồng nhân dân cấp tỉnh quyết định']],
    ],
    [
      '50,000 Việt Nam Đồng(/hồ sơ (Thông tư số 61/2023/TT-BTC))- Cơ quan đăng ký có trách nhiệm',
      [['Phí', 'fee', 50_000, '/hồ sơ (Thông tư số 61/2023/TT-BTC)']],
    ],
    ['1,200,000 Việt Nam ĐồngPhí thẩm định', [['Phí', 'fee', 1_200_000, '']]],
    ['VNĐ(Lệ phí: 100.000 đồng/lần)', [['Lệ phí', 'charge', null, 'Lệ phí: 100.000 đồng/lần']]],
    ['0 Việt Nam Đồng', [['Phí', 'fee', 0, '']]],
    ['20,000 VNĐ(chưa đóng ngoặc', [['Phí', 'fee', 20_000, 'chưa đóng ngoặc']]],
  ])('in %j are %j', (words, expected) => {
    const { procedure } = fees(channel(1, words));
    expect(procedure.fees.map((f) => [f.name, f.kind, f.amount, f.note])).toEqual(expected);
  });

  it('that cannot be right are left open and named', () => {
    const { procedure, problems } = fees(channel(1, '50 VNĐ(đồng/lần)'), channel(2, '50 VNĐ(đồng/lần)'));
    expect(procedure.fees.map((f) => f.amount)).toEqual([null]);
    expect(problems.map((p) => [p.code, p.value])).toEqual([['FEE_IMPLAUSIBLE', '50']]);
  });

  it('are those of the counter; another one online is named', () => {
    const { procedure, problems } = fees(
      channel(2, '10,000 Việt Nam Đồng'),
      channel(1, '20,000 Việt Nam Đồng'),
    );
    expect(procedure.fees.map((f) => f.amount)).toEqual([20_000]);
    expect(problems.map((p) => p.code)).toEqual(['FEE_BY_CHANNEL']);
  });

  it('come as rows from the portal, each with code and name', () => {
    const rows = [
      { MAPHILEPHI: 'LP01', TENPHILEPHI: 'Lệ phí đăng ký', SOTIEN: '8000', DONVI: 'đồng', MOTA: 'một bản' },
      { MAPHILEPHI: '', SOTIEN: '', MOTA: '' },
    ];
    const { procedure } = fees({
      KENH: 1,
      THOIGIAN: [{ THOIGIANGIAIQUYET: '1', DONVITINH: 'Ngày', PHILEPHI: rows }],
    });
    expect(procedure.fees).toEqual([
      { code: 'LP01', name: 'Lệ phí đăng ký', kind: 'charge', amount: 8000, note: 'một bản' },
    ]);
  });
});

describe('channels of a national record', () => {
  it('give the online channel its own time only where it is another', () => {
    const both = (online: number) =>
      read({ CACHTHUCTHUCHIEN: [channel(1, ''), channel(2, '', { THOIGIANGIAIQUYET: online })] }).procedure;
    expect(both(3).onlineDuration).toBeNull();
    expect(both(2).onlineDuration).toEqual({ value: 2, unit: 'working-day' });
    expect(both(2).duration).toEqual({ value: 3, unit: 'working-day' });
  });

  it.each([
    [[2], true],
    [[2, 3], false],
    [[1, 2, 3], false],
    [[], false],
  ])('%j make a procedure that is online only: %s', (kinds, expected) => {
    const { procedure } = read({ CACHTHUCTHUCHIEN: kinds.map((k) => channel(k, '')) });
    expect(procedure.onlineOnly).toBe(expected);
  });
});

describe('levels and agency of a national record', () => {
  it('are read from one text or a list, and an unknown level is named', () => {
    expect(read({ CAPTHUCHIEN: 'Cấp tỉnh, Cấp xã, Cơ quan khác' }).procedure.levels).toEqual([
      'province',
      'commune',
      'other',
    ]);
    expect(read({ CAPTHUCHIEN: ['Cấp Bộ'] }).procedure.levels).toEqual(['ministry']);
    const odd = read({ CAPTHUCHIEN: 'Cấp huyện' });
    expect(odd.procedure.levels).toEqual([]);
    expect(odd.problems).toContainEqual(
      expect.objectContaining({ code: 'LEVEL_UNKNOWN', value: 'Cấp huyện' }),
    );
    expect(odd.procedure.agency).toBe('Bộ Tư pháp');
  });
});

describe('papers of a national record', () => {
  const paper = (TENGIAYTO: string, more: object = {}) => ({
    ...{ TENGIAYTO, SOBANCHINH: 1, SOBANSAO: 0 },
    ...more,
  });

  it('stand under their cases, those of everybody without one', () => {
    const { procedure } = read({
      THANHPHANHOSO: [
        { TRUONGHOP: '', GIAYTO: [paper('Đơn đề nghị')] },
        { TRUONGHOP: 'Cá nhân', GIAYTO: [paper('Thẻ thành viên')] },
        { TRUONGHOP: 'Tổ chức', GIAYTO: [paper('Quyết định thành lập')] },
      ],
    });
    expect(procedure.components.map((c) => [c.name, c.situation, c.required])).toEqual([
      ['Đơn đề nghị', '', true],
      ['Thẻ thành viên', 'Cá nhân', false],
      ['Quyết định thành lập', 'Tổ chức', false],
    ]);
  });

  it('under a single case are owed by all', () => {
    const { procedure } = read({ THANHPHANHOSO: [{ TRUONGHOP: 'Cấp mới', GIAYTO: [paper('Đơn đề nghị')] }] });
    expect(procedure.components.map((c) => [c.situation, c.group, c.required])).toEqual([
      ['', 'Cấp mới', true],
    ]);
  });

  it('under headings that stand where a case would are handed in or shown, not chosen among', () => {
    const { procedure } = read({
      THANHPHANHOSO: [
        { TRUONGHOP: '* Giấy tờ phải nộp', GIAYTO: [paper('Bản cam kết')] },
        { TRUONGHOP: '* Giấy tờ phải xuất trình', GIAYTO: [paper('Thẻ căn cước')] },
      ],
    });
    expect(procedure.components.map((c) => [c.handling, c.situation, c.required])).toEqual([
      ['submit', '', true],
      ['show', '', false],
    ]);
  });

  it('keep their form and what may take their place', () => {
    const { procedure } = read({
      THANHPHANHOSO: [
        paper('Đơn', { TENMAUDON: 'Mẫu 01', URL: 'tệp', MA_KQ_THAYTHE: 'KQ.G15.000038' }),
        paper('Văn bản đề nghị theo mẫuMau08.docxMau 9.docx'),
        paper('Giấy khác'),
      ],
    });
    expect(procedure.components.map((c) => [c.name, c.form, c.replacedBy])).toEqual([
      ['Đơn', { name: 'Mẫu 01', url: 'tệp' }, 'KQ.G15.000038'],
      ['Văn bản đề nghị theo mẫu', { name: 'Mau08.docx, Mau 9.docx', url: '' }, ''],
      ['Giấy khác', null, ''],
    ]);
  });

  it.each([
    ['Tờ khai (Mẫu CT01).1.MuCT01.doc', 'Tờ khai (Mẫu CT01).', '1.MuCT01.doc'],
    ['theo Nghị định số 23/2026/NĐ-CPMau57.docx', 'theo Nghị định số 23/2026/NĐ-CP', 'Mau57.docx'],
    ['Đơn đề nghị theo mẫu1.003850.docx', 'Đơn đề nghị theo mẫu', '1.003850.docx'],
    ['Giấy đề nghị;Phụ lục số 02.docx', 'Giấy đề nghị', 'Phụ lục số 02.docx'],
    ['Bản vẽ', 'Bản vẽ', ''],
    ['Mẫu.docx', 'Mẫu.docx', ''],
  ])('%s is split into name and form', (whole, name, form) => {
    expect(splitFormName(whole)).toMatchObject({ name, form });
  });
});

describe('text through a wrong code table', () => {
  it.each(['§¨ng ký khai sinh', 'Thñ tôc ®¨ng ký kÕt h«n', 'ho\ufffd t\ufffdch'])('%s is known', (text) => {
    expect(isGarbled(text)).toBe(true);
  });
  it.each(['Đăng ký khai sinh', 'Cấp giấy phép “AB” – 50 %', "H'Hen Niê", 'CITES', ''])(
    '%s is not',
    (text) => {
      expect(isGarbled(text)).toBe(false);
    },
  );
  it('refuses a file that is mostly such', () => {
    const text = [1, 2, 3]
      .map((n) => JSON.stringify(nationalRecord(`1.00000${n}`, { TENTTHC: 'Thñ tôc ®¨ng ký kÕt h«n' })))
      .join('\n');
    expect(() => readCatalogue(text)).toThrow(
      expect.objectContaining({ code: 'PROCEDURE_FILE_INVALID', details: { reason: 'encoding' } }),
    );
  });
});

describe('hostile records', () => {
  it.each([
    ['nested papers', { THANHPHANHOSO: [{ TENGIAYTO: {}, SOBANCHINH: [[[[1]]]], SOBANSAO: {} }] }],
    ['a name that is an object', { TENTTHC: { toString: 1 } }],
    ['channels that are numbers', { CACHTHUCTHUCHIEN: [1, null, 'x'] }],
    [
      'a quantity beyond numbers',
      { THANHPHANHOSO: [{ TENGIAYTO: 'A', SOBANCHINH: 1e308, SOBANSAO: '9e99' }] },
    ],
    ['a fee beyond numbers', { CACHTHUCTHUCHIEN: [channel(1, `${'9'.repeat(400)} VNĐ`)] }],
    ['brackets without end', { CACHTHUCTHUCHIEN: [channel(1, `VNĐ${'('.repeat(50_000)}`)] }],
    [
      'a paper of a megabyte',
      { THANHPHANHOSO: [{ TENGIAYTO: `${'aA1.'.repeat(250_000)}.docx`, SOBANCHINH: 1 }] },
    ],
  ])('with %s are read without harm', (_what, more) => {
    const { procedure, problems } = read(more);
    expect(procedure.code).toBe('1.000001');
    for (const p of problems) expect(p.value.length).toBeLessThanOrEqual(200);
  });
});

describe.skipIf(NO_NATIONAL !== '')(`the national catalogue${NO_NATIONAL}`, () => {
  it('fills agency, levels, fees, forms and the online channel', () => {
    const { procedures, problems } = nationalCatalogue();
    expect(procedures.every((p) => p.agency !== '' && p.levels.length > 0)).toBe(true);
    const residence = procedures.find((p) => p.code === '1.004222')!;
    expect(residence.fees.map((f) => f.amount)).toEqual([20_000]);
    expect(procedures.filter((p) => p.onlineOnly)).toHaveLength(113);
    const forms = procedures.flatMap((p) => p.components).flatMap((c) => c.form ?? []);
    expect(forms.filter((f) => /^\.?(?:docx?|pdf|xlsx?)$/iu.test(f.name))).toEqual([]);
    // What cannot be told apart is listed as such.
    expect(problems.filter((p) => p.code === 'FORM_NAME_UNCLEAR').length).toBeLessThan(60);
    expect(procedures.flatMap((p) => p.components).filter((c) => c.form !== null).length).toBeGreaterThan(
      2200,
    );
  });

  it('demands no note of anybody', () => {
    for (const c of nationalCatalogue().procedures.flatMap((p) => p.components)) {
      if (c.originals + c.copies === 0) expect([c.handling, c.required]).toEqual(['note', false]);
    }
  });
});
