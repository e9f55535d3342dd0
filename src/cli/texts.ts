import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { type ErrorShape, toErrorShape } from '../contract/errors.ts';
import { faultTextKeys } from '../contract/fault-texts.ts';

type Messages = Readonly<Record<string, string>>;
export type Language = 'vi' | 'en';
export type Values = Readonly<Record<string, string | number | boolean>>;

export interface Texts {
  /** The message of `key` with its values filled in; a key without a text is shown as it is. */
  say(key: string, values?: Values): string;
  /** Heading, what happened and what to do next. */
  failure(error: unknown): { readonly shape: ErrorShape; readonly text: string };
}

const FOLDER = path.join(import.meta.dirname, '../../resources/texts');

/** Screen texts from resources/texts: Vietnamese unless the terminal speaks English or COUNTER_LANG says so. */
export function loadTexts(language: Language = preferredLanguage()): Texts {
  const messages: Messages = Object.assign(
    {},
    ...['', 'cli.', 'ckr.', 'due-reasons.', 'verify.'].map((prefix) => read(`${prefix}${language}.json`)),
  );
  const say = (key: string, values: Values = {}): string => {
    const message = messages[key];
    if (message === undefined) return key;
    // A failure may not know every value that its text can show.
    const known = new Proxy(values, { has: () => true, get: (v, k) => v[k as string] ?? '…' });
    return String(new IntlMessageFormat(message, language).format(known));
  };
  return {
    say,
    failure(error) {
      const shape = toErrorShape(error);
      const parts = (['heading', 'happened', 'next'] as const).map((part) => {
        const keys = faultTextKeys(shape, part);
        return say(keys.find((key) => messages[key] !== undefined) ?? keys.at(-1)!, shape.details);
      });
      return { shape, text: `${parts[0]} [${shape.code}]\n  ${parts[1]}\n  ${parts[2]}` };
    },
  };
}

function preferredLanguage(): Language {
  const asked = process.env.COUNTER_LANG ?? '';
  return asked.startsWith('en') ? 'en' : 'vi';
}

function read(name: string): Messages {
  const file = path.join(FOLDER, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Messages) : {};
}
