import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { imposeOnHalves } from '../../../src/main/printing/imposing.ts';
import { PRINT_LIMITS } from '../../../src/main/printing/ipp/limits.ts';
import { openPrinter, printerDeps } from '../../../src/main/printing/open.ts';
import type { Printer, PrintProgress } from '../../../src/main/printing/port.ts';
import { A4, A5, POINTS_PER_MM, type SheetSize } from '../../../src/main/printing/sheet-size.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { inkBox } from '../../unit/printing/drawn.ts';
import { type CupsServer, startCups } from './cups-server.ts';

const MM = POINTS_PER_MM;
const never = new AbortController().signal;

describeWithPeers(['cupsd', 'cups-pdf', 'unshare', 'pdfinfo'], 'a real CUPS with a PDF printer', () => {
  let folder: string;
  let cups: CupsServer;
  let printer: Printer;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'cups-docs-'));
    cups = await startCups();
  }, 60_000);
  afterAll(async () => {
    await cups?.stop();
    rmSync(folder, { recursive: true });
  });

  let count = 0;
  let key = '';
  beforeEach(() => {
    key = `job-${++count}`;
    printer = openPrinter(cups.uri, printerDeps({ limits: { ...PRINT_LIMITS, pollMs: 100 } }));
  });
  afterEach(() => {
    cups.admin('cupsenable');
    cups.admin('cupsaccept');
  });

  /** A page with a square of 20 mm in it. */
  async function paper(widthMm: number, heightMm: number): Promise<string> {
    const pdf = await PDFDocument.create();
    const page = pdf.addPage([widthMm * MM, heightMm * MM]);
    page.drawRectangle({ x: 20 * MM, y: 30 * MM, width: 20 * MM, height: 20 * MM });
    const file = path.join(folder, `${key}.pdf`);
    writeFileSync(file, await pdf.save());
    return file;
  }

  /** Millimetres, by another program than the one that wrote it. */
  function sizeOf(file: string): [number, number] {
    const words = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
    const [, width, height] = /Page size: +([\d.]+) x ([\d.]+) pts/.exec(words)!;
    return [Number(width) / MM, Number(height) / MM];
  }

  it.each([
    ['A4', 210, 297, A4, [210, 297]],
    ['A5', 148, 210, A5, [148, 210]],
    ['an 80 mm roll', 80, 200, { width: 8_000, height: 20_000 }, [80, 200]],
  ] as const)('prints %s exact to 1 mm, the sheet and what is on it', async (_name, w, h, sheet, size) => {
    const before = cups.papers().length;
    const job = await printer.print(await paper(w, h), key, never, {
      sheet: sheet as SheetSize,
      scaling: 'none',
    });
    expect(job).toMatchObject({ state: 'completed', pages: 1 });
    const [out, ...others] = cups.papers().slice(before);
    expect(others).toEqual([]);
    const [width, height] = sizeOf(out!);
    expect(Math.abs(width - size[0])).toBeLessThan(1);
    expect(Math.abs(height - size[1])).toBeLessThan(1);
    const { boxes } = await inkBox(readFileSync(out!), 0, { mostMm: 60 });
    expect(Math.abs(boxes.width - 20)).toBeLessThan(0.6);
    expect(Math.abs(boxes.height - 20)).toBeLessThan(0.6);
    expect(Math.abs(boxes.left - 20)).toBeLessThan(1);
    expect(Math.abs(boxes.bottom - 30)).toBeLessThan(1);
  });

  it('prints two A5 on a sheet of A4 as large as they are', async () => {
    const before = cups.papers().length;
    const file = path.join(folder, `${key}-halves.pdf`);
    writeFileSync(file, await imposeOnHalves(readFileSync(await paper(148, 210)), 1));
    await printer.print(file, key, never, { scaling: 'none' });
    const out = cups.papers()[before]!;
    const [width, height] = sizeOf(out);
    expect(Math.abs(width - 210)).toBeLessThan(1);
    expect(Math.abs(height - 297)).toBeLessThan(1);
    const { boxes } = await inkBox(readFileSync(out), 0, { mostMm: 60 });
    expect(Math.abs(boxes.width - 20)).toBeLessThan(0.6);
    expect(Math.abs(boxes.height - 20)).toBeLessThan(0.6);
  });

  it('says what it can, and refuses what it cannot by name', async () => {
    const can = await printer.capabilities(never);
    expect(can.sheets).toContainEqual(A4);
    expect(can.custom).not.toBeNull();
    expect(can.formats).toContain('application/pdf');
    const file = await paper(210, 297);
    await expect(printer.print(file, key, never, { tray: 'tray-77' })).rejects.toMatchObject({
      code: 'PRINTER_REJECTED',
    });
  });

  it('waits at a queue that is disabled, and goes on by itself', async () => {
    cups.admin('cupsdisable');
    const before = cups.papers().length;
    const seen: PrintProgress[] = [];
    const job = await printer.print(await paper(210, 297), key, never, {
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.blockedBy === 'PRINTER_STOPPED') cups.admin('cupsenable');
      },
    });
    expect(job.state).toBe('completed');
    expect(seen.map((p) => p.blockedBy)).toContain('PRINTER_STOPPED');
    expect(cups.papers().length).toBe(before + 1);
  });

  it('is refused by a queue that rejects, and nothing comes out', async () => {
    cups.admin('cupsreject');
    const before = cups.papers().length;
    await expect(printer.print(await paper(210, 297), key, never)).rejects.toMatchObject({
      code: 'PRINTER_REJECTED',
      details: { reason: 'not-accepting' },
    });
    expect(cups.papers().length).toBe(before);
    cups.admin('cupsaccept');
    expect((await printer.print(await paper(210, 297), key, never)).state).toBe('completed');
  });

  it('drops a waiting job when it is cancelled, and says what became of it', async () => {
    cups.admin('cupsdisable');
    const before = cups.papers().length;
    const cut = new AbortController();
    const printing = printer.print(await paper(210, 297), key, cut.signal, {
      onProgress: ({ state }) => {
        if (state !== 'sending') cut.abort();
      },
    });
    await expect(printing).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await printer.cancel(key, never)).toBe('cancelled');
    cups.admin('cupsenable');
    await printer.print(await paper(210, 297), `${key}-other`, never);
    expect(cups.papers().length).toBe(before + 1);
  });

  it('prints a key once, also where nothing remembers it but the server', async () => {
    const before = cups.papers().length;
    const file = await paper(210, 297);
    const first = await printer.print(file, key, never);
    const stranger = openPrinter(cups.uri, printerDeps());
    expect((await stranger.print(file, key, never)).id).toBe(first.id);
    expect(await stranger.cancel(key, never)).toBe('completed');
    expect(cups.papers().length).toBe(before + 1);
  });
});
