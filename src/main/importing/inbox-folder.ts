import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, open, opendir, rename, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CounterError } from '../../contract/errors.ts';
import { diskFailure, isErrno } from '../store/disk.ts';

/** A regular file of the folder as one look found it. */
export interface SeenFile {
  readonly name: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** Entries of a folder that are looked at; a folder of more is no folder to hand files over in. */
const MOST_ENTRIES = 5_000;
const AT_ONCE = 16;
/** Hidden files, halves of downloads, locks and owner files of office programs, what systems leave behind. */
const IGNORED =
  /^\.|^~|^_?desktop\.ini$|^thumbs\.db$|^ehthumbs|\.(?:part|partial|crdownload|download|opdownload|tmp|temp|lock|lnk|swp)$/i;

/** Names the loss of the folder, or that it is full; anything that is no file error is passed on as it is. */
export function inboxFailure(error: unknown): unknown {
  if (error instanceof CounterError || !(error instanceof Error) || !('code' in error)) return error;
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) return diskFailure(error);
  return new CounterError('INBOX_UNREACHABLE', { reason: String(error.code) }, { cause: error });
}

export function isOffered(name: string): boolean {
  return name !== '' && name === path.basename(name) && !/[/\\\0]/.test(name) && !IGNORED.test(name);
}

/** The newest regular files with acceptable names, newest first. Links and special files are passed over. */
export async function lookInto(folder: string, most: number): Promise<SeenFile[]> {
  const names: string[] = [];
  const entries = await opendir(folder);
  try {
    for (let n = 0; n < MOST_ENTRIES; n++) {
      const entry = await entries.read();
      if (!entry) break;
      // Some network shares do not say what an entry is; lstat below does.
      if (!entry.isDirectory() && !entry.isSymbolicLink() && isOffered(entry.name)) names.push(entry.name);
    }
  } finally {
    await entries.close();
  }
  const found: SeenFile[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const seen = await Promise.all(names.slice(at, at + AT_ONCE).map((name) => see(folder, name)));
    for (const file of seen) if (file) found.push(file);
  }
  return found.sort((a, b) => b.mtimeMs - a.mtimeMs || (a.name < b.name ? -1 : 1)).slice(0, most);
}

/** Null where it is gone meanwhile, empty, or no regular file. */
export async function see(folder: string, name: string): Promise<SeenFile | null> {
  try {
    const stats = await lstat(path.join(folder, name));
    return stats.isFile() && stats.size > 0 ? { name, bytes: stats.size, mtimeMs: stats.mtimeMs } : null;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES', 'EPERM')) return null;
    throw error;
  }
}

/** Whether another program holds it open for itself, which Windows tells by refusing to open it for writing. */
export async function isHeldOpen(file: string): Promise<boolean> {
  try {
    await (await open(file, 'r+')).close();
    return false;
  } catch (error) {
    if (isErrno(error, 'EBUSY', 'ETXTBSY')) return true;
    // A file that may only be read, or that is gone: the taking will tell.
    if (isErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ENOENT')) return false;
    throw error;
  }
}

export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * Moves a file into a folder under its name, or 'name (2)' and so on where that is taken, and never over another
 * file: the place is reserved by an empty file of our own making, over which the rename goes. Returns the name.
 */
export async function moveInto(file: string, folder: string, name: string): Promise<string> {
  const { name: stem, ext } = path.parse(name);
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : n < 1000 ? `${stem} (${n})${ext}` : `${randomUUID()}${ext}`;
    const target = path.join(folder, free);
    try {
      await (await open(target, 'wx')).close();
    } catch (error) {
      if (isErrno(error, 'EEXIST')) continue;
      throw error;
    }
    try {
      await rename(file, target);
    } catch (error) {
      await unlink(target);
      throw error;
    }
    return free;
  }
}

/** Where taken files lie while they are worked on: `.dang-nhap/<owner>~<milliseconds>~<uuid>/<name>`. */
const TAKEN = '.dang-nhap';
const PLACE = /^([\w.-]+)~(\d{13})~[0-9a-f-]{36}$/;
/** A counter that has not given back what it took after this is taken for gone. */
const ABANDONED_MS = 24 * 60 * 60_000;

export function ownerName(name: string): string {
  return name.replace(/[^\w.-]/g, '-').slice(0, 60) || 'counter';
}

/** By one atomic rename: of several counters one gets the file, the others FILE_MISSING. Returns its private path. */
export async function takeAway(
  folder: string,
  file: SeenFile,
  owner: string,
  nowMs: number,
): Promise<string> {
  const place = path.join(folder, TAKEN, `${owner}~${String(nowMs).padStart(13, '0')}~${randomUUID()}`);
  await mkdir(place, { recursive: true });
  const target = path.join(place, file.name);
  try {
    await rename(path.join(folder, file.name), target);
  } catch (error) {
    await rmdir(place);
    if (isErrno(error, 'ENOENT', 'EBUSY', 'EACCES', 'EPERM'))
      throw new CounterError('FILE_MISSING', { name: file.name, reason: 'taken' }, { cause: error });
    throw error;
  }
  const now = await see(place, file.name);
  if (now && now.bytes === file.bytes && now.mtimeMs === file.mtimeMs) return target;
  // It was exchanged or written to between the look and the taking.
  await putBack(folder, target);
  throw new CounterError('FILE_MISSING', { name: file.name, reason: 'changing' });
}

/** Back into the folder under its name. */
export async function putBack(folder: string, taken: string): Promise<void> {
  await moveInto(taken, folder, path.basename(taken));
  await leavePlace(taken);
}

export async function putAway(done: string, taken: string): Promise<void> {
  await mkdir(done, { recursive: true });
  await moveInto(taken, done, path.basename(taken));
  await leavePlace(taken);
}

async function leavePlace(taken: string): Promise<void> {
  await rmdir(path.dirname(taken));
}

/** Gives back what this counter had taken when it was stopped, and what any counter took more than a day ago. */
export async function recover(folder: string, owner: string, nowMs: number): Promise<void> {
  const root = path.join(folder, TAKEN);
  for (const place of await namesIn(root)) {
    const [, by, at] = PLACE.exec(place) ?? [];
    if (by === undefined || (by !== owner && nowMs - Number(at) < ABANDONED_MS)) continue;
    const names = await namesIn(path.join(root, place));
    for (const name of names) await moveInto(path.join(root, place, name), folder, name);
    await rmdir(path.join(root, place));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    const entries = await opendir(folder);
    try {
      for (
        let entry = await entries.read();
        entry && names.length < MOST_ENTRIES;
        entry = await entries.read()
      )
        names.push(entry.name);
    } finally {
      await entries.close();
    }
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
  return names;
}
