import pino from 'pino';

export type Log = pino.Logger;

/** Fields that never reach a log: secrets, and what identifies a citizen (Luật 91/2025/QH15). */
const REDACTED = [
  ...['pin', 'password', 'clientSecret', 'access_token', 'authorization', 'masterKey'],
  ...['applicant', 'identityNumber', 'phone', 'email', 'address', 'birthDate', 'line'],
].flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** JSON lines to `file`, or to stderr where there is none. Levels: COUNTER_LOG=debug|info|warn|error|silent. */
export function createLog(file?: string): Log {
  const level = process.env.COUNTER_LOG ?? 'info';
  const options = { level, redact: { paths: REDACTED, censor: '[redacted]' }, base: null };
  return file
    ? pino(options, pino.destination({ dest: file, mkdir: true, mode: 0o600 }))
    : pino(options, pino.destination(2));
}

export const silentLog: Log = pino({ level: 'silent' });
