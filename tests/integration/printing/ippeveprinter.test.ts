import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { PRINT_LIMITS, type PrintLimits } from '../../../src/main/printing/ipp/limits.ts';
import { ippPrinter } from '../../../src/main/printing/ipp/printer.ts';
import { memoryLedger, type PrintLedger } from '../../../src/main/printing/ledger.ts';
import type { Printer, PrintProgress } from '../../../src/main/printing/port.ts';
import { memoryPins } from '../../../src/main/scanning/index.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { type PrinterNamespace, startPrinter } from './printer-namespace.ts';

const limits: PrintLimits = { ...PRINT_LIMITS, pollMs: 100, busyPauseMs: 100, lookPauseMs: 100 };
const never = new AbortController().signal;

const sha256 = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex');

describeWithPeers(['ippeveprinter', 'avahi', 'dbus', 'ip'], 'a real IPP printer', () => {
  let folder: string;
  let device: PrinterNamespace;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ipp-docs-'));
    // How the printer fares is read by its command from a file that a test writes.
    device = await startPrinter({ command: `. ${folder}/command.sh` });
    const pdf = await PDFDocument.create();
    for (let page = 0; page < 3; page++) pdf.addPage([595, 842]);
    file = path.join(folder, 'slip.pdf');
    await writeFile(file, await pdf.save());
  });
  afterAll(async () => {
    await device.stop();
    await rm(folder, { recursive: true });
  });

  let count = 0;
  let key = '';
  beforeEach(() => {
    key = `job-${++count}`;
  });
  afterEach(() => behave('exit 0'));

  const behave = (script: string) => writeFile(path.join(folder, 'command.sh'), `${script}\n`);
  const open = (overrides: Partial<PrintLimits> = {}, ledger: PrintLedger = memoryLedger()): Printer =>
    ippPrinter(
      {
        uri: 'ipp://test/ipp/print',
        http: new URL('http://localhost/ipp/print'),
        printerUri: 'ipp://localhost:8631/ipp/print',
        connect: () => device.connect(),
      },
      {
        limits: { ...limits, ...overrides },
        ledger,
        pins: memoryPins(),
        requireTrustedCertificate: false,
        now: () => Date.now(),
      },
    );

  it('prints a PDF octet by octet and waits for its end', async () => {
    await behave('exit 0');
    const seen: PrintProgress[] = [];
    const job = await open().print(file, key, never, { copies: 2, onProgress: (p) => seen.push(p) });
    expect(job).toMatchObject({ state: 'completed', pages: 3, target: 'ipp://test/ipp/print' });
    expect(seen[0]).toEqual({ state: 'sending', sides: 0, blockedBy: null });
    const kept = await Promise.all(device.documents().map(async (name) => sha256(await readFile(name))));
    expect(kept).toContain(sha256(await readFile(file)));
  });

  it('prints a JPEG', async () => {
    await behave('exit 0');
    const photo = path.join(folder, 'page.jpg');
    await writeFile(photo, Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(100_000, 7)]));
    expect(await open().print(photo, key, never)).toMatchObject({ state: 'completed', pages: 1 });
  });

  it('never prints a key twice: not again by this program, nor by another one that remembers nothing', async () => {
    await behave('exit 0');
    const before = device.documents().length;
    const printer = open();
    const first = await printer.print(file, key, never);
    expect(await printer.print(file, key, never)).toEqual(first);
    expect(await open().print(file, key, never)).toEqual(first);
    expect(device.documents().length).toBe(before + 1);
  });

  it('follows the job of a program that was killed while it printed', async () => {
    await behave('sleep 1');
    const before = device.documents().length;
    const [a, b] = await Promise.all([
      open().print(file, key, never),
      new Promise((resolve) => setTimeout(resolve, 400)).then(() => open().print(file, key, never)),
    ]);
    expect(a.id).toBe(b.id);
    expect(device.documents().length).toBe(before + 1);
  });

  it.each([
    ['media-empty', 'PRINTER_MEDIA_EMPTY'],
    ['media-empty-error', 'PRINTER_MEDIA_EMPTY'],
    ['media-jam-error', 'PRINTER_JAMMED'],
    ['cover-open', 'PRINTER_COVER_OPEN'],
    ['marker-supply-empty-error', 'PRINTER_SUPPLY_EMPTY'],
  ] as const)('tells %s while it lasts, and goes on by itself when it is seen to', async (reason, code) => {
    await behave(
      `echo "STATE: +${reason}" >&2; echo "ATTR: job-impressions-completed=1" >&2; sleep 1; echo "STATE: -${reason}" >&2`,
    );
    const blocks: unknown[] = [];
    const job = await open().print(file, key, never, { onProgress: (p) => blocks.push(p.blockedBy) });
    expect(job.state).toBe('completed');
    expect(blocks).toContain(code);
  });

  it('gives a job that waits for paper back by name and leaves it at the printer', async () => {
    await behave('echo "STATE: +media-empty" >&2; sleep 2; echo "STATE: -media-empty" >&2');
    const before = device.documents().length;
    const ledger = memoryLedger();
    const waiting = open({ blockedMs: 300 }, ledger).print(file, key, never);
    await expect(waiting).rejects.toMatchObject({ code: 'PRINTER_MEDIA_EMPTY' });
    expect(await open({}, ledger).print(file, key, never)).toMatchObject({ state: 'completed' });
    expect(device.documents().length).toBe(before + 1);
  });

  it('says so when the printer drops the job, and does not print it again under its key', async () => {
    await behave('exit 1');
    const before = device.documents().length;
    const printer = open();
    await expect(printer.print(file, key, never)).rejects.toMatchObject({ code: 'PRINTER_JOB_FAILED' });
    await expect(printer.print(file, key, never)).rejects.toMatchObject({ code: 'PRINTER_JOB_FAILED' });
    expect(device.documents().length).toBe(before + 1);
  });

  it('cancels the job at the printer when it is cancelled here', async () => {
    await behave('sleep 2');
    const cut = new AbortController();
    const printing = open().print(file, key, cut.signal, {
      onProgress: ({ state }) => {
        if (state === 'processing') cut.abort();
      },
    });
    await expect(printing).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(open().print(file, key, never)).rejects.toMatchObject({ code: 'PRINTER_JOB_FAILED' });
  });

  it('refuses what the printer cannot print before a document is sent', async () => {
    const text = path.join(folder, 'a.txt');
    await writeFile(text, 'no document');
    await expect(open().print(text, key, never)).rejects.toMatchObject({
      code: 'PRINTER_UNSUPPORTED_FORMAT',
    });
    const missing = open().print(path.join(folder, 'none.pdf'), key, never);
    await expect(missing).rejects.toMatchObject({ code: 'FILE_MISSING' });
  });

  it('cannot say of a printer that died while it printed, and prints it again for nobody but a person', async () => {
    await behave(`echo run >> ${folder}/died; sleep 30`);
    const ledger = memoryLedger();
    const printing = open({ pollTries: 2 }, ledger).print(file, key, never, {
      onProgress: ({ state }) => {
        if (state === 'processing') void device.kill();
      },
    });
    await expect(printing).rejects.toMatchObject({ code: 'PRINTER_UNREACHABLE' });
    await device.restart();
    await behave(`echo run >> ${folder}/died`);
    for (let tries = 0; tries < 2; tries++)
      await expect(open({}, ledger).print(file, key, never)).rejects.toMatchObject({
        code: 'PRINTER_JOB_UNCERTAIN',
      });
    expect(await open({}, ledger).cancel(key, never)).toBe('unknown');
    expect(await readFile(path.join(folder, 'died'), 'utf8')).toBe('run\n');
    expect(await open({}, ledger).print(file, `${key}.2`, never)).toMatchObject({ state: 'completed' });
  });

  it('cannot say of a printer that died while it took the document in', async () => {
    await behave(`echo run >> ${folder}/taken`);
    const large = path.join(folder, 'large.pdf');
    const pdf = await PDFDocument.create();
    pdf.addPage([595, 842]);
    pdf.context.register(pdf.context.stream(Buffer.alloc(40 << 20, 0x20)));
    await writeFile(large, await pdf.save());
    const ledger = memoryLedger();
    const before = device.documents().length;
    const printing = open({ lookTries: 1 }, ledger).print(large, key, never);
    const refused = expect(printing).rejects.toMatchObject({ code: 'PRINTER_UNREACHABLE' });
    // The file is there as soon as its first octets are.
    await expect.poll(() => device.documents().length, { interval: 1, timeout: 20_000 }).toBe(before + 1);
    await device.kill();
    await refused;
    await device.restart();
    await expect(open({}, ledger).print(large, key, never)).rejects.toMatchObject({
      code: 'PRINTER_JOB_UNCERTAIN',
    });
    const runs = await readFile(path.join(folder, 'taken'), 'utf8').catch(() => '');
    expect(runs).toBe('');
  });

  it('is never sent a document twice when the program ends in the middle of sending it', async () => {
    await behave(`echo run >> ${folder}/cut`);
    const pdf = await PDFDocument.create();
    pdf.addPage([595, 842]);
    pdf.context.register(pdf.context.stream(Buffer.alloc(20 << 20, 0x20)));
    const large = path.join(folder, 'cut.pdf');
    await writeFile(large, await pdf.save());
    const ledger = memoryLedger();
    const before = device.documents().length;
    const leave = new AbortController();
    const printing = open({}, ledger).print(large, key, never, { leave: leave.signal });
    const left = expect(printing).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => device.documents().length, { interval: 1, timeout: 20_000 }).toBe(before + 1);
    leave.abort();
    await left;
    const ended = await open({}, ledger)
      .print(large, key, never)
      .then(
        () => 'completed',
        (error: { code: string }) => error.code,
      );
    // The printer drops what was cut, or had all of it already.
    expect(['completed', 'PRINTER_JOB_FAILED', 'PRINTER_JOB_UNCERTAIN']).toContain(ended);
    const runs = await readFile(path.join(folder, 'cut'), 'utf8').catch(() => '');
    expect(runs).toBe(ended === 'completed' ? 'run\n' : '');
    expect(device.documents().length).toBeLessThanOrEqual(before + 1);
  });

  it('sends again what a printer that was off never got', async () => {
    await behave('exit 0');
    await device.kill();
    const ledger = memoryLedger();
    await expect(open({}, ledger).print(file, key, never)).rejects.toMatchObject({
      code: 'PRINTER_UNREACHABLE',
    });
    await device.restart();
    const before = device.documents().length;
    expect(await open({}, ledger).print(file, key, never)).toMatchObject({ state: 'completed' });
    expect(device.documents().length).toBe(before + 1);
  });

  it('is left alone with its job when the program that waits for it ends', async () => {
    await behave('sleep 1');
    const before = device.documents().length;
    const ledger = memoryLedger();
    const leave = new AbortController();
    const printing = open({}, ledger).print(file, key, never, {
      leave: leave.signal,
      onProgress: ({ state }) => {
        if (state === 'processing') leave.abort();
      },
    });
    await expect(printing).rejects.toMatchObject({ code: 'CANCELLED', details: { left: true } });
    expect(await open({}, ledger).print(file, key, never)).toMatchObject({ state: 'completed' });
    expect(device.documents().length).toBe(before + 1);
  });

  it('says what it can do, and takes trays, sheets and both sides', async () => {
    const can = await open().capabilities(never);
    // What lies in its trays, not all that it could take.
    expect(can.sheets).toContainEqual({ width: 21_590, height: 27_940 });
    expect(can.sheets!.length).toBeLessThan(5);
    expect(can.formats).toContain('application/pdf');
    await behave(`env | sort > ${folder}/asked`);
    const tray = can.trays.at(-1) ?? '';
    expect(tray).not.toBe('');
    await open().print(file, key, never, { tray, scaling: 'none', copies: 2 });
    const asked = await readFile(path.join(folder, 'asked'), 'utf8');
    expect(asked).toContain('IPP_COPIES=2');
    expect(asked).toMatch(new RegExp(`IPP_MEDIA_COL=.*media-source=${tray}`));
    expect(asked).toMatch(/IPP_MEDIA_COL=.*x-dimension=21000/);
    await expect(open().print(file, `${key}-x`, never, { tray: 'no-such-tray' })).rejects.toMatchObject({
      code: 'PRINTER_REJECTED',
    });
  });

  it('waits out a printer that is busy with another job', async () => {
    await behave('sleep 1');
    const [a, b] = await Promise.all([
      open().print(file, `${key}-a`, never),
      open().print(file, `${key}-b`, never),
    ]);
    expect([a.state, b.state]).toEqual(['completed', 'completed']);
    expect(a.id).not.toBe(b.id);
  });
});
