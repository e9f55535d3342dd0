import { createHash } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { HttpReply } from './http.ts';
import type { OutgoingFile, StoredFile, UploadState } from './port.ts';
import { failureOf, fileReply, readReply } from './replies.ts';
import type { AuthorizedExchange } from './session.ts';

export interface UploadSettings {
  readonly base: URL;
  /** The largest chunk; slow lines get smaller ones. */
  readonly chunkBytes: number;
  /** Milliseconds for an exchange without its body. */
  readonly timeoutMs: number;
  /** The slowest line that is still waited for, bytes a second. */
  readonly minBytesPerSecond: number;
  readonly monotonic: () => number;
}

const TUS = { 'tus-resumable': '1.0.0' };
/** Below this the overhead of a chunk outweighs what a cut can cost. */
export const MIN_CHUNK_BYTES = 64 * 1024;
const FIRST_CHUNK_BYTES = 256 * 1024;
/** A chunk should take about this long: long enough to fill the line, short enough to lose. */
const AIM_MS = { low: 3000, high: 10_000 };
/** Failures in a row without the province having got further. */
const MAX_STALLS = 2;

/** Size of the next chunk from how long the last one took. */
export function nextChunkBytes(current: number, tookMs: number, max: number): number {
  if (tookMs < AIM_MS.low) return Math.min(current * 2, max);
  if (tookMs > AIM_MS.high) return Math.max(Math.floor(current / 2), Math.min(MIN_CHUNK_BYTES, max));
  return current;
}

/** Failures after which the province is asked how far it got, instead of giving up. */
function isWorthAsking(error: CounterError): boolean {
  const stale = error.code === 'PROVINCE_CONFLICT';
  return (
    stale ||
    error.code === 'PROVINCE_TIMEOUT' ||
    (error.code === 'PROVINCE_UNREACHABLE' && error.details.sent !== false)
  );
}

function offsetOf(reply: HttpReply, file: OutgoingFile): number {
  const text = reply.headers.get('upload-offset') ?? '';
  const offset = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (offset < 0 || offset > file.bytes)
    throw new CounterError('PROVINCE_PROTOCOL', { reason: 'upload-offset' });
  return offset;
}

/** The upload's address, at the configured province only: elsewhere the token would be given away. */
function locationAt(base: URL, text: string): URL {
  // An empty one would resolve to the base itself: a portal's page has no Location.
  const url = text !== '' && URL.canParse(text, base) ? new URL(text, base) : null;
  if (url?.origin !== base.origin) throw new CounterError('PROVINCE_PROTOCOL', { reason: 'upload-location' });
  return url;
}

interface Job {
  readonly file: OutgoingFile;
  readonly signal: AbortSignal;
  readonly onState: (state: UploadState) => void;
}

interface Place {
  readonly url: URL;
  readonly offset: number;
}

/** Sends files by tus 1.0.0 (core, creation, checksum): https://tus.io/protocols/resumable-upload */
export function createUploader(exchange: AuthorizedExchange, settings: UploadSettings) {
  async function call(
    method: 'HEAD' | 'POST' | 'PATCH' | 'GET',
    url: URL,
    headers: Record<string, string>,
    signal: AbortSignal,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<HttpReply> {
    const bodyMs = ((body?.length ?? 0) / settings.minBytesPerSecond) * 1000;
    const request = { method, url, headers, timeoutMs: settings.timeoutMs + bodyMs, signal };
    return exchange(body ? { ...request, body } : request);
  }

  async function create({ file, signal, onState }: Job): Promise<Place> {
    const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
    const metadata = { filename: file.name, sha256: file.sha256, key: file.key };
    const headers = {
      ...TUS,
      'upload-length': String(file.bytes),
      'upload-metadata': Object.entries(metadata)
        .map(([name, value]) => `${name} ${base64(value)}`)
        .join(','),
    };
    const reply = await call('POST', new URL('tep', settings.base), headers, signal);
    const failure = failureOf(reply);
    if (failure) throw failure;
    const url = locationAt(settings.base, reply.headers.get('location') ?? '');
    onState({ location: url.href });
    // 200 = known already by its key; a new one starts at 0 (tus: creation says nothing of the offset).
    return { url, offset: reply.headers.has('upload-offset') ? offsetOf(reply, file) : 0 };
  }

  /** Where the province has got to, or null where it no longer knows the upload. */
  async function ask(url: URL, { file, signal }: Job): Promise<Place | null> {
    const reply = await call('HEAD', url, TUS, signal);
    if (reply.status === 404 || reply.status === 410) return null;
    // A HEAD answer has no body to name a reason.
    if (reply.status >= 400 && reply.status < 500 && reply.status !== 401 && reply.status !== 403) {
      throw new CounterError('PROVINCE_PROTOCOL', { status: reply.status, step: 'upload-offset' });
    }
    const failure = failureOf(reply);
    if (failure) throw failure;
    const length = reply.headers.get('upload-length');
    if (length !== null && length !== String(file.bytes)) {
      throw new CounterError('PROVINCE_CONFLICT', { reason: 'upload-length' });
    }
    return { url, offset: offsetOf(reply, file) };
  }

  async function resume(url: URL | null, job: Job): Promise<Place> {
    return (url && (await ask(url, job))) ?? create(job);
  }

  async function sendChunk(place: Place, length: number, { file, signal }: Job): Promise<Place> {
    const chunk = await file.read(place.offset, length);
    if (chunk.length !== length)
      throw new CounterError('VAULT_OBJECT_CORRUPT', { expected: length, got: chunk.length });
    const body = new Uint8Array(chunk);
    const headers = {
      ...TUS,
      'content-type': 'application/offset+octet-stream',
      'upload-offset': String(place.offset),
      'upload-checksum': `sha256 ${createHash('sha256').update(body).digest('base64')}`,
    };
    const reply = await call('PATCH', place.url, headers, signal, body);
    if (reply.status === 460)
      throw new CounterError('PROVINCE_HASH_MISMATCH', { what: 'chunk', status: 460 });
    const failure = failureOf(reply);
    if (failure) throw failure;
    const offset = offsetOf(reply, file);
    if (offset !== place.offset + length)
      throw new CounterError('PROVINCE_PROTOCOL', { reason: 'upload-offset' });
    return { url: place.url, offset };
  }

  async function confirm(url: URL, { file, signal }: Job): Promise<StoredFile> {
    const reply = await call('GET', url, { accept: 'application/json' }, signal);
    // All bytes are there, yet the province does not name the file: it is still at work, or lost it; ask again later.
    if (reply.status === 404) throw new CounterError('PROVINCE_FAILED', { status: 404, step: 'confirm' });
    const [stored] = readReply(reply, fileReply).result;
    if (stored.HashTepTin.toLowerCase() !== file.sha256) {
      throw new CounterError('PROVINCE_HASH_MISMATCH', { what: 'file' });
    }
    return { remoteId: stored.IdTepTin, sha256: file.sha256 };
  }

  async function sendAll(start: Place, job: Job): Promise<Place> {
    let place = start;
    let max = settings.chunkBytes;
    let size = Math.min(FIRST_CHUNK_BYTES, max);
    let stalls = 0;
    while (place.offset < job.file.bytes) {
      const began = settings.monotonic();
      const before = place.offset;
      try {
        place = await sendChunk(place, Math.min(size, job.file.bytes - before), job);
        size = nextChunkBytes(size, settings.monotonic() - began, max);
        stalls = 0;
      } catch (error) {
        const verdict = afterFailure(error, size);
        if (verdict === 'give-up' || stalls >= MAX_STALLS) throw error;
        if (verdict === 'smaller') max = Math.floor(size / 2);
        size = Math.max(Math.floor(size / 2), Math.min(MIN_CHUNK_BYTES, max));
        place = await resume(place.url, job);
        stalls = place.offset > before ? 0 : stalls + (verdict === 'smaller' ? 0 : 1);
      }
    }
    return place;
  }

  return async (
    file: OutgoingFile,
    state: UploadState | null,
    onState: (state: UploadState) => void,
    signal: AbortSignal,
  ): Promise<StoredFile> => {
    const job = { file, signal, onState };
    const known = state ? locationAt(settings.base, state.location) : null;
    const place = await sendAll(await resume(known, job), job);
    return confirm(place.url, job);
  };
}

/** What to do after a failed chunk: ask where the province stands, do so with smaller chunks, or give up. */
function afterFailure(error: unknown, size: number): 'ask' | 'smaller' | 'give-up' {
  if (!(error instanceof CounterError)) return 'give-up';
  // A gateway with a body limit (nginx: 1 MiB unless told) refuses the chunk, not the file.
  if (error.details.status === 413) return size > MIN_CHUNK_BYTES ? 'smaller' : 'give-up';
  // The upload expired meanwhile: it is begun anew.
  if (error.details.status === 404 || error.details.status === 410) return 'ask';
  if (error.code === 'PROVINCE_HASH_MISMATCH' && error.details.what === 'chunk') return 'ask';
  return isWorthAsking(error) ? 'ask' : 'give-up';
}
