/**
 * Loaded with --import before the program: counts every step that touches disk, database or network and ends the
 * process with SIGKILL at step KILL_AT (odd steps before they are done, even ones after). Without KILL_AT it counts.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import Database from 'better-sqlite3';

const killAt = Number(process.env.KILL_AT ?? 0);
let steps = 0;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered before the next instruction that matters; nothing may follow all the same.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

function countCalls(target: object, names: readonly string[]): void {
  const methods = target as Record<string, AnyFunction>;
  for (const name of names) {
    const original = methods[name];
    if (typeof original !== 'function') throw new Error(`there is no ${name} to count`);
    methods[name] = function counted(this: unknown, ...args: unknown[]) {
      steps += 1;
      const mine = steps;
      if (mine === killAt && mine % 2 === 1) die();
      const result = original.apply(this, args);
      if (mine !== killAt) return result;
      if (result instanceof Promise) return result.then(die, die);
      return die();
    };
  }
}

countCalls(fs, ['openSync', 'writeSync', 'writeFileSync', 'fsyncSync', 'renameSync', 'mkdirSync']);
countCalls(fs.promises, ['open', 'rename', 'unlink', 'rm', 'mkdir', 'copyFile', 'writeFile', 'link']);
const handle = await fs.promises.open('/dev/null');
countCalls(Object.getPrototypeOf(handle) as object, ['write', 'writev', 'writeFile', 'sync', 'datasync']);
await handle.close();
syncBuiltinESMExports();

const memory = new Database(':memory:');
countCalls(Object.getPrototypeOf(memory.prepare('SELECT 1')) as object, ['run']);
countCalls(Object.getPrototypeOf(memory) as object, ['exec']);
memory.close();
countCalls(net.Socket.prototype, ['write']);

steps = 0;
Object.assign(globalThis, { crashSteps: () => steps });
