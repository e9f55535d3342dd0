import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeDisk } from '../../../src/main/store/disk.ts';
import type { VaultObjects } from '../../../src/main/store/objects.ts';
import { openVault } from '../../../src/main/store/vault.ts';
import { SEGMENT_BYTES } from '../../../src/main/store/vault-format.ts';
import {
  AT,
  brokenDisk,
  codeOf,
  type DiskFault,
  filesUnder,
  KEYS,
  noise,
  tempFolder,
  tempObjects,
} from './fixtures.ts';

const page = noise(SEGMENT_BYTES + 70_000);
const FAULTS = [
  { errno: 'ENOSPC', forGood: false, code: 'DISK_FULL' },
  { errno: 'EIO', forGood: false, code: 'DISK_FAILED' },
  { errno: 'EIO', forGood: true, code: 'DISK_FAILED' },
] as const;

/** Puts the page on a disk that breaks; answers what happened and how many operations the put took. */
async function putBroken(folder: string, objects: VaultObjects, fault: DiskFault) {
  const sound = await openVault({ folder, keys: KEYS, objects });
  await sound.sweep('recent');
  const before = brokenDisk(nodeDisk, { ...fault, at: 0 });
  await openVault({ folder, keys: KEYS, objects, disk: before });
  // Opening takes operations of its own; the fault is counted from the first one of the put.
  const at = fault.at + before.operations().length;
  const disk = brokenDisk(nodeDisk, { ...fault, at });
  const vault = await openVault({ folder, keys: KEYS, objects, disk });
  const code = await codeOf(vault.putBytes(page));
  return { code, failed: disk.operations()[at - 1] };
}

describe('a put on a disk that breaks', () => {
  it.each(FAULTS)(
    'at any operation ($errno, for good: $forGood) leaves the page whole or absent and no orphan',
    async (kind) => {
      const objects = await tempObjects();
      const reference = await openVault({ folder: tempFolder(), keys: KEYS, objects });
      const { hash } = await reference.putBytes(page);
      const failures: string[] = [];
      for (let at = 1; ; at += 1) {
        const folder = path.join(tempFolder(), 'vault');
        const { code, failed } = await putBroken(folder, objects, { ...kind, at });
        const vault = await openVault({ folder, keys: KEYS, objects });
        if (failed === undefined) {
          expect(code).toBe('none');
          expect(Buffer.compare(await vault.read(hash), page)).toBe(0);
          break;
        }
        failures.push(failed);
        expect(code, `operation ${at}: ${failed}`).toBe(kind.code);
        const temporary = readdirSync(path.join(folder, 'incoming')).filter((name) => name.endsWith('.part'));
        if (!kind.forGood) expect(temporary, `operation ${at}: ${failed}`).toEqual([]);
        expect(['none', 'VAULT_OBJECT_MISSING']).toContain(await codeOf(vault.read(hash)));
        await vault.sweep('recent');
        expect(filesUnder(folder), `operation ${at}: ${failed}`).toEqual([]);
        await vault.putBytes(page);
        expect(Buffer.compare(await vault.read(hash), page)).toBe(0);
      }
      expect(new Set(failures)).toEqual(
        new Set(['exists', 'open', 'write', 'sync', 'close', 'mkdir', 'rename']),
      );
    },
  );

  it('never harms a page that is there already', async () => {
    const objects = await tempObjects();
    const folder = path.join(tempFolder(), 'vault');
    const vault = await openVault({ folder, keys: KEYS, objects });
    const object = await vault.putBytes(page);
    objects.add(object, AT);
    await vault.close();
    let operations = 0;
    for (let at = 1; ; at += 1) {
      const { failed } = await putBroken(folder, objects, { at, errno: 'EIO', forGood: at % 2 === 0 });
      const again = await openVault({ folder, keys: KEYS, objects });
      expect(await again.sweep('recent')).toMatchObject({ missing: [] });
      expect(Buffer.compare(await again.read(object.hash), page), `operation ${at}: ${failed}`).toBe(0);
      expect(filesUnder(folder)).toHaveLength(1);
      if (failed === undefined) break;
      operations += 1;
    }
    expect(operations).toBeGreaterThan(5);
  });

  it('goes on where the disk takes less than it was given', async () => {
    const folder = path.join(tempFolder(), 'vault');
    const objects = await tempObjects();
    const disk = brokenDisk(nodeDisk, { at: 0, errno: 'EIO', forGood: false }, 65_537);
    const vault = await openVault({ folder, keys: KEYS, objects, disk });
    const { hash } = await vault.putBytes(page);
    expect(disk.operations().filter((name) => name === 'write').length).toBeGreaterThan(15);
    expect(Buffer.compare(await vault.read(hash), page)).toBe(0);
  });

  it('flushes file and folder before it is done, in that order around the naming', async () => {
    const disk = brokenDisk(nodeDisk, { at: 0, errno: 'EIO', forGood: false });
    const vault = await openVault({ folder: tempFolder(), keys: KEYS, objects: await tempObjects(), disk });
    await vault.putBytes(noise(10));
    const order = disk.operations().filter((name) => name === 'sync' || name === 'rename');
    // file, vault folder (a new sub-folder), name, sub-folder
    expect(order).toEqual(['sync', 'sync', 'rename', 'sync']);
  });

  it('stops with the reason where the stream of its content ends early', async () => {
    const folder = path.join(tempFolder(), 'vault');
    const vault = await openVault({ folder, keys: KEYS, objects: await tempObjects() });
    async function* cut() {
      yield noise(100_000);
      throw new Error('scanner gone');
    }
    await expect(vault.putStream(cut())).rejects.toThrow('scanner gone');
    expect(filesUnder(folder)).toEqual([]);
  });
});
