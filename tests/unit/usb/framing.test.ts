import { describe, expect, it } from 'vitest';
import { UsbFault } from '../../../src/main/usb/faults.ts';
import { answerFraming, type Framing, requestFraming } from '../../../src/main/usb/framing.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** Feeds the octets in pieces of a size; what belonged to the message comes back. */
function feedIn(framing: Framing, octets: Uint8Array, size: number): string {
  let out = '';
  for (let at = 0; at < octets.length; at += size) {
    out += Buffer.from(framing.feed(octets.subarray(at, at + size))).toString('latin1');
  }
  return out;
}

const ANSWERS: readonly (readonly [string, string, string])[] = [
  ['a fixed length', 'GET', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'],
  ['no octet of body', 'GET', 'HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n'],
  [
    'chunks, an extension and a trailer',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n',
  ],
  [
    'an interim answer before the real one',
    'POST',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n',
  ],
  ['204', 'DELETE', 'HTTP/1.1 204 No Content\r\n\r\n'],
  ['304 whatever it says of a length', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n'],
  ['an answer to HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 4711\r\n\r\n'],
  ['HTTP/1.0 with a length', 'GET', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
];

describe('an answer on the USB', () => {
  describe.each(ANSWERS)('with %s', (_name, method, answer) => {
    it.each([1, 2, 3, 7, 64, 10_000])('ends where it ends, in pieces of %i', (size) => {
      const framing = answerFraming(() => method);
      expect(feedIn(framing, bytes(answer), size)).toBe(answer);
      expect(framing.done).toBe(true);
    });

    it('is not done one octet before', () => {
      const framing = answerFraming(() => method);
      framing.feed(bytes(answer.slice(0, -1)));
      expect(framing.done).toBe(false);
    });

    it('leaves out what a program that died never fetched', () => {
      const framing = answerFraming(() => method);
      const stale = `...rest of a page\r\n\r\n\xff\xd9HTTP/1.`;
      expect(feedIn(framing, bytes(stale + answer), 5)).toBe(answer);
      expect(framing.done).toBe(true);
    });

    it('leaves out what comes after it', () => {
      const framing = answerFraming(() => method);
      expect(feedIn(framing, bytes(`${answer}\r\nHTTP/1.1 200 OK\r\n`), 4)).toBe(answer);
    });
  });

  it('says how many octets certainly follow', () => {
    const fixed = answerFraming(() => 'GET');
    expect(fixed.expects).toBe(0);
    fixed.feed(bytes('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n1234'));
    expect(fixed.expects).toBe(996);
    const chunked = answerFraming(() => 'GET');
    chunked.feed(bytes('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n12'));
    expect(chunked.expects).toBe(98 + '\r\n0\r\n\r\n'.length);
  });

  it.each([
    ['no length', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n'],
    ['a length beyond all files', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n\r\n'],
    ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(20_000)}`],
    ['a chunk line without end', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(5000)}`],
  ])('with %s is refused by name', (_name, answer) => {
    const framing = answerFraming(() => 'GET');
    expect(() => framing.feed(bytes(answer))).toThrow(UsbFault);
  });

  it('that is noise without end is thrown away and never grows', () => {
    const framing = answerFraming(() => 'GET');
    for (let i = 0; i < 100; i++) expect(framing.feed(Buffer.alloc(10_000, 0x48)).length).toBe(0);
    expect(framing.done).toBe(false);
    expect(framing.untouched).toBe(true);
  });
});

describe('a request on the USB', () => {
  it.each([
    ['GET /eSCL HTTP/1.1\r\nHost: localhost\r\n\r\n', 'GET'],
    ['POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc', 'POST'],
    ['POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', 'POST'],
  ])('%j is known to be complete', (text, method) => {
    let seen = '';
    const framing = requestFraming((name) => {
      seen = name;
    });
    expect(framing.untouched).toBe(true);
    expect(feedIn(framing, bytes(text), 3)).toBe(text);
    expect([framing.done, seen]).toEqual([true, method]);
  });
});
