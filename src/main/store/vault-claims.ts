import path from 'node:path';
import { type Disk, removeIfThere, withOpenFile } from './disk.ts';
import type { VaultObjects } from './objects.ts';

const SUFFIX = '.claim';

/**
 * A claim is an empty file that says: this object may be on disk without a row. It is made before the object gets
 * its name and dropped once the row is there, so a start after a crash looks at a few claims instead of at every
 * object. Journalling file systems keep the order of the two names; where one does not, a full sweep finds the rest.
 */
export interface Claims {
  make(hash: string): Promise<void>;
  holds(hash: string): boolean;
  size(): number;
  /** Drops the claims of objects that have their row. */
  settle(): Promise<void>;
  drop(hash: string): Promise<void>;
}

/** Hash of a claim's file name; undefined for any other file. */
export function claimedHash(fileName: string): string | undefined {
  return new RegExp(`^([0-9a-f]{64})\\${SUFFIX}$`).exec(fileName)?.[1];
}

export function createClaims(disk: Disk, incoming: string, objects: VaultObjects): Claims {
  const held = new Set<string>();
  const fileOf = (hash: string) => path.join(incoming, `${hash}${SUFFIX}`);

  async function drop(hash: string): Promise<void> {
    await removeIfThere(disk, fileOf(hash));
    held.delete(hash);
  }

  return {
    async make(hash) {
      // An object with its row is nobody's orphan; a claim on it would only have to be dropped again.
      if (held.has(hash) || objects.has(hash)) return;
      held.add(hash);
      await withOpenFile(disk, fileOf(hash), 'w', async () => undefined);
    },
    holds: (hash) => held.has(hash),
    size: () => held.size,
    async settle() {
      for (const hash of [...held]) if (objects.has(hash)) await drop(hash);
    },
    drop,
  };
}
