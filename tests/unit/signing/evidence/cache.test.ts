import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderCache, memoryCache } from '../../../../src/main/signing/evidence/cache.ts';
import { createGate, createKeyedGate } from '../../../../src/main/signing/evidence/gate.ts';

const never = new AbortController().signal;
const octets = (n: number) => Buffer.alloc(n, 1);

describe('the cache of evidence', () => {
  const folders: string[] = [];
  const newFolder = () => {
    folders.push(mkdtempSync(path.join(tmpdir(), 'cache-')));
    return folders.at(-1)!;
  };
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('in memory gives up what was used longest ago, and takes nothing larger than itself', async () => {
    const cache = memoryCache(100);
    await cache.put('a', octets(40));
    await cache.put('b', octets(40));
    await cache.get('a');
    await cache.put('c', octets(40));
    expect(await cache.get('b')).toBeNull();
    expect([await cache.get('a'), await cache.get('c')].map((v) => v?.length)).toEqual([40, 40]);
    await cache.put('huge', octets(101));
    expect(await cache.get('huge')).toBeNull();
    await cache.put('a', octets(10));
    expect((await cache.get('a'))?.length).toBe(10);
  });

  it('in a folder keeps whole files of any key, the newest of them, and nothing half written', async () => {
    const folder = path.join(newFolder(), 'deep', 'down');
    const cache = folderCache(folder, 3);
    await cache.put('crl http://a.test/../../etc/x?y=ấ', octets(5));
    expect((await cache.get('crl http://a.test/../../etc/x?y=ấ'))?.length).toBe(5);
    expect(await cache.get('other')).toBeNull();
    const old = readdirSync(folder)[0]!;
    utimesSync(path.join(folder, old), 1, 1);
    for (let i = 0; i < 64; i++) await cache.put(`key ${i % 3}`, octets(7));
    const files = readdirSync(folder);
    expect(files).toHaveLength(3);
    expect(files).not.toContain(old);
    expect(files.every((f) => /^[0-9a-f]{64}\.der$/.test(f))).toBe(true);
  });
});

describe('a gate', () => {
  it('lets so many through at once, in the order in which they came, and whatever fails leaves', async () => {
    const gate = createGate(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const work = (i: number) => async () => {
      begun.push(i);
      await new Promise<void>((done) => ends.push(done));
      if (i === 0) throw new Error('không');
    };
    const all = [0, 1, 2, 3].map((i) => gate.run(work(i), never));
    const settled = Promise.allSettled(all);
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    for (let i = 0; i < 4; i++) {
      ends[i]!();
      await Promise.allSettled([all[i]]);
    }
    expect(begun).toEqual([0, 1, 2, 3]);
    expect((await settled).map((s) => s.status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  });

  it('lets go who does not want to wait, and takes nobody who never did', async () => {
    const gate = createGate(1);
    let end = () => {};
    const first = gate.run(() => new Promise<void>((done) => (end = done)), never);
    const abort = new AbortController();
    const second = gate.run(async () => 'hai', abort.signal);
    const third = gate.run(async () => 'ba', never);
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    end();
    await first;
    expect(await third).toBe('ba');
    await expect(gate.run(async () => 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('of keys holds back the same key alone', async () => {
    const gate = createKeyedGate();
    const seen: string[] = [];
    let end = () => {};
    const a1 = gate.run('a', () => new Promise<void>((done) => (end = done)), never);
    const a2 = gate.run('a', async () => void seen.push('a2'), never);
    await gate.run('b', async () => void seen.push('b'), never);
    expect(seen).toEqual(['b']);
    end();
    await Promise.all([a1, a2]);
    expect(seen).toEqual(['b', 'a2']);
  });
});
