import { PdfTooComplex } from './objects.ts';
import { Parser } from './parser.ts';
import type { ByteSource } from './source.ts';
import { NODE_UNITS, type Work } from './work.ts';

const FIRST = 2048;
/** An object that needs more than this before its stream data is refused: honest ones stay below a few MB. */
const MAX_WINDOW = 32 * 1024 * 1024;

/**
 * Parses at an offset of a file, with a window that grows fourfold as long as its end was touched: an object of n
 * bytes costs at most 4n/3 more than reading it once. What is parsed is charged to `work`, also where it fails.
 */
export async function readWindow<T>(
  source: ByteSource,
  at: number,
  parse: (parser: Parser) => T,
  work: Work,
): Promise<T> {
  for (let size = FIRST; ; size *= 4) {
    if (size > MAX_WINDOW) throw new PdfTooComplex('object-bytes');
    const bytes = await source.read(at, size);
    const parser = new Parser(bytes);
    const whole = at + bytes.length >= source.size;
    try {
      const value = parse(parser);
      if (whole || !parser.touchedEnd) return value;
    } catch (error) {
      if (whole || !parser.touchedEnd) throw error;
    } finally {
      work.spend(parser.pos + NODE_UNITS * parser.nodes);
    }
  }
}
