import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLIENT, startWorld, type World } from './support/world.ts';

let world: World;
let bearer: string;
beforeEach(async () => {
  world = await startWorld();
  const form = { grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: CLIENT.secret };
  const reply = await fetch(`${world.simulator.url}/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  bearer = `Bearer ${((await reply.json()) as { access_token: string }).access_token}`;
});
afterEach(() => world.stop());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A foreign client: Node's plain HTTP, not the connector's fetch. */
function call(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { authorization: bearer, 'content-length': String(Buffer.byteLength(body)), ...headers };
    const outgoing = request(`${world.simulator.url}${path}`, { method, headers: all }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const TUS = { 'tus-resumable': '1.0.0' };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const sha256 = (text: string, as: 'hex' | 'base64') => createHash('sha256').update(text).digest(as);

async function create(content: string): Promise<string> {
  const metadata = `filename ${base64('a.pdf')},sha256 ${base64(sha256(content, 'hex'))},key ${base64('file-0001')}`;
  const headers = { ...TUS, 'upload-length': String(content.length), 'upload-metadata': metadata };
  return String((await call('POST', '/tep', headers)).headers.location);
}

function patch(
  path: string,
  offset: number,
  chunk: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  const headers = {
    ...TUS,
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
    'upload-checksum': `sha256 ${sha256(chunk, 'base64')}`,
    ...more,
  };
  return call('PATCH', path, headers, chunk);
}

describe('the simulated province towards a foreign client', () => {
  test('speaks tus: options, creation, chunks, offset', async () => {
    const options = await call('OPTIONS', '/tep', TUS);
    expect([options.status, options.headers['tus-extension']]).toEqual([204, 'creation,checksum']);
    const path = await create('xin chao');
    expect((await patch(path, 0, 'xin ')).headers['upload-offset']).toBe('4');
    const head = await call('HEAD', path, TUS);
    expect([head.status, head.headers['upload-offset'], head.headers['upload-length']]).toEqual([
      200,
      '4',
      '8',
    ]);
    expect((await call('GET', path)).status).toBe(425);
    expect((await patch(path, 4, 'chao')).status).toBe(204);
    expect(JSON.parse((await call('GET', path)).body)).toMatchObject({
      error_code: '0',
      result: [{ HashTepTin: sha256('xin chao', 'hex'), KichThuoc: '8' }],
    });
  });

  test.each<[string, number, Record<string, string>, string, number]>([
    ['another protocol version', 0, { 'tus-resumable': '0.2.2' }, 'xin ', 412],
    ['another content type', 0, { 'content-type': 'application/json' }, 'xin ', 415],
    ['a wrong offset', 3, {}, 'xin ', 409],
    ['an offset that is no number', 0, { 'upload-offset': '-1' }, 'xin ', 409],
    ['a wrong checksum', 0, { 'upload-checksum': `sha256 ${base64('x')}` }, 'xin ', 460],
    ['no checksum', 0, { 'upload-checksum': '' }, 'xin ', 400],
    ['more than was announced', 0, {}, 'xin chao ban', 400],
  ])('a chunk with %s changes nothing', async (_, offset, headers, chunk, status) => {
    const path = await create('xin chao');
    expect((await patch(path, offset, chunk, headers)).status).toBe(status);
    expect((await call('HEAD', path, TUS)).headers['upload-offset']).toBe('0');
  });

  test.each([
    ['no token', 'POST', '/DongBoHoSoMC', { authorization: '' }, '{}', 401],
    ['a made-up token', 'GET', '/bien-nhan?key=abcdefgh', { authorization: 'Bearer x' }, '', 401],
    ['no key', 'POST', '/DongBoHoSoMC', {}, '{}', 400],
    ['no JSON', 'POST', '/DongBoHoSoMC', { 'idempotency-key': 'dossier-0001' }, '{"madonvi":', 400],
    ['another envelope', 'POST', '/DongBoHoSoMC', { 'idempotency-key': 'dossier-0001' }, '[]', 400],
    ['an unknown path', 'GET', '/nothing', {}, '', 404],
    ['a path out of the folder', 'HEAD', '/tep/..%2f..%2fstate.json', TUS, '', 404],
    ['a file that does not exist', 'HEAD', '/tep/00000000-0000-4000-8000-000000000000', TUS, '', 404],
    [
      'too many numbers',
      'POST',
      '/so-ho-so/khoi',
      { 'idempotency-key': 'block-0001' },
      '{"count":100000}',
      400,
    ],
    ['a block named __proto__', 'POST', '/so-ho-so/khoi', { 'idempotency-key': '__proto__' }, '{}', 400],
    ['an endless login', 'POST', '/token', {}, 'x'.repeat(20_000), 413],
    ['another grant', 'POST', '/token', {}, 'grant_type=password', 400],
    [
      'an unknown client',
      'POST',
      '/token',
      {},
      'grant_type=client_credentials&client_id=a&client_secret=b',
      401,
    ],
    [
      'a broken Basic',
      'POST',
      '/token',
      { authorization: 'Basic JTp4' },
      'grant_type=client_credentials',
      401,
    ],
  ])('%s: %s %s is refused', async (_, method, path, headers, body, status) => {
    expect((await call(method, path, headers as Record<string, string>, body)).status).toBe(status);
    expect(world.simulator.control.records()).toHaveLength(0);
  });

  test('a record of more than eight megabytes is refused and the connection survives', async () => {
    const key = { 'idempotency-key': 'dossier-0001' };
    expect((await call('POST', '/DongBoHoSoMC', key, 'x'.repeat(9_000_000))).status).toBe(413);
    expect((await call('GET', '/bien-nhan?key=dossier-0001')).status).toBe(404);
  });

  test('two clients that send the same chunk at once: one is kept, the other told of the offset', async () => {
    const path = await create('xin chao');
    const both = await Promise.all([patch(path, 0, 'xin '), patch(path, 0, 'xin ')]);
    expect(both.map((a) => a.status).sort()).toEqual([204, 409]);
    expect(world.simulator.control.stats().uploadBytesKept).toBe(4);
  });

  test('ten clients that ask for numbers at once get ten different blocks', async () => {
    const body = JSON.stringify({ unit: 'H14.22.05', day: '2026-11-23', count: 3 });
    const keys = Array.from({ length: 10 }, (_, i) => `block-000${i}`);
    const answers = await Promise.all(
      keys.map((key) => call('POST', '/so-ho-so/khoi', { 'idempotency-key': key }, body)),
    );
    const codes = answers.flatMap((a) => (JSON.parse(a.body) as { result: string[] }).result);
    expect(new Set(codes).size).toBe(30);
  });
});
