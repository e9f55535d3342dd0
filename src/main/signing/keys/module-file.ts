import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';

/** What a module's file says of itself before anybody loads it. */
export interface ModuleFacts {
  readonly format: 'elf' | 'pe';
  readonly bits: 32 | 64;
  /** As `process.arch` names it; the number where that has no name. */
  readonly machine: string;
  /** Whether it exports C_GetFunctionList; null where the file does not tell in a bounded look. */
  readonly cryptoki: boolean | null;
}

/** e_machine of ELF (gabi) and Machine of PE (Microsoft's PE format), by Node's names. */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: 'ia32',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
};
const PE_MACHINES: Readonly<Record<number, string>> = {
  332: 'ia32',
  452: 'arm',
  34404: 'x64',
  43620: 'arm64',
};
const ENTRY = 'C_GetFunctionList';
/** Vendors' modules take some megabytes; what is looked at are tables of a few kilobytes. */
const MAX_TABLE = 4 << 20;
const MAX_SECTIONS = 512;
const MAX_NAMES = 65_536;

/**
 * Looks at a module without loading it, which runs none of its code. Null where the file is neither ELF nor PE or is cut
 * short.
 */
export function inspectModule(file: string): ModuleFacts | null {
  const handle = openSync(file, 'r');
  try {
    const read = readerOf(handle);
    const start = read(0, 64);
    if (start.readUInt32BE(0) === 0x7f454c46) return elfFacts(read, start);
    if (start.readUInt16BE(0) === 0x4d5a) return peFacts(read, start);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** Throws TOKEN_MODULE_BITS where this process could not load the module, TOKEN_MODULE_INVALID where nobody could. */
export function assertLoadable(file: string): void {
  // macOS has a format of its own (Mach-O, with several machines in one file): its loader tells.
  if (process.platform === 'darwin') return;
  const module = path.basename(file);
  const facts = inspectModule(file);
  if (!facts) throw new CounterError('TOKEN_MODULE_INVALID', { module, reason: 'not-a-library' });
  const { bits, machine } = facts;
  const wantedFormat = process.platform === 'win32' ? 'pe' : 'elf';
  if (facts.format !== wantedFormat)
    throw new CounterError('TOKEN_MODULE_INVALID', { module, reason: 'other-system', format: facts.format });
  if (machine !== process.arch) throw new CounterError('TOKEN_MODULE_BITS', { module, bits, machine });
  if (facts.cryptoki === false)
    throw new CounterError('TOKEN_MODULE_INVALID', { module, reason: 'no-entry-point' });
}

type Read = (at: number, length: number) => Buffer;

/** Reads exactly as much as asked, or throws RangeError. */
function readerOf(handle: number): Read {
  return (at, length) => {
    if (!Number.isSafeInteger(at) || at < 0 || length < 0 || length > MAX_TABLE)
      throw new RangeError('table');
    const octets = Buffer.alloc(length);
    if (readSync(handle, octets, 0, length, at) !== length) throw new RangeError('cut short');
    return octets;
  };
}

function elfFacts(read: Read, start: Buffer): ModuleFacts | null {
  const bits = start[4] === 2 ? 64 : 32;
  // Every machine that counters run on is little-endian.
  if (start[5] !== 1) return null;
  const machine = start.readUInt16LE(18);
  return {
    ...{ format: 'elf', bits, machine: ELF_MACHINES[machine] ?? String(machine) },
    cryptoki: quietRange(() => elfExports(read, start, bits)),
  };
}

/** The names in .dynstr, by the section headers; a file that was stripped of those does not tell. */
function elfExports(read: Read, start: Buffer, bits: 32 | 64): boolean | null {
  const wide = bits === 64;
  const at = wide ? Number(start.readBigUInt64LE(40)) : start.readUInt32LE(32);
  const size = start.readUInt16LE(wide ? 58 : 46);
  const count = start.readUInt16LE(wide ? 60 : 48);
  if (at === 0 || count === 0 || count > MAX_SECTIONS || size < (wide ? 64 : 40)) return null;
  const table = read(at, count * size);
  const section = (index: number) => {
    const header = table.subarray(index * size, (index + 1) * size);
    const word = (w: number, n: number) =>
      wide ? Number(header.readBigUInt64LE(w)) : header.readUInt32LE(n);
    return {
      type: header.readUInt32LE(4),
      offset: word(24, 16),
      length: word(32, 20),
      link: header.readUInt32LE(wide ? 40 : 24),
    };
  };
  const DYNAMIC_SYMBOLS = 11;
  for (let index = 0; index < count; index++) {
    const symbols = section(index);
    if (symbols.type !== DYNAMIC_SYMBOLS) continue;
    if (symbols.link >= count) return null;
    const names = section(symbols.link);
    const strings = read(names.offset, names.length);
    const entries = read(symbols.offset, symbols.length);
    const step = wide ? 24 : 16;
    for (let entry = 0; entry + step <= entries.length; entry += step) {
      const defined = entries.readUInt16LE(entry + (wide ? 6 : 14)) !== 0;
      const name = entries.readUInt32LE(entry);
      if (defined && isName(strings, name)) return true;
    }
    return false;
  }
  return null;
}

function peFacts(read: Read, start: Buffer): ModuleFacts | null {
  const at = start.readUInt32LE(60);
  const header = read(at, 24);
  if (header.toString('latin1', 0, 4) !== 'PE\0\0') return null;
  const machine = header.readUInt16LE(4);
  const sections = header.readUInt16LE(6);
  const optional = read(at + 24, header.readUInt16LE(20));
  const wide = optional.readUInt16LE(0) === 0x20b;
  return {
    ...{ format: 'pe', bits: wide ? 64 : 32, machine: PE_MACHINES[machine] ?? String(machine) },
    cryptoki: quietRange(() => {
      if (sections > MAX_SECTIONS) return null;
      const table = read(at + 24 + optional.length, sections * 40);
      return peExports(read, { optional, wide, table });
    }),
  };
}

interface PeTables {
  readonly optional: Buffer;
  readonly wide: boolean;
  readonly table: Buffer;
}

function peExports(read: Read, { optional, wide, table }: PeTables): boolean {
  const directory = wide ? 112 : 96;
  if (optional.readUInt32LE(directory - 4) === 0) return false;
  const exportsAt = optional.readUInt32LE(directory);
  if (exportsAt === 0) return false;
  const fileOffset = (address: number): number => {
    for (let section = 0; section < table.length; section += 40) {
      const from = table.readUInt32LE(section + 12);
      const size = Math.max(table.readUInt32LE(section + 8), table.readUInt32LE(section + 16));
      if (address >= from && address < from + size) return address - from + table.readUInt32LE(section + 20);
    }
    throw new RangeError('address outside the sections');
  };
  const facts = read(fileOffset(exportsAt), 40);
  const count = facts.readUInt32LE(24);
  if (count > MAX_NAMES) throw new RangeError('names');
  const names = read(fileOffset(facts.readUInt32LE(32)), count * 4);
  for (let index = 0; index < count; index++) {
    const name = read(fileOffset(names.readUInt32LE(index * 4)), ENTRY.length + 1);
    if (isName(name, 0)) return true;
  }
  return false;
}

function isName(strings: Buffer, at: number): boolean {
  return strings.toString('latin1', at, at + ENTRY.length + 1) === `${ENTRY}\0`;
}

/** A table that does not hold what it promises tells nothing; the loader has the last word. */
function quietRange(look: () => boolean | null): boolean | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
