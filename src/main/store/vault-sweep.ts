import path from 'node:path';
import { type Disk, isErrno, removeIfThere } from './disk.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { VaultObjects } from './objects.ts';
import { type Claims, claimedHash } from './vault-claims.ts';

/**
 * recent = what a crash can have left: temporary files, claims, and the newest rows; its cost does not grow with
 * the vault. all = every object and every row; for diagnostics, safe while pages are being put.
 */
export type SweepScope = 'recent' | 'all';

export interface SweepReport {
  /** Temporary files and objects without a row that were deleted: pages never acknowledged to anyone. */
  readonly removed: number;
  /** Rows whose object is not on disk (VAULT_OBJECT_MISSING). Nothing is done about them. */
  readonly missing: readonly string[];
}

export interface SweepTools {
  readonly disk: Disk;
  readonly folder: string;
  readonly incoming: string;
  readonly objects: VaultObjects;
  readonly claims: Claims;
  readonly locked: KeyedLock;
  placeOf(hash: string): string;
  remove(hash: string): Promise<void>;
}

/** A power cut can only have taken what was written just before it. */
const NEWEST = 64;
const BATCH = 500;
const OBJECT = /^[0-9a-f]{64}$/;

/** Deletes an object without a row. What a put of this run has claimed is left: its row may be on the way. */
async function removeOrphan(tools: SweepTools, hash: string): Promise<boolean> {
  return tools.locked(hash, async () => {
    if (tools.claims.holds(hash) || tools.objects.has(hash)) return false;
    try {
      await tools.remove(hash);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
  });
}

async function isMissing(tools: SweepTools, hash: string): Promise<boolean> {
  return tools.objects.has(hash) && !(await tools.disk.exists(tools.placeOf(hash)));
}

interface Counters {
  removed: number;
  missing: Set<string>;
}

async function sweepClaims(tools: SweepTools, names: readonly string[], found: Counters): Promise<void> {
  for (const name of names) {
    const hash = claimedHash(name);
    if (hash === undefined || tools.claims.holds(hash)) continue;
    if (await isMissing(tools, hash)) found.missing.add(hash);
    if (await removeOrphan(tools, hash)) found.removed += 1;
    await tools.claims.drop(hash);
  }
}

async function sweepTemporary(tools: SweepTools, names: readonly string[], found: Counters): Promise<void> {
  for (const name of names) {
    if (!name.endsWith('.part')) continue;
    await removeIfThere(tools.disk, path.join(tools.incoming, name));
    found.removed += 1;
  }
}

async function sweepObjects(tools: SweepTools, found: Counters): Promise<void> {
  for (const folder of await tools.disk.readdir(tools.folder)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of await tools.disk.readdir(path.join(tools.folder, folder))) {
      if (OBJECT.test(name) && (await removeOrphan(tools, name))) found.removed += 1;
    }
  }
}

async function* rowsOf(tools: SweepTools, scope: SweepScope): AsyncGenerator<string> {
  if (scope === 'recent') {
    yield* tools.objects.newest(NEWEST);
    return;
  }
  for (let after = ''; ; ) {
    const batch = tools.objects.after(after, BATCH);
    yield* batch;
    if (batch.length < BATCH) return;
    after = batch.at(-1)!;
  }
}

/** Temporary files are deleted by the sweep at start only: later they may belong to a put that is under way. */
export async function sweepVault(tools: SweepTools, scope: SweepScope): Promise<SweepReport> {
  const found: Counters = { removed: 0, missing: new Set() };
  const names = await tools.disk.readdir(tools.incoming);
  if (scope === 'recent') await sweepTemporary(tools, names, found);
  await sweepClaims(tools, names, found);
  if (scope === 'all') await sweepObjects(tools, found);
  for await (const hash of rowsOf(tools, scope)) {
    if (!(await tools.disk.exists(tools.placeOf(hash)))) found.missing.add(hash);
  }
  return { removed: found.removed, missing: [...found.missing] };
}
