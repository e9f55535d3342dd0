import { CounterError } from '../../contract/errors.ts';
import { signatureLevel } from '../../contract/model.ts';
import type { Command } from '../command.ts';
import { TRUST_OPTIONS, TRUST_USAGE } from '../trust.ts';
import { raiser } from './sign.ts';

/** Adds to a signed file what its signatures lack: a time stamp, validation data, an archive time stamp or a new one. */
export const raise: Command = {
  usage: `--in A.pdf --out B.pdf --level B-T|B-LT|B-LTA [--renew] --tsa URL ${TRUST_USAGE}`,
  options: {
    in: { type: 'string' },
    out: { type: 'string' },
    level: { type: 'string' },
    renew: { type: 'boolean' },
    tsa: { type: 'string', multiple: true },
    ...TRUST_OPTIONS,
  },
  async run(args, io) {
    const renew = args.flag('renew');
    const level = args.oneOf('level', signatureLevel.options, renew ? 'B-LTA' : 'B-LT');
    const work = await raiser(args, level, io.signal, renew);
    if (!work) throw new CounterError('USAGE', { option: '--level' });
    const output = args.required('out');
    const result = await work(args.required('in'), output);
    const { sha256, bytes, unproven } = result;
    return {
      json: { file: output, sha256, bytes, level: result.level, unproven },
      text: io.texts.say('cli.raised', { file: output, level: result.level }),
    };
  },
};
