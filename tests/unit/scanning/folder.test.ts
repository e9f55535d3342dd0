import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScanner } from '../../../src/main/scanning/index.ts';
import { image } from './images.ts';
import { FAST, outcome, testDeps } from './scripted-device.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'counter-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array) => writeFile(path.join(folder, name), bytes);

describe('a folder as a scanner', () => {
  it('gives its images in natural order and passes over what is none', async () => {
    const [jpg, png] = [await image('jpeg'), await image('png')];
    for (const name of ['page10.jpg', 'page2.JPEG', 'page1.jpg']) await put(name, jpg);
    await put('page3.png', png);
    await put('notes.txt', Buffer.from('x'));
    await put('.hidden.jpg', jpg);
    await mkdir(path.join(folder, 'sub.jpg'));
    const { pages, error } = await outcome(openScanner(`folder:${folder}`, testDeps()));
    expect(error).toBeUndefined();
    expect(pages.map((p) => p.format)).toEqual(['jpeg', 'jpeg', 'png', 'jpeg']);
    expect(pages.map((p) => p.index)).toEqual([0, 1, 2, 3]);
  });

  it('gives one page as a platen', async () => {
    for (const name of ['a.jpg', 'b.jpg']) await put(name, await image('jpeg'));
    expect(
      (await outcome(openScanner(`folder:${folder}`, testDeps()), { source: 'platen' })).pages,
    ).toHaveLength(1);
  });

  it('keeps the whole pages before a cut one', async () => {
    const jpg = await image('jpeg');
    await put('1.jpg', jpg);
    await put('2.jpg', jpg.subarray(0, -9));
    await put('3.jpg', jpg);
    const { pages, error } = await outcome(openScanner(`folder:${folder}`, testDeps()));
    expect(pages).toHaveLength(1);
    expect(error).toMatchObject({ code: 'PAGE_TRUNCATED', details: { page: 2 } });
  });

  it('that is empty, gone or too large for a page is named', async () => {
    const scan = (uri: string, deps = testDeps()) => outcome(openScanner(uri, deps));
    expect((await scan(`folder:${folder}`)).error).toMatchObject({ code: 'SCANNER_EMPTY' });
    expect((await scan(`folder:${folder}/gone`)).error).toMatchObject({ code: 'SCANNER_UNREACHABLE' });
    await put('1.jpg', await image('jpeg'));
    const limits = { ...FAST, maxPageBytes: 100 };
    expect((await scan(`folder:${folder}`, testDeps({ limits }))).error).toMatchObject({
      code: 'SCANNER_PROTOCOL',
    });
  });

  it('stops when it is cancelled', async () => {
    await put('1.jpg', await image('jpeg'));
    await put('2.jpg', await image('jpeg'));
    const stop = new AbortController();
    const seen: number[] = [];
    const scan = async () => {
      const settings = { source: 'adf', dpi: 300, mode: 'color' } as const;
      for await (const page of openScanner(`folder:${folder}`, testDeps()).scan(settings, stop.signal)) {
        seen.push(page.index);
        stop.abort();
      }
    };
    await expect(scan()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(seen).toEqual([0]);
  });
});
