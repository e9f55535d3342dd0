import { CounterError } from '../../contract/errors.ts';
import { folderPrinter } from '../../main/printing/folder-printer.ts';
import type { Printer } from '../../main/printing/port.ts';
import type { Command } from '../command.ts';
import { sha256OfFile } from '../hash.ts';

/** Prints a PDF and waits for the job's end. The same file to the same printer again is the same job. */
export const print: Command = {
  usage: '--printer file:DIR FILE',
  options: { printer: { type: 'string' } },
  async run(args, io) {
    const printer = openPrinter(args.required('printer'));
    const [file] = args.positionals;
    if (file === undefined || args.positionals.length > 1)
      throw new CounterError('USAGE', { option: 'FILE' });
    const digest = await sha256OfFile(file);
    const job = await printer.print(file, digest.slice(0, 32), io.signal);
    return {
      json: { printer: printer.uri, job },
      text: io.texts.say('cli.printed', { pages: job.pages, target: job.target }),
      failed: job.state !== 'completed',
    };
  },
};

function openPrinter(uri: string): Printer {
  const folder = /^file:(.+)$/.exec(uri)?.[1];
  if (folder === undefined) throw new CounterError('USAGE', { option: '--printer' });
  return folderPrinter(folder);
}
