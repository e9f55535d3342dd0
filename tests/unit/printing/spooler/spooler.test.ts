import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PRINT_LIMITS } from '../../../../src/main/printing/ipp/limits.ts';
import { memoryLedger, type PrintLedger } from '../../../../src/main/printing/ledger.ts';
import type { PrintProgress } from '../../../../src/main/printing/port.ts';
import { A5 } from '../../../../src/main/printing/sheet-size.ts';
import { readJobs, SPOOLER_LIMITS, spoolerCommands } from '../../../../src/main/printing/spooler/commands.ts';
import { settingsOf, spoolerPrinter } from '../../../../src/main/printing/spooler/printer.ts';
import { spoolerRules } from '../../../../src/main/printing/spooler/rules.ts';

const NAME = `Quầy 3 'HP' "Laser", $(touch x) %PATH% & co\\`;
const never = new AbortController().signal;

let folder: string;
let ledger: PrintLedger;
let calls: string;
let jobs: string;

/** A program that notes its arguments exactly, keeps a copy of the file it prints, and does what the test says. */
const PROGRAM = `#!${process.execPath}
const fs = require('node:fs');
const path = require('node:path');
const folder = __dirname;
const [role, ...args] = process.argv.slice(2);
const mode = fs.readFileSync(path.join(folder, 'mode'), 'utf8');
if (role !== 'jobs') fs.appendFileSync(path.join(folder, 'calls'), JSON.stringify([role, ...args]) + '\\n');
if (mode === 'hang') setInterval(() => {}, 1000);
else if (role === 'jobs') process.stdout.write(fs.readFileSync(path.join(folder, 'jobs')));
else if (mode === 'fail') process.exit(3);
else if (role === '-print-to') fs.copyFileSync(args.at(-1), path.join(folder, 'printed.pdf'));
`;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spooler-'));
  ledger = memoryLedger();
  calls = path.join(folder, 'calls');
  jobs = path.join(folder, 'jobs');
  writeFileSync(path.join(folder, 'program.cjs'), PROGRAM, { mode: 0o755 });
  writeFileSync(calls, '');
  writeFileSync(jobs, '');
  behave('good');
});
afterEach(() => rmSync(folder, { recursive: true }));

const behave = (mode: string) => writeFileSync(path.join(folder, 'mode'), mode);
const called = () =>
  readFileSync(calls, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as string[]);
const program = () => path.join(folder, 'program.cjs');
const rules = () =>
  spoolerRules.parse({
    program: program(),
    jobs: [program(), 'jobs'],
    cancel: [program(), 'cancel', "Name='{name}'", 'delete'],
  });
const printer = (limits: Partial<typeof SPOOLER_LIMITS> = {}) =>
  spoolerPrinter(NAME, {
    commands: spoolerCommands(rules(), { ...SPOOLER_LIMITS, ...limits }),
    ledger,
    limits: { ...PRINT_LIMITS, pollMs: 20, pollTries: 2 },
    now: () => Date.now(),
  });
const inSpooler = (status: number, key: string, pages = 0) =>
  writeFileSync(
    jobs,
    `\r\r\n\r\r\nDocument=mcc-${key}.pdf\r\r\nName=${NAME}, 17\r\r\nPagesPrinted=${pages}\r\r\nStatusMask=${status}\r\r\nTotalPages=2\r\r\n`,
  );

async function paper(): Promise<string> {
  const pdf = await PDFDocument.create();
  pdf.addPage([420, 595]);
  const file = path.join(folder, 'paper.pdf');
  writeFileSync(file, await pdf.save());
  return file;
}

describe('a printer of the Windows spooler', () => {
  it('calls the program with exactly these arguments, whatever the printer is called', async () => {
    const file = await paper();
    const job = await printer().print(file, 'k1', never, {
      ...{ copies: 2, sides: 'two-sided-short-edge', sheet: A5, tray: 'Khay 2', scaling: 'none' },
    });
    expect(job).toMatchObject({ state: 'completed', pages: 1, target: `spooler:${NAME}` });
    const [[...args] = [], ...others] = called();
    expect(others).toEqual([]);
    const named = args.at(-1)!;
    expect(args.slice(0, -1)).toEqual([
      ...['-print-to', NAME, '-print-settings', '2x,duplexshort,noscale,paper=A5,bin=Khay 2', '-silent'],
    ]);
    expect(path.basename(named)).toBe('mcc-k1.pdf');
    expect(existsSync(named)).toBe(false);
    expect(readFileSync(path.join(folder, 'printed.pdf')).equals(readFileSync(file))).toBe(true);
  });

  it('has a word for each setting, and takes no tray that would be two', () => {
    expect(settingsOf({})).toBe('simplex,noscale,paper=A4');
    expect(settingsOf({ scaling: 'fit', sides: 'two-sided-long-edge' })).toBe('duplexlong,shrink,paper=A4');
    // A roll is the printer's own setting: the program has no word for it.
    expect(settingsOf({ sheet: { width: 8_000, height: 20_000 } })).toBe('simplex,noscale');
    expect(() => settingsOf({ tray: 'a,b' })).toThrow(expect.objectContaining({ code: 'PRINTER_REJECTED' }));
  });

  it('follows the job until it has left the spooler, and says what holds it up', async () => {
    inSpooler(64, 'k2');
    const seen: PrintProgress[] = [];
    const done = await printer().print(await paper(), 'k2', never, {
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.blockedBy) inSpooler(16, 'k2', 1);
        else if (progress.state === 'processing') writeFileSync(jobs, '');
      },
    });
    expect(done.state).toBe('completed');
    expect(seen).toEqual([
      { state: 'sending', sides: 0, blockedBy: null },
      { state: 'pending', sides: 0, blockedBy: 'PRINTER_MEDIA_EMPTY' },
      { state: 'processing', sides: 1, blockedBy: null },
    ]);
  });

  it.each([
    [1, 'PRINTER_STOPPED'],
    [2, 'PRINTER_STOPPED'],
    [32, 'PRINTER_UNREACHABLE'],
    [64 | 2, 'PRINTER_MEDIA_EMPTY'],
    [1024, 'PRINTER_STOPPED'],
  ])('names status %i: %s', async (status, code) => {
    inSpooler(status, 'k3');
    const stuck = spoolerPrinter(NAME, {
      commands: spoolerCommands(rules()),
      ledger,
      limits: { ...PRINT_LIMITS, pollMs: 10, blockedMs: 0 },
      now: () => Date.now(),
    });
    await expect(stuck.print(await paper(), 'k3', never)).rejects.toMatchObject({ code });
  });

  it('says so when somebody deletes the job', async () => {
    inSpooler(4, 'k4');
    const printing = printer().print(await paper(), 'k4', never, {
      onProgress: ({ state }) => state === 'pending' && writeFileSync(jobs, ''),
    });
    await expect(printing).rejects.toMatchObject({ code: 'PRINTER_JOB_FAILED' });
  });

  it('prints a key once: a job in the spooler is followed, one that is gone is asked about', async () => {
    await ledger.set(`spooler:${NAME}`, 'k5', { state: 'sending', jobId: 0, at: 1 });
    await expect(printer().print(await paper(), 'k5', never)).rejects.toMatchObject({
      code: 'PRINTER_JOB_UNCERTAIN',
    });
    inSpooler(16, 'k5');
    const job = await printer().print(await paper(), 'k5', never, {
      onProgress: () => writeFileSync(jobs, ''),
    });
    expect(job.state).toBe('completed');
    expect((await printer().print(await paper(), 'k5', never)).state).toBe('completed');
    expect(called()).toEqual([]);
  });

  it('takes a job back by its name, quoted as WQL wants it', async () => {
    const cut = new AbortController();
    inSpooler(16, 'k6');
    const printing = printer().print(await paper(), 'k6', cut.signal, {
      onProgress: ({ state }) => state === 'processing' && cut.abort(),
    });
    await expect(printing).rejects.toMatchObject({ code: 'CANCELLED' });
    const quoted = `${NAME}, 17`.replaceAll(/['\\]/g, (c) => `\\${c}`);
    expect(called().at(-1)).toEqual(['cancel', `Name='${quoted}'`, 'delete']);
    expect(await printer().cancel('never-printed', never)).toBe('cancelled');
  });

  it('names a program that is missing, that hangs, that fails and that says too much', async () => {
    const file = await paper();
    const missing = spoolerPrinter(NAME, {
      commands: spoolerCommands({ ...rules(), program: path.join(folder, 'none.exe') }),
      ...{ ledger, limits: PRINT_LIMITS, now: () => 1 },
    });
    await expect(missing.print(file, 'k7', never)).rejects.toMatchObject({ code: 'SPOOLER_MISSING' });
    // Nothing has left: it is sent when the program is there.
    expect((await printer().print(file, 'k7', never)).state).toBe('completed');
    behave('hang');
    await expect(printer({ printMs: 200 }).print(file, 'k8', never)).rejects.toMatchObject({
      code: 'SPOOLER_FAILED',
      details: { reason: 'hangs' },
    });
    behave('fail');
    await expect(printer().print(file, 'k9', never)).rejects.toMatchObject({
      code: 'SPOOLER_FAILED',
      details: { reason: 'exit', status: 3 },
    });
    behave('good');
    writeFileSync(jobs, 'x'.repeat(100_000));
    await expect(printer({ maxOutputBytes: 1000 }).describe(never)).rejects.toMatchObject({
      code: 'SPOOLER_FAILED',
      details: { reason: 'says-too-much' },
    });
  });

  it('prints nothing but PDFs', async () => {
    const photo = path.join(folder, 'page.jpg');
    writeFileSync(photo, Buffer.from('ffd8ffe000', 'hex'));
    await expect(printer().print(photo, 'k10', never)).rejects.toMatchObject({
      code: 'PRINTER_UNSUPPORTED_FORMAT',
    });
  });

  it('is busy while it has jobs', async () => {
    expect(await printer().describe(never)).toEqual({ name: NAME, state: 'idle' });
    inSpooler(16, 'other');
    expect(await printer().describe(never)).toEqual({ name: NAME, state: 'processing' });
  });
});

describe('the spooler’s list of jobs', () => {
  it('is read from wmic and from PowerShell alike', () => {
    const wanted = [
      { name: 'HP, 1', document: 'a=b.pdf', status: 16, pagesPrinted: 1 },
      { name: 'HP, 2', document: '', status: 0, pagesPrinted: 0 },
    ];
    const wmic =
      '\r\r\n\r\r\nDocument=a=b.pdf\r\r\nName=HP, 1\r\r\nPagesPrinted=1\r\r\nStatusMask=16\r\r\n\r\r\nDocument=\r\r\nName=HP, 2\r\r\nPagesPrinted=\r\r\nStatusMask=\r\r\n';
    expect(readJobs(wmic)).toEqual(wanted);
    const shell =
      '\r\nDocument     : a=b.pdf\r\nName         : HP, 1\r\nPagesPrinted : 1\r\nStatusMask   : 16\r\n\r\nDocument     :\r\nName         : HP, 2\r\nStatusMask   : 0\r\n';
    expect(readJobs(shell)).toEqual(wanted);
  });

  it.each(['', 'No Instance(s) Available.', '\u0000\u0001', 'Name', '='.repeat(5000), ':\n:\n:'])(
    'takes %j for no job',
    (text) => {
      expect(readJobs(text)).toEqual([]);
    },
  );

  it('is bounded', () => {
    expect(readJobs('Name=HP, 1\n\n'.repeat(5000))).toHaveLength(1000);
  });
});
