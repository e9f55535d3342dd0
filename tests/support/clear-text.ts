import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * How pictures and PDFs begin, eight octets and more: a shorter mark would turn up in megabytes of ciphertext by
 * chance (four octets once in some thousand runs).
 */
const MARKS: readonly Buffer[] = [
  Buffer.from('ffd8ffe000104a46494600', 'hex'),
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  Buffer.from('%PDF-1.7'),
];

/** Files below `folder` in which a picture, a PDF or one of `words` stands in the clear; `except` names are left out. */
export function filesInTheClear(
  folder: string,
  words: readonly string[],
  except: readonly string[] = [],
): string[] {
  const marks = [...MARKS, ...words.map((word) => Buffer.from(word))];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !except.includes(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return marks.some((mark) => bytes.includes(mark));
    })
    .map((file) => path.relative(folder, file));
}
