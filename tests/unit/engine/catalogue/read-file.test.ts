import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterError } from '../../../../src/contract/errors.ts';
import { type ReadLimits, readCatalogueFile } from '../../../../src/main/engine/catalogue/read-file.ts';
import { NATIONAL_FILE, NO_NATIONAL, nationalCatalogue, nationalRecord } from '../../../support/national.ts';

let folder: string;
let made = 0;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-catalogue-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(content: string | Uint8Array): string {
  made += 1;
  const name = path.join(folder, `catalogue-${made}`);
  writeFileSync(name, content);
  return name;
}

const never = new AbortController().signal;
const read = (content: string | Uint8Array, limits: Partial<ReadLimits> = {}) =>
  readCatalogueFile(file(content), never, limits);

async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CounterError) return `${error.code} ${error.details.reason ?? ''}`.trim();
    throw error;
  }
  return 'nothing failed';
}

const A = JSON.stringify(nationalRecord('1.000001'));
const B = JSON.stringify(nationalRecord('1.000002'));
const own = (...procedures: object[]) =>
  JSON.stringify({ kind: 'procedure-catalogue', version: '1', provenance: 'test', procedures });

describe('a catalogue file', () => {
  it.each([
    ['one record a line', `${A}\n${B}\n`],
    ['no end of the last line', `${A}\n${B}`],
    ['CRLF and a byte order mark', `\ufeff${A}\r\n${B}\r\n`],
    ['blank lines', `\n\r\n${A}\n \n\n${B}\n`],
    ['a list', `[${A},${B}]`],
    ['a list over many lines', JSON.stringify([JSON.parse(A), JSON.parse(B)], null, 2)],
    ['gzip', gzipSync(`${A}\n${B}\n`)],
    ['gzip in two members', Buffer.concat([gzipSync(`${A}\n`), gzipSync(`${B}\n`)])],
  ])('with %s is read', async (_what, content) => {
    const { procedures, problems } = await read(content);
    expect(procedures.map((p) => p.code)).toEqual(['1.000001', '1.000002']);
    expect(problems).toEqual([]);
  });

  it('may be a list over very many lines', async () => {
    const papers = Array.from({ length: 60 }, () => ({ TENGIAYTO: 'Đơn', SOBANCHINH: 1, SOBANSAO: 0 }));
    const records = Array.from({ length: 200 }, (_, i) =>
      nationalRecord(`1.${String(i).padStart(6, '0')}`, { THANHPHANHOSO: papers }),
    );
    const text = JSON.stringify(records, null, 2);
    expect(text.split('\n').length).toBeGreaterThan(50_000);
    expect((await read(text)).procedures).toHaveLength(200);
  });

  it('of one record is read, and our own kind too', async () => {
    const { procedures } = await read(A);
    expect(procedures.map((p) => p.code)).toEqual(['1.000001']);
    expect((await read(own(...procedures))).procedures).toEqual(procedures);
  });

  it('keeps what can be read and names the rest with its place', async () => {
    const lines = [A, '{"MATTHC": "1.0', '[1]', '{"TENTTHC":"x"}', '['.repeat(5000), 'x'.repeat(3000), A];
    const { procedures, problems } = await read(lines.join('\n'), { maxLineBytes: 6000 });
    expect(procedures).toHaveLength(1);
    expect(problems.map((p) => [p.where, p.code])).toEqual([
      ['2', 'RECORD_UNREADABLE'],
      ['3', 'RECORD_UNREADABLE'],
      ['4', 'RECORD_WITHOUT_CODE'],
      ['5', 'RECORD_NESTED'],
      ['6', 'RECORD_UNREADABLE'],
      ['7', 'DUPLICATE_CODE'],
    ]);
  });

  it('leaves out a line that is too long without keeping it, and goes on behind it', async () => {
    const { procedures, problems } = await read(`${A}\n"${'x'.repeat(500_000)}"\n${B}\n`, {
      maxLineBytes: 10_000,
    });
    expect(procedures).toHaveLength(2);
    expect(problems.map((p) => [p.where, p.code])).toEqual([['2', 'RECORD_TOO_LARGE']]);
  });

  it('names a line whose letters are no UTF-8', async () => {
    const broken = Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d, 0x0a]);
    const { problems } = await read(Buffer.concat([Buffer.from(`${A}\n`), broken, Buffer.from(B)]));
    expect(problems.map((p) => [p.where, p.code])).toEqual([['2', 'TEXT_GARBLED']]);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'unreadable'],
    ['blanks', ' \n\n', 'unreadable'],
    ['words', 'xin chào', 'unreadable'],
    ['an empty list', '[]', 'unreadable'],
    ['UTF-16, little end first', Buffer.from(`\ufeff${A}`, 'utf16le'), 'encoding'],
    ['UTF-16 without a mark', Buffer.from(A, 'utf16le'), 'encoding'],
    ['UTF-16, big end first', Buffer.from(`\ufeff${A}`, 'utf16le').swap16(), 'encoding'],
    ['one-byte letters', Buffer.from('{"MATTHC":"1.000001","TENTTHC":"®¨ng ký"}', 'latin1'), 'encoding'],
    ['a ZIP', Buffer.from('PK\u0003\u0004rest'), 'zip'],
    ['gzip cut off', gzipSync(`${A}\n${B}\n`).subarray(0, 80), 'damaged'],
    ['gzip with a broken middle', damagedGzip(), 'damaged'],
    ['brackets without end', '['.repeat(1_000_000), 'nested'],
    ['our kind without its fields', '{"kind":"procedure-catalogue","procedures":[{}]}', 'shape'],
  ])('of %s is refused as %s', async (_what, content, reason) => {
    expect(await failure(read(content))).toBe(`PROCEDURE_FILE_INVALID ${reason}`);
  });

  it('that is not there is named', async () => {
    expect(await failure(readCatalogueFile(path.join(folder, 'none'), never))).toBe('FILE_MISSING');
    expect(await failure(readCatalogueFile(folder, never))).toBe('FILE_MISSING');
  });

  it('ends where whoever waits has gone', async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await failure(readCatalogueFile(file(A), stop.signal))).toBe('CANCELLED');
  });
});

function damagedGzip(): Uint8Array {
  const whole = gzipSync(`${Array.from({ length: 200 }, (_, i) => `${A}${i}`).join('\n')}\n`);
  return whole.map((byte, i) => (i > 40 && i < 60 ? byte ^ 0xff : byte));
}

describe('a file made to exhaust the counter', () => {
  /** Gigabytes of zeros, or of one line, from a few kilobytes of gzip. */
  async function bomb(piece: string, mebibytes: number, start = ''): Promise<string> {
    made += 1;
    const name = path.join(folder, `bomb-${made}.gz`);
    const gzip = createGzip({ level: 1 });
    const out = gzip.pipe(createWriteStream(name));
    gzip.write(start);
    const block = Buffer.from(piece.repeat(Math.floor(2 ** 20 / piece.length)));
    for (let i = 0; i < mebibytes; i += 1) if (!gzip.write(block)) await once(gzip, 'drain');
    gzip.end();
    await once(out, 'finish');
    return name;
  }

  it.each([
    ['one line without end', 'x', ''],
    ['a record, then one line without end', 'x', `${A}\n`],
    ['blank lines', '\n', ''],
    ['a list without end', '[],', '['],
    ['records without a code', '{}\n', `${A}\n`],
  ])('with %s ends early, in little memory', async (_what, piece, start) => {
    const name = await bomb(piece, 160, start);
    const before = process.memoryUsage().rss;
    expect(await failure(readCatalogueFile(name, never))).toBe('PROCEDURE_FILE_INVALID large');
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
  });
});

describe.skipIf(NO_NATIONAL !== '')(`the national catalogue${NO_NATIONAL}`, () => {
  it('is read from its gzip as from its text', async () => {
    expect(await readCatalogueFile(NATIONAL_FILE, never)).toEqual(nationalCatalogue());
  });
});
