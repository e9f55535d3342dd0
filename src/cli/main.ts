import { CounterError } from '../contract/errors.ts';
import { type Command, type Io, parseArguments } from './command.ts';
import { assemble } from './commands/assemble.ts';
import { diagnose } from './commands/diagnose.ts';
import { intake } from './commands/intake.ts';
import { print } from './commands/print.ts';
import { push } from './commands/push.ts';
import { scan } from './commands/scan.ts';
import { sign } from './commands/sign.ts';
import { verify } from './commands/verify.ts';
import { readFirstLine } from './secret.ts';
import { loadTexts } from './texts.ts';

/** Exit 0 done, 1 failed (the error's code is printed), 2 wrong usage. */
const EXIT = { done: 0, failed: 1, usage: 2 } as const;

const COMMANDS: Readonly<Record<string, Command>> = {
  scan,
  assemble,
  sign,
  verify,
  intake,
  push,
  print,
  diagnose,
};

async function main(argv: readonly string[]): Promise<number> {
  const texts = loadTexts();
  const [name = '', ...rest] = argv;
  const json = rest.includes('--json');
  const command = COMMANDS[name];
  if (!command || rest.includes('--help')) {
    const lines = Object.entries(COMMANDS).map(([n, c]) => `  ${n} ${c.usage}`);
    const help = [texts.say('cli.usage'), ...lines].join('\n');
    (command ? process.stdout : process.stderr).write(`${help}\n`);
    return command || name === '' || name === '--help' ? EXIT.done : EXIT.usage;
  }
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

// A scanner or a token host that is still closing must not keep a finished command alive.
main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
  process.stdin.unref?.();
}, fail);
