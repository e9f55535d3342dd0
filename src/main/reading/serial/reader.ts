import { lineReader, type SerialReading } from './lines.ts';
import { type BytePort, openPort, type PortSettings } from './port.ts';

export interface SerialReaderOptions extends PortSettings {
  /** Of one line, without its line end. */
  readonly maxLineBytes?: number;
  /** Silence in mid-line after which the line counts as broken off. A QR of 300 octets takes 0.3 s at 9,600 baud. */
  readonly gapMs?: number;
  /** Pause before the port is tried again: from the first to the longest, doubling. */
  readonly retryMs?: readonly [first: number, longest: number];
}

/** How the reader stands. A reader that is away is nothing that a clerk must be told of: they type instead. */
export type SerialState =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'away';
      /** absent: no such port; denied: no right to it; busy: another program has it; lost: it went while open. */
      readonly reason: 'absent' | 'denied' | 'busy' | 'lost' | 'failed';
      readonly retryMs: number;
      readonly cause: unknown;
    }
  | { readonly kind: 'closed' };

export interface SerialReader {
  /** Returns when the port is free again; nothing is reported after it. */
  close(): Promise<void>;
}

const DEFAULTS = { maxLineBytes: 4096, gapMs: 1_000, retryMs: [500, 10_000] } as const;

/**
 * Listens to a barcode reader in COM mode until it is closed; the reader may come, go and come back. Nothing is ever
 * thrown: a machine without ports is a reader that is away.
 *
 * @param onReading a line, or word that one was lost
 * @param onState each change, the first one included
 * @param open how the port is opened; for tests
 */
export function watchSerialReader(
  options: SerialReaderOptions,
  onReading: (reading: SerialReading) => void,
  onState: (state: SerialState) => void,
  open: (settings: PortSettings) => Promise<BytePort> = openPort,
): SerialReader {
  const { maxLineBytes, gapMs, retryMs } = { ...DEFAULTS, ...options };
  const stop = new AbortController();
  let port: BytePort | undefined;
  let last = '';

  const tell = (state: SerialState) => {
    // Every try that fails alike is one state.
    const key = state.kind === 'away' ? state.reason : state.kind;
    if (key === last) return;
    last = key;
    onState(state);
  };

  async function listen(): Promise<void> {
    const lines = lineReader(maxLineBytes);
    const give = (readings: readonly SerialReading[]) => {
      if (!stop.signal.aborted) for (const reading of readings) onReading(reading);
    };
    let gap: NodeJS.Timeout | undefined;
    try {
      while (port && !stop.signal.aborted) {
        const bytes = await port.read();
        clearTimeout(gap);
        give(lines.push(bytes));
        if (lines.inLine()) gap = setTimeout(() => give(lines.cut()), gapMs);
      }
    } finally {
      clearTimeout(gap);
      give(lines.cut());
    }
  }

  async function connectAndListen(): Promise<void> {
    port = await open(options);
    try {
      if (stop.signal.aborted) return;
      tell({ kind: 'open' });
      await listen();
    } finally {
      const done = port;
      port = undefined;
      await done.close();
    }
  }

  async function run(): Promise<void> {
    let wait = retryMs[0];
    while (!stop.signal.aborted) {
      let wasOpen = false;
      try {
        await connectAndListen();
      } catch (cause) {
        wasOpen = last === 'open';
        if (wasOpen) wait = retryMs[0];
        const reason = wasOpen ? 'lost' : reasonOf(cause);
        if (!stop.signal.aborted) tell({ kind: 'away', reason, retryMs: wait, cause });
      }
      await sleep(wait, stop.signal);
      if (!wasOpen) wait = Math.min(wait * 2, retryMs[1]);
    }
    tell({ kind: 'closed' });
  }

  const running = run();
  return {
    close: async () => {
      stop.abort();
      // A read that waits ends only with its port.
      await port?.close();
      await running;
    },
  };
}

/** The bindings give texts: of the C library on Linux and macOS, of Windows as `Opening COM3: …`. */
function reasonOf(cause: unknown): 'absent' | 'denied' | 'busy' | 'failed' {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/no such (?:file|device)|file not found/i.test(text)) return 'absent';
  if (/cannot lock port|resource busy|temporarily unavailable/i.test(text)) return 'busy';
  // Windows says 'Access denied' of a port that another program holds, and of nothing else.
  if (/access denied/i.test(text)) return process.platform === 'win32' ? 'busy' : 'denied';
  return /permission denied/i.test(text) ? 'denied' : 'failed';
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
