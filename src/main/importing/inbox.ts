import { type FSWatcher, watch } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import type { InboxFile } from '../../contract/model.ts';
import { isErrno } from '../store/disk.ts';
import {
  hashOf,
  inboxFailure,
  isHeldOpen,
  isOffered,
  lookInto,
  ownerName,
  putAway,
  putBack,
  recover,
  type SeenFile,
  takeAway,
} from './inbox-folder.ts';
import { labelOf } from './label.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { ImportFile } from './port.ts';

/** A file that this counter alone has now. */
export interface TakenFile extends ImportFile {
  /** Moves it to what is done; it is never deleted. */
  done(): Promise<void>;
  /** Puts it back for another try, by this counter or another. */
  giveBack(): Promise<void>;
}

/** A folder into which others put files: a scanner that scans to a share, a phone's transfer, a colleague. */
export interface Inbox {
  /** Files that are whole, newest first. @throws CounterError INBOX_UNREACHABLE while the folder cannot be read */
  list(): Promise<InboxFile[]>;
  /** Calls when what `list` gives has changed, or the folder has gone or come back. Returns the end of it. */
  onChange(listener: () => void): () => void;
  /** Of several counters that take the same file one gets it; the others meet FILE_MISSING. */
  take(name: string): Promise<TakenFile>;
  close(): Promise<void>;
}

export interface InboxOptions {
  readonly folder: string;
  /** Name of the subfolder for files that were imported. */
  readonly doneFolder?: string;
  /**
   * Names this counter among those that share the folder: what it had taken when it was stopped is given back when
   * it starts again. By default the names of the machine and of its user.
   */
  readonly owner?: string;
  /** Milliseconds between two looks: network shares report no changes of themselves. */
  readonly pollMs?: number;
  /** A file must have kept its size and time over two looks that lie at least this far apart. */
  readonly settleMs?: number;
  readonly maxFiles?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Failures that change no outcome, for the log. */
  readonly note?: (what: string, error: unknown) => void;
}

interface Watched {
  readonly file: SeenFile;
  readonly since: number;
  readonly settled: boolean;
}

/** After a sign of life from the folder; writing a file gives many. */
const WATCH_DELAY_MS = 250;
/** Content of done files is compared up to this many of them, the newest first. */
const MOST_DONE = 5_000;

export function openInbox(options: InboxOptions): Inbox {
  const { folder, doneFolder = 'da-nhap', pollMs = 5_000, settleMs = 2_000, maxFiles = 500 } = options;
  const now = options.now ?? Date.now;
  const note = options.note ?? (() => {});
  const owner = ownerName(options.owner ?? `${hostname()}-${process.env.USERNAME ?? process.env.USER ?? ''}`);
  if (!isOffered(doneFolder)) throw new CounterError('CONFIG_INVALID', { setting: 'inbox' });
  const done = path.join(folder, doneFolder);
  const listeners = new Set<() => void>();
  const hashes = new Map<string, string>();
  let watched = new Map<string, Watched>();
  let recovered = false;
  /** Files that were taken and not yet ended. */
  let inHand = 0;
  let reachable: boolean | null = null;
  let told = '';
  let looking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let watcher: FSWatcher | null = null;
  let closed = false;

  /** One look at a time; who asks meanwhile waits for that one. */
  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function lookOnce(): Promise<void> {
    try {
      const at = now();
      // What is in hand lies where leftovers lie, and must not be given back under who works on it.
      if (!recovered && inHand === 0) await giveBackLeftovers(at);
      const found = await lookInto(folder, maxFiles);
      const next = new Map<string, Watched>();
      for (const file of found) next.set(file.name, await compare(file, watched.get(file.name), at));
      watched = next;
      reachable = true;
    } catch (error) {
      if (reachable !== false) note('the folder cannot be looked into', error);
      watched = new Map();
      reachable = false;
      // A watcher does not see the folder that comes back under the same name.
      disarm();
      throw inboxFailure(error);
    } finally {
      tell();
    }
  }

  async function giveBackLeftovers(at: number): Promise<void> {
    try {
      await recover(folder, owner, at);
      recovered = true;
    } catch (error) {
      // They stay where they are and are tried again at the next look.
      note('files that were taken before could not be given back', error);
    }
  }

  async function compare(file: SeenFile, before: Watched | undefined, at: number): Promise<Watched> {
    const same = before && before.file.bytes === file.bytes && before.file.mtimeMs === file.mtimeMs;
    if (!same) return { file, since: at, settled: false };
    if (before.settled) return before;
    const quiet = at - before.since >= settleMs && !(await isHeldOpen(path.join(folder, file.name)));
    return quiet ? { ...before, settled: true } : before;
  }

  function offered(): SeenFile[] {
    return [...watched.values()].filter((w) => w.settled).map((w) => w.file);
  }

  function tell(): void {
    const state = JSON.stringify([reachable, offered()]);
    if (state === told) return;
    told = state;
    for (const listener of listeners) listener();
  }

  /** Name of a done file of the same content; only files of the same length are read. */
  async function duplicateOf(file: SeenFile, before: ReadonlyMap<number, SeenFile[]>): Promise<string> {
    const candidates = file.bytes <= DEFAULT_LIMITS.maxFileBytes ? (before.get(file.bytes) ?? []) : [];
    if (candidates.length === 0) return '';
    try {
      const own = await contentOf(folder, file);
      for (const candidate of candidates)
        if ((await contentOf(done, candidate)) === own) return candidate.name;
    } catch (error) {
      // Another counter took it meanwhile, or it may not be read: that is said when it is taken.
      if (!isErrno(error, 'ENOENT', 'EACCES', 'EPERM', 'EBUSY')) throw error;
    }
    return '';
  }

  async function contentOf(parent: string, file: SeenFile): Promise<string> {
    const key = `${parent}/${file.name}/${file.bytes}/${file.mtimeMs}`;
    const hash = hashes.get(key) ?? (await hashOf(path.join(parent, file.name)));
    if (hashes.size >= MOST_DONE) hashes.clear();
    hashes.set(key, hash);
    return hash;
  }

  async function doneBySize(): Promise<ReadonlyMap<number, SeenFile[]>> {
    const bySize = new Map<number, SeenFile[]>();
    for (const file of await doneFiles()) bySize.set(file.bytes, [...(bySize.get(file.bytes) ?? []), file]);
    return bySize;
  }

  async function doneFiles(): Promise<SeenFile[]> {
    try {
      return await lookInto(done, MOST_DONE);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** A look that fails has told the listeners and the log, and fails again for whoever lists. */
  function lookQuietly(): Promise<void> {
    return look().catch(() => {});
  }

  function schedule(ms: number): void {
    if (closed || listeners.size === 0) return;
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => {
      lookQuietly().then(() => {
        arm();
        schedule(pollMs);
      });
    }, ms);
    timer.unref();
  }

  /** The folder may be gone and come back: a watcher that fails is dropped and set up again after the next look. */
  function arm(): void {
    if (closed || watcher || !reachable || listeners.size === 0) return;
    try {
      watcher = watch(folder, { persistent: false }, () => schedule(Math.min(WATCH_DELAY_MS, pollMs)));
      watcher.on('error', disarm);
    } catch (error) {
      note('no watching, only polling', error);
    }
  }

  function disarm(): void {
    watcher?.close();
    watcher = null;
  }

  function rest(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    disarm();
  }

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw inboxFailure(error);
    }
  }

  function takenFile(file: SeenFile, taken: string): TakenFile {
    let ended = false;
    async function end(work: () => Promise<void>): Promise<void> {
      if (ended) return;
      await guarded(work);
      if (!ended) inHand--;
      ended = true;
      await lookQuietly();
    }
    return {
      path: taken,
      name: labelOf(file.name),
      done: () => end(() => putAway(done, taken)),
      giveBack: () => end(() => putBack(folder, taken)),
    };
  }

  return {
    list: () =>
      guarded(async () => {
        await look();
        const before = await doneBySize();
        const files: InboxFile[] = [];
        for (const file of offered())
          files.push({
            name: file.name,
            bytes: file.bytes,
            at: new Date(file.mtimeMs).toISOString(),
            duplicateOf: await duplicateOf(file, before),
          });
        return files;
      }),
    onChange(listener) {
      const own = () => listener();
      listeners.add(own);
      if (listeners.size === 1) schedule(0);
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) rest();
      };
    },
    async take(name) {
      const found = watched.get(name);
      if (!found?.settled) throw new CounterError('FILE_MISSING', { name: labelOf(name) });
      inHand++;
      const taken = await guarded(() => takeAway(folder, found.file, owner, now())).catch((error) => {
        inHand--;
        throw error;
      });
      watched.delete(name);
      tell();
      return takenFile(found.file, taken);
    },
    async close() {
      closed = true;
      listeners.clear();
      rest();
      if (looking) await lookQuietly();
    },
  };
}
