import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { CounterError } from '../../../contract/errors.ts';
import { asCertificateError, type DevicePin, tlsOptions } from './certificate.ts';

export interface EsclRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly body?: string;
  /** Value of the Host header where a device wants another than the URL's. */
  readonly host?: string;
  readonly pin?: DevicePin;
  /** Makes the connection where the device is not on the network: a stream that emits 'connect' (USB). */
  readonly connect?: () => Duplex;
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
  readonly maxBytes: number;
}

export interface EsclResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** False where the connection ended, fell silent or broke inside the body. */
  readonly whole: boolean;
}

/**
 * One exchange on a connection of its own: scanners close or break kept connections, and a page takes longer than
 * a handshake. Time runs per step (connect, first byte, every read), never in total.
 *
 * A body that breaks off is an answer with `whole` false, because what came before it says what to ask next.
 *
 * @throws CounterError SCANNER_UNREACHABLE, SCANNER_TIMEOUT, SCANNER_CERTIFICATE, SCANNER_PROTOCOL (answer larger
 *   than `maxBytes` or not HTTP), CANCELLED
 */
export function exchange(request: EsclRequest, signal: AbortSignal): Promise<EsclResponse> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new CounterError('CANCELLED'));
      return;
    }
    const sent = open(request);
    const timer = stepTimer();
    let response: http.IncomingMessage | undefined;
    const chunks: Buffer[] = [];
    let size = 0;

    const finish = (settle: () => void) => {
      timer.stop();
      signal.removeEventListener('abort', onAbort);
      settle();
      sent.destroy();
    };
    const fail = (error: CounterError) => finish(() => reject(error));
    const answer = (whole: boolean) =>
      finish(() => {
        if (!response) return;
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks, size), whole });
      });
    const onAbort = () => fail(new CounterError('CANCELLED'));
    signal.addEventListener('abort', onAbort, { once: true });

    const awaitAnswer = () =>
      timer.start(request.firstByteMs, () => fail(new CounterError('SCANNER_TIMEOUT', { step: 'answer' })));
    const unreachable = () => fail(new CounterError('SCANNER_UNREACHABLE', { reason: 'connect-timeout' }));
    timer.start(request.connectMs, unreachable);
    sent.once('socket', (socket) => {
      socket.once(request.url.protocol === 'https:' ? 'secureConnect' : 'connect', awaitAnswer);
    });
    sent.once('error', (error: NodeJS.ErrnoException) => {
      if (response) answer(false);
      else fail(failureOf(error, request));
    });
    sent.once('response', (incoming) => {
      response = incoming;
      const awaitRead = () => timer.start(request.idleMs, () => answer(false));
      awaitRead();
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > request.maxBytes) fail(new CounterError('SCANNER_PROTOCOL', { what: 'answer-too-large' }));
        else awaitRead();
      });
      incoming.once('end', () => answer(incoming.complete));
      incoming.once('error', () => answer(false));
      incoming.once('close', () => answer(incoming.complete));
    });
    sent.end(request.body);
  });
}

function open(request: EsclRequest): http.ClientRequest {
  const { url } = request;
  const headers: http.OutgoingHttpHeaders = { Accept: '*/*', Connection: 'close' };
  if (request.host !== undefined) headers.Host = request.host;
  if (request.body !== undefined) {
    headers['Content-Type'] = 'text/xml';
    headers['Content-Length'] = Buffer.byteLength(request.body);
  }
  const { connect } = request;
  if (connect) {
    // On the USB there is no connection to close, and the device's name is localhost (IPP-over-USB).
    const usbHeaders = { Host: 'localhost', ...headers, Connection: 'keep-alive' };
    return http.request(url, { method: request.method, headers: usbHeaders, createConnection: connect });
  }
  const options = { method: request.method, headers, agent: false as const };
  if (url.protocol !== 'https:') return http.request(url, options);
  return https.request(url, { ...options, ...tlsOptions(request.pin ?? { kind: 'authority' }) });
}

function failureOf(error: NodeJS.ErrnoException, request: EsclRequest): CounterError {
  if (error instanceof CounterError) return error;
  const pinned = request.pin && asCertificateError(error, request.pin);
  if (pinned) return pinned;
  const code = error.code ?? '';
  if (code.startsWith('HPE_') || code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return new CounterError('SCANNER_PROTOCOL', { what: 'not-http', reason: code }, { cause: error });
  }
  return new CounterError('SCANNER_UNREACHABLE', { reason: code || 'network' }, { cause: error });
}

function stepTimer() {
  let running: NodeJS.Timeout | undefined;
  return {
    start(ms: number, expired: () => void) {
      clearTimeout(running);
      running = setTimeout(expired, ms);
    },
    stop() {
      clearTimeout(running);
    },
  };
}
