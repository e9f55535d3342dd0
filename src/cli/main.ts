import { CounterError } from '../contract/errors.ts';
import { type Command, type Io, parseArguments } from './command.ts';
import { readFirstLine } from './secret.ts';
import { loadTexts, type Texts } from './texts.ts';

/** Exit 0 done, 1 failed (the error's code is printed), 2 wrong usage. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Loaded when they are asked for: a scan needs no database, a signature no scanner. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  scan: async () => (await import('./commands/scan.ts')).scan,
  assemble: async () => (await import('./commands/assemble.ts')).assemble,
  sign: async () => (await import('./commands/sign.ts')).sign,
  raise: async () => (await import('./commands/raise.ts')).raise,
  verify: async () => (await import('./commands/verify.ts')).verify,
  intake: async () => (await import('./commands/intake.ts')).intake,
  push: async () => (await import('./commands/push.ts')).push,
  print: async () => (await import('./commands/print.ts')).print,
  'due-date': async () => (await import('./commands/due-date.ts')).dueDate,
  addresses: async () => (await import('./commands/addresses.ts')).addresses,
  report: async () => (await import('./commands/report.ts')).report,
  procedures: async () => (await import('./commands/procedures.ts')).procedures,
  diagnose: async () => (await import('./commands/diagnose.ts')).diagnose,
};

async function help(texts: Texts): Promise<string> {
  const lines = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => `  ${name} ${(await load()).usage}`),
  );
  return [texts.say('cli.usage'), ...lines].join('\n');
}

async function main(argv: readonly string[]): Promise<number> {
  const texts = loadTexts();
  const [name = '', ...rest] = argv;
  const json = rest.includes('--json');
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load || rest.includes('--help')) {
    const asked = load !== undefined || name === '--help';
    (asked ? process.stdout : process.stderr).write(`${await help(texts)}\n`);
    return asked ? EXIT.done : EXIT.usage;
  }
  const command = await load();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const io: Io = {
    texts,
    signal: stop.signal,
    progress: (key, values) => process.stderr.write(`${texts.say(key, values)}\n`),
    readSecret: () => readFirstLine(process.stdin),
  };
  try {
    const result = await command.run(parseArguments(command, rest), io);
    process.stdout.write(`${json ? JSON.stringify(result.json) : result.text}\n`);
    return result.failed ? EXIT.failed : EXIT.done;
  } catch (error) {
    const { shape, text } = texts.failure(error);
    if (json) process.stdout.write(`${JSON.stringify({ error: shape })}\n`);
    process.stderr.write(`${text}\n`);
    if (shape.code === 'INTERNAL' && process.env.COUNTER_LOG === 'debug') console.error(error);
    if (shape.code !== 'USAGE') return EXIT.failed;
    process.stderr.write(`  ${name} ${command.usage}\n`);
    return EXIT.usage;
  }
}

function fail(error: unknown): void {
  console.error(new CounterError('INTERNAL', {}, { cause: error }));
  process.exit(EXIT.failed);
}

// Whoever reads may have seen enough (`| head`): that is no failure of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// A scanner or a token host that is still closing must not keep a finished command alive.
main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  process.stdin.unref?.();
}, fail);
