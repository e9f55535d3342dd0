import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

/** Whether the program itself (not what it started) has ended. */
export function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * Asks a program and what it started to end. Windows knows no such request to a program without a window: there the
 * closed standard input is the only one.
 */
export function askToEnd(child: ChildProcess): void {
  if (process.platform !== 'win32') signalGroup(child, 'SIGTERM');
}

/** Ends a program and what it started, without asking. */
export function endForced(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform !== 'win32') {
    signalGroup(child, 'SIGKILL');
    return;
  }
  // The tree must be ended through its root: once that is gone, Windows no longer knows whose children they were.
  const taskkill = path.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  const killer = spawn(taskkill, ['/pid', String(child.pid), '/t', '/f'], {
    stdio: 'ignore',
    windowsHide: true,
  });
  killer.once('error', () => child.kill('SIGKILL'));
}

/** The program leads a process group, which lives as long as one of its members does. */
function signalGroup(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // ESRCH: the whole group has ended in the meantime, which is what was wanted. EPERM: what is left of it runs
    // under another user (or, on macOS, has ended); nothing more can be done from here.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
