import pino from 'pino';

export type Log = pino.Logger;

/** Fields that never reach a log: secrets, and what identifies a citizen (Luật 91/2025/QH15). */
const REDACTED = [
  ...['pin', 'password', 'clientSecret', 'access_token', 'authorization', 'masterKey'],
  ...['applicant', 'identityNumber', 'phone', 'email', 'address', 'birthDate', 'line'],
].flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** Bytes that are held for a disk that takes none; lines beyond it are given up. */
const HELD_BYTES = 1024 * 1024;

/**
 * JSON lines to `file`, or to stderr where there is none. Levels: COUNTER_LOG=debug|info|warn|error|silent. A disk
 * that is full must not end the program by its log: the operation that met it reports DISK_FULL by itself.
 */
export function createLog(file?: string): Log {
  const level = process.env.COUNTER_LOG ?? 'info';
  const options = { level, redact: { paths: REDACTED, censor: '[redacted]' }, base: null };
  if (!file) return pino(options, pino.destination(2));
  // Synchronous, since the lines just before a kill are those that are wanted; one costs microseconds.
  const destination = pino.destination({
    dest: file,
    mkdir: true,
    mode: 0o600,
    maxLength: HELD_BYTES,
    sync: true,
  });
  let complained = false;
  destination.on('error', (error: Error) => {
    if (!complained) process.stderr.write(`the log cannot be written: ${error.message}\n`);
    complained = true;
  });
  return pino(options, destination);
}

export const silentLog: Log = pino({ level: 'silent' });
