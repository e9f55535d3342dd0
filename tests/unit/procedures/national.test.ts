import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { procedure as procedureSchema } from '../../../src/contract/procedures.ts';
import { readCatalogue } from '../../../src/main/procedures/catalogue-file.ts';
import { fromNational } from '../../../src/main/procedures/national.ts';
import { prepareCatalogue, searchProcedures } from '../../../src/main/procedures/search.ts';

const SHARED = path.join(import.meta.dirname, '../../../../shared/data/procedures-2026-07.jsonl.gz');

const record = {
  MATTHC: '1.001193',
  TENTTHC: 'Thủ tục đăng ký khai sinh',
  QUYETDINH: '163/QĐ-BTP',
  LINHVUC: 'Hộ tịch',
  CACHTHUCTHUCHIEN: [
    { KENH: 2, THOIGIANGIAIQUYET: 1, DONVITINH: '', MOTA: '' },
    { KENH: 1, THOIGIANGIAIQUYET: 3, DONVITINH: 'Ngày làm việc', MOTA: '' },
  ],
  THANHPHANHOSO: [
    { TENGIAYTO: 'Giấy chứng sinh', SOBANCHINH: 1, SOBANSAO: 0, NHOM: 'Giấy tờ phải nộp' },
    { TENGIAYTO: 'Văn bản ủy quyền', SOBANCHINH: 1, SOBANSAO: 0, NHOM: 'Giấy tờ phải nộp' },
    { TENGIAYTO: 'Thẻ căn cước', SOBANCHINH: 1, SOBANSAO: 0, NHOM: 'Giấy tờ phải xuất trình' },
    { TENGIAYTO: 'Tờ khai đăng ký', SOBANCHINH: 1, SOBANSAO: 0, NHOM: 'Giấy tờ phải xuất trình' },
    { TENGIAYTO: 'Trường hợp đã có bản điện tử', SOBANCHINH: 0, SOBANSAO: 0, NHOM: '' },
  ],
  KETQUATHUCHIEN: [{ TENKETQUA: '- Giấy khai sinh', MAKETQUA: 'KQ.G15.000031-' }],
};

const read = (over: object) => fromNational({ ...record, ...over });
const codes = (over: object) => read(over).problems.map((p) => p.code);

describe('a record of the national catalogue', () => {
  it('becomes a procedure with papers sorted by what is done with them', () => {
    const { procedure } = fromNational(record);
    expect(procedureSchema.parse(procedure)).toEqual(procedure);
    expect(procedure.duration).toEqual({ value: 3, unit: 'working-day' });
    expect(procedure.components.map((c) => [c.id, c.handling, c.required])).toEqual([
      ['tp-01', 'submit', true],
      ['tp-02', 'submit', false],
      ['tp-03', 'show', false],
      ['tp-04', 'submit', true],
      ['tp-05', 'note', false],
    ]);
    expect(procedure.results).toEqual([{ code: 'KQ.G15.000031', name: 'Giấy khai sinh' }]);
  });

  it('that puts a form among papers to be shown is corrected and named', () => {
    expect(fromNational(record).problems).toEqual([
      {
        procedure: '1.001193',
        code: 'FORM_MARKED_SHOW',
        where: 'THANHPHANHOSO 4',
        value: 'Tờ khai đăng ký',
      },
    ]);
  });

  it.each([
    [[{ KENH: 1, THOIGIANGIAIQUYET: 1, DONVITINH: '' }], { value: 1, unit: 'same-day' }, []],
    [[{ KENH: 1, THOIGIANGIAIQUYET: 15, DONVITINH: 'Ngày' }], { value: 15, unit: 'day' }, []],
    [[{ KENH: 1, THOIGIANGIAIQUYET: '8', DONVITINH: 'Giờ' }], { value: 8, unit: 'hour' }, []],
    [
      [{ KENH: 1, THOIGIANGIAIQUYET: 5, DONVITINH: '' }],
      { value: 5, unit: 'working-day' },
      ['DURATION_UNIT_MISSING'],
    ],
    [
      [{ KENH: 1, THOIGIANGIAIQUYET: 6, DONVITINH: 'Tháng' }],
      { value: 180, unit: 'day' },
      ['MONTHS_AS_DAYS'],
    ],
    [
      [{ KENH: 2, THOIGIANGIAIQUYET: 4, DONVITINH: 'Ngày làm việc' }],
      { value: 4, unit: 'working-day' },
      ['DURATION_FROM_OTHER_CHANNEL'],
    ],
    [
      [
        { KENH: 1, THOIGIANGIAIQUYET: 4, DONVITINH: 'Ngày làm việc' },
        { KENH: 1, THOIGIANGIAIQUYET: 24, DONVITINH: 'Giờ' },
      ],
      { value: 4, unit: 'working-day' },
      ['DURATION_AMBIGUOUS'],
    ],
    [
      [{ KENH: 1, THOIGIAN: [{ THOIGIANGIAIQUYET: '7', DONVITINH: 'Ngày làm việc' }] }],
      { value: 7, unit: 'working-day' },
      [],
    ],
    [[{ KENH: 1, THOIGIANGIAIQUYET: null, DONVITINH: '' }], null, ['DURATION_MISSING']],
    [[{ KENH: 1, THOIGIANGIAIQUYET: 0, DONVITINH: 'Ngày' }], null, ['DURATION_MISSING']],
    [[], null, ['CHANNEL_MISSING']],
    ['sai', null, ['CHANNEL_MISSING']],
  ])('with the times %j takes %j', (channels, expected, problems) => {
    const imported = read({ CACHTHUCTHUCHIEN: channels, THANHPHANHOSO: record.THANHPHANHOSO.slice(0, 1) });
    expect(imported.procedure.duration).toEqual(expected);
    expect(imported.problems.map((p) => p.code)).toEqual(problems);
  });

  it('names what is missing and keeps the rest', () => {
    expect(codes({ THANHPHANHOSO: [] })).toEqual(['COMPONENTS_MISSING']);
    expect(codes({ KETQUATHUCHIEN: undefined })).toContain('RESULTS_MISSING');
    expect(codes({ LINHVUC: ' ' })).toContain('FIELD_MISSING');
    expect(codes({ QUYETDINH: null })).toContain('VERSION_MISSING');
    expect(codes({ TENTTHC: '' })).toContain('NAME_MISSING');
    const nameless = read({ THANHPHANHOSO: [{ TENGIAYTO: '', SOBANCHINH: 1, SOBANSAO: 0, NHOM: '' }] });
    expect(nameless.procedure.components[0]!.name).toBe('#1');
  });

  it('with a year run into the quantity keeps the last digit and says so', () => {
    const odd = [{ TENGIAYTO: 'Đơn năm 2026', SOBANCHINH: 20261, SOBANSAO: -1, NHOM: '' }];
    const { procedure, problems } = read({ THANHPHANHOSO: odd });
    expect([procedure.components[0]!.originals, procedure.components[0]!.copies]).toEqual([1, 0]);
    expect(problems.map((p) => [p.code, p.value])).toEqual([
      ['QUANTITY_IMPLAUSIBLE', '20261'],
      ['QUANTITY_IMPLAUSIBLE', '-1'],
    ]);
  });

  it('with papers nested under cases demands none of them from everybody', () => {
    const papers = (name: string) => [{ MAGIAYTO: 'G1', TENGIAYTO: name, SOBANCHINH: 1, SOBANSAO: 0 }];
    const { procedure } = read({
      THANHPHANHOSO: [
        { TRUONGHOP: 'Cá nhân', GIAYTO: papers('Giấy A') },
        { TRUONGHOP: 'Tổ chức', GIAYTO: papers('Giấy B') },
      ],
    });
    expect(procedure.components.map((c) => [c.name, c.group, c.required, c.code])).toEqual([
      ['Giấy A', 'Cá nhân', false, 'G1'],
      ['Giấy B', 'Tổ chức', false, 'G1'],
    ]);
    expect(new Set(procedure.components.map((c) => c.id)).size).toBe(2);
  });

  it('loses the province’s suffix of its code, invisible marks and doubled blanks', () => {
    const { procedure } = read({
      MATTHC: '2.000815.000.00.00.H55',
      TENTTHC: ' Đăng k\u200eý  hộ '.normalize('NFD'),
    });
    expect([procedure.code, procedure.name]).toEqual(['2.000815', 'Đăng ký hộ']);
  });

  it.each([null, 3, 'text', [], {}, { MATTHC: '  ' }, { TENTTHC: 'x' }])('that is %j is refused', (raw) => {
    expect(() => fromNational(raw)).toThrow(expect.objectContaining({ code: 'PROCEDURE_FILE_INVALID' }));
  });
});

describe('a catalogue file', () => {
  it('may be one record a line, a list, or one record', () => {
    const other = { ...record, MATTHC: '1.000894' };
    const forms = [
      `\ufeff${JSON.stringify(record)}\n\n${JSON.stringify(other)}\n`,
      JSON.stringify([record, other], null, 2),
    ];
    for (const text of forms) {
      expect(readCatalogue(text).procedures.map((p) => p.code)).toEqual(['1.001193', '1.000894']);
    }
    expect(readCatalogue(JSON.stringify(record)).procedures).toHaveLength(1);
  });

  it('with a broken line keeps the others and names its place', () => {
    const { procedures, problems } = readCatalogue(`${JSON.stringify(record)}\n{"MATTHC": "1.0\n`);
    expect(procedures).toHaveLength(1);
    expect(problems).toContainEqual({ procedure: '', code: 'RECORD_UNREADABLE', where: '2', value: '' });
  });

  it('with a code twice keeps the later and says so', () => {
    const { procedures, problems } = readCatalogue(JSON.stringify([record, { ...record, TENTTHC: 'Mới' }]));
    expect(procedures.map((p) => p.name)).toEqual(['Mới']);
    expect(problems.map((p) => p.code)).toContain('DUPLICATE_CODE');
  });

  it.each(['', '   ', 'xin chào', '[]', '{}', 'null', '{"kind":"procedure-catalogue","procedures":[{}]}'])(
    'that holds %j is refused',
    (text) => {
      expect(() => readCatalogue(text)).toThrow(expect.objectContaining({ code: 'PROCEDURE_FILE_INVALID' }));
    },
  );

  it('that ships as the sample is valid, and no paper in it is both a note and required', () => {
    const sample = readFileSync(
      path.join(import.meta.dirname, '../../../resources/catalogue/sample.json'),
      'utf8',
    );
    const { procedures } = readCatalogue(sample);
    expect(procedures.length).toBeGreaterThanOrEqual(12);
    expect(new Set(procedures.map((p) => p.code)).size).toBe(procedures.length);
    for (const p of procedures) {
      expect(new Set(p.components.map((c) => c.id)).size).toBe(p.components.length);
      expect(p.components.some((c) => c.handling === 'submit' && c.required)).toBe(true);
      for (const c of p.components) {
        expect(c.required && c.handling !== 'submit').toBe(false);
        expect(c.originals + c.copies === 0).toBe(c.handling === 'note');
      }
    }
  });
});

const noData = existsSync(SHARED) ? '' : ' [missing: ../shared/data beside the project]';
describe.skipIf(noData !== '')(`the national catalogue of July 2026${noData}`, () => {
  const text = noData ? '' : gunzipSync(readFileSync(SHARED)).toString('utf8');

  it('is read to the last of its 2,642 records and 14,977 papers, with every gap named', () => {
    const { procedures, problems } = readCatalogue(text);
    expect(procedures).toHaveLength(2642);
    for (const p of procedures) procedureSchema.parse(p);
    expect(procedures.flatMap((p) => p.components)).toHaveLength(14_977);
    const count = (code: string) => problems.filter((p) => p.code === code).length;
    expect(count('RECORD_UNREADABLE')).toBe(0);
    expect(count('COMPONENTS_MISSING')).toBe(51);
    expect(count('CHANNEL_MISSING')).toBe(137);
    expect(count('RESULTS_MISSING')).toBe(29);
    expect(
      procedures.flatMap((p) => p.components).filter((c) => c.handling === 'note').length,
    ).toBeGreaterThanOrEqual(1156);
    expect(Math.max(...procedures.flatMap((p) => p.components.map((c) => c.originals)))).toBeLessThanOrEqual(
      20,
    );
  });

  it('finds the everyday procedures from what a clerk types', () => {
    const catalogue = prepareCatalogue(readCatalogue(text).procedures);
    const first = (query: string) => searchProcedures(catalogue, query, 1)[0]?.code;
    expect(first('dang ky khai sinh')).toBe('1.001193');
    expect(first('khai sinh')).toBe('1.001193');
    expect(first('đăng ký lại khai sinh')).toBe('1.004884');
    expect(first('ket hon')).toBe('1.000894');
    expect(first('khai tu')).toBe('1.000656');
    expect(first('tinh trang hon nhan')).toBe('1.004873');
    expect(first('thuong tru')).toBe('1.004222');
    expect(first('1.001193')).toBe('1.001193');
    expect(first('2.000815.000.00.00.H55')).toBe('2.000815');
    expect(searchProcedures(catalogue, 'dkks', 10).map((p) => p.code)).toContain('1.001193');
  });
});
