import { describe, expect, test } from 'vitest';
import { CounterError, ERROR_CODES } from '../../../src/contract/errors.ts';
import { backoffMs, sleep } from '../../../src/main/province/backoff.ts';
import { judgeFault } from '../../../src/main/province/faults.ts';
import { failureOf, instantOf, readReply, receiptReply } from '../../../src/main/province/replies.ts';
import { MIN_CHUNK_BYTES, nextChunkBytes } from '../../../src/main/province/upload.ts';
import { createFaults } from '../../../src/simulators/province/faults.ts';
import { officialCode, parseCode } from '../../../src/simulators/province/numbers.ts';
import { fromAdapterTime, isDay, toAdapterTime } from '../../../src/simulators/province/time.ts';

function reply(status: number, body: unknown, type = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: new Headers({ 'content-type': type }), body: Buffer.from(text) };
}

describe('the wait between two attempts', () => {
  test('doubles from one second to five minutes and never leaves these bounds', () => {
    for (const random of [() => 0, () => 0.5, () => 0.999_999]) {
      const waits = Array.from({ length: 40 }, (_, i) => backoffMs(i + 1, random));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(1000);
      expect(Math.max(...waits)).toBeLessThanOrEqual(300_000);
      expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    }
    expect([1, 2, 3, 4].map((n) => backoffMs(n, () => 1))).toEqual([1000, 2000, 4000, 8000]);
    expect(backoffMs(1000, () => 1)).toBe(300_000);
  });

  test('ends early when called off, and at once when it was called off before', async () => {
    const abort = new AbortController();
    const long = sleep(3_600_000, abort.signal);
    abort.abort();
    await long;
    await sleep(3_600_000, abort.signal);
  });
});

describe('which faults need a person', () => {
  const NEED = ['PROVINCE_FORBIDDEN', 'PROVINCE_REFUSED', 'PROVINCE_CONFLICT', 'PROVINCE_HASH_MISMATCH'];

  test('of all faults of the province exactly those that another attempt cannot mend', () => {
    const codes = ERROR_CODES.filter((code) => code.startsWith('PROVINCE_'));
    expect(codes.filter((code) => judgeFault(new CounterError(code)).needsPerson).sort()).toEqual(
      [...NEED].sort(),
    );
  });

  test('a connection that was never made is the fault of the line, a torn one of the attempt', () => {
    const unsent = judgeFault(
      new CounterError('PROVINCE_UNREACHABLE', { reason: 'ECONNREFUSED', sent: false }),
    );
    expect(unsent).toMatchObject({ wholeLine: true, online: false, needsPerson: false });
    const torn = judgeFault(new CounterError('PROVINCE_UNREACHABLE', { reason: 'ECONNRESET', sent: true }));
    expect(torn).toMatchObject({ wholeLine: false, online: false });
    expect(judgeFault(new CounterError('PROVINCE_FAILED'))).toMatchObject({ wholeLine: false, online: true });
  });

  test('an error without a name is INTERNAL and tried again', () => {
    expect(judgeFault(new TypeError('x'))).toMatchObject({
      code: 'INTERNAL',
      needsPerson: false,
      online: false,
    });
  });
});

describe('what an answer stands for', () => {
  test.each([
    [401, 'PROVINCE_UNAUTHORIZED'],
    [403, 'PROVINCE_FORBIDDEN'],
    [408, 'PROVINCE_FAILED'],
    [423, 'PROVINCE_FAILED'],
    [429, 'PROVINCE_FAILED'],
    [500, 'PROVINCE_FAILED'],
    [503, 'PROVINCE_FAILED'],
    [302, 'PROVINCE_PROTOCOL'],
    [413, 'PROVINCE_REFUSED'],
    [400, 'PROVINCE_REFUSED'],
    [422, 'PROVINCE_REFUSED'],
    [409, 'PROVINCE_CONFLICT'],
  ])('%i with a reason is %s', (status, code) => {
    expect(failureOf(reply(status, { error_code: '1', message: 'x', loi: [] }))?.code).toBe(code);
  });

  test.each([
    ['a page', reply(404, '<h1>404</h1>', 'text/html')],
    ['nothing', reply(400, '')],
    ['a list', reply(400, [])],
    ['another shape', reply(400, { fault: 'x' })],
    ['bytes that are no UTF-8', { ...reply(400, ''), body: Uint8Array.from([0x22, 0xff, 0x22]) }],
  ])('a refusal that is %s is PROVINCE_PROTOCOL', (_, answer) => {
    expect(failureOf(answer)?.code).toBe('PROVINCE_PROTOCOL');
  });

  test('names fields and rules, and keeps the free text for the log', () => {
    const loi = [{ truong: 'ChuHoSo\n<b>', ma: 'required; Nguyễn' }];
    const error = failureOf(reply(400, { error_code: '1', message: 'Ông Nguyễn Văn A', loi }));
    expect(error?.details).toEqual({ status: 400, errorCode: '1', fields: 'ChuHoSob:requiredNguyn' });
    expect(error?.cause).toEqual(new Error('Ông Nguyễn Văn A'));
  });

  const receipt = { MaHoSo: 'x', maBienNhan: 'y', thoiDiem: '20261123083000', sha256: 'a'.repeat(64) };
  test.each([
    ['a missing hash', { error_code: '0', result: [{ ...receipt, sha256: undefined }] }, 'PROVINCE_PROTOCOL'],
    ['a short hash', { error_code: '0', result: [{ ...receipt, sha256: 'abc' }] }, 'PROVINCE_PROTOCOL'],
    ['two receipts', { error_code: '0', result: [receipt, receipt] }, 'PROVINCE_PROTOCOL'],
    ['no receipt', { error_code: '0', result: [] }, 'PROVINCE_PROTOCOL'],
    ['"đã tồn tại" with 200', { error_code: '3', message: 'Mã hồ sơ đã tồn tại' }, 'PROVINCE_CONFLICT'],
    ['another error with 200', { error_code: '-3', message: 'x' }, 'PROVINCE_REFUSED'],
  ])('%s is no success', (_, body, code) => {
    expect(() => readReply(reply(200, body), receiptReply)).toThrow(expect.objectContaining({ code }));
  });

  test('times are at +07:00, and a time that cannot be is no time', () => {
    expect(instantOf('20270101000000')).toBe('2026-12-31T17:00:00.000Z');
    expect(() => instantOf('20271301000000')).toThrow(expect.objectContaining({ code: 'PROVINCE_PROTOCOL' }));
  });
});

test('chunks grow on a fast line and shrink on a slow one, within bounds', () => {
  const max = 1024 * 1024;
  expect(nextChunkBytes(256 * 1024, 10, max)).toBe(512 * 1024);
  expect(nextChunkBytes(max, 10, max)).toBe(max);
  expect(nextChunkBytes(256 * 1024, 5000, max)).toBe(256 * 1024);
  expect(nextChunkBytes(256 * 1024, 30_000, max)).toBe(128 * 1024);
  expect(nextChunkBytes(MIN_CHUNK_BYTES, 30_000, max)).toBe(MIN_CHUNK_BYTES);
  expect(nextChunkBytes(1024, 30_000, 1024)).toBe(1024);
});

describe('the simulated province', () => {
  test('codes have the day of receipt and at least four digits, more when needed', () => {
    expect(officialCode('H14.22.05', '2026-11-23', 7)).toBe('H14.22.05-261123-0007');
    expect(officialCode('H14.22.05', '2026-11-23', 12_345)).toBe('H14.22.05-261123-12345');
    expect(parseCode('H14.22.05', 'H14.22.05-261123-12345')).toEqual({ day: '2026-11-23', number: 12_345 });
    for (const wrong of ['H14.22.05-261123-012345', 'H14.22.05-261131-0001', 'H14.22-261123-0001', '']) {
      expect(parseCode('H14.22.05', wrong)).toBeNull();
    }
  });

  test('knows real days and moments from impossible ones', () => {
    expect([isDay('2028-02-29'), isDay('2026-02-29'), isDay('2026-2-1')]).toEqual([true, false, false]);
    const at = new Date('2026-12-31T17:00:00Z');
    expect(fromAdapterTime(toAdapterTime(at))).toEqual(at);
    expect(fromAdapterTime('20260229000000')).toBeNull();
    expect(fromAdapterTime('2026022900000')).toBeNull();
  });

  test('faults strike where they are aimed, as often as asked, after as many requests as asked', () => {
    const faults = createFaults([{ kind: 'failed', at: 'record', times: 2, after: 1 }]);
    const strikes = ['token', 'record', 'record', 'record', 'record'] as const;
    expect(strikes.map((route) => faults.take('failed', route) !== null)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    faults.add({ kind: 'cut-upload', atByte: 10 });
    expect([faults.cutAfter(4), faults.cutAfter(5), faults.cutAfter(1), faults.cutAfter(1)]).toEqual([
      false,
      false,
      true,
      false,
    ]);
    faults.add({ kind: 'clock', shiftMs: 5 });
    expect([faults.clockShiftMs(), faults.pending()]).toEqual([5, 0]);
    expect(() => faults.add({ kind: 'failed', status: 200 })).toThrow();
  });
});
