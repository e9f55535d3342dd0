import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CounterError } from '../../../contract/errors.ts';

/**
 * The signing service fetches a document from an address and sends the signed one to another (facts of the field §5.6).
 * So for as long as one document is under way there is a door on the loopback interface: two addresses that nobody can
 * guess, each good for one use, only for programs of this computer.
 */
export interface Exchange {
  readonly downloadUrl: string;
  readonly uploadUrl: string;
  /** Resolves once a whole file was handed in at `path`; rejects where what came is none. */
  readonly received: Promise<void>;
  close(): Promise<void>;
}

const MAX_RESULT_GROWTH = 16 << 20;

export async function openExchange(input: string, output: string, name: string): Promise<Exchange> {
  const { size } = await stat(input);
  const secret = randomBytes(24).toString('base64url');
  const download = `/${secret}/get/${encodeURIComponent(name)}`;
  const upload = `/${secret}/put`;
  let given = false;
  let taken = false;
  let settle = { resolve: (): void => {}, reject: (_: unknown): void => {} };
  const received = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever asks hears of it; until then a failure is nobody's unhandled one.
  received.catch(() => undefined);

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (request.method === 'GET' && request.url === download && !given) {
      given = true;
      response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': size });
      await pipeline(createReadStream(input), response);
      return;
    }
    if (request.method === 'POST' && request.url === upload && !taken) {
      taken = true;
      try {
        await take(request, output, size + MAX_RESULT_GROWTH);
        reply(response, { Status: true, Message: '', FileName: name, FileServer: '' });
        settle.resolve();
      } catch (error) {
        await rm(output, { force: true });
        reply(response, { Status: false, Message: 'refused', FileName: '', FileServer: '' });
        settle.reject(error);
      }
      return;
    }
    response.writeHead(404).end();
  }

  const server = http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy();
      settle.reject(new CounterError('SIGN_SERVICE_REFUSED', { reason: 'transfer' }, { cause: error }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    downloadUrl: `${origin}${download}`,
    uploadUrl: `${origin}${upload}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(response: http.ServerResponse, body: Readonly<Record<string, unknown>>): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The file as the body, or as the one file of a form (multipart/form-data), as browsers' upload handlers get it. */
async function take(request: http.IncomingMessage, output: string, most: number): Promise<void> {
  const type = request.headers['content-type'] ?? '';
  const body = request.pipe(limit(most));
  if (!/^multipart\/form-data\b/i.test(type)) {
    await pipeline(body, createWriteStream(output, { mode: 0o600 }));
    return;
  }
  const form = await new Response(Readable.toWeb(body) as ReadableStream, {
    headers: { 'content-type': type },
  })
    .formData()
    .catch((cause: unknown) => {
      if (body.errored instanceof CounterError) throw body.errored;
      throw new CounterError('SIGN_SERVICE_REFUSED', { reason: 'form' }, { cause });
    });
  const files = [...form.values()].filter((value) => typeof value !== 'string');
  if (files.length !== 1) throw new CounterError('SIGN_SERVICE_REFUSED', { reason: 'form-files' });
  await pipeline(Readable.fromWeb(files[0]!.stream() as never), createWriteStream(output, { mode: 0o600 }));
}

function limit(most: number): Transform {
  let left = most;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      done(left < 0 ? new CounterError('SIGN_SERVICE_REFUSED', { reason: 'too-large' }) : null, chunk);
    },
  });
}
