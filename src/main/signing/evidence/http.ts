import { type LookupAddress, lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { CounterError } from '../../../contract/errors.ts';

export type FetchFailure =
  | 'address'
  | 'unreachable'
  | 'timeout'
  | 'too-large'
  | 'redirects'
  | 'status'
  | 'broken-off';

/** Why an address gave nothing. `host` may be shown; `status` is 0 where no answer came. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly reason: FetchFailure;
  readonly host: string;
  readonly status: number;

  constructor(reason: FetchFailure, host: string, status = 0, options?: { cause?: unknown }) {
    super(`${reason} ${host} ${status}`, options);
    this.reason = reason;
    this.host = host;
    this.status = status;
  }
}

export interface FetchRequest {
  readonly url: string;
  /** POST with this body; GET without. */
  readonly body?: Uint8Array;
  readonly contentType?: string;
  readonly accept: string;
  readonly maxBytes: number;
  /** The whole exchange, redirects included. */
  readonly totalMs: number;
  /** Every read of the answer's body. */
  readonly idleMs: number;
}

/**
 * Octets of a 200 answer. Throws FetchError, or CANCELLED. Only http and https; at most three redirects, of GET alone.
 */
export type Fetch = (request: FetchRequest, signal: AbortSignal) => Promise<Uint8Array>;

/** Host → host, or host:port, in lower case: where the addresses in certificates lead today. */
export type HostMap = Readonly<Record<string, string>>;

const MAX_REDIRECTS = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * A client over node:http(s). Certificates come from strangers, and so do the addresses in them: unless the host map
 * leads there, numbers instead of names, and names that lead to this machine, are refused.
 */
export function httpFetch(hostMap: HostMap): Fetch {
  const mapped = new Map(Object.entries(hostMap).map(([from, to]) => [from.toLowerCase(), to]));
  return async (request, signal) => {
    if (signal.aborted) throw new CounterError('CANCELLED');
    const late = AbortSignal.timeout(request.totalMs);
    let address = request.url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const target = resolveTarget(address, mapped);
      const answer = await exchange(target, request, AbortSignal.any([signal, late]), () =>
        signal.aborted ? new CounterError('CANCELLED') : new FetchError('timeout', target.asked.hostname),
      );
      if (answer.redirect === null) return answer.body;
      address = answer.redirect;
    }
    throw new FetchError('redirects', hostOf(address));
  };
}

interface Target {
  readonly url: URL;
  /** What was asked for: relative redirects start here, and failures name its host. */
  readonly asked: URL;
  /** The map leads here: an administrator wrote it, so it may be this machine. */
  readonly mapped: boolean;
}

function hostOf(address: string): string {
  return URL.parse(address)?.hostname ?? '';
}

function resolveTarget(address: string, map: ReadonlyMap<string, string>): Target {
  const url = URL.parse(address);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username || url.password) {
    throw new FetchError('address', url?.hostname ?? '');
  }
  const replacement = map.get(url.host) ?? map.get(url.hostname);
  if (replacement === undefined) {
    const bare = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0 || !bare.includes('.')) throw new FetchError('address', url.hostname);
    return { url, asked: url, mapped: false };
  }
  const replaced = URL.parse(`${url.protocol}//${replacement}${url.pathname}${url.search}`);
  if (!replaced) throw new FetchError('address', url.hostname);
  return { url: replaced, asked: url, mapped: true };
}

/** Refuses names that lead to this machine or to its link, whatever a name server says. */
const outsideLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const inside = addresses.find(({ address }) => isInside(address));
    const first = addresses[0] as LookupAddress | undefined;
    if (inside || !first) {
      const refused = Object.assign(new Error('leads to this machine'), { code: 'EINSIDE' });
      return callback(refused, '', 0);
    }
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

function isInside(address: string): boolean {
  const v4 = address.replace(/^::ffff:/i, '');
  if (isIP(v4) === 4) return /^(?:127\.|0\.|169\.254\.)/.test(v4);
  return /^(?:::1?$|fe[89ab])/i.test(address);
}

interface Answer {
  readonly body: Uint8Array;
  readonly redirect: string | null;
}

function exchange(
  { url, asked, mapped }: Target,
  request: FetchRequest,
  signal: AbortSignal,
  stopped: () => Error,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const host = asked.hostname;
    const sent = (url.protocol === 'https:' ? https : http).request(url, {
      method: request.body ? 'POST' : 'GET',
      agent: false,
      headers: headersOf(request),
      signal,
      ...(mapped ? {} : { lookup: outsideLookup }),
    });
    sent.on('error', (cause: NodeJS.ErrnoException) => {
      if (signal.aborted) return reject(stopped());
      const reason = cause.code === 'EINSIDE' ? 'address' : 'unreachable';
      reject(new FetchError(reason, host, 0, { cause }));
    });
    sent.once('response', (incoming) => {
      const status = incoming.statusCode ?? 0;
      const { location } = incoming.headers;
      if (REDIRECTS.includes(status) && location && !request.body) {
        sent.destroy();
        const next = URL.parse(location, asked);
        if (next) resolve({ body: new Uint8Array(), redirect: next.href });
        else reject(new FetchError('redirects', host, status));
        return;
      }
      if (status !== 200) {
        sent.destroy();
        reject(new FetchError('status', host, status));
        return;
      }
      readBody(incoming, request, host).then(
        (body) => resolve({ body, redirect: null }),
        (error: unknown) => reject(signal.aborted ? stopped() : error),
      );
    });
    sent.end(request.body);
  });
}

function headersOf({ accept, contentType, body }: FetchRequest): http.OutgoingHttpHeaders {
  const common = { accept, 'accept-encoding': 'identity', connection: 'close' };
  return body ? { ...common, 'content-type': contentType, 'content-length': body.length } : common;
}

async function readBody(
  incoming: http.IncomingMessage,
  { maxBytes, idleMs }: FetchRequest,
  host: string,
): Promise<Uint8Array> {
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) {
    incoming.destroy();
    throw new FetchError('too-large', host, 200);
  }
  let silent = false;
  incoming.setTimeout(idleMs, () => {
    silent = true;
    incoming.destroy();
  });
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of incoming as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxBytes) throw new FetchError('too-large', host, 200);
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof FetchError) throw cause;
    throw new FetchError(silent ? 'timeout' : 'broken-off', host, 200, { cause });
  }
  if (!incoming.complete) throw new FetchError(silent ? 'timeout' : 'broken-off', host, 200);
  return Buffer.concat(parts, size);
}
