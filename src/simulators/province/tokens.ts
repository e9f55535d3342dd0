import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { header, type Reply, readBody } from './http.ts';
import type { ProvinceClock } from './time.ts';

export interface Client {
  readonly id: string;
  readonly secret: string;
}

export interface Tokens {
  /** RFC 6749 §4.4, client credentials; the client by HTTP Basic or in the form (§2.3.1). */
  issue(request: IncomingMessage): Promise<Reply>;
  isGood(request: IncomingMessage): boolean;
  revokeAll(): void;
}

function same(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

function basicCredentials(request: IncomingMessage): Client | null {
  const m = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header(request, 'authorization'));
  if (!m) return null;
  const text = Buffer.from(m[1]!, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  try {
    return {
      id: decodeURIComponent(text.slice(0, colon)),
      secret: decodeURIComponent(text.slice(colon + 1)),
    };
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Tokens live in memory: after a restart every client has to log in again, as with a real gateway. */
export function createTokens(clients: readonly Client[], seconds: number, clock: ProvinceClock): Tokens {
  const live = new Map<string, number>();
  const oauthError = (status: number, error: string): Reply => ({ status, json: { error } });
  return {
    async issue(request) {
      const form = new URLSearchParams((await readBody(request, 16_384)).toString('utf8'));
      if (form.get('grant_type') !== 'client_credentials') return oauthError(400, 'unsupported_grant_type');
      const given = basicCredentials(request) ?? {
        id: form.get('client_id') ?? '',
        secret: form.get('client_secret') ?? '',
      };
      const known = clients.some((c) => same(c.id, given.id) && same(c.secret, given.secret));
      if (!known) return oauthError(401, 'invalid_client');
      const token = randomBytes(32).toString('base64url');
      live.set(token, clock.now().getTime() + seconds * 1000);
      return {
        status: 200,
        json: { access_token: token, expires_in: seconds, token_type: 'Bearer', scope: 'ho-so' },
      };
    },
    isGood(request) {
      const m = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(header(request, 'authorization'));
      const until = m ? live.get(m[1]!) : undefined;
      return until !== undefined && until > clock.now().getTime();
    },
    revokeAll: () => live.clear(),
  };
}
