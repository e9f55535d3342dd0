import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deriveStoreKeys } from '../../../src/main/store/key-vault.ts';
import type { VaultObjects } from '../../../src/main/store/objects.ts';
import { openVault, type Vault } from '../../../src/main/store/vault.ts';
import { HEADER_BYTES, SEGMENT_BYTES, TAG_BYTES } from '../../../src/main/store/vault-format.ts';
import { AT, codeOf, filesUnder, KEYS, noise, OTHER_KEY, tempFolder, tempObjects } from './fixtures.ts';

interface Bench {
  readonly folder: string;
  readonly objects: VaultObjects;
  readonly vault: Vault;
  fileOf(hash: string): string;
  reopen(): Promise<Vault>;
}

async function bench(): Promise<Bench> {
  const folder = path.join(tempFolder(), 'vault');
  const objects = await tempObjects();
  const reopen = () => openVault({ folder, keys: KEYS, objects });
  const fileOf = (hash: string) => path.join(folder, hash.slice(0, 2), hash);
  return { folder, objects, vault: await reopen(), fileOf, reopen };
}

async function* inPieces(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

const SIZES = [0, 1, 700_001, SEGMENT_BYTES - 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 5 * SEGMENT_BYTES + 17];

describe('an object of the vault', () => {
  it.each(SIZES)('of %i bytes comes back as it was put, from memory, file or stream', async (size) => {
    const { vault, folder, fileOf } = await bench();
    const data = noise(size);
    const object = await vault.putBytes(data);
    expect(object).toEqual({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: size });
    const source = path.join(folder, '..', 'source');
    writeFileSync(source, data);
    expect(await vault.putFile(source)).toEqual(object);
    expect(await vault.putStream(inPieces(data, 99_991))).toEqual(object);
    rmSync(fileOf(object.hash));
    expect(await vault.putStream(inPieces(data, 3_000_001))).toEqual(object);
    expect(Buffer.compare(await vault.read(object.hash), data)).toBe(0);
    expect(await vault.verify(object.hash)).toBe(size);
    const copy = path.join(folder, '..', 'copy');
    await vault.copyTo(object.hash, copy);
    expect(readFileSync(copy).equals(data)).toBe(true);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(await codeOf(vault.copyTo(object.hash, copy))).toBe('FILE_EXISTS');
  });

  it('is read by ranges across segment borders and never beyond its end', async () => {
    const { vault } = await bench();
    const data = noise(2 * SEGMENT_BYTES + 1000);
    const { hash } = await vault.putBytes(data);
    const ranges = [
      [0, 0],
      [0, 10],
      [SEGMENT_BYTES - 5, 10],
      [SEGMENT_BYTES, SEGMENT_BYTES],
      [SEGMENT_BYTES - 1, SEGMENT_BYTES + 2],
      [7, data.length],
      [data.length - 1, 1],
      [data.length, 5],
      [data.length + 5, 5],
    ] as const;
    for (const [offset, length] of ranges) {
      const expected = data.subarray(offset, offset + length);
      expect(
        Buffer.compare(await vault.readRange(hash, offset, length), expected),
        `${offset}+${length}`,
      ).toBe(0);
    }
    await expect(vault.readRange(hash, -1, 5)).rejects.toThrow(RangeError);
  });

  it('lies on the disk once, encrypted, and differently in every vault', async () => {
    const [one, two] = [await bench(), await bench()];
    const marker = Buffer.from('NGUYỄN THỊ THỬ NGHIỆM 001085012345');
    const page = Buffer.concat([noise(5000), marker, noise(5000, 2)]);
    const objects = await Promise.all([1, 2, 3, 4].map(() => one.vault.putBytes(page)));
    expect(new Set(objects.map((o) => o.hash)).size).toBe(1);
    one.objects.add(objects[0]!, AT);
    await one.vault.close();
    expect(filesUnder(one.folder)).toEqual([one.fileOf(objects[0]!.hash)]);
    await two.vault.putBytes(page);
    const stored = [one, two].map(
      (b) =>
        filesUnder(b.folder)
          .map((f) => readFileSync(f))
          .sort((x, y) => y.length - x.length)[0]!,
    );
    expect(stored[0]!.equals(stored[1]!)).toBe(false);
    for (const bytes of stored) expect(bytes.includes(marker)).toBe(false);
    const other = await openVault({ ...one, keys: deriveStoreKeys(OTHER_KEY) });
    expect(await codeOf(other.read(objects[0]!.hash))).toBe('VAULT_OBJECT_CORRUPT');
    expect((await other.putBytes(page)).hash).not.toBe(objects[0]!.hash);
  });

  it('is told missing under an unknown or a malformed name', async () => {
    const { vault } = await bench();
    expect(await codeOf(vault.read('0'.repeat(64)))).toBe('VAULT_OBJECT_MISSING');
    expect(await codeOf(vault.read('../../../etc/passwd'))).toBe('VAULT_OBJECT_MISSING');
  });
});

describe('damage', () => {
  const size = 2 * SEGMENT_BYTES + 1000;
  const sealed = SEGMENT_BYTES + TAG_BYTES;
  const places = [0, 4, 5, 6, 8, 39, 40, 71, HEADER_BYTES, HEADER_BYTES + sealed - 1, HEADER_BYTES + sealed];
  const last = HEADER_BYTES + size + 3 * TAG_BYTES - 1;

  it.each([...places, HEADER_BYTES + 2 * sealed + 500, last])(
    'of one bit at byte %i is found',
    async (at) => {
      const { vault, fileOf, folder } = await bench();
      const { hash } = await vault.putBytes(noise(size));
      const bytes = readFileSync(fileOf(hash));
      expect(bytes.length).toBe(last + 1);
      bytes[at]! ^= 0x10;
      writeFileSync(fileOf(hash), bytes);
      expect(await codeOf(vault.read(hash))).toBe('VAULT_OBJECT_CORRUPT');
      expect(await codeOf(vault.readRange(hash, 0, size))).toBe('VAULT_OBJECT_CORRUPT');
      const copy = path.join(folder, '..', 'copy');
      expect(await codeOf(vault.copyTo(hash, copy))).toBe('VAULT_OBJECT_CORRUPT');
      expect(filesUnder(path.dirname(copy))).not.toContain(copy);
    },
  );

  it.each([0, 10, HEADER_BYTES, HEADER_BYTES + 15, HEADER_BYTES + sealed, HEADER_BYTES + sealed + 9, last])(
    'by a cut to %i bytes is found, also by whoever asks for the end alone',
    async (bytes) => {
      const { vault, fileOf } = await bench();
      const { hash } = await vault.putBytes(noise(size));
      truncateSync(fileOf(hash), bytes);
      expect(await codeOf(vault.read(hash))).toBe('VAULT_OBJECT_CORRUPT');
      expect(await codeOf(vault.readRange(hash, size - 10, 10))).toBe('VAULT_OBJECT_CORRUPT');
    },
  );

  it('by exchanged segments, added bytes or exchanged objects is found', async () => {
    const { vault, fileOf } = await bench();
    const { hash } = await vault.putBytes(noise(size));
    const bytes = readFileSync(fileOf(hash));
    const swapped = Buffer.concat([
      bytes.subarray(0, HEADER_BYTES),
      bytes.subarray(HEADER_BYTES + sealed, HEADER_BYTES + 2 * sealed),
      bytes.subarray(HEADER_BYTES, HEADER_BYTES + sealed),
      bytes.subarray(HEADER_BYTES + 2 * sealed),
    ]);
    const other = await vault.putBytes(noise(size, 2));
    for (const forged of [
      swapped,
      Buffer.concat([bytes, Buffer.alloc(1)]),
      readFileSync(fileOf(other.hash)),
    ]) {
      writeFileSync(fileOf(hash), forged);
      expect(await codeOf(vault.read(hash))).toBe('VAULT_OBJECT_CORRUPT');
      expect(await codeOf(vault.readRange(hash, 0, size))).toBe('VAULT_OBJECT_CORRUPT');
    }
  });

  it('is healed by putting the same content again', async () => {
    const { vault, fileOf } = await bench();
    const data = noise(size);
    const { hash } = await vault.putBytes(data);
    truncateSync(fileOf(hash), 1000);
    await vault.putBytes(data);
    expect(Buffer.compare(await vault.read(hash), data)).toBe(0);
  });
});

describe('the sweep', () => {
  it('at start deletes what was never acknowledged and keeps what has its row', async () => {
    const { vault, objects, folder, fileOf, reopen } = await bench();
    const kept = await vault.putBytes(noise(1000, 1));
    objects.add(kept, AT);
    const orphan = await vault.putBytes(noise(1000, 2));
    writeFileSync(path.join(folder, 'incoming', 'abc.part'), noise(100));
    const again = await reopen();
    expect(await again.sweep('recent')).toEqual({ removed: 2, missing: [] });
    expect(filesUnder(folder)).toEqual([fileOf(kept.hash)]);
    expect(await codeOf(again.read(orphan.hash))).toBe('VAULT_OBJECT_MISSING');
    expect(await again.sweep('recent')).toEqual({ removed: 0, missing: [] });
  });

  it('names rows without an object and deletes nothing for them', async () => {
    const { vault, objects, fileOf, reopen } = await bench();
    const stored = await Promise.all([1, 2, 3].map((seed) => vault.putBytes(noise(1000, seed))));
    for (const object of stored) objects.add(object, AT);
    await vault.close();
    rmSync(fileOf(stored[1]!.hash));
    for (const scope of ['recent', 'all'] as const) {
      const report = await (await reopen()).sweep(scope);
      expect(report).toEqual({ removed: 0, missing: [stored[1]!.hash] });
    }
    expect(objects.has(stored[1]!.hash)).toBe(true);
  });

  it('of everything finds an orphan that has lost its claim, but leaves what is on its way', async () => {
    const { vault, folder, fileOf, reopen } = await bench();
    const lost = await vault.putBytes(noise(1000, 1));
    rmSync(path.join(folder, 'incoming', `${lost.hash}.claim`));
    const again = await reopen();
    const underWay = await again.putBytes(noise(1000, 2));
    expect(await again.sweep('recent')).toEqual({ removed: 0, missing: [] });
    expect(await again.sweep('all')).toEqual({ removed: 1, missing: [] });
    expect(filesUnder(folder)).toContain(fileOf(underWay.hash));
    expect(await codeOf(again.read(lost.hash))).toBe('VAULT_OBJECT_MISSING');
  });

  it('of everything may run while pages are put', async () => {
    const { vault, objects } = await bench();
    const put = async (seed: number) => {
      const object = await vault.putBytes(noise(20_000, seed % 5));
      objects.add(object, AT);
      return object;
    };
    const puts = Array.from({ length: 40 }, (_, i) => put(i));
    const sweeps = Array.from({ length: 10 }, () => vault.sweep('all'));
    const stored = await Promise.all(puts);
    await Promise.all(sweeps);
    for (const { hash } of stored) expect(await vault.verify(hash)).toBe(20_000);
  });

  it('keeps few claims, however many objects there are', async () => {
    const { vault, objects, folder } = await bench();
    for (let i = 0; i < 150; i += 1) objects.add(await vault.putBytes(noise(10, i)), AT);
    expect(filesUnder(path.join(folder, 'incoming')).length).toBeLessThanOrEqual(40);
    await vault.close();
    expect(filesUnder(path.join(folder, 'incoming'))).toEqual([]);
  });

  it('leaves files alone that are not its own', async () => {
    const { vault, folder } = await bench();
    mkdirSync(path.join(folder, 'ab'));
    const foreign = [path.join(folder, 'ab', 'notes.txt'), path.join(folder, 'readme.txt')];
    for (const file of foreign) writeFileSync(file, 'x');
    await vault.sweep('all');
    expect(filesUnder(folder)).toEqual(foreign.sort());
  });
});

describe('what is erased', () => {
  const DOSSIER = '00000000-0000-4000-8000-000000000001';

  it('is gone from the disk and unknown, and is no loss that a sweep reports', async () => {
    const { vault, objects, fileOf, reopen } = await bench();
    const secret = await vault.putBytes(noise(1000));
    const kept = await vault.putBytes(noise(2000));
    for (const object of [secret, kept]) objects.add(object, AT);
    const forget = () => objects.erase([secret.hash, 'ab'.repeat(32)], DOSSIER, AT);
    await vault.erase(forget);
    expect(await codeOf(vault.read(secret.hash))).toBe('VAULT_OBJECT_MISSING');
    expect(() => statSync(fileOf(secret.hash))).toThrow('ENOENT');
    expect([objects.has(secret.hash), objects.has(kept.hash)]).toEqual([false, true]);
    expect(objects.newest(10)).toEqual([kept.hash]);
    expect(objects.after('', 10)).toEqual([kept.hash]);
    const again = await reopen();
    for (const scope of ['recent', 'all'] as const)
      expect(await again.sweep(scope)).toEqual({ removed: 0, missing: [] });
    await again.erase(forget);
    expect(await again.verify(kept.hash)).toBe(2000);
  });

  it('comes back with the same content, and an erasure that was cut short is finished by a sweep', async () => {
    const { vault, objects, reopen } = await bench();
    const data = noise(3000);
    const object = await vault.putBytes(data);
    objects.add(object, AT);
    await vault.close();
    // The rows were marked, and the power went.
    expect(objects.erase([object.hash], DOSSIER, AT)).toEqual([object.hash]);
    const after = await reopen();
    expect(await after.sweep('all')).toEqual({ removed: 1, missing: [] });
    expect(await after.putBytes(data)).toEqual(object);
    objects.add(object, AT);
    expect(objects.has(object.hash)).toBe(true);
    expect(await after.verify(object.hash)).toBe(3000);
    // What is being put right now stays.
    await after.close();
    objects.erase([object.hash], DOSSIER, AT);
    await after.putBytes(data);
    await after.erase(() => [object.hash]);
    expect(await after.verify(object.hash)).toBe(3000);
  });
});
