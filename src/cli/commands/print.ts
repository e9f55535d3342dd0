import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { imposeOnHalves } from '../../main/printing/imposing.ts';
import type { PrintOptions, PrintProgress } from '../../main/printing/port.ts';
import { A4, A5 } from '../../main/printing/sheet-size.ts';
import type { Command, Io } from '../command.ts';
import { withPrinter } from '../devices.ts';
import { sha256OfFile } from '../hash.ts';

const SIDES = ['one-sided', 'two-sided-long-edge', 'two-sided-short-edge'] as const;

/** Prints a PDF and waits for the job's end. The same file to the same printer again is the same job. */
export const print: Command = {
  usage:
    '--printer ipp://HOST/PATH|ipps://HOST/PATH|spooler:NAME|file:DIR [--copies N] [--sides one-sided|two-sided-long-edge|two-sided-short-edge] [--tray NAME] [--paper a4|a5] [--fit-a5-on-a4] [--config FILE] FILE',
  options: {
    printer: { type: 'string' },
    copies: { type: 'string' },
    sides: { type: 'string' },
    tray: { type: 'string' },
    paper: { type: 'string' },
    'fit-a5-on-a4': { type: 'boolean' },
    config: { type: 'string' },
  },
  async run(args, io) {
    const uri = args.required('printer');
    const copies = args.integer('copies', 1);
    const sides = args.oneOf('sides', SIDES, 'one-sided');
    const sheet = args.oneOf('paper', ['a4', 'a5'], 'a4') === 'a5' ? A5 : A4;
    const tray = args.text('tray') ?? '';
    const onHalves = args.flag('fit-a5-on-a4');
    const [file] = args.positionals;
    if (file === undefined || args.positionals.length > 1)
      throw new CounterError('USAGE', { option: 'FILE' });
    if (onHalves && (sheet === A5 || sides !== 'one-sided'))
      throw new CounterError('USAGE', { option: '--fit-a5-on-a4' });
    if (copies < 1 || copies > 99) throw new CounterError('USAGE', { option: '--copies' });
    const digest = await sha256OfFile(file);
    const key = [digest.slice(0, 32), ...(onHalves ? ['halves'] : [])].join('-');
    const options: PrintOptions = {
      ...{ sides, sheet, tray, onProgress: inWords(io) },
      // What was made for a sheet is printed as large as it is.
      ...(onHalves || args.text('paper') !== undefined ? { scaling: 'none' as const } : {}),
    };
    const job = await withImposed(onHalves, file, copies, (made) =>
      withPrinter(uri, args.text('config'), (printer) =>
        printer.print(made, key, io.signal, { ...options, copies: onHalves ? 1 : copies }),
      ),
    );
    return {
      json: { printer: uri, job },
      text: io.texts.say('cli.printed', { pages: job.pages, target: job.target }),
      failed: job.state !== 'completed',
    };
  },
};

/** All copies of an A5 file on sheets of A4, for as long as `use` takes; any other file as it is. */
async function withImposed<T>(
  onHalves: boolean,
  file: string,
  copies: number,
  use: (file: string) => Promise<T>,
): Promise<T> {
  if (!onHalves) return use(file);
  const pdf = await readFile(file).catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'mcc-print-'));
  try {
    const made = path.join(folder, 'halves.pdf');
    await writeFile(made, await imposeOnHalves(pdf, copies), { mode: 0o600 });
    return await use(made);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What holds the printer up is said with what to do about it. */
function inWords({ texts, progress }: Io): (seen: PrintProgress) => void {
  return ({ state, sides, blockedBy }) => {
    if (blockedBy) {
      const words = (part: string) => texts.say(`error.${blockedBy}.${part}`);
      progress('cli.print.blocked', { heading: words('heading'), next: words('next') });
    } else progress(`cli.print.${state}`, { sides });
  };
}
