import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { CounterError } from '../../../contract/errors.ts';
import {
  createGatherer,
  invalid,
  isRecordLine,
  openWhole,
  type ReadCatalogue,
} from '../../procedures/catalogue-file.ts';
import { isErrno } from '../../store/disk.ts';

const MIB = 2 ** 20;

/** Bytes after decompression. The national catalogue of July 2026 has 10 MB, its longest record 73 kB. */
export interface ReadLimits {
  readonly maxBytes: number;
  /** Of a file that has to be parsed as a whole. */
  readonly maxWholeBytes: number;
  readonly maxLineBytes: number;
}
/** Records are lines; many more lines than there are procedures in the country are no catalogue. */
const MOST_LINES = 50_000;
/** A list that is printed over many lines has some ten for each paper. */
const MOST_LINES_OF_A_LIST = 2_000_000;
const LIMITS: ReadLimits = {
  maxBytes: 128 * MIB,
  maxWholeBytes: 32 * MIB,
  maxLineBytes: 2 * MIB,
};

/** Records between two turns of the event loop, so that a screen is answered while a file is read. */
const RECORDS_A_TURN = 25;
const NEW_LINE = 0x0a;

/**
 * Reads a catalogue file: our own, a JSON list of national records or one record a line, plain or gzip. Everything that
 * could not be read is named in `problems`. Throws FILE_MISSING; PROCEDURE_FILE_INVALID with the reason: encoding, zip,
 * damaged (gzip), large, nested, shape (our own kind, broken), unreadable; CANCELLED.
 */
export async function readCatalogueFile(
  file: string,
  signal: AbortSignal,
  limits: Partial<ReadLimits> = {},
): Promise<ReadCatalogue> {
  try {
    return await read(file, signal, { ...LIMITS, ...limits });
  } catch (error) {
    if (signal.aborted) throw new CounterError('CANCELLED', {}, { cause: error });
    if (isErrno(error, 'ENOENT', 'EISDIR', 'ENOTDIR', 'EACCES'))
      throw new CounterError('FILE_MISSING', { name: path.basename(file) }, { cause: error });
    if (isZlib(error)) throw invalid('damaged', error);
    throw error;
  }
}

async function read(file: string, signal: AbortSignal, limits: ReadLimits): Promise<ReadCatalogue> {
  const head = await headOf(file);
  if (startsWith(head, 0x50, 0x4b, 0x03, 0x04)) throw invalid('zip');
  const source = createReadStream(file, { signal });
  const plain = startsWith(head, 0x1f, 0x8b) ? source.pipe(createGunzip()) : source;
  // What goes wrong at the source must reach whoever reads the other end.
  if (plain !== source) source.once('error', (error) => plain.destroy(error));
  try {
    return await readLines(plain, signal, limits);
  } finally {
    source.destroy();
    plain.destroy();
  }
}

async function headOf(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function readLines(
  plain: AsyncIterable<Buffer>,
  signal: AbortSignal,
  limits: ReadLimits,
): Promise<ReadCatalogue> {
  const gatherer = createGatherer();
  const lines = linesOf(plain, limits);
  const kept: Buffer[] = [];
  let number = 0;
  let isWhole = false;
  let seen = 0;
  let total = 0;
  for await (const line of lines) {
    signal.throwIfAborted();
    seen += 1;
    if (seen > (isWhole ? MOST_LINES_OF_A_LIST : MOST_LINES)) throw invalid('large');
    total += (line?.length ?? 0) + 1;
    if (isWhole && total > limits.maxWholeBytes) throw invalid('large');
    if (isWhole) {
      // In a text that is one value a line that is too long cannot be left out.
      if (line === null) throw invalid('large');
      kept.push(line);
      continue;
    }
    if (line !== null && isBlank(line)) continue;
    number += 1;
    if (number === 1) {
      const first = line === null ? null : decode(line);
      if (first === null || !isRecordLine(first)) {
        if (line === null) throw invalid('large');
        isWhole = true;
        kept.push(line);
        continue;
      }
    }
    take(line, `${number}`);
    if (number % RECORDS_A_TURN === 0) await turn();
  }
  return isWhole ? readWhole(kept, signal) : gatherer.finish();

  function take(line: Buffer | null, where: string): void {
    const text = line === null ? null : decoded(line);
    if (line === null) gatherer.problem('RECORD_TOO_LARGE', where);
    else if (text === null) gatherer.problem('TEXT_GARBLED', where);
    else gatherer.takeText(text, where);
  }
}

async function readWhole(lines: readonly Buffer[], signal: AbortSignal): Promise<ReadCatalogue> {
  const text = lines.map(decode).join('\n');
  const whole = openWhole(text);
  if (whole !== undefined && 'own' in whole) return whole.own;
  const gatherer = createGatherer();
  const records = whole?.records ?? text.split('\n').filter((line) => line.trim() !== '');
  for (const [i, record] of records.entries()) {
    if (whole === undefined) gatherer.takeText(record as string, `${i + 1}`);
    else gatherer.take(record, `${i + 1}`);
    if ((i + 1) % RECORDS_A_TURN === 0) await turn();
    signal.throwIfAborted();
  }
  return gatherer.finish();
}

/**
 * Lines without their ends; null for one that is longer than a record may be, which is skipped without being kept. The
 * first line may be as long as a whole file: it may be one.
 */
async function* linesOf(chunks: AsyncIterable<Buffer>, limits: ReadLimits): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = [];
  let held = 0;
  let total = 0;
  let isFirst = true;
  let isSkipping = false;
  const keep = (part: Buffer): void => {
    held += part.length;
    if (isFirst && held > limits.maxWholeBytes) throw invalid('large');
    if (!isFirst && held > limits.maxLineBytes) isSkipping = true;
    if (isSkipping) parts = [];
    else parts.push(part);
  };
  const end = (): Buffer | null => {
    const line = isSkipping ? null : Buffer.concat(parts);
    parts = [];
    held = 0;
    isSkipping = false;
    isFirst = false;
    return line;
  };
  for await (const chunk of chunks) {
    if (total === 0) assertUtf8(chunk);
    total += chunk.length;
    if (total > limits.maxBytes) throw invalid('large');
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(NEW_LINE, from);
      if (at < 0) break;
      keep(chunk.subarray(from, at));
      from = at + 1;
      yield end();
    }
    if (from < chunk.length) keep(Buffer.from(chunk.subarray(from)));
  }
  if (held > 0) yield end();
}

/** A zero among the first bytes is UTF-16 or no text at all; both begin otherwise than a text in UTF-8. */
function assertUtf8(first: Buffer): void {
  if (startsWith(first, 0xff, 0xfe) || startsWith(first, 0xfe, 0xff) || first.subarray(0, 1024).includes(0))
    throw invalid('encoding');
}

function startsWith(bytes: Uint8Array, ...start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decoded(line: Buffer): string | null {
  try {
    return UTF8.decode(line);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function decode(line: Buffer): string {
  const text = decoded(line);
  if (text === null) throw invalid('encoding');
  return text;
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

function isZlib(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:Z_|ERR_ZLIB|ERR_BUFFER)/.test(String(error.code));
}
