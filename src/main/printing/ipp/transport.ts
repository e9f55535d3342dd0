import { createReadStream } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { CounterError } from '../../../contract/errors.ts';
import { asCertificateError, type DevicePin, tlsOptions } from '../../scanning/escl/certificate.ts';
import type { PrintLimits } from './limits.ts';

export interface IppPost {
  readonly url: URL;
  readonly message: Buffer;
  /** Follows the message. `bytes` is its length, so that no printer needs to take chunks. */
  readonly document?: { readonly file: string; readonly bytes: number };
  readonly pin?: DevicePin;
  readonly connect?: () => Duplex;
}

/**
 * One IPP message over HTTP (RFC 8010 §4) on a connection of its own; the answer's octets. A
 * document's failure other than a refusal by the printer means that nobody knows what became of it.
 *
 * @throws CounterError PRINTER_UNREACHABLE, PRINTER_CERTIFICATE, PRINTER_DENIED, PRINTER_BUSY, PRINTER_REJECTED,
 *   PRINTER_PROTOCOL, CANCELLED
 */
export function postIpp(post: IppPost, limits: PrintLimits, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new CounterError('CANCELLED'));
      return;
    }
    const request = open(post);
    const document = post.document && createReadStream(post.document.file);
    const chunks: Buffer[] = [];
    let size = 0;
    let timer: NodeJS.Timeout | undefined;
    let step = 'connect';

    const within = (ms: number, next: string) => {
      clearTimeout(timer);
      step = next;
      timer = setTimeout(
        () => fail(new CounterError('PRINTER_UNREACHABLE', { reason: 'timeout', step })),
        ms,
      );
    };
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      settle();
      document?.destroy();
      request.destroy();
      // Without an agent a connection outlives its request where the printer would keep it.
      request.socket?.destroy();
    };
    const fail = (error: unknown) => finish(() => reject(error));
    const onAbort = () => fail(new CounterError('CANCELLED'));
    signal.addEventListener('abort', onAbort, { once: true });

    within(limits.connectMs, 'connect');
    request.once('socket', (socket) => {
      socket.once(post.url.protocol === 'https:' ? 'secureConnect' : 'connect', () =>
        within(document ? limits.sendIdleMs : limits.answerMs, 'send'),
      );
    });
    // Not once: what breaks after the end has nobody else to hear it.
    request.on('error', (error: NodeJS.ErrnoException) => fail(failureOf(error, post)));
    request.once('response', (response) => {
      within(limits.answerMs, 'answer');
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > limits.maxAnswerBytes)
          fail(new CounterError('PRINTER_PROTOCOL', { what: 'answer-too-large' }));
        else within(limits.answerMs, 'answer');
      });
      const end = () => {
        const refusal = refusalOf(response.statusCode ?? 0);
        if (refusal) fail(refusal);
        else if (!response.complete)
          fail(new CounterError('PRINTER_UNREACHABLE', { reason: 'cut', step: 'answer' }));
        else finish(() => resolve(Buffer.concat(chunks, size)));
      };
      response.once('end', end);
      response.once('close', end);
      response.once('error', end);
    });

    request.write(post.message);
    if (!document) {
      request.end();
      return;
    }
    document.on('data', () => {
      if (step !== 'connect') within(limits.sendIdleMs, 'send');
    });
    document.once('end', () => within(limits.documentMs, 'answer'));
    document.once('error', (error) =>
      fail(new CounterError('FILE_MISSING', { reason: 'unreadable' }, { cause: error })),
    );
    document.pipe(request);
  });
}

function open(post: IppPost): http.ClientRequest {
  const { url, connect } = post;
  const headers: http.OutgoingHttpHeaders = {
    'Content-Type': 'application/ipp',
    'Content-Length': post.message.length + (post.document?.bytes ?? 0),
    Accept: 'application/ipp',
  };
  const options = { method: 'POST', headers };
  if (connect) {
    // On the USB there is no connection to close, and the device's name is localhost (IPP-over-USB).
    const usbHeaders = { ...headers, Host: 'localhost', Connection: 'keep-alive' };
    return http.request(url, { method: 'POST', headers: usbHeaders, createConnection: connect });
  }
  if (url.protocol !== 'https:') return http.request(url, { ...options, agent: false });
  return https.request(url, { ...options, agent: false, ...tlsOptions(post.pin ?? { kind: 'authority' }) });
}

/** HTTP statuses that never carry an IPP answer (RFC 8010 §4.1). */
function refusalOf(status: number): CounterError | undefined {
  if (status === 200) return undefined;
  if (status === 401 || status === 403) return new CounterError('PRINTER_DENIED', { status });
  if (status === 503) return new CounterError('PRINTER_BUSY', { status });
  if (status === 404) return new CounterError('PRINTER_REJECTED', { reason: 'no-such-printer', status });
  // The printer wants TLS (426): the address must be ipps.
  if (status === 426) return new CounterError('PRINTER_REJECTED', { reason: 'tls-required', status });
  return new CounterError('PRINTER_PROTOCOL', { what: 'http', status });
}

function failureOf(error: NodeJS.ErrnoException, post: IppPost): CounterError {
  if (error instanceof CounterError) return error;
  if (post.pin && asCertificateError(error, post.pin)) {
    return new CounterError('PRINTER_CERTIFICATE', { reason: error.code ?? 'pin' }, { cause: error });
  }
  const code = error.code ?? '';
  if (code.startsWith('HPE_') || code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return new CounterError('PRINTER_PROTOCOL', { what: 'not-http', reason: code }, { cause: error });
  }
  return new CounterError('PRINTER_UNREACHABLE', { reason: code || 'network' }, { cause: error });
}
