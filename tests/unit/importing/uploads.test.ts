import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createUploads, type UploadOptions, type Uploads } from '../../../src/main/importing/uploads.ts';
import { type Disk, nodeDisk } from '../../../src/main/store/disk.ts';
import { testFolder } from './support/import.ts';

const place = testFolder();
const open: Uploads[] = [];
let folders = 0;

afterEach(async () => {
  await Promise.all(open.splice(0).map((uploads) => uploads.close()));
});
afterAll(place.remove);

function start(options: Partial<UploadOptions> = {}) {
  const folder = options.folder ?? path.join(place.folder, `uploads-${folders++}`);
  const uploads = createUploads({ ...options, folder });
  open.push(uploads);
  return { uploads, folder };
}

const piece = (value: number, length = 10) => Buffer.alloc(length, value);
const fails = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code: string; details: { reason?: string } }) =>
      `${error.code} ${error.details.reason ?? ''}`.trim(),
  );

describe('a file in pieces', () => {
  it('is whole once all of them came, under the name it was given', async () => {
    const { uploads, folder } = start();
    const id = await uploads.begin('../giấy tờ.pdf'.normalize('NFD'), 25);
    for (const [index, data] of [piece(1), piece(2), piece(3, 5)].entries())
      await uploads.chunk(id, index, data);
    const file = await uploads.finish(id);
    expect(file.name).toBe('giấy tờ.pdf');
    expect(path.dirname(file.path)).toBe(folder);
    expect(readFileSync(file.path).equals(Buffer.concat([piece(1), piece(2), piece(3, 5)]))).toBe(true);
    expect(await fails(uploads.finish(id))).toBe('UPLOAD_BROKEN unknown');
  });

  it('takes a repeated piece again, and only the same', async () => {
    const { uploads } = start();
    const id = await uploads.begin('a', 20);
    await uploads.chunk(id, 0, piece(1));
    await uploads.chunk(id, 0, piece(1));
    expect(await fails(uploads.chunk(id, 0, piece(2)))).toBe('UPLOAD_BROKEN piece-differs');
    await uploads.chunk(id, 1, piece(2));
    await uploads.chunk(id, 0, piece(1));
    const file = await uploads.finish(id);
    expect(readFileSync(file.path).equals(Buffer.concat([piece(1), piece(2)]))).toBe(true);
  });

  it('keeps the order of pieces that are sent at once', async () => {
    const { uploads } = start();
    const id = await uploads.begin('a', 500);
    const data = Array.from({ length: 50 }, (_, i) => piece(i));
    await Promise.all(data.map((d, i) => uploads.chunk(id, i, d)));
    expect(readFileSync((await uploads.finish(id)).path).equals(Buffer.concat(data))).toBe(true);
  });

  it('refuses a piece out of order, too much, too little, nothing, too large', async () => {
    const { uploads } = start({ limits: { maxChunkBytes: 15, maxChunks: 2 } });
    const id = await uploads.begin('a', 40);
    expect(await fails(uploads.chunk(id, 1, piece(1)))).toBe('UPLOAD_BROKEN order');
    expect(await fails(uploads.chunk(id, -1, piece(1)))).toBe('UPLOAD_BROKEN order');
    expect(await fails(uploads.chunk(id, 0, piece(1, 0)))).toBe('UPLOAD_BROKEN piece-size');
    expect(await fails(uploads.chunk(id, 0, piece(1, 16)))).toBe('UPLOAD_BROKEN piece-size');
    await uploads.chunk(id, 0, piece(1));
    expect(await fails(uploads.finish(id))).toBe('UPLOAD_BROKEN length');
    await uploads.chunk(id, 1, piece(1));
    expect(await fails(uploads.chunk(id, 2, piece(1)))).toBe('UPLOAD_BROKEN piece-size');
    const small = await uploads.begin('b', 5);
    expect(await fails(uploads.chunk(small, 0, piece(1)))).toBe('UPLOAD_BROKEN length');
    expect(await fails(uploads.chunk('no such', 0, piece(1)))).toBe('UPLOAD_BROKEN unknown');
  });
});

describe('what uploads may cost', () => {
  it('is bounded for one and for all of them, by what they announce and what still lies there', async () => {
    const { uploads } = start({ limits: { maxFileBytes: 50, maxTotalBytes: 100, maxUploads: 3 } });
    expect(await fails(uploads.begin('a', 51))).toBe('FILE_TOO_LARGE');
    expect(await fails(uploads.begin('a', 0))).toBe('BAD_REQUEST');
    expect(await fails(uploads.begin('a', 1.5))).toBe('BAD_REQUEST');
    const first = await uploads.begin('a', 50);
    await uploads.chunk(first, 0, piece(1, 50));
    const file = await uploads.finish(first);
    await uploads.begin('b', 40);
    expect(await fails(uploads.begin('c', 20))).toBe('DISK_FULL uploads');
    rmSync(file.path);
    await uploads.begin('c', 20);
    await uploads.begin('d', 1);
    expect(await fails(uploads.begin('e', 1))).toBe('DISK_FULL uploads');
  });

  it('is given back when one is abandoned or forgotten', async () => {
    let time = 0;
    const { uploads, folder } = start({ now: () => time, limits: { idleMs: 1000 } });
    const left = await uploads.begin('a', 10);
    const used = await uploads.begin('b', 10);
    const dropped = await uploads.begin('c', 10);
    await uploads.abandon(dropped);
    await uploads.abandon(dropped);
    await uploads.abandon('no such');
    expect(readdirSync(folder)).toHaveLength(2);
    time = 900;
    await uploads.chunk(used, 0, piece(1, 5));
    time = 1100;
    await uploads.begin('d', 10);
    expect(await fails(uploads.chunk(left, 0, piece(1)))).toBe('UPLOAD_BROKEN unknown');
    await uploads.chunk(used, 1, piece(1, 5));
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('leaves nothing of an earlier run, and nothing of others’ touched', async () => {
    const folder = path.join(place.folder, 'earlier');
    mkdirSync(folder);
    const own = path.join(folder, '01234567-89ab-4cde-8f01-23456789abcd.upload');
    const other = path.join(folder, 'other.txt');
    for (const file of [own, other]) writeFileSync(file, 'x');
    const { uploads } = start({ folder });
    await uploads.begin('a', 1);
    expect([existsSync(own), existsSync(other)]).toEqual([false, true]);
    await uploads.close();
    expect(readdirSync(folder)).toEqual(['other.txt']);
  });
});

describe('a disk that is full', () => {
  it('is named, and the same piece may come again', async () => {
    let full = true;
    const disk: Disk = {
      ...nodeDisk,
      open: async (file, flags, mode) => {
        const handle = await nodeDisk.open(file, flags, mode);
        if (flags !== 'r+') return handle;
        return {
          write: async (data, offset, length, position) => {
            if (!full) return handle.write(data, offset, length, position);
            // A part fits before the disk is full.
            await handle.write(data, offset, 3, position);
            throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
          },
          read: (data, offset, length, position) => handle.read(data, offset, length, position),
          stat: () => handle.stat(),
          sync: () => handle.sync(),
          close: () => handle.close(),
        };
      },
    };
    const { uploads } = start({ disk });
    const id = await uploads.begin('a', 10);
    expect(await fails(uploads.chunk(id, 0, piece(9)))).toBe('DISK_FULL ENOSPC');
    full = false;
    await uploads.chunk(id, 0, piece(7));
    expect(readFileSync((await uploads.finish(id)).path).equals(piece(7))).toBe(true);
  });

  it('is named at the beginning too, and costs no place', async () => {
    const disk: Disk = {
      ...nodeDisk,
      open: async () => {
        throw Object.assign(new Error('quota'), { code: 'EDQUOT' });
      },
    };
    const { uploads } = start({ disk, limits: { maxUploads: 1 } });
    expect(await fails(uploads.begin('a', 1))).toBe('DISK_FULL EDQUOT');
    expect(await fails(uploads.begin('a', 1))).toBe('DISK_FULL EDQUOT');
  });
});
