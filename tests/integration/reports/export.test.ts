import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPORT_KINDS, type Report, type ReportFormat } from '../../../src/contract/reports.ts';
import { exportReport } from '../../../src/main/engine/reports/export.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { PLAIN_FACTS } from '../../support/plain-facts.ts';
import { AS_OF, makeYear } from '../../support/report-year.ts';
import { FIRST, requestOf, startReports, type TestReports } from './support.ts';

/** The one that Debian's packages give modules to. */
const PYTHON = '/usr/bin/python3';
const NASTY = [
  '=HYPERLINK("http://thu.example","bấm")',
  '+84912345678',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  'Y Moan "Ê-đê", K\'Brơi\r\nH\'Hen',
  'Nguyễn Thị Hoà – Ữ ẵ ộ',
];

/** A dossier whose applicant has a name that files must not stumble over. */
function nasty(name: string, i: number) {
  const receivedAt = Date.UTC(2026, 5, 1, 8, i) / 60_000;
  return {
    ...PLAIN_FACTS,
    id: `00000000-0000-4000-9000-${String(i).padStart(12, '0')}`,
    ...{
      receivedAt,
      enteredAt: receivedAt,
      applicantName: name,
      phone: '+84912345678',
      procedureName: '=1+1',
    },
  };
}

describeWithPeers(['openpyxl', 'pdfsig'], 'reports as files', () => {
  let reports: TestReports;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-report-files-'));
  beforeAll(async () => {
    reports = await startReports(AS_OF);
    const year = makeYear(1200, 11);
    reports.fill(year);
    reports.fill({ facts: NASTY.map(nasty), receipts: new Map() });
  });
  afterAll(async () => {
    await reports.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = async (request: Parameters<typeof requestOf>[0], format: ReportFormat) => {
    const parts = { ...reports, closing: reports.closing.signal, drawBook: reports.drawBook };
    const file = await exportReport(parts, requestOf(request), format);
    const target = path.join(folder, file.name);
    writeFileSync(target, file.bytes);
    return { ...file, target, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(file.bytes) };
  };

  /** The workbook as another program reads it: per cell its value and its type. */
  function workbook(file: string) {
    const script = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book.worksheets[0]
rows = [[[c.data_type, c.value.isoformat() if hasattr(c.value, 'isoformat') else c.value, c.number_format, bool(c.font.b)]
         for c in row] for row in sheet.iter_rows()]
print(json.dumps({'names': book.sheetnames, 'frozen': sheet.freeze_panes, 'rows': rows,
                  'notes': [r[0].value for r in book.worksheets[1].iter_rows()]}))`;
    const out = execFileSync(PYTHON, ['-c', script, file], { maxBuffer: 1 << 28 });
    return JSON.parse(out.toString()) as {
      names: string[];
      frozen: string;
      rows: [string, string | number | null, string, boolean][][];
      notes: string[];
    };
  }

  it('writes a workbook whose numbers, dates and head another program reads as such', async () => {
    const request = { kind: 'progress', by: 'field' } as const;
    const { target, mime } = await write(request, 'xlsx');
    expect(mime).toContain('spreadsheetml');
    const book = workbook(target);
    const report = await reports.reporting.make(requestOf(request), FIRST);
    expect(book.frozen).toBe('A2');
    expect(book.rows[0]!.map(([, value]) => value)).toEqual([
      'Lĩnh vực',
      ...report.columns.map((c) => reports.words.say(c.key)),
    ]);
    const numbers = book.rows.slice(1).map((row) => row.slice(1).map(([type, value]) => [type, value]));
    expect(numbers).toEqual(
      [...report.rows, report.totals!].map((row) => row.cells.map((cell) => ['n', cell])),
    );
    expect(book.rows.at(-1)![0]).toEqual(['s', 'Tổng cộng', 'General', true]);
    expect(book.notes).toContain('Từ ngày 01/01/2026 đến hết ngày 31/12/2026');
  });

  it('keeps the times of the tracking book those of the counter, and texts texts', async () => {
    const { target } = await write({ kind: 'tracking-book', from: '2026-06-01', to: '2026-06-01' }, 'xlsx');
    const rows = workbook(target).rows.slice(1);
    const ours = rows.filter((row) =>
      NASTY.some((name) => row[3]![1] === name.replace('\r\n', '\n') || row[3]![1] === name),
    );
    expect(ours.length).toBeGreaterThanOrEqual(NASTY.length - 2);
    const moan = rows.find((row) => String(row[3]![1]).startsWith('Y Moan'))!;
    expect(moan[6]).toEqual(['d', '2026-06-01T08:05:00', 'dd/mm/yyyy hh:mm', false]);
    for (const row of rows) for (const [type] of row) expect(['s', 'n', 'd']).toContain(type);
    const formula = rows.find((row) => String(row[3]![1]).startsWith('=HYPER'))!;
    expect(formula[3]![0]).toBe('s');
  });

  it('writes CSV that reads back field by field, with no formula in it', async () => {
    const { text, mime } = await write(
      { kind: 'tracking-book', from: '2026-06-01', to: '2026-06-01' },
      'csv',
    );
    expect(mime).toBe('text/csv; charset=utf-8');
    expect(text.charCodeAt(0)).toBe(0xfeff);
    expect(text.endsWith('\r\n')).toBe(true);
    const script =
      'import csv,json,sys,io; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.read(), newline="")))))';
    const out = execFileSync(PYTHON, ['-c', script], { input: text.slice(1) });
    const rows = JSON.parse(out.toString()) as string[][];
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([11]));
    const names = rows.map((row) => row[3]);
    for (const name of NASTY) {
      const dangerous = /^\s*[=+\-@]/.test(name);
      expect(names).toContain(dangerous ? `'${name}` : name);
    }
    for (const value of rows.slice(1).flat()) expect(value).not.toMatch(/^[=+\-@\t\r]/);
    expect(rows[1]![6]).toMatch(/^\d\d:\d\d 01\/06\/2026$/);
  });

  it('draws a landscape A4 table with its titles on every page', async () => {
    const { target } = await write({ kind: 'progress', by: 'procedure' }, 'pdf');
    const info = execFileSync('pdfinfo', [target]).toString();
    expect(info).toMatch(/Page size:\s+841\.\d+ x 595\.\d+ pts \(A4\)/);
    const pages = Number(/Pages:\s+(\d+)/.exec(info)![1]);
    const text = execFileSync('pdftotext', ['-layout', target, '-']).toString();
    expect(text.match(/Thủ tục hành chính/g)).toHaveLength(pages);
    expect(text).toContain('Tình hình tiếp nhận, giải quyết hồ sơ');
    expect(text).toContain('Tổng cộng');
  });

  it('draws the tracking book on its form, a row for every dossier', async () => {
    const request = { kind: 'tracking-book', from: '2026-05-01', to: '2026-07-31' } as const;
    const { target } = await write(request, 'pdf');
    const { entries } = await reports.reporting.make(requestOf(request), FIRST);
    const text = execFileSync('pdftotext', ['-layout', target, '-']).toString();
    expect(text).toContain('SỔ THEO DÕI HỒ SƠ');
    expect(text).toContain('Nguyễn Thị Hoà');
    // Codes of the made-up year, and those without any.
    expect(text.match(/H14\.22\.05-260101-/g)).toHaveLength(entries! - NASTY.length);
    expect(text).toContain(`Tổng số: ${entries} hồ sơ.`);
  });

  it.each(REPORT_KINDS)(
    'writes %s in every format, also where it is empty',
    async (kind) => {
      for (const period of [{}, { from: '2024-02-01', to: '2024-02-29' }]) {
        for (const format of ['xlsx', 'csv', 'pdf', 'json'] as const) {
          const { bytes, name } = await write({ kind, ...period }, format);
          expect(bytes.length).toBeGreaterThan(40);
          expect(name).toMatch(new RegExp(`^${kind}_[\\d_-]+\\.${format}$`));
        }
      }
    },
    60_000,
  );

  it('gives all rows of a list as JSON, whole and in order', async () => {
    const { text } = await write({ kind: 'tracking-book' }, 'json');
    const report = JSON.parse(text) as Report;
    expect(report.rows).toHaveLength(report.entries!);
    expect(report.rows.map((row) => row.cells[0])).toEqual(report.rows.map((_, i) => i + 1));
    expect(report.next).toBeNull();
  });
});
