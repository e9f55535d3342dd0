import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ScannerDeps } from '../deps.ts';
import { makeScanFolder, removeScanFolder } from './folder.ts';
import { type Program, type ProgramSpec, startProgram } from './run.ts';

/** What a provider reads off its program while it runs (pages, devices), and the judgement of its end. */
export type ReadProgram<T> = (program: Program, folder: string) => AsyncIterable<T>;

/**
 * One program for one question or one scan, in a private folder that goes with it. Whoever leaves the loop, and whatever the program
 * does, program and folder are gone afterwards.
 *
 * @param specOf what is started, given the folder
 * @throws CounterError SCANNER_TOOL_MISSING, DISK_FULL, DISK_FAILED, and whatever `read` throws
 */
export async function* runProgramJob<T>(
  specOf: (folder: string) => ProgramSpec,
  read: ReadProgram<T>,
  deps: ScannerDeps,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const folder = await makeScanFolder(deps.tempRoot, deps.note);
  try {
    const program = startProgram(specOf(folder), signal);
    const guard = guardJob(program, folder, deps);
    let why: 'left' | 'failed' = 'left';
    try {
      for await (const item of read(program, folder)) {
        guard.hold();
        yield item;
        guard.expect();
      }
    } catch (error) {
      why = 'failed';
      throw error;
    } finally {
      guard.release();
      await program.stop(why);
    }
  } finally {
    await removeScanFolder(folder, deps.note);
  }
}

/** Ends a program that fills its folder, or that shows progress for ever and gives no page. */
function guardJob(program: Program, folder: string, deps: ScannerDeps) {
  const { maxFolderBytes, folderCheckMs, pageMs } = deps.limits;
  const stop = (why: 'folder-too-large' | 'timeout') => {
    // That it cannot be stopped because it never started is told by its lines' end.
    program.stop(why).catch((error) => deps.note('scan program', error));
  };
  let checking = false;
  const check = async () => {
    if (checking) return;
    checking = true;
    try {
      if ((await bytesIn(folder, maxFolderBytes)) > maxFolderBytes) stop('folder-too-large');
    } catch (error) {
      deps.note('scan folder could not be measured', error);
    } finally {
      checking = false;
    }
  };
  const every = setInterval(check, folderCheckMs);
  const awaitPage = () => setTimeout(() => stop('timeout'), pageMs);
  let late = awaitPage();
  return {
    /** The page is with whoever keeps it: that time is not the program's. */
    hold: () => clearTimeout(late),
    expect() {
      late = awaitPage();
    },
    release() {
      clearInterval(every);
      clearTimeout(late);
    },
  };
}

/** Files come and go while it counts: what is no longer there counts nothing. Stops above `enough`. */
async function bytesIn(folder: string, enough: number): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const size = await stat(path.join(entry.parentPath, entry.name)).then(
      (found) => found.size,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return 0;
        throw error;
      },
    );
    sum += size;
    if (sum > enough) break;
  }
  return sum;
}
