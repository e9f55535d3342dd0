import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CounterError } from '../contract/errors.ts';
import type { Texts, Values } from './texts.ts';

export interface Io {
  readonly texts: Texts;
  /** Ends when the terminal says stop (Ctrl-C, SIGTERM). */
  readonly signal: AbortSignal;
  /** One line of progress, on stderr. */
  progress(key: string, values?: Values): void;
  /** Reads the first line of standard input, for a PIN that must not stand in the process list. */
  readSecret(): Promise<string>;
}

type Options = NonNullable<ParseArgsConfig['options']>;

interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

export interface Command {
  readonly options: Options;
  /** What follows the command in its usage line. */
  readonly usage: string;
  /** Returns what --json prints; `text` is what a person reads. */
  run(
    args: Arguments,
    io: Io,
  ): Promise<{ readonly json: object; readonly text: string; readonly failed?: boolean }>;
}

export interface Arguments {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  /** Throws USAGE where the option is absent. */
  required(name: string): string;
  list(name: string): readonly string[];
  flag(name: string): boolean;
  oneOf<T extends string>(name: string, allowed: readonly T[], otherwise: T): T;
  integer(name: string, otherwise: number): number;
}

export function parseArguments(
  command: Command,
  argv: readonly string[],
): Arguments & { readonly json: boolean } {
  const { values, positionals } = parse(command.options, argv);
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    json: values.json === true,
    positionals,
    text,
    required(name) {
      const value = text(name);
      if (value === undefined || value === '') throw new CounterError('USAGE', { option: `--${name}` });
      return value;
    },
    list: (name) => (Array.isArray(values[name]) ? (values[name] as string[]) : []),
    flag: (name) => values[name] === true,
    oneOf(name, allowed, otherwise) {
      const value = text(name) ?? otherwise;
      const found = allowed.find((a) => a === value);
      if (!found) throw new CounterError('USAGE', { option: `--${name}`, allowed: allowed.join('|') });
      return found;
    },
    integer(name, otherwise) {
      const value = text(name) ?? String(otherwise);
      if (!/^\d{1,9}$/.test(value)) throw new CounterError('USAGE', { option: `--${name}` });
      return Number(value);
    },
  };
}

function parse(options: Options, argv: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...argv],
      options: { ...options, json: { type: 'boolean' } },
      allowPositionals: true,
      strict: true,
    });
  } catch (cause) {
    const what = cause instanceof Error ? cause.message.split('.')[0]! : '';
    throw new CounterError('USAGE', { option: what }, { cause });
  }
}
