import type { Command } from '../command.ts';
import { openSession, SESSION_OPTIONS, SESSION_USAGE } from '../session.ts';

/** The self-checks, one line each; exit 1 where one failed. */
export const diagnose: Command = {
  usage: SESSION_USAGE,
  options: SESSION_OPTIONS,
  async run(args, io) {
    const session = await openSession(args);
    try {
      const checks = await session.client.call('diagnostics.run', {});
      const lines = checks.map((check) => {
        const status = io.texts.say(`diagnostics.status.${check.status}`);
        const name = io.texts.say(`diagnostics.${check.name}`);
        const details = Object.entries(check.details).map(([k, v]) => `${k}=${v}`);
        return `${status.padEnd(12)} ${name}  ${details.join(' ')}`.trimEnd();
      });
      return { json: { checks }, text: lines.join('\n'), failed: checks.some((c) => c.status === 'failed') };
    } finally {
      await session.close();
    }
  },
};
