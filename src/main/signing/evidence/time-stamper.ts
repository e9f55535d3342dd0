import { randomBytes } from 'node:crypto';
import { CounterError } from '../../../contract/errors.ts';
import type { Hash } from '../cms/oids.ts';
import { createGate, type Gate, type Sleep, sleepFor } from './gate.ts';
import { type Fetch, FetchError, type HostMap, httpFetch } from './http.ts';
import type { TimeStamper } from './port.ts';
import {
  buildTimeStampQuery,
  readTimeStampResponse,
  readTimeStampToken,
  stampsDigest,
} from './timestamp-token.ts';

export interface TimeStamperOptions {
  /** Addresses of authorities; the first that answers serves. */
  readonly urls: readonly string[];
  readonly hostMap?: HostMap;
  /** Milliseconds that one try may take: the government's authority was seen to need 131 seconds. */
  readonly tryMs?: number;
  /** How often every authority is asked. */
  readonly tries?: number;
  readonly fetch?: Fetch;
  readonly sleep?: Sleep;
  /** Requests at once, over the process unless another gate is given. */
  readonly gate?: Gate;
  readonly nonce?: () => Uint8Array;
}

const TRY_MS = 180_000;
const TRIES = 3;
const BACK_OFF_MS = 2_000;
const MAX_BYTES = 512 << 10;
/** The government's authority answers no more than four at once, whoever in this process asks. */
const PROCESS_GATE = createGate(4);
/** PKIFailureInfo (RFC 3161 §2.4.2) that may be over soon: timeNotAvailable, systemFailure. */
const PASSING_FAILURES: readonly number[] = [14, 25];
const PASSING_STATUS: readonly number[] = [408, 429, 500, 502, 503, 504];

/**
 * Asks time stamp authorities over HTTP (RFC 3161 §3.4). An authority that refuses, or is not found at its address, is
 * not asked again for the same digest; one that is silent, broken or wrong is, after a growing pause.
 */
export function createTimeStamper(options: TimeStamperOptions): TimeStamper {
  const { urls, tryMs = TRY_MS, tries = TRIES, sleep = sleepFor, gate = PROCESS_GATE } = options;
  const fetch = options.fetch ?? httpFetch({ ...hostsOf(urls), ...options.hostMap });
  const nonce = options.nonce ?? newNonce;

  async function ask(url: string, digest: Uint8Array, hash: Hash, signal: AbortSignal): Promise<Uint8Array> {
    const own = nonce();
    const body = buildTimeStampQuery({ digest, hash, nonce: own });
    const request = {
      url,
      body,
      contentType: 'application/timestamp-query',
      accept: 'application/timestamp-reply',
      maxBytes: MAX_BYTES,
      totalMs: tryMs,
      idleMs: tryMs,
    };
    const response = readTimeStampResponse(await fetch(request, signal));
    if (response.status > 1) {
      const { status, failure } = response;
      throw new CounterError('TIMESTAMP_REFUSED', { status, failure: failure ?? -1 });
    }
    if (!response.token) throw new CounterError('TIMESTAMP_INVALID', { reason: 'no-token' });
    return checked(response.token, { digest, hash, nonce: own });
  }

  return {
    async stamp(digest, hash, signal) {
      let left = [...urls];
      let failure = new CounterError('TIMESTAMP_UNREACHABLE', { reason: 'no-address' });
      for (let round = 1; round <= tries && left.length > 0; round++) {
        if (round > 1) await sleep(BACK_OFF_MS * 4 ** (round - 2), signal);
        for (const url of [...left]) {
          try {
            return await gate.run(() => ask(url, digest, hash, signal), signal);
          } catch (error) {
            failure = graver(failure, named(error));
            if (!mayPass(error)) left = left.filter((u) => u !== url);
          }
        }
      }
      throw failure;
    },
  };
}

/** An administrator chose these addresses: they may be numbers, and this machine. */
function hostsOf(urls: readonly string[]): HostMap {
  const hosts = urls.flatMap((url) => URL.parse(url)?.host ?? []);
  return Object.fromEntries(hosts.map((host) => [host, host]));
}

function checked(
  token: Uint8Array,
  { digest, hash, nonce }: { digest: Uint8Array; hash: Hash; nonce: Uint8Array },
): Uint8Array {
  const facts = readTimeStampToken(token);
  const invalid = (reason: string) => new CounterError('TIMESTAMP_INVALID', { reason });
  if (!stampsDigest(facts, digest, hash)) throw invalid('imprint');
  if (facts.nonce !== Buffer.from(nonce).toString('hex')) throw invalid('nonce');
  if (facts.problems[0]) throw invalid(facts.problems[0]);
  return token;
}

/** 64 bits; the first octet is neither zero nor negative, so that the number has one spelling. */
function newNonce(): Uint8Array {
  const octets = randomBytes(8);
  octets[0] = (octets[0]! & 0x7f) | 0x40;
  return octets;
}

function named(error: unknown): CounterError {
  if (error instanceof FetchError) {
    const refused = error.reason === 'status' && !PASSING_STATUS.includes(error.status);
    const details = { host: error.host, reason: error.reason, status: error.status };
    return new CounterError(refused ? 'TIMESTAMP_REFUSED' : 'TIMESTAMP_UNREACHABLE', details, {
      cause: error,
    });
  }
  if (error instanceof CounterError && error.code !== 'CANCELLED') return error;
  throw error;
}

function mayPass(error: unknown): boolean {
  if (error instanceof FetchError) {
    return error.reason === 'status' ? PASSING_STATUS.includes(error.status) : error.reason !== 'address';
  }
  if (!(error instanceof CounterError)) return false;
  if (error.code !== 'TIMESTAMP_REFUSED') return true;
  return PASSING_FAILURES.includes(Number(error.details.failure));
}

/** What is told of several failures: what time alone may heal stands back behind what somebody has to look at. */
function graver(before: CounterError, next: CounterError): CounterError {
  const weight = (e: CounterError) =>
    ['TIMESTAMP_UNREACHABLE', 'TIMESTAMP_REFUSED', 'TIMESTAMP_INVALID'].indexOf(e.code);
  return weight(next) >= weight(before) ? next : before;
}
