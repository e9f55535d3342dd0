import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { CounterError, type ErrorCode } from '../../../src/contract/errors.ts';
import { type Database, openDatabase } from '../../../src/main/store/database.ts';
import type { Disk, DiskFile } from '../../../src/main/store/disk.ts';
import { deriveStoreKeys } from '../../../src/main/store/key-vault.ts';
import { type VaultObjects, vaultObjectsOf } from '../../../src/main/store/objects.ts';

export const MASTER_KEY = new Uint8Array(32).fill(7);
export const OTHER_KEY = new Uint8Array(32).fill(8);
export const KEYS = deriveStoreKeys(MASTER_KEY);
export const AT = '2026-11-23T01:00:00.000Z';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** Work that is undone after the test, last first. */
export function afterThisTest(cleanup: () => void): void {
  cleanups.push(cleanup);
}

export function tempFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-store-'));
  afterThisTest(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function tempDatabase(): Promise<Database> {
  const db = await openDatabase({ path: path.join(tempFolder(), 'counter.db'), key: KEYS.database });
  afterThisTest(() => db.close());
  return db;
}

export async function tempObjects(): Promise<VaultObjects> {
  return vaultObjectsOf(await tempDatabase());
}

/** Bytes that look random and are the same in every run. */
export function noise(bytes: number, seed = 1): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; i * 32 < bytes; i += 1) parts.push(createHash('sha256').update(`${seed}/${i}`).digest());
  return Buffer.concat(parts).subarray(0, bytes);
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** The stable code of the failure that `work` ends with; 'none' where it succeeds. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<ErrorCode | 'none'> {
  try {
    await (typeof work === 'function' ? work() : work);
    return 'none';
  } catch (error) {
    if (error instanceof CounterError) return error.code;
    throw error;
  }
}

export interface DiskFault {
  /** Number of the operation that breaks, from 1; 0 = none. */
  readonly at: number;
  readonly errno: 'ENOSPC' | 'EIO';
  /** True where everything after it breaks too, as when the program ends there. */
  readonly forGood: boolean;
}

export interface BrokenDisk extends Disk {
  operations(): readonly string[];
}

/** A real disk that fails at one operation, and that takes at most `maxWrite` bytes at once. */
export function brokenDisk(real: Disk, fault: DiskFault, maxWrite = Number.POSITIVE_INFINITY): BrokenDisk {
  const seen: string[] = [];
  function step(name: string): void {
    seen.push(name);
    const broken = fault.at > 0 && (fault.forGood ? seen.length >= fault.at : seen.length === fault.at);
    if (broken) throw Object.assign(new Error(`${fault.errno}: ${name}`), { code: fault.errno });
  }
  async function counted<T>(name: string, work: () => Promise<T>): Promise<T> {
    step(name);
    return work();
  }
  const wrap = (file: DiskFile): DiskFile => ({
    write: (data, offset, length, position) =>
      counted('write', () => file.write(data, offset, Math.min(length, maxWrite), position)),
    read: (data, offset, length, position) =>
      counted('read', () => file.read(data, offset, length, position)),
    stat: () => counted('stat', () => file.stat()),
    sync: () => counted('sync', () => file.sync()),
    async close() {
      await file.close();
      step('close');
    },
  });
  return {
    operations: () => seen,
    open: (p, flags, mode) => counted('open', async () => wrap(await real.open(p, flags, mode))),
    rename: (from, to) => counted('rename', () => real.rename(from, to)),
    link: (from, to) => counted('link', () => real.link(from, to)),
    unlink: (p) => counted('unlink', () => real.unlink(p)),
    mkdir: (p, mode) => counted('mkdir', () => real.mkdir(p, mode)),
    readdir: (p) => counted('readdir', () => real.readdir(p)),
    exists: (p) => counted('exists', () => real.exists(p)),
  };
}
