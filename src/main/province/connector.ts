import { performance } from 'node:perf_hooks';
import { CounterError } from '../../contract/errors.ts';
import type { Receipt } from '../../contract/model.ts';
import { createExchange, type HttpReply } from './http.ts';
import type { Province } from './port.ts';
import { failureOf, numbersReply, REPLY_CODES, readReply, toReceipt } from './replies.ts';
import { createSession } from './session.ts';
import { createUploader } from './upload.ts';

export interface ProvinceTimeouts {
  /** The token exchange. */
  readonly token: number;
  /** Any exchange with a small body; a chunk gets its own time on top. */
  readonly request: number;
}

export interface ProvinceOptions {
  /** `https://…`; plain `http://` only on the loopback (training mode, tests). */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Code of the unit by QĐ 20/2020, such as `H14.22.05`. */
  readonly unit: string;
  /** The largest upload chunk in bytes; default 1 MiB. */
  readonly chunkBytes?: number;
  /** Milliseconds; default 30 s each. */
  readonly timeouts?: Partial<ProvinceTimeouts>;
  /** The slowest line that is still waited for, in bytes a second; default 4000 (half of 64 kbit/s). */
  readonly minBytesPerSecond?: number;
  readonly fetch?: typeof fetch;
  /** Milliseconds of a clock that cannot be set back; default `performance.now`. */
  readonly monotonic?: () => number;
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const good = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!url || !good || url.username !== '' || url.search !== '') {
    throw new CounterError('CONFIG_INVALID', { setting: 'province.baseUrl' });
  }
  // A folder as base, so that the calls below hang under it.
  return url.pathname.endsWith('/') ? url : new URL(`${url.pathname}/`, url);
}

/** An official code of `unit` for `day`: the unit's code, that day with six or eight digits, a running number. */
function isCodeFor(code: string, unit: string, day: string): boolean {
  const digits = day.replaceAll('-', '');
  const prefix = [digits.slice(2), digits].find((d) => code.startsWith(`${unit}-${d}-`));
  return prefix !== undefined && /^\d{4,12}$/.test(code.slice(unit.length + prefix.length + 2));
}

/**
 * The province over HTTP (docs/province-api.md). Certificates are always verified; nothing here retries a record.
 * Throws PROVINCE_UNREACHABLE, PROVINCE_TIMEOUT (outcome unknown), PROVINCE_UNAUTHORIZED, PROVINCE_FORBIDDEN,
 * PROVINCE_REFUSED, PROVINCE_FAILED, PROVINCE_PROTOCOL, PROVINCE_CONFLICT, PROVINCE_HASH_MISMATCH,
 * PROVINCE_NO_NUMBERS, CANCELLED; CONFIG_INVALID at once for a base URL without TLS.
 */
export function connectProvince(options: ProvinceOptions): Province {
  const base = baseOf(options.baseUrl);
  const timeouts = { token: 30_000, request: 30_000, ...options.timeouts };
  const monotonic = options.monotonic ?? (() => performance.now());
  const exchange = createSession(createExchange(options.fetch ?? fetch), {
    tokenUrl: new URL('token', base),
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    timeoutMs: timeouts.token,
    monotonic,
  });
  const upload = createUploader(exchange, {
    base,
    chunkBytes: Math.max(1024, options.chunkBytes ?? 1024 * 1024),
    timeoutMs: timeouts.request,
    minBytesPerSecond: options.minBytesPerSecond ?? 4000,
    monotonic,
  });

  function post(path: string, key: string, body: unknown, signal: AbortSignal): Promise<HttpReply> {
    return exchange({
      method: 'POST',
      url: new URL(path, base),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        accept: 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
      timeoutMs: timeouts.request,
      signal,
    });
  }

  async function send(
    record: Readonly<Record<string, unknown>>,
    idempotencyKey: string,
    updating: boolean,
    signal: AbortSignal,
  ): Promise<Receipt> {
    const isUpdating = updating ? 'True' : 'False';
    const body = { madonvi: options.unit, service: 'DongBoHoSoMC', isUpdating, data: [record] };
    const { receipt, code } = toReceipt(await post('DongBoHoSoMC', idempotencyKey, body, signal));
    if (code !== record.MaHoSo) throw new CounterError('PROVINCE_HASH_MISMATCH', { what: 'receipt-code' });
    return receipt;
  }

  async function findReceipt(idempotencyKey: string, signal: AbortSignal): Promise<Receipt | null> {
    const url = new URL('bien-nhan', base);
    url.searchParams.set('key', idempotencyKey);
    const headers = { accept: 'application/json' };
    const reply = await exchange({ method: 'GET', url, headers, timeoutMs: timeouts.request, signal });
    if (reply.status !== 404) return toReceipt(reply).receipt;
    // Only the province's own words count: a gateway's 404 page says nothing about the record.
    const failure = failureOf(reply);
    if (failure?.details.errorCode === REPLY_CODES.unknown) return null;
    throw failure ?? new CounterError('PROVINCE_PROTOCOL', { status: 404 });
  }

  async function reserveNumbers(
    request: { readonly unit: string; readonly day: string; readonly count: number; readonly key: string },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { unit, day, count, key } = request;
    const { result } = readReply(
      await post('so-ho-so/khoi', key, { unit, day, count }, signal),
      numbersReply,
    );
    const good = result.length === count && new Set(result).size === count;
    if (good && result.every((code) => isCodeFor(code, unit, day))) return result;
    throw new CounterError('PROVINCE_PROTOCOL', { reason: 'numbers', asked: count, got: result.length });
  }

  return { upload, send, findReceipt, reserveNumbers };
}
