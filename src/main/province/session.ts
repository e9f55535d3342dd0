import { CounterError } from '../../contract/errors.ts';
import type { Exchange, HttpReply, HttpRequest } from './http.ts';
import { readReply, tokenReply } from './replies.ts';

export interface Credentials {
  readonly tokenUrl: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly timeoutMs: number;
  /** Milliseconds of a clock that nobody can set: a counter's wall clock may jump. */
  readonly monotonic: () => number;
}

/** Sends a request as the logged-in counter. */
export type AuthorizedExchange = (request: HttpRequest) => Promise<HttpReply>;

interface Token {
  readonly value: string;
  readonly renewAt: number;
}

/** A token is renewed this long before its end, or at nine tenths of a short life. */
const RENEW_EARLY_MS = 30_000;

function basic(id: string, secret: string): string {
  // RFC 6749 §2.3.1: both parts form-encoded before they are joined; %20 for a space is read alike by every decoder.
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`, 'utf8').toString('base64')}`;
}

/**
 * Adds the bearer token to every exchange: fetched when first needed, kept until shortly before its end, renewed
 * once on a 401. A second 401 is PROVINCE_UNAUTHORIZED, as is a refusal of the client id and secret.
 */
export function createSession(exchange: Exchange, credentials: Credentials): AuthorizedExchange {
  let token: Token | null = null;

  async function login(signal: AbortSignal): Promise<Token> {
    const asked = credentials.monotonic();
    const reply = await exchange({
      method: 'POST',
      url: credentials.tokenUrl,
      headers: {
        authorization: basic(credentials.clientId, credentials.clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: 'grant_type=client_credentials',
      timeoutMs: credentials.timeoutMs,
      signal,
    });
    // RFC 6749 §5.2: a wrong client may be told with 400 as well as with 401.
    if (reply.status === 400 || reply.status === 401) {
      throw new CounterError('PROVINCE_UNAUTHORIZED', { status: reply.status, step: 'token' });
    }
    const { access_token: value, expires_in: seconds } = readReply(reply, tokenReply);
    const life = Math.min(seconds, 86_400) * 1000;
    token = { value, renewAt: asked + Math.max(life * 0.9, life - RENEW_EARLY_MS) };
    return token;
  }

  async function withToken(request: HttpRequest, current: Token): Promise<HttpReply> {
    return exchange({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${current.value}` },
    });
  }

  return async (request) => {
    const current = token && token.renewAt > credentials.monotonic() ? token : await login(request.signal);
    const reply = await withToken(request, current);
    if (reply.status !== 401) return reply;
    // Another exchange may have renewed it meanwhile; then that one is tried, not a third.
    const renewed = token && token !== current ? token : await login(request.signal);
    const second = await withToken(request, renewed);
    if (second.status === 401) token = null;
    return second;
  };
}
