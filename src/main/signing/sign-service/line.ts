import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import tls from 'node:tls';
import { WebSocket } from 'ws';
import { CounterError } from '../../../contract/errors.ts';

/** The certificate of the service on this computer, as it was met first; it is self-made, and lies in no public list. */
export interface ServicePin {
  get(): string | undefined;
  set(fingerprint: string): void;
}

export interface LineOptions {
  readonly pin: ServicePin;
  /** Only a certificate that the computer's own store trusts; none is pinned. */
  readonly requireTrusted: boolean;
  /** Milliseconds until the service has to have taken the call. */
  readonly connectMs: number;
  /** Milliseconds that a person may take to type a PIN in the service's own window. */
  readonly answerMs: number;
}

const MAX_ANSWER = 1 << 20;

/** Whether anything listens there that speaks the protocol. Throws SIGN_SERVICE_UNREACHABLE. */
export async function probeLine(url: string, options: LineOptions): Promise<void> {
  const socket = await connect(url, options);
  socket.terminate();
}

/**
 * Sends one message and waits for its one answer. Throws SIGN_SERVICE_UNREACHABLE, SIGN_SERVICE_TIMEOUT,
 * SIGN_SERVICE_REFUSED {reason} where the line ends without an answer.
 */
export async function askOnce(url: string, message: string, options: LineOptions): Promise<string> {
  const socket = await connect(url, options);
  try {
    return await new Promise<string>((resolve, reject) => {
      const watchdog = setTimeout(() => reject(new CounterError('SIGN_SERVICE_TIMEOUT')), options.answerMs);
      const end = (reason: string) => (cause: unknown) => {
        clearTimeout(watchdog);
        reject(new CounterError('SIGN_SERVICE_REFUSED', { reason }, { cause }));
      };
      socket.once('message', (data) => {
        clearTimeout(watchdog);
        resolve(data.toString());
      });
      socket.once('close', end('closed'));
      socket.once('error', end('line'));
      socket.send(message);
    });
  } finally {
    socket.terminate();
  }
}

function connect(url: string, options: LineOptions): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      handshakeTimeout: options.connectMs,
      maxPayload: MAX_ANSWER,
      followRedirects: false,
      // Judged below by the pin: the service's certificate is its own, made when it was installed.
      rejectUnauthorized: false,
      ca: [...tls.rootCertificates, ...tls.getCACertificates('system')],
    });
    const fail = (reason: string, cause?: unknown) => {
      socket.terminate();
      reject(new CounterError('SIGN_SERVICE_UNREACHABLE', { reason }, { cause }));
    };
    let known = !url.startsWith('wss:');
    socket.once('upgrade', (response) => {
      const verdict = known || isKnown(response.socket as TLSSocket, options);
      known = verdict;
    });
    socket.once('error', (cause) => fail('connect', cause));
    socket.once('open', () => {
      if (!known) return fail('certificate');
      socket.removeAllListeners('error');
      // A failure after this is told by `askOnce`; one that nobody waits for ends the line and nothing else.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

function isKnown(socket: TLSSocket, { pin, requireTrusted }: LineOptions): boolean {
  if (socket.authorized) return true;
  const raw = socket.getPeerCertificate().raw as Buffer | undefined;
  if (!raw || requireTrusted) return false;
  const fingerprint = createHash('sha256').update(raw).digest('hex');
  const before = pin.get();
  if (before === undefined) pin.set(fingerprint);
  return before === undefined || before === fingerprint;
}
