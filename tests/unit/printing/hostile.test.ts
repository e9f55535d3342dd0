import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PRINT_LIMITS } from '../../../src/main/printing/ipp/limits.ts';
import { folderLedger, memoryLedger, type PrintLedger } from '../../../src/main/printing/ledger.ts';
import { openPrinter, printerDeps } from '../../../src/main/printing/open.ts';
import { UsbFault } from '../../../src/main/usb/faults.ts';
import { answer, group, int } from './ipp-octets.ts';
import { jobNameIn, OPERATION, type ScriptedPrinter, startScriptedPrinter } from './scripted-printer.ts';

const never = new AbortController().signal;
const limits = {
  ...PRINT_LIMITS,
  connectMs: 1_000,
  answerMs: 200,
  documentMs: 200,
  pollMs: 1,
  busyTries: 3,
  busyPauseMs: 1,
  lookPauseMs: 1,
  maxAnswerBytes: 100_000,
};

describe('a printer that misbehaves', () => {
  let folder: string;
  let file: string;
  let device: ScriptedPrinter;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'printing-'));
    file = path.join(folder, 'page.jpg');
    await writeFile(file, Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(2000, 1)]));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    device = await startScriptedPrinter();
  });
  afterEach(() => device.stop());

  const uri = () => `ipp://${device.http.host}/ipp/print`;
  const print = (options: { ledger?: PrintLedger; signal?: AbortSignal; now?: () => number } = {}) =>
    openPrinter(uri(), printerDeps({ limits, ...options })).print(file, 'k1', options.signal ?? never);
  const count = (operation: number) => device.asked.filter((asked) => asked.operation === operation).length;

  it('and one that does not: the job is sent once and completed', async () => {
    expect(await print()).toMatchObject({ id: '1', state: 'completed', pages: 1 });
    expect([count(OPERATION.validate), count(OPERATION.print), device.jobs]).toEqual([1, 1, ['mcc-k1']]);
  });

  it.each([
    ['nonsense', Buffer.from('<html>hello</html>')],
    ['nothing', Buffer.alloc(0)],
    ['more than it may', Buffer.alloc(200_000, 2)],
    ['an answer to another question', answer(0, 999)],
  ])('by answering %s is refused by name', async (_name, octets) => {
    device.script = () => octets;
    await expect(print()).rejects.toMatchObject({ code: 'PRINTER_PROTOCOL' });
  });

  it.each([
    [401, 'PRINTER_DENIED'],
    [404, 'PRINTER_REJECTED'],
    [426, 'PRINTER_REJECTED'],
    [500, 'PRINTER_PROTOCOL'],
    [503, 'PRINTER_BUSY'],
  ])('by HTTP %i is %s', async (status, code) => {
    device.script = (_asked, response) => {
      response.writeHead(status).end();
      return 'handled';
    };
    await expect(print()).rejects.toMatchObject({ code });
  });

  it('by falling silent is unreachable, not waited for', async () => {
    device.script = () => 'handled';
    await expect(print()).rejects.toMatchObject({ code: 'PRINTER_UNREACHABLE' });
  });

  it('by breaking its answer off is unreachable', async () => {
    device.script = (_asked, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('abc');
      setTimeout(() => response.destroy(), 5);
      return 'handled';
    };
    await expect(print()).rejects.toMatchObject({ code: 'PRINTER_UNREACHABLE' });
  });

  it('by not being there is unreachable', async () => {
    await device.stop();
    await expect(print()).rejects.toMatchObject({ code: 'PRINTER_UNREACHABLE' });
  });

  it.each([
    [0x0403, 'PRINTER_DENIED'],
    [0x040a, 'PRINTER_UNSUPPORTED_FORMAT'],
    [0x0506, 'PRINTER_REJECTED'],
  ])('by refusing the job with %i prints nothing and says so', async (status, code) => {
    device.script = ({ operation, requestId }) =>
      operation === OPERATION.print ? answer(status, requestId) : undefined;
    await expect(print()).rejects.toMatchObject({ code });
  });

  it('by being busy is asked a few times and then named', async () => {
    device.script = ({ operation, requestId }) =>
      operation === OPERATION.print ? answer(0x0507, requestId) : undefined;
    await expect(print()).rejects.toMatchObject({ code: 'PRINTER_BUSY' });
    expect(count(OPERATION.print)).toBe(limits.busyTries);
  });

  it('by knowing an old version of IPP only is spoken to in that', async () => {
    device.script = ({ version, requestId }) => (version === 0x0200 ? answer(0x0503, requestId) : undefined);
    expect(await print()).toMatchObject({ state: 'completed' });
    expect(device.asked.at(-1)!.version).toBe(0x0101);
  });

  it('by taking the job and losing the answer is not sent it again', async () => {
    device.script = ({ operation, body }, response) => {
      if (operation !== OPERATION.print) return undefined;
      device.jobs.push(jobNameIn(body));
      response.destroy();
      return 'handled';
    };
    expect(await print()).toMatchObject({ id: '1', state: 'completed' });
    expect([count(OPERATION.print), device.jobs]).toEqual([1, ['mcc-k1']]);
  });

  it('by losing the document is named; the same key sends it again, because the job never arrived', async () => {
    const ledger = memoryLedger();
    let down = true;
    device.script = ({ operation }, response) => {
      if (operation !== OPERATION.print || !down) return undefined;
      response.destroy();
      return 'handled';
    };
    await expect(print({ ledger })).rejects.toMatchObject({ code: 'PRINTER_UNREACHABLE' });
    down = false;
    expect(await print({ ledger })).toMatchObject({ state: 'completed' });
    expect(device.jobs).toHaveLength(1);
  });

  it('by having forgotten a job that may be paper is not sent it again: a person looks', async () => {
    const ledger = folderLedger(path.join(folder, 'ledger'));
    await ledger.set(uri(), 'k1', { state: 'sending', jobId: 0, at: 1_000 });
    const later = print({ ledger, now: () => 1_000 + 61_000 });
    await expect(later).rejects.toMatchObject({ code: 'PRINTER_JOB_UNCERTAIN' });
    await ledger.set(uri(), 'k1', { state: 'sent', jobId: 7, at: 1_000 });
    await expect(print({ ledger, now: () => 1_001 })).rejects.toMatchObject({
      code: 'PRINTER_JOB_UNCERTAIN',
    });
    await ledger.set(uri(), 'k1', { state: 'completed', jobId: 7, at: 1_000 });
    expect(await print({ ledger })).toMatchObject({ id: '7', state: 'completed' });
    expect(count(OPERATION.print)).toBe(0);
  });

  it('by forgetting the job while it is followed leaves the question to a person', async () => {
    device.script = ({ operation, requestId }) =>
      operation === OPERATION.job ? answer(0x0406, requestId) : undefined;
    await expect(print()).rejects.toMatchObject({ code: 'PRINTER_JOB_UNCERTAIN' });
  });

  it('by answering once in a while is followed to the end', async () => {
    let asked = 0;
    device.script = ({ operation }, response) => {
      if (operation !== OPERATION.job || ++asked > 3) return undefined;
      response.destroy();
      return 'handled';
    };
    expect(await print()).toMatchObject({ state: 'completed' });
  });

  it('by giving no number to a job is refused by name', async () => {
    device.script = ({ operation, requestId }) =>
      operation === OPERATION.print ? answer(0, requestId, group(2, int('x', 1))) : undefined;
    await expect(print()).rejects.toMatchObject({ code: 'PRINTER_PROTOCOL' });
  });

  it.each([7, 8])('by ending the job in state %i has not printed it', async (state) => {
    device.jobState = state;
    device.jobReasons = ['job-canceled-at-device'];
    await expect(print()).rejects.toMatchObject({
      code: 'PRINTER_JOB_FAILED',
      details: { reason: 'job-canceled-at-device' },
    });
  });

  it('by stopping for ever gives the job back by name', async () => {
    device.jobState = 5;
    device.printerState = 5;
    device.printerReasons = ['media-jam-error'];
    let clock = 0;
    await expect(print({ now: () => (clock += 10_000) })).rejects.toMatchObject({ code: 'PRINTER_JAMMED' });
  });

  it('is told to cancel what is cancelled here', async () => {
    device.jobState = 5;
    const cut = new AbortController();
    device.script = ({ operation }) => {
      if (operation === OPERATION.job) cut.abort();
      return undefined;
    };
    await expect(print({ signal: cut.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(count(OPERATION.cancel)).toBe(1);
  });

  it('by refusing copies, sides or the format that it does not have is not sent a document', async () => {
    const printer = openPrinter(uri(), printerDeps({ limits }));
    for (const options of [{ copies: 10 }, { sides: 'two-sided-long-edge' as const }]) {
      await expect(printer.print(file, 'k', never, options)).rejects.toMatchObject({
        code: 'PRINTER_REJECTED',
      });
    }
    for (const copies of [0, 1.5, 1000, Number.NaN]) {
      await expect(printer.print(file, 'k', never, { copies })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
    }
    expect(count(OPERATION.print)).toBe(0);
  });

  it('on the USB fails with the names of printing', async () => {
    const named: [ConstructorParameters<typeof UsbFault>[0], string][] = [
      ['unplugged', 'PRINTER_UNREACHABLE'],
      ['absent', 'PRINTER_UNREACHABLE'],
      ['busy', 'PRINTER_BUSY'],
      ['denied', 'PRINTER_DENIED'],
      ['ambiguous', 'PRINTER_URI_INVALID'],
      ['no-http', 'PRINTER_PROTOCOL'],
    ];
    for (const [fault, code] of named) {
      const deps = printerDeps({
        limits,
        usb: (_device, toError) =>
          new Duplex({
            read() {
              this.destroy(toError(new UsbFault(fault)));
            },
            write: (_chunk, _encoding, done) => done(),
          }),
      });
      const printing = openPrinter('ipp:usb:1209:4d46', deps).print(file, 'k', never);
      await expect(printing).rejects.toMatchObject({ code });
    }
    const printing = openPrinter('ipp:usb:1209:4d46', printerDeps({ limits })).print(file, 'k', never);
    await expect(printing).rejects.toMatchObject({ code: 'PRINTER_UNREACHABLE' });
  });

  it('on the USB is printed to over any stream', async () => {
    const usb = () => connect(Number(device.http.port), '127.0.0.1');
    const printer = openPrinter('ipp:usb:1209:4d46:S', printerDeps({ limits, usb }));
    expect(await printer.print(file, 'k', never)).toMatchObject({
      state: 'completed',
      target: 'ipp:usb:1209:4d46:S',
    });
  });
});
