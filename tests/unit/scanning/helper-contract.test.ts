import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvent, requestLine } from '../../../src/main/scanning/helper/messages.ts';
import { helperServers } from '../../../src/main/scanning/helper/servers.ts';
import { faultOf, follow, newTalk, type Talk } from '../../../src/main/scanning/helper/talk.ts';
import { lineQueue } from '../../../src/main/scanning/program/lines.ts';
import { stopFault } from '../../../src/main/scanning/program/stopped.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const END = { code: 0, stderr: '', unfinished: 0 };
const said = (command: Talk['command'], ...lines: string[]) =>
  lines.reduce((talk, line) => follow(talk, readEvent(bytes(line))), newTalk(command));
const HELLO = '{"event":"hello","contract":1,"helper":"x"}';
const PAGE = (index: number) => `{"event":"page","index":${index},"file":"p.jpg","dpi":300}`;

const DOCUMENT = readFileSync(path.resolve(import.meta.dirname, '../../../docs/scan-helper.md'), 'utf8');

describe('the document of the contract', () => {
  it('names every code as it is understood', () => {
    const table = /### Errors\n([\s\S]*?)\nAny other code is/.exec(DOCUMENT)?.[1] ?? '';
    const rows = table.split('\n').filter((row) => row.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const [, codes = '', , told = ''] = row.split('|');
      for (const [, code = ''] of codes.matchAll(/`([A-Z_]+)`/g)) {
        const expected = /`([A-Z_]+)`/.exec(told)?.[1] ?? code;
        const fault = faultOf(said('scan', `{"event":"error","code":"${code}"}`), END);
        expect(fault, code).toMatchObject({ code: expected, details: { helper: code } });
      }
    }
  });

  it('shows a report that counts, and a request as it is sent', () => {
    const report = /```\n(\{"event":"hello"[\s\S]*?)```/.exec(DOCUMENT)?.[1] ?? '';
    expect(said('scan', ...report.trim().split('\n'))).toMatchObject({ state: 'ended', items: 2 });
    const request = JSON.parse(/```json\n(\{"contract"[\s\S]*?)```/.exec(DOCUMENT)?.[1] ?? '');
    const { device, settings, options, limits } = request;
    expect(JSON.parse(requestLine('scan', device, { settings, options, limits }))).toEqual(request);
  });
});

describe('the request to a helper', () => {
  it('is one line of JSON with all that it needs', () => {
    const line = requestLine('scan', 'Máy quét\n1', {
      settings: { source: 'adf-duplex', dpi: 300, mode: 'gray' },
      options: { driver: 'twain' },
      limits: { maxPages: 10, maxPageBytes: 1000 },
    });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      contract: 1,
      command: 'scan',
      device: 'Máy quét\n1',
      settings: { source: 'adf-duplex', dpi: 300, mode: 'gray', paper: { widthMm: 210, heightMm: 297 } },
      options: { driver: 'twain' },
      limits: { maxPages: 10, maxPageBytes: 1000 },
    });
    expect(JSON.parse(requestLine('list'))).toEqual({ contract: 1, command: 'list' });
  });
});

describe('an event of a helper', () => {
  it('may carry more than is known', () => {
    expect(readEvent(bytes('{"event":"progress","page":0,"percent":12.5,"eta":3}'))).toEqual({
      event: 'progress',
      page: 0,
      percent: 12.5,
    });
  });

  it('may say nothing as null, and more than anybody reads', () => {
    expect(readEvent(bytes('{"event":"error","code":"IO","detail":null}'))).toMatchObject({ detail: '' });
    const long = readEvent(bytes(`{"event":"error","code":"JAMMED","detail":"${'x'.repeat(50_000)}"}`));
    expect(long).toMatchObject({ code: 'JAMMED', detail: 'x'.repeat(2_000) });
    expect(readEvent(bytes('{"event":"end","pages":null}'))).toMatchObject({ event: 'end' });
  });

  it('damaged in any octet is read or refused by name, and nothing else', () => {
    const whole = bytes(PAGE(0));
    for (let at = 0; at < whole.length; at++) {
      for (const octet of [0x00, 0x22, 0x2c, 0x39, 0x5c, 0x7b, 0x7d, 0x80, 0xff]) {
        const damaged = Uint8Array.from(whole);
        damaged[at] = octet;
        try {
          expect(readEvent(damaged).event).toBe('page');
        } catch (error) {
          expect(error).toMatchObject({ code: 'SCANNER_PROTOCOL' });
        }
      }
    }
  });

  it.each([
    '{"event":"progress","page":-1,"percent":1}',
    '{"event":"progress","page":0,"percent":101}',
    '{"event":"page","index":0.5,"file":"p.jpg","dpi":300}',
    '{"event":"page","index":0,"file":"","dpi":300}',
    `{"event":"page","index":0,"file":"${'p'.repeat(129)}","dpi":300}`,
    '{"event":"page","index":0,"file":"p.jpg","dpi":0}',
    '{"event":"page","index":0,"file":["p.jpg"],"dpi":300}',
    '{"event":"description","name":"x","sources":[],"modes":["color"],"dpis":[300]}',
    '{"event":"description","name":"x","sources":["adf"],"modes":["sepia"],"dpis":[300]}',
    '{"event":"description","name":"x","sources":["adf"],"modes":["color"],"dpis":{"min":600,"max":300}}',
    '{"event":"hello","contract":"1","helper":"x"}',
    '{"__proto__":{"event":"end"}}',
    'null',
    '"end"',
  ])('like %s is refused', (line) => {
    expect(() => readEvent(bytes(line))).toThrowError(
      expect.objectContaining({ code: 'SCANNER_PROTOCOL', details: { what: 'line-event' } }),
    );
  });
});

describe('the report of a helper', () => {
  it('tells by itself, not by how the program ended, once it is over', () => {
    const done = said('scan', HELLO, PAGE(0), PAGE(1), '{"event":"end","pages":2}');
    for (const code of [0, 1, 2, 255, undefined]) expect(faultOf(done, { ...END, code })).toBeUndefined();
    expect(faultOf(done, { ...END, code: undefined, stopped: 'closing' })).toBeUndefined();
    const failed = said('scan', HELLO, '{"event":"error","code":"BUSY"}');
    for (const code of [0, 1, 2]) expect(faultOf(failed, { ...END, code })?.code).toBe('SCANNER_BUSY');
    expect(faultOf(failed, { ...END, stopped: 'timeout' })?.code).toBe('SCANNER_BUSY');
  });

  it('is cancelled where it was cancelled, whatever it says', () => {
    const failed = said('scan', HELLO, '{"event":"error","code":"IO"}');
    expect(faultOf(failed, { ...END, stopped: 'cancelled' })?.code).toBe('CANCELLED');
  });

  it('keeps the words of a driver out of the details', () => {
    const failed = said('scan', '{"event":"error","code":"IO","detail":"Nguyễn Thị Mẫu"}');
    const fault = faultOf(failed, { ...END, stderr: 'secret' });
    expect(JSON.stringify(fault?.details)).toBe('{"helper":"IO"}');
    expect(String(fault?.cause)).toContain('Nguyễn Thị Mẫu');
  });

  it('of a list may be empty, of a description not', () => {
    expect(faultOf(said('list', HELLO, '{"event":"end"}'), END)).toBeUndefined();
    expect(() => said('describe', HELLO, '{"event":"end"}')).toThrowError(/page-count/);
    const one = '{"event":"description","name":"x","sources":["adf"],"modes":["color"],"dpis":[300]}';
    expect(() => said('describe', HELLO, one, one)).toThrowError(/event-order/);
    expect(() => said('list', HELLO, PAGE(0))).toThrowError(/event-order/);
    expect(() => said('describe', HELLO, '{"event":"progress","page":0,"percent":1}')).toThrowError(
      /event-order/,
    );
  });
});

describe('a stopped program', () => {
  it.each([
    ['timeout', 'SCANNER_TIMEOUT'],
    ['cancelled', 'CANCELLED'],
    ['left', 'CANCELLED'],
    ['failed', 'CANCELLED'],
    ['line-too-long', 'SCANNER_PROTOCOL'],
    ['folder-too-large', 'SCANNER_PROTOCOL'],
    ['closing', undefined],
    [undefined, undefined],
  ] as const)('by %s is %s', (why, code) => {
    expect(stopFault(why, 3)?.code).toBe(code);
  });
});

describe('the lines of a program', () => {
  async function linesOf(parts: string[], limit = 100): Promise<{ lines: string[]; fits: boolean[] }> {
    const queue = lineQueue(limit);
    const fits = parts.map((part) => queue.push(bytes(part)));
    queue.end();
    const lines: string[] = [];
    for await (const line of queue.read(() => {})) lines.push(line.toString());
    return { lines, fits };
  }

  it('are cut at LF and CR LF, wherever the pipe cut them', async () => {
    expect((await linesOf(['on', 'e\r', '\ntw', 'o\n\nthree\nrest'])).lines).toEqual([
      'one',
      'two',
      '',
      'three',
    ]);
  });

  it('are bounded, and what came before a line too long is kept', async () => {
    const { lines, fits } = await linesOf(['a\nb\n', 'x'.repeat(60), 'x'.repeat(60), '\nlater\n']);
    expect(lines).toEqual(['a', 'b']);
    expect(fits).toEqual([true, true, false, false]);
    expect((await linesOf([`${'x'.repeat(100)}\n`])).lines).toHaveLength(1);
    expect((await linesOf([`${'x'.repeat(101)}\n`])).lines).toHaveLength(0);
  });
});

describe('helper servers', () => {
  function bench() {
    const log: string[] = [];
    const start = async () => {
      log.push('start');
      return {
        stop: async () => {
          log.push('stop');
        },
      };
    };
    return { log, start, servers: helperServers() };
  }

  it('start for the first user and end after the last', async () => {
    const { log, start, servers } = bench();
    const [one, two] = await Promise.all([servers.use('a', start), servers.use('a', start)]);
    await one();
    await one();
    expect(log).toEqual(['start']);
    await two();
    expect(log).toEqual(['start', 'stop']);
  });

  it('end before the next one starts', async () => {
    const { log, start, servers } = bench();
    const release = await servers.use('a', start);
    const ended = release();
    const again = await servers.use('a', start);
    await ended;
    expect(log).toEqual(['start', 'stop', 'start']);
    await again();
  });

  it('that do not start are tried anew', async () => {
    const { log, start, servers } = bench();
    const failing = () => Promise.reject(new Error('no'));
    await expect(servers.use('a', failing)).rejects.toThrow('no');
    const release = await servers.use('a', start);
    await release();
    expect(log).toEqual(['start', 'stop']);
  });
});
