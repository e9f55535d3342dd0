import type { Command } from '../command.ts';
import { exportDossier } from '../export.ts';
import { awaitSent, runIntake } from '../intake.ts';
import { readScenario } from '../scenario.ts';
import { openSession, SESSION_OPTIONS, SESSION_USAGE } from '../session.ts';

/** A whole dossier without a screen; running the same scenario again goes on where it ended. */
export const intake: Command = {
  usage: `--scenario F.json ${SESSION_USAGE} [--pin-stdin] [--wait-sent] [--out DIR]`,
  options: {
    ...SESSION_OPTIONS,
    scenario: { type: 'string' },
    'pin-stdin': { type: 'boolean' },
    'wait-sent': { type: 'boolean' },
    out: { type: 'string' },
  },
  async run(args, io) {
    const scenario = await readScenario(args.required('scenario'));
    const session = await openSession(args);
    try {
      let dossier = await runIntake(session.client, scenario, {
        pin: () => (args.flag('pin-stdin') ? io.readSecret() : Promise.resolve('')),
        progress: io.progress,
        signal: io.signal,
      });
      if (args.flag('wait-sent')) dossier = await awaitSent(session.client, dossier.id, io.signal);
      const out = args.text('out');
      if (out !== undefined) await exportDossier(session.client, dossier, out);
      const code = dossier.code?.value ?? '';
      return { json: { dossier }, text: io.texts.say('cli.intake.done', { code, state: dossier.state }) };
    } finally {
      await session.close();
    }
  },
};
