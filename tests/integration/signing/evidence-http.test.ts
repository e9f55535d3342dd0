import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FetchError, httpFetch } from '../../../src/main/signing/evidence/http.ts';

const never = new AbortController().signal;

describe('fetching from addresses in certificates', () => {
  const seen: { method: string; url: string; host: string; type: string; body: string }[] = [];
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const type = headers['content-type'] ?? '';
      seen.push({ method, url, host: headers.host ?? '', type, body: Buffer.concat(parts).toString() });
      answer(url, response);
    });
  });
  let port: number;

  function answer(url: string, response: http.ServerResponse): void {
    const hops = /^\/hop(\d)$/.exec(url);
    if (hops) {
      const left = Number(hops[1]) - 1;
      response.writeHead(302, { location: left === 0 ? '/here' : `/hop${left}` }).end();
    } else if (url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (url === '/inside') response.writeHead(302, { location: `http://127.0.0.1:${port}/here` }).end();
    else if (url === '/long') response.writeHead(200, { 'content-length': 5000 }).end(Buffer.alloc(5000));
    else if (url === '/endless') pour(response);
    else if (url === '/stalls') response.writeHead(200).write('một');
    else if (url === '/breaks') {
      response.writeHead(200, { 'content-length': 100 });
      response.write('một', () => response.destroy());
    } else response.end('đây');
  }
  function pour(response: http.ServerResponse): void {
    response.writeHead(200);
    const more = () => {
      if (!response.destroyed) response.write(Buffer.alloc(1 << 14), () => setImmediate(more));
    };
    more();
  }

  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  const get = (path: string, more: { body?: Uint8Array; totalMs?: number; idleMs?: number } = {}) => {
    const url = path.includes('://') ? path : `http://CRL.thu-nghiem.test${path}`;
    const common = { url, accept: '*/*', maxBytes: 1000, totalMs: 20_000, idleMs: 20_000 };
    return httpFetch({ 'crl.thu-nghiem.test': `127.0.0.1:${port}` })(
      { ...common, contentType: 'application/ocsp-request', ...more },
      never,
    );
  };
  const failure = (reason: string) => expect.objectContaining({ name: 'FetchError', reason });

  it('goes where the table of hosts leads, with path and question kept', async () => {
    expect(Buffer.from(await get('/a/b.crl?c=d')).toString()).toBe('đây');
    expect(seen.at(-1)).toMatchObject({ method: 'GET', url: '/a/b.crl?c=d', host: `127.0.0.1:${port}` });
    await get('/ocsp', { body: Buffer.from('hỏi') });
    expect(seen.at(-1)).toMatchObject({ method: 'POST', type: 'application/ocsp-request', body: 'hỏi' });
  });

  it.each([
    'file:///etc/passwd',
    'ftp://crl.thu-nghiem.test/x',
    'ldap://crl.thu-nghiem.test/cn=x',
    'http://user:pass@crl.thu-nghiem.test/',
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://2130706433/',
    'http://10.0.0.1/',
    'http://localhost/',
    'http://may-chu/',
    'không phải địa chỉ',
    '',
  ])('does not go to %s', async (address) => {
    await expect(httpFetch({})({ ...request(address) }, never)).rejects.toEqual(failure('address'));
  });
  const request = (url: string) => ({ url, accept: '*/*', maxBytes: 10, totalMs: 5_000, idleMs: 5_000 });

  it('does not go to a name that leads to this machine', async () => {
    // RFC 6761 §6.3: every resolver answers names below localhost with loopback, or not at all.
    const outcome = await httpFetch({})(request('http://crl.localhost/'), never).catch((e: unknown) => e);
    expect(outcome).toBeInstanceOf(FetchError);
    expect(['address', 'unreachable']).toContain((outcome as FetchError).reason);
  });

  it('follows three redirects, none of them elsewhere than the table allows, and none with a question', async () => {
    expect(Buffer.from(await get('/hop3')).toString()).toBe('đây');
    await expect(get('/hop4')).rejects.toEqual(failure('redirects'));
    await expect(get('/file')).rejects.toEqual(failure('address'));
    await expect(get('/inside')).rejects.toEqual(failure('address'));
    await expect(get('/hop1', { body: Buffer.from('x') })).rejects.toEqual(failure('status'));
  });

  it('takes no more than it was told, said or poured', async () => {
    await expect(get('/long')).rejects.toEqual(failure('too-large'));
    await expect(get('/endless')).rejects.toEqual(failure('too-large'));
  });

  it('waits no longer than it was told, for a read and in all', async () => {
    await expect(get('/stalls', { idleMs: 50 })).rejects.toEqual(failure('timeout'));
    await expect(get('/stalls', { totalMs: 100 })).rejects.toEqual(failure('timeout'));
  });

  it('does not take a part for the whole', async () => {
    await expect(get('/breaks')).rejects.toEqual(failure('broken-off'));
  });

  it('ends at once when it is not wanted any more', async () => {
    const abort = new AbortController();
    const url = `http://crl.thu-nghiem.test/stalls`;
    const outcome = httpFetch({ 'crl.thu-nghiem.test': `127.0.0.1:${port}` })(request(url), abort.signal);
    setTimeout(() => abort.abort(), 50);
    await expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
