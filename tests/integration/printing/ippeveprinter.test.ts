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
