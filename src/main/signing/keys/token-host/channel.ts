import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * A token host's process as seen from outside: a child process under plain Node, a utility process in Electron.
 * Messages are structured clones and arrive in order.
 */
export interface HostChannel {
  post(message: unknown): void;
  onMessage(handler: (message: unknown) => void): void;
  /** Called once, however the process ended. */
  onExit(handler: () => void): void;
  /** Ends the process at once, also in the middle of a vendor's call. */
  kill(): void;
}

export type LaunchHost = () => HostChannel;

export interface ForkOptions {
  /** The host's program; in a bundle another file than beside this one. */
  readonly script?: string;
  /** Variables for the host beside the few that every program needs. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onLaunch?: (pid: number) => void;
}

/** What vendors' modules look for; all else in the environment (secrets, NODE_OPTIONS) stays outside. */
const PASSED_ON: readonly string[] = [
  ...['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TMP', 'TEMP', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME'],
  ...['SystemRoot', 'SystemDrive', 'windir', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'ProgramData'],
  ...['ProgramFiles', 'ProgramFiles(x86)', 'PCSCLITE_CSOCK_NAME', 'SOFTHSM2_CONF', 'OPENSC_CONF'],
];

/** Starts the token host under plain Node. Nothing of what it is told appears in its command line or environment. */
export function forkHost(options: ForkOptions = {}): HostChannel {
  const script = options.script ?? fileURLToPath(new URL('./main.ts', import.meta.url));
  const inherited = PASSED_ON.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  const child = fork(script, [], {
    env: { ...Object.fromEntries(inherited), ...options.env },
    execArgv: [],
    serialization: 'advanced',
    // What a vendor's module prints may hold anything, so nobody reads it.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // A host at rest does not keep the program running; a request does, by its watchdog.
  child.unref();
  child.channel?.unref();
  let exited = false;
  const onExit: (() => void)[] = [];
  const exit = () => {
    if (exited) return;
    exited = true;
    for (const handler of onExit) handler();
  };
  child.once('exit', exit);
  child.once('error', exit);
  if (child.pid !== undefined) options.onLaunch?.(child.pid);
  return {
    // A host that is gone is told by `onExit`; the failed send says the same again.
    post: (message) => void child.send(message as object, () => {}),
    onMessage: (handler) => void child.on('message', handler),
    onExit: (handler) => void onExit.push(handler),
    kill: () => void child.kill('SIGKILL'),
  };
}
