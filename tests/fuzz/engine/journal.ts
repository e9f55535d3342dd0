import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const HEAD = 8;

/** The input that is being run, in a file: what is left of it when the process hangs or dies. */
export function openJournal(path: string, limit: number) {
  const file = openSync(path, 'w');
  const memory = Buffer.alloc(HEAD + limit);
  return {
    note(input: Uint8Array, execution: number): void {
      memory.writeUInt32LE(execution, 0);
      memory.writeUInt32LE(input.length, 4);
      memory.set(input.subarray(0, limit), HEAD);
      writeSync(file, memory, 0, HEAD + Math.min(input.length, limit), 0);
    },
    close: () => closeSync(file),
  };
}

export function readJournal(path: string): { readonly execution: number; readonly input: Buffer } {
  const bytes = readFileSync(path);
  if (bytes.length < HEAD) return { execution: 0, input: Buffer.alloc(0) };
  const length = bytes.readUInt32LE(4);
  return { execution: bytes.readUInt32LE(0), input: bytes.subarray(HEAD, HEAD + length) };
}
