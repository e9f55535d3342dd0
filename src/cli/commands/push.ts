import type { Command } from '../command.ts';
import { openSession, SESSION_OPTIONS, SESSION_USAGE } from '../session.ts';

/** Tries what waits in the outbox once, or until nothing is left that trying could help. */
export const push: Command = {
  usage: `${SESSION_USAGE} [--until-empty]`,
  options: { ...SESSION_OPTIONS, 'until-empty': { type: 'boolean' } },
  async run(args, io) {
    const session = await openSession(args);
    try {
      session.client.on('outbox.changed', ({ waiting, sending, sent }) =>
        io.progress('cli.outbox', { waiting, sending, sent }),
      );
      if (args.flag('until-empty')) await session.engine.drainOutbox(io.signal);
      else await session.client.call('outbox.push', {});
      const status = await session.client.call('outbox.status', {});
      const { waiting, sending, sent, needsPerson } = status;
      return {
        json: status,
        text: io.texts.say('cli.pushDone', { waiting: waiting + sending, sent, needsPerson }),
        failed: needsPerson > 0 || waiting + sending > 0,
      };
    } finally {
      await session.close();
    }
  },
};
