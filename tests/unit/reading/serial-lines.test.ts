import { describe, expect, it } from 'vitest';
import { lineReader, type SerialReading } from '../../../src/main/reading/serial/lines.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const line = (text: string): SerialReading => ({ kind: 'line', text });
const CARD = '001099012345|012345678|Nguyễn Thị Mẫu|02011990|Nữ|Số 1, Phố Huế, Hai Bà Trưng, Hà Nội|01012022';

describe('the lines of a serial reader', () => {
  it.each([
    ['CR', '\r'],
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['LF CR', '\n\r'],
  ])('end with %s', (_, end) => {
    expect(lineReader(4096).push(bytes(`${CARD}${end}8934567890123${end}`))).toEqual([
      line(CARD),
      line('8934567890123'),
    ]);
  });

  it('are whole however they were cut on the way', () => {
    const whole = bytes(`${CARD}\r\n${CARD}\r\n`);
    for (const step of [1, 2, 3, 7, 64]) {
      const reader = lineReader(4096);
      const readings: SerialReading[] = [];
      for (let at = 0; at < whole.length; at += step) {
        readings.push(...reader.push(whole.subarray(at, at + step)));
      }
      expect(readings).toEqual([line(CARD), line(CARD)]);
      expect(reader.inLine()).toBe(false);
    }
  });

  it('come in NFC', () => {
    expect(lineReader(4096).push(bytes(`${'Nguyễn Nữ'.normalize('NFD')}\r`))).toEqual([line('Nguyễn Nữ')]);
  });

  it('that are no UTF-8 are named, and the next one is read', () => {
    const reader = lineReader(4096);
    // 'Nữ' in windows-1258 and a cut sequence.
    expect(reader.push(Uint8Array.of(0x4e, 0xfd, 0x0d))).toEqual([
      { kind: 'damaged', reason: 'encoding', bytes: 2 },
    ]);
    expect(reader.push(Uint8Array.of(0xe1, 0xbb, 0x0d))).toEqual([
      { kind: 'damaged', reason: 'encoding', bytes: 2 },
    ]);
    expect(reader.push(bytes('ok\r'))).toEqual([line('ok')]);
  });

  it('that never end are named once, with no more held than the limit', () => {
    const reader = lineReader(16);
    expect(reader.push(bytes('x'.repeat(16)))).toEqual([]);
    for (let i = 0; i < 1_000; i++) expect(reader.push(bytes('y'.repeat(1_000)))).toEqual([]);
    expect(reader.push(bytes('\r'))).toEqual([{ kind: 'damaged', reason: 'too-long', bytes: 1_000_016 }]);
    expect(reader.push(bytes('x'.repeat(16).concat('\r')))).toEqual([line('x'.repeat(16))]);
  });

  it('that break off are never put before the next scan', () => {
    const reader = lineReader(64);
    reader.push(bytes('001099'));
    expect(reader.inLine()).toBe(true);
    expect(reader.cut()).toEqual([{ kind: 'damaged', reason: 'unfinished', bytes: 6 }]);
    expect(reader.cut()).toEqual([]);
    expect(reader.push(bytes('012345\r'))).toEqual([line('012345')]);
    reader.push(bytes('z'.repeat(65)));
    expect(reader.cut()).toEqual([{ kind: 'damaged', reason: 'too-long', bytes: 65 }]);
  });

  it('survive any octets', () => {
    const reader = lineReader(32);
    let seed = 7;
    for (let i = 0; i < 200; i++) {
      const noise = Uint8Array.from({ length: 97 }, () => {
        seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
        return seed >> 16;
      });
      for (const reading of reader.push(noise)) {
        if (reading.kind === 'line') expect(reading.text).not.toContain('\ufffd');
        else expect(reading.bytes).toBeGreaterThan(0);
      }
    }
    reader.cut();
    expect(reader.push(bytes('Mẫu\n'))).toEqual([line('Mẫu')]);
  });
});
