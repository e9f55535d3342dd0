import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POINTS_PER_MM } from '../../../src/main/printing/sheet-size.ts';
import { runCounter } from '../../support/cli.ts';
import { type ScriptedPrinter, startScriptedPrinter } from '../../unit/printing/scripted-printer.ts';

const MM = POINTS_PER_MM;
let folder: string;
let printer: ScriptedPrinter;
let a5: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cli-print-'));
  printer = await startScriptedPrinter();
  const pdf = await PDFDocument.create();
  pdf.addPage([148 * MM, 210 * MM]);
  a5 = path.join(folder, 'a5.pdf');
  writeFileSync(a5, await pdf.save());
});
afterAll(async () => {
  await printer.stop();
  rmSync(folder, { recursive: true });
});

describe('counter print', () => {
  it('puts A5 on A4, all copies in one file', async () => {
    const tray = path.join(folder, 'tray');
    const asked = ['print', '--printer', `file:${tray}`, '--fit-a5-on-a4', '--copies', '3', a5];
    const { status, stderr } = await runCounter(asked);
    expect(status).toBe(0);
    expect(stderr).toContain('Đang gửi đến máy in');
    const [name, ...others] = readdirSync(tray);
    expect(others).toEqual([]);
    const made = await PDFDocument.load(readFileSync(path.join(tray, name!)));
    expect(made.getPageCount()).toBe(2);
    const { width, height } = made.getPage(0).getSize();
    expect(Math.abs(width / MM - 210)).toBeLessThan(1);
    expect(Math.abs(height / MM - 297)).toBeLessThan(1);
  });

  it('says in words what the printer waits for', async () => {
    const uri = `ipp://127.0.0.1:${printer.http.port}/ipp/print`;
    printer.jobState = 5;
    printer.printerState = 5;
    printer.printerReasons = ['media-empty-error'];
    let looks = 0;
    printer.script = ({ operation }) => {
      // After some looks somebody has put paper in.
      if (operation === 0x0009 && ++looks === 2) {
        printer.jobState = 9;
        printer.printerReasons = ['none'];
      }
      return undefined;
    };
    const { status, stderr } = await runCounter(['print', '--printer', uri, a5]);
    expect(status).toBe(0);
    expect(stderr).toContain('Máy in hết giấy');
    expect(stderr).toContain('Thêm giấy A4');
    expect(printer.jobs).toHaveLength(1);
  });

  it.each([
    ['a sheet that there is not', ['--paper', 'a9']],
    ['both sides of two pages on a sheet', ['--fit-a5-on-a4', '--sides', 'two-sided-long-edge']],
    ['no copy', ['--copies', '0']],
  ])('refuses %s as wrong usage', async (_name, options) => {
    const asked = ['print', '--printer', `file:${path.join(folder, 'none')}`, ...options, a5];
    expect((await runCounter(asked)).status).toBe(2);
  });

  it('names a spooler that is not configured', async () => {
    const { status, stdout } = await runCounter(['print', '--json', '--printer', 'spooler:HP', a5]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('SPOOLER_MISSING');
  });
});
