import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSeparator } from '../../../src/main/dossiers/separation.ts';
import { findCodes } from '../../../src/main/imaging/codes/index.ts';
import { createBarcodeEncoder } from '../../../src/main/slips/barcode.ts';
import { parseSeparatorForm } from '../../../src/main/slips/separator-form.ts';
import {
  type SeparatorSheetResources,
  type SeparatorSheetsRequest,
  separatorSheets,
} from '../../../src/main/slips/separator-sheet.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { fonts, writerWasm } from './samples.ts';

const FORM = path.join(import.meta.dirname, '../../../resources/slips/separators/vi.json');
const form = parseSeparatorForm(JSON.parse(readFileSync(FORM, 'utf8')));
const DOSSIER = '7f3f3c0e-27a5-4a0e-9a53-0d5a7a1b2c3d';
const REQUEST: SeparatorSheetsRequest = {
  dossier: {
    id: DOSSIER,
    code: { value: 'H14.22.05-260203-0975', kind: 'official' },
    procedure: { code: '1.004884', name: 'Đăng ký lại khai sinh' },
    applicantName: 'Nông Thị Mẫu',
  },
  components: [
    { id: 'to-khai', name: 'Tờ khai đăng ký lại khai sinh, có cam đoan đã nộp đủ giấy tờ hiện có' },
    { id: 'ủy-quyền', name: 'Văn bản ủy quyền, trong trường hợp ủy quyền' },
  ],
};

let resources: SeparatorSheetResources;
let folder: string;
let count = 0;

beforeAll(async () => {
  const encodeBarcode = await createBarcodeEncoder(writerWasm());
  resources = {
    fonts,
    form,
    encodeBarcode,
    system: 'Một Cửa Counter',
    issuedAt: '2026-02-03T02:00:00.000Z',
  };
  folder = mkdtempSync(path.join(tmpdir(), 'separators-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' });
}

async function sheets(request: SeparatorSheetsRequest): Promise<string> {
  const file = path.join(folder, `${++count}.pdf`);
  writeFileSync(file, await separatorSheets(request, resources));
  return file;
}

const textOf = (file: string, page: number) =>
  run('pdftotext', '-f', String(page), '-l', String(page), '-enc', 'UTF-8', file, '-').replace(/\s+/g, ' ');

async function pageOf(file: string, page: number, dpi: number) {
  const stem = `${file}-${page}-${dpi}`;
  run(
    'pdftoppm',
    '-r',
    String(dpi),
    '-f',
    String(page),
    '-l',
    String(page),
    '-singlefile',
    '-gray',
    '-png',
    file,
    stem,
  );
  const { data, info } = await sharp(`${stem}.png`).greyscale().raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

describeWithPeers(['pdfsig', 'qpdf'], 'the separator sheets on paper', () => {
  it('are a cover, one sheet a component, and the next one: sound A4 pages', async () => {
    const file = await sheets(REQUEST);
    expect(run('qpdf', '--check', file)).toContain('No syntax or stream encoding errors found');
    const info = run('pdfinfo', file);
    expect(info).toMatch(/Pages:\s+4\n/);
    expect(info).toMatch(/Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)/);
    expect(textOf(file, 1)).toContain('TỜ BÌA HỒ SƠ');
    expect(textOf(file, 1)).toContain('Mã hồ sơ: H14.22.05-260203-0975');
    expect(textOf(file, 1)).toContain('2. Văn bản ủy quyền, trong trường hợp ủy quyền');
    expect(textOf(file, 2)).toContain('Thành phần 1/2');
    expect(textOf(file, 2)).toContain('Tờ khai đăng ký lại khai sinh, có cam đoan đã nộp đủ giấy tờ hiện có');
    expect(textOf(file, 4)).toContain('THÀNH PHẦN TIẾP THEO');
  });

  it.each([150, 300])('say the same in every code at %i dpi', async (dpi) => {
    const file = await sheets(REQUEST);
    const expected = [
      [{ kind: 'dossier', dossierId: DOSSIER }, ['qr', 'qr', 'qr']],
      [{ kind: 'component', componentId: 'to-khai' }, ['code128', 'qr', 'qr']],
      [{ kind: 'component', componentId: 'ủy-quyền' }, ['qr', 'qr', 'qr']],
      [{ kind: 'next-component' }, ['code128', 'qr', 'qr']],
    ] as const;
    for (const [i, [separator, formats]] of expected.entries()) {
      const codes = await findCodes(await pageOf(file, i + 1, dpi));
      expect(codes.map((c) => c.format).sort()).toEqual(formats);
      expect(new Set(codes.map((c) => c.text)).size).toBe(1);
      expect(readSeparator(codes)).toEqual(separator);
    }
  });

  it('read with either half covered', async () => {
    const page = await pageOf(await sheets(REQUEST), 2, 200);
    const half = page.data.length >> 1;
    for (const [from, to] of [
      [0, half],
      [half, page.data.length],
    ]) {
      const data = page.data.slice().fill(255, from, to);
      expect(readSeparator(await findCodes({ ...page, data }))).toEqual({
        kind: 'component',
        componentId: 'to-khai',
      });
    }
  });

  it('hold the longest names, many components, and characters that no font has, on one page each', async () => {
    const file = await sheets({
      dossier: { ...REQUEST.dossier, code: null, applicantName: null },
      components: Array.from({ length: 40 }, (_, i) => ({
        id: `tp-${i}`,
        name: i === 0 ? 'Giấy tờ chứng minh '.repeat(200) : `Giấy tờ thứ ${i} \u{1f600}`,
      })),
    });
    expect(run('pdfinfo', file)).toMatch(/Pages:\s+42\n/);
    expect(textOf(file, 1)).toContain('Hồ sơ chưa có mã');
    expect(textOf(file, 3)).toContain('Giấy tờ thứ 1 □');
    expect(readSeparator(await findCodes(await pageOf(file, 2, 150)))).toEqual({
      kind: 'component',
      componentId: 'tp-0',
    });
  });

  it('are the same bytes for the same request, and refuse an empty id', async () => {
    expect(await separatorSheets(REQUEST, resources)).toEqual(await separatorSheets(REQUEST, resources));
    const empty = { ...REQUEST, components: [{ id: '', name: 'x' }] };
    await expect(separatorSheets(empty, resources)).rejects.toThrow(RangeError);
  });
});
