import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { log } from './log.ts';

interface ForkOptions {
  readonly serviceName?: string;
  readonly env?: Record<string, string>;
  readonly stdio?: 'inherit' | 'ignore';
}

/** A child process of Node with `process.parentPort`; like Electron's it ends with the program that started it. */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;

  constructor(entry: string, args: readonly string[], options: ForkOptions) {
    super();
    const stdio = options.stdio ?? 'inherit';
    this.#child = fork(entry, args, {
      execArgv: ['--import', new URL('./parent-port.ts', import.meta.url).href],
      serialization: 'advanced',
      env: options.env ?? process.env,
      stdio: ['ignore', stdio, stdio, 'ipc'],
    });
    const { pid } = this.#child;
    log('utility-process', {
      entry: path.basename(entry),
      pid,
      env: Object.keys(options.env ?? process.env),
    });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code, signal) => {
      log('utility-exit', { entry: path.basename(entry), pid, code, signal });
      this.emit('exit', code ?? 1);
    });
  }

  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object);
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }
}

export const utilityProcess = {
  fork: (entry: string, args: readonly string[] = [], options: ForkOptions = {}) =>
    new UtilityProcess(entry, args, options),
};
