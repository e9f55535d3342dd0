import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import type { SigningKey } from '../../src/main/signing/port.ts';
import { signPdf } from '../../src/main/signing/writing/sign-pdf.ts';

/** What the service does otherwise than it should. */
export type Misbehaviour =
  | 'refuses'
  | 'never-answers'
  | 'closes'
  | 'garbage'
  | 'other-document'
  | 'unsigned'
  | 'nothing-returned'
  | 'changed-afterwards'
  | 'two-uploads'
  | 'huge'
  | 'empty-form';

export interface FakeSignService {
  readonly url: string;
  /** Operations that were asked for, in order. */
  readonly asked: string[];
  /** HTTP status of every transfer, in order. */
  readonly transfers: number[];
  misbehave(how: Misbehaviour | null): void;
  /** Hands the signed file over as a form, as browsers do, or as a bare body. */
  sendAs(how: 'form' | 'body'): void;
  stop(): Promise<void>;
}

interface Request {
  readonly FileUploadHandler: string;
  readonly FileName: string;
}

/**
 * A stand-in for VGCA Sign Service with its own self-made certificate: it fetches the document, signs it with `key` and
 * hands it in, by the messages of the service (facts of the field §5.6).
 */
export async function startSignService(
  key: SigningKey,
  identity: { readonly key: string; readonly cert: string },
): Promise<FakeSignService> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sign-service-'));
  const server = https.createServer(identity);
  const sockets = new WebSocketServer({ server });
  const asked: string[] = [];
  const transfers: number[] = [];
  let how: Misbehaviour | null = null;
  let form = true;

  async function signed(document: Buffer): Promise<Buffer> {
    const input = path.join(folder, 'in.pdf');
    const output = path.join(folder, 'out.pdf');
    await writeFile(input, document);
    await signPdf({ input, output, key, appearance: { kind: 'invisible' }, at: new Date() });
    return readFile(output);
  }

  async function result(document: Buffer): Promise<Buffer> {
    if (how === 'unsigned') return Buffer.concat([document, Buffer.from('\n')]);
    if (how === 'huge') return Buffer.concat([document, Buffer.alloc(40 << 20)]);
    const whole = await signed(document);
    if (how === 'other-document') whole[20] = whole[20]! ^ 1;
    if (how === 'changed-afterwards') {
      const at = whole.lastIndexOf('/M (D:') + 8;
      whole[at] = whole[at]! ^ 1;
    }
    return whole;
  }

  async function upload(url: string, file: Buffer): Promise<void> {
    const data = new FormData();
    if (how !== 'empty-form') data.append('uploadfile', new Blob([new Uint8Array(file)]), 'document.pdf');
    const body = form ? data : new Uint8Array(file);
    const response = await fetch(url, { method: 'POST', body }).catch(() => null);
    transfers.push(response?.status ?? 0);
  }

  async function work({ FileName: from, FileUploadHandler: to }: Request): Promise<string | null> {
    if (how === 'refuses') return JSON.stringify({ Status: 4, Message: 'PIN', Error: '' });
    if (how === 'garbage') return '<html>';
    const fetched = await fetch(from);
    transfers.push(fetched.status);
    const document = Buffer.from(await fetched.arrayBuffer());
    if (how === 'never-answers') return null;
    if (how !== 'nothing-returned') await upload(to, await result(document));
    if (how === 'two-uploads') await upload(to, Buffer.from('%PDF-1.4 another'));
    return JSON.stringify({ Status: 0, Message: '', FileName: 'document.pdf', FileServer: '', Error: null });
  }

  sockets.on('connection', (socket, request) => {
    socket.on('message', (data) => {
      asked.push(request.url ?? '');
      if (how === 'closes') return socket.close();
      work(JSON.parse(data.toString()) as Request).then(
        (answer) => answer !== null && socket.send(answer),
        () => socket.close(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `wss://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    transfers,
    misbehave(next) {
      how = next;
    },
    sendAs(next) {
      form = next === 'form';
    },
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
