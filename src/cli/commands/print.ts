import { CounterError } from '../../contract/errors.ts';
import type { Command } from '../command.ts';
import { withPrinter } from '../devices.ts';
import { sha256OfFile } from '../hash.ts';

/** Prints a PDF and waits for the job's end. The same file to the same printer again is the same job. */
export const print: Command = {
  usage: '--printer ipp://HOST/PATH|ipps://HOST/PATH|file:DIR [--copies N] FILE',
  options: { printer: { type: 'string' }, copies: { type: 'string' } },
  async run(args, io) {
    const uri = args.required('printer');
    const copies = args.integer('copies', 1);
    const [file] = args.positionals;
    if (file === undefined || args.positionals.length > 1)
      throw new CounterError('USAGE', { option: 'FILE' });
    const digest = await sha256OfFile(file);
    const job = await withPrinter(uri, (printer) =>
      printer.print(file, digest.slice(0, 32), io.signal, { copies }),
    );
    return {
      json: { printer: uri, job },
      text: io.texts.say('cli.printed', { pages: job.pages, target: job.target }),
      failed: job.state !== 'completed',
    };
  },
};
