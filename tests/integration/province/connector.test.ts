import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import forge from 'node-forge';
import { afterEach, describe, expect, test } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { connectProvince } from '../../../src/main/province/connector.ts';
import type { UploadState } from '../../../src/main/province/port.ts';
import { recordSha256 } from '../../../src/main/province/record.ts';
import { exportRecord, type Fault, readStoredFile } from '../../../src/simulators/province/index.ts';
import {
  bytesOf,
  DAY,
  NOW,
  never,
  outgoing,
  recordFor,
  seeded,
  startWorld,
  UNIT,
  type World,
} from './support/world.ts';

let world: World;
afterEach(() => world.stop());

async function failure(promise: Promise<unknown>): Promise<CounterError> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof CounterError)) throw new Error(`no named failure: ${String(outcome)}`);
  return outcome;
}

describe('the connector against the simulated province', () => {
  test('reserves numbers, uploads, sends the record and reads the receipt back', async () => {
    world = await startWorld();
    const numbers = await world.province.reserveNumbers(
      { unit: UNIT, day: DAY, count: 3, key: 'block-0001' },
      never,
    );
    expect(numbers).toEqual([1, 2, 3].map((n) => `H14.22.05-261123-000${n}`));
    const bytes = bytesOf(1, 700_000);
    const states: string[] = [];
    const stored = await world.province.upload(
      outgoing('file-0001', bytes),
      null,
      (state) => states.push(state.location),
      never,
    );
    expect(states).toHaveLength(1);
    expect(Buffer.from(readStoredFile(world.folder, stored.remoteId)!).equals(Buffer.from(bytes))).toBe(true);
    const record = recordFor(numbers[0]!, [stored]);
    const receipt = await world.province.send(record, 'dossier-0001', false, never);
    expect(receipt.recordSha256).toBe(recordSha256(record));
    expect(receipt.at).toBe(NOW.toISOString());
    expect(await world.province.findReceipt('dossier-0001', never)).toEqual(receipt);
    expect(await world.province.findReceipt('dossier-0002', never)).toBeNull();
    const snapshot = await exportRecord(world.folder, numbers[0]!);
    expect(snapshot.files).toEqual([
      { IdTepTin: stored.remoteId, HashTepTin: stored.sha256, KichThuoc: 700_000 },
    ]);
    expect(JSON.parse(readFileSync(`${world.folder}/record.json`, 'utf8'))).toEqual(snapshot);
  });
});

const block = { unit: UNIT, day: DAY, count: 1, key: 'block-0001' };

describe('faults of the province have names', () => {
  test.each<[Fault, string, Record<string, unknown>]>([
    [{ kind: 'down', at: 'any' }, 'PROVINCE_UNREACHABLE', { reason: 'ECONNREFUSED', sent: false }],
    [{ kind: 'drop', at: 'record' }, 'PROVINCE_UNREACHABLE', { sent: true }],
    [{ kind: 'lost-answer', at: 'record' }, 'PROVINCE_UNREACHABLE', { sent: true }],
    [{ kind: 'slow', at: 'record', delayMs: 60_000 }, 'PROVINCE_TIMEOUT', { afterMs: 300 }],
    [{ kind: 'unauthorized', at: 'record', times: 2 }, 'PROVINCE_UNAUTHORIZED', { status: 401 }],
    [{ kind: 'forbidden', at: 'record' }, 'PROVINCE_FORBIDDEN', { status: 403 }],
    [{ kind: 'forbidden', at: 'token' }, 'PROVINCE_FORBIDDEN', { status: 403 }],
    [{ kind: 'failed', at: 'record' }, 'PROVINCE_FAILED', { status: 500 }],
    [{ kind: 'failed', at: 'record', status: 502 }, 'PROVINCE_FAILED', { status: 502 }],
    [{ kind: 'failed', at: 'record', status: 429 }, 'PROVINCE_FAILED', { status: 429 }],
    [{ kind: 'too-large', at: 'record' }, 'PROVINCE_REFUSED', { status: 413, reason: 'too-large' }],
    [{ kind: 'html', at: 'record' }, 'PROVINCE_PROTOCOL', { contentType: 'text/html' }],
    [{ kind: 'html', at: 'token' }, 'PROVINCE_PROTOCOL', { contentType: 'text/html' }],
    [{ kind: 'garbage', at: 'record' }, 'PROVINCE_PROTOCOL', { reason: 'json' }],
    [{ kind: 'endless', at: 'record' }, 'PROVINCE_PROTOCOL', { reason: 'reply-too-large' }],
    [{ kind: 'redirect', at: 'record' }, 'PROVINCE_PROTOCOL', { reason: 'redirect' }],
    [{ kind: 'wrong-receipt' }, 'PROVINCE_HASH_MISMATCH', { what: 'receipt-code' }],
    [
      { kind: 'clock', shiftMs: -86_400_000 },
      'PROVINCE_REFUSED',
      { errorCode: '1', fields: 'NgayTiepNhan:future' },
    ],
  ])('$kind at $at: %s', async (fault, code, details) => {
    world = await startWorld();
    const record = recordFor(await world.code(), []);
    await world.simulator.control.inject(fault);
    // The first call after the end may still meet the connection that was kept open.
    if (fault.kind === 'down') await failure(world.province.findReceipt('dossier-0001', never));
    const error = await failure(
      world
        .connect({ timeouts: { request: fault.kind === 'slow' ? 300 : 30_000 } })
        .send(record, 'dossier-0001', false, never),
    );
    expect(error.code).toBe(code);
    expect(error.details).toMatchObject(details);
    expect(JSON.stringify(error.details)).not.toContain('Hoàng');
  });

  test('a wrong client secret', async () => {
    world = await startWorld();
    const error = await failure(world.connect({ clientSecret: 'wrong' }).reserveNumbers(block, never));
    expect([error.code, error.details.step]).toEqual(['PROVINCE_UNAUTHORIZED', 'token']);
    expect(`${error.message} ${error.stack}`).not.toContain('wrong');
  });

  test('a revoked token is renewed once, without anybody noticing', async () => {
    world = await startWorld();
    await world.province.reserveNumbers(block, never);
    world.simulator.control.revokeTokens();
    expect(await world.province.reserveNumbers(block, never)).toHaveLength(1);
    expect(world.simulator.control.stats().requests.token).toBe(2);
  });

  test('one token serves until shortly before its end, then a new one is fetched without a 401', async () => {
    world = await startWorld({ tokenSeconds: 100 });
    let now = 0;
    const province = world.connect({ monotonic: () => now });
    for (const [at, tokens] of [
      [0, 1],
      [89_000, 1],
      [91_000, 2],
    ] as const) {
      now = at;
      await province.findReceipt('dossier-0001', never);
      expect(world.simulator.control.stats().requests.token).toBe(tokens);
    }
  });

  test('no numbers left', async () => {
    world = await startWorld();
    await world.simulator.control.inject({ kind: 'no-numbers' });
    expect((await failure(world.province.reserveNumbers(block, never))).code).toBe('PROVINCE_NO_NUMBERS');
  });

  test('numbers of another unit are refused, and one key gives one block', async () => {
    world = await startWorld();
    const first = await world.province.reserveNumbers({ ...block, count: 5 }, never);
    expect(await world.province.reserveNumbers({ ...block, count: 5 }, never)).toEqual(first);
    const other = await failure(world.province.reserveNumbers({ ...block, count: 6 }, never));
    expect(other.code).toBe('PROVINCE_CONFLICT');
    const foreign = await failure(
      world.province.reserveNumbers({ ...block, unit: 'H14.99', key: 'block-0002' }, never),
    );
    expect([foreign.code, foreign.details.fields]).toEqual(['PROVINCE_REFUSED', 'unit:unknown']);
    const next = await world.province.reserveNumbers({ ...block, count: 2, key: 'block-0003' }, never);
    expect(next).toEqual(['H14.22.05-261123-0006', 'H14.22.05-261123-0007']);
  });

  test('what becomes of a dossier takes the place of what is held, and every key is answered for ever', async () => {
    world = await startWorld();
    const record = recordFor(await world.code(), []);
    const unknown = await failure(world.province.send(record, 'dossier-0001/9', true, never));
    expect([unknown.code, unknown.details.fields]).toEqual(['PROVINCE_REFUSED', 'MaHoSo:unknown']);
    const first = await world.province.send(record, 'dossier-0001', false, never);
    const later = { ...record, TrangThaiHoSo: '4' };
    const second = await world.province.send(later, 'dossier-0001/9', true, never);
    expect(await world.province.send(later, 'dossier-0001/9', true, never)).toEqual(second);
    expect(second.recordSha256).toBe(recordSha256(later));
    expect(await world.province.findReceipt('dossier-0001', never)).toEqual(first);
    expect(await world.province.findReceipt('dossier-0001/9', never)).toEqual(second);
    const held = world.simulator.control.records();
    expect(held.map((r) => r.record.TrangThaiHoSo)).toEqual(['4']);
  });

  test('the same record twice gives the same receipt; another record under the key is a conflict', async () => {
    world = await startWorld();
    const record = recordFor(await world.code(), []);
    const receipt = await world.province.send(record, 'dossier-0001', false, never);
    expect(await world.province.send(record, 'dossier-0001', false, never)).toEqual(receipt);
    const changed = await failure(
      world.province.send({ ...record, GhiChu: 'khác' }, 'dossier-0001', false, never),
    );
    expect([changed.code, changed.details.status]).toEqual(['PROVINCE_CONFLICT', 409]);
    const again = await failure(world.province.send(record, 'dossier-0002', false, never));
    expect([again.code, again.details.errorCode]).toEqual(['PROVINCE_CONFLICT', '3']);
    expect(world.simulator.control.records()).toHaveLength(1);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a number instead of a string', { KenhThucHien: 1 }, 'KenhThucHien:string'],
    ['a missing name', { ChuHoSo: ' ' }, 'ChuHoSo:required'],
    ['an impossible date', { NgayHenTra: '20261331000000' }, 'NgayHenTra:date'],
    ['a due date before the receipt', { NgayHenTra: '20261101000000' }, 'NgayHenTra:before'],
    ['a code that was never issued', { MaHoSo: 'H14.22.05-261123-0777' }, 'MaHoSo:not-issued'],
    ['the code of another unit', { MaHoSo: 'H14.22.06-261123-0001' }, 'MaHoSo:shape'],
    ['a code as a path', { MaHoSo: '../../../etc/passwd' }, 'MaHoSo:shape'],
    [
      'a wrong identity number',
      { DinhDanhCHS: [{ LoaiDinhDanh: '1', SoDinhDanh: '123' }] },
      'DinhDanhCHS[0]:identity',
    ],
    ['a summary that is too long', { TrichYeuHoSo: 'x'.repeat(1001) }, 'TrichYeuHoSo:length'],
  ])('the province refuses %s and names the field', async (_, change, fields) => {
    world = await startWorld();
    const record = { ...recordFor(await world.code(), []), ...change };
    const error = await failure(world.province.send(record, 'dossier-0001', false, never));
    expect(error.code).toBe('PROVINCE_REFUSED');
    expect(String(error.details.fields).split(' ')).toContain(fields);
    expect(world.simulator.control.records()).toHaveLength(0);
  });

  test('the province refuses a record whose file it does not hold, or holds with another hash', async () => {
    world = await startWorld();
    const code = await world.code();
    const stored = await world.province.upload(outgoing('file-0001', bytesOf(1, 10)), null, () => {}, never);
    const foreign = { remoteId: '00000000-0000-4000-8000-000000000000', sha256: stored.sha256 };
    const unknown = await failure(
      world.province.send(recordFor(code, [foreign]), 'dossier-0001', false, never),
    );
    expect(unknown.details.fields).toBe('TaiLieuNop[0].TepDinhKemId:unknown');
    const wrong = { ...stored, sha256: '0'.repeat(64) };
    const mismatch = await failure(
      world.province.send(recordFor(code, [wrong]), 'dossier-0001', false, never),
    );
    expect(mismatch.details.fields).toBe('TaiLieuNop[0].HashTepTin:hash');
  });

  test('a 404 that is not the province speaking is no proof that it has nothing', async () => {
    world = await startWorld();
    const page = { status: 404, headers: { 'content-type': 'text/html' } };
    const province = world.connect({
      fetch: async (input, init) =>
        String(input).includes('bien-nhan') ? new Response('<h1>Not Found</h1>', page) : fetch(input, init),
    });
    expect((await failure(province.findReceipt('dossier-0001', never))).code).toBe('PROVINCE_PROTOCOL');
  });

  test('an aborted call is CANCELLED, before and during the exchange', async () => {
    world = await startWorld();
    await world.simulator.control.inject({ kind: 'slow', at: 'receipt', delayMs: 60_000 });
    const abort = new AbortController();
    const pending = failure(world.province.findReceipt('dossier-0001', abort.signal));
    setTimeout(() => abort.abort(), 50);
    expect((await pending).code).toBe('CANCELLED');
    expect((await failure(world.province.findReceipt('dossier-0001', abort.signal))).code).toBe('CANCELLED');
  });
});

describe('the line to the province is protected', () => {
  test.each([
    'http://province.example/',
    'ftp://127.0.0.1/',
    'not a url',
    'https://user:secret@province.example/',
  ])('the base URL %s is refused at once', async (baseUrl) => {
    world = await startWorld();
    expect(() => world.connect({ baseUrl })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  test('a server with a certificate that nobody vouches for gets no request', async () => {
    world = await startWorld();
    const keys = forge.pki.rsa.generateKeyPair(2048);
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.serialNumber = '01';
    certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
    certificate.setSubject([{ name: 'commonName', value: '127.0.0.1' }]);
    certificate.setIssuer([{ name: 'commonName', value: '127.0.0.1' }]);
    certificate.sign(keys.privateKey, forge.md.sha256.create());
    const pem = {
      key: forge.pki.privateKeyToPem(keys.privateKey),
      cert: forge.pki.certificateToPem(certificate),
    };
    let requests = 0;
    const server = createServer(pem, (_, response) => {
      requests += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const error = await failure(
      world.connect({ baseUrl: `https://127.0.0.1:${port}` }).findReceipt('dossier-0001', never),
    );
    server.close();
    expect([error.code, error.details]).toEqual([
      'PROVINCE_UNREACHABLE',
      { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT', sent: false },
    ]);
    expect(requests).toBe(0);
  });

  test('an upload location at another host is not followed', async () => {
    world = await startWorld();
    const state = { location: 'http://127.0.0.2:9/tep/00000000-0000-4000-8000-000000000000' };
    const error = await failure(
      world.province.upload(outgoing('file-0001', bytesOf(1, 10)), state, () => {}, never),
    );
    expect([error.code, error.details.reason]).toEqual(['PROVINCE_PROTOCOL', 'upload-location']);
    expect(world.simulator.control.stats().requests.upload).toBe(0);
  });
});

describe('uploads', () => {
  const CHUNK = 64 * 1024;
  const size = 1_000_000;

  test.each(Array.from({ length: 8 }, (_, i) => i + 1))(
    'cut three times at random places (seed %i): goes on from there, at most a chunk sent again for each cut',
    async (seed) => {
      world = await startWorld();
      const random = seeded(seed);
      const file = outgoing('file-0001', bytesOf(seed, size));
      for (let i = 0; i < 3; i += 1) {
        await world.simulator.control.inject({
          kind: 'cut-upload',
          atByte: Math.floor(random() * 300_000) + 1,
        });
      }
      const stored = await world.connect({ chunkBytes: CHUNK }).upload(file, null, () => {}, never);
      expect(Buffer.from(readStoredFile(world.folder, stored.remoteId)!).equals(bytesOf(seed, size))).toBe(
        true,
      );
      const stats = world.simulator.control.stats();
      expect(world.simulator.control.pendingFaults()).toBe(0);
      expect(stats.uploadBytesKept).toBe(size);
      expect(stats.uploadBytesReceived).toBeLessThanOrEqual(size + 3 * CHUNK);
    },
  );

  test('another process goes on with what an earlier one left, sending only the rest', async () => {
    world = await startWorld();
    const file = outgoing('file-0001', bytesOf(3, size));
    const abort = new AbortController();
    let location = '';
    const keep = (state: UploadState) => {
      location = state.location;
    };
    let reads = 0;
    const slowly = {
      ...file,
      read(offset: number, length: number) {
        reads += 1;
        if (reads > 5) abort.abort();
        return file.read(offset, length);
      },
    };
    const first = world.connect({ chunkBytes: CHUNK });
    const cut = await failure(first.upload(slowly, null, keep, abort.signal));
    expect(cut.code).toBe('CANCELLED');
    await world.connect({ chunkBytes: CHUNK }).upload(file, { location }, () => {}, never);
    expect(world.simulator.control.stats()).toMatchObject({ uploadBytesKept: size });
  });

  test('without a kept location the key finds the unfinished upload again', async () => {
    world = await startWorld();
    const file = outgoing('file-0001', bytesOf(3, size));
    await world.simulator.control.inject({ kind: 'cut-upload', atByte: 500_000 });
    await world.simulator.control.inject({ kind: 'drop', at: 'upload', after: 10, times: 5 });
    await failure(world.connect({ chunkBytes: CHUNK }).upload(file, null, () => {}, never));
    await world.simulator.control.clear();
    await world.connect({ chunkBytes: CHUNK }).upload(file, null, () => {}, never);
    expect(world.simulator.control.files()).toHaveLength(1);
    expect(world.simulator.control.stats().uploadBytesKept).toBe(size);
  });

  test('the same key for another file is a conflict', async () => {
    world = await startWorld();
    await world.province.upload(outgoing('file-0001', bytesOf(1, 100)), null, () => {}, never);
    const error = await failure(
      world.province.upload(outgoing('file-0001', bytesOf(2, 100)), null, () => {}, never),
    );
    expect(error.code).toBe('PROVINCE_CONFLICT');
  });

  test('an upload that the province has forgotten is begun anew', async () => {
    world = await startWorld();
    const file = outgoing('file-0001', bytesOf(1, size));
    await world.simulator.control.inject({ kind: 'cut-upload', atByte: 500_000 });
    await world.simulator.control.inject({ kind: 'forget-upload' });
    const states: string[] = [];
    const stored = await world.province.upload(file, null, (s) => states.push(s.location), never);
    expect(new Set(states).size).toBe(2);
    expect(Buffer.from(readStoredFile(world.folder, stored.remoteId)!).equals(bytesOf(1, size))).toBe(true);
  });

  test('a token that ends in mid-upload is renewed and the upload goes on', async () => {
    let now = NOW.getTime();
    world = await startWorld({ tokenSeconds: 60, clock: { now: () => new Date(now) } });
    const file = outgoing('file-0001', bytesOf(1, size), () => {
      now += 25_000;
    });
    await world.connect({ chunkBytes: CHUNK }).upload(file, null, () => {}, never);
    expect(world.simulator.control.stats().requests.token).toBeGreaterThan(3);
    expect(world.simulator.control.stats().uploadBytesKept).toBe(size);
  });

  test('a chunk damaged on the way is sent again; damaged for ever it is a hash mismatch', async () => {
    world = await startWorld();
    await world.simulator.control.inject({ kind: 'damaged-chunk' });
    await world.province.upload(outgoing('file-0001', bytesOf(1, size)), null, () => {}, never);
    await world.simulator.control.inject({ kind: 'damaged-chunk', times: 50 });
    const error = await failure(
      world.province.upload(outgoing('file-0002', bytesOf(2, size)), null, () => {}, never),
    );
    expect([error.code, error.details.what]).toEqual(['PROVINCE_HASH_MISMATCH', 'chunk']);
  });

  test('a gateway that takes only small bodies gets smaller chunks', async () => {
    world = await startWorld();
    const limit = 200_000;
    const province = world.connect({
      fetch: async (input, init) => {
        const body = init?.body;
        const tooLarge = body instanceof Uint8Array && body.length > limit;
        return tooLarge ? new Response('<h1>413</h1>', { status: 413 }) : fetch(input, init);
      },
    });
    await province.upload(outgoing('file-0001', bytesOf(1, size)), null, () => {}, never);
    expect(world.simulator.control.stats().uploadBytesKept).toBe(size);
  });

  test('a file whose bytes are not what its hash promises is never taken as stored', async () => {
    world = await startWorld();
    const file = { ...outgoing('file-0001', bytesOf(1, 1000)), sha256: '0'.repeat(64) };
    expect((await failure(world.province.upload(file, null, () => {}, never))).code).toBe(
      'PROVINCE_HASH_MISMATCH',
    );
    expect(world.simulator.control.files()).toHaveLength(0);
  });

  test('a vault that gives too few bytes is named', async () => {
    world = await startWorld();
    const file = { ...outgoing('file-0001', bytesOf(1, 1000)), read: async () => new Uint8Array(10) };
    expect((await failure(world.province.upload(file, null, () => {}, never))).code).toBe(
      'VAULT_OBJECT_CORRUPT',
    );
  });

  test('a province that lies about the hash of a stored file is not believed', async () => {
    world = await startWorld();
    await world.simulator.control.inject({ kind: 'lying-hash' });
    const error = await failure(
      world.province.upload(outgoing('file-0001', bytesOf(1, 10)), null, () => {}, never),
    );
    expect([error.code, error.details.what]).toEqual(['PROVINCE_HASH_MISMATCH', 'file']);
  });
});

test('connectProvince works with an id and secret of any characters', async () => {
  world = await startWorld({ clients: [{ id: 'a:b+c d%', secret: 'ố:=&+ %41' }] });
  const options = {
    baseUrl: world.simulator.url,
    unit: UNIT,
    clientId: 'a:b+c d%',
    clientSecret: 'ố:=&+ %41',
  };
  expect(await connectProvince(options).reserveNumbers(block, never)).toHaveLength(1);
});
