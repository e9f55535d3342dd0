import { CounterError, type ErrorDetails } from '../../contract/errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'PATCH';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Milliseconds for the whole exchange, answer read to its end. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export type Exchange = (request: HttpRequest) => Promise<HttpReply>;

/** No answer of the province is longer; more than this is a fault, not data. */
const MAX_REPLY_BYTES = 1024 * 1024;

/** Failures that come before a byte of the request was sent, so that nothing can have been done. */
const NOT_SENT = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'],
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** The code of the innermost error that has one: fetch wraps sockets, sockets wrap attempts. */
function causeCode(error: unknown, depth = 0): string {
  if (typeof error !== 'object' || error === null || depth > 5) return '';
  const { cause, errors, code } = error as { cause?: unknown; errors?: unknown; code?: unknown };
  const inner = causeCode(cause, depth + 1) || (Array.isArray(errors) ? causeCode(errors[0], depth + 1) : '');
  return inner || (typeof code === 'string' ? code : '');
}

/** Certificate errors are OpenSSL names (CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT) or Node's ERR_TLS_…. */
function isCertificateCode(code: string): boolean {
  return /CERT|^ERR_TLS_|^UNABLE_TO_|^HOSTNAME_MISMATCH/.test(code);
}

function transportError(error: unknown): CounterError {
  const reason = causeCode(error) || 'UNKNOWN';
  if (TIMEOUTS.has(reason)) return new CounterError('PROVINCE_TIMEOUT', { reason }, { cause: error });
  const sent = !NOT_SENT.has(reason) && !isCertificateCode(reason);
  return new CounterError('PROVINCE_UNREACHABLE', { reason, sent }, { cause: error });
}

async function readBounded(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let total = 0;
  if (!response.body) return new Uint8Array();
  // Leaving the loop by a throw cancels the body, and with it the connection.
  for await (const part of response.body) {
    total += part.length;
    if (total > MAX_REPLY_BYTES) throw new CounterError('PROVINCE_PROTOCOL', { reason: 'reply-too-large' });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/**
 * One HTTP exchange. Throws CANCELLED (the caller's signal), PROVINCE_TIMEOUT (outcome unknown), PROVINCE_UNREACHABLE
 * with `sent` = whether anything can have arrived, PROVINCE_PROTOCOL (answer too large). Never follows a redirect:
 * it would carry the token and the citizen's data to a place nobody configured.
 */
export function createExchange(fetcher: typeof fetch): Exchange {
  return async (request) => {
    if (request.signal.aborted) throw new CounterError('CANCELLED');
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), request.timeoutMs);
    const onAbort = () => deadline.abort();
    request.signal.addEventListener('abort', onAbort, { once: true });
    try {
      const response = await fetcher(request.url, {
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        redirect: 'manual',
        signal: deadline.signal,
      });
      return { status: response.status, headers: response.headers, body: await readBounded(response) };
    } catch (error) {
      if (request.signal.aborted) throw new CounterError('CANCELLED', {}, { cause: error });
      if (deadline.signal.aborted) {
        const details = { afterMs: request.timeoutMs };
        throw new CounterError('PROVINCE_TIMEOUT', details, { cause: error });
      }
      throw error instanceof CounterError ? error : transportError(error);
    } finally {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', onAbort);
    }
  };
}

/** The JSON object of an answer; PROVINCE_PROTOCOL where it is none (a portal's page, a torn answer). */
export function jsonObject(reply: HttpReply): Readonly<Record<string, unknown>> {
  const type = reply.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  const details: ErrorDetails = { status: reply.status, contentType: type.slice(0, 60) };
  if (type !== 'application/json') throw new CounterError('PROVINCE_PROTOCOL', details);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(reply.body));
  } catch (error) {
    throw new CounterError('PROVINCE_PROTOCOL', { ...details, reason: 'json' }, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CounterError('PROVINCE_PROTOCOL', { ...details, reason: 'json' });
  }
  return value as Readonly<Record<string, unknown>>;
}
