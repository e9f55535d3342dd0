import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../src/contract/errors.ts';
import { argumentsOf, fillIn, UNKNOWN } from '../../../src/renderer/app/fill-in.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const TEXTS = path.join(ROOT, 'resources/texts');
type Messages = Record<string, string>;

function read(name: string): Messages {
  return JSON.parse(readFileSync(path.join(TEXTS, name), 'utf8')) as Messages;
}

const vi = read('vi.json');
const en = read('en.json');

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
    .map((e) => readFileSync(path.join(e.parentPath, e.name), 'utf8'));
}

/** Formats a message, with every argument missing or with a number, and gives back what went wrong. */
function format(locale: string, message: string, value?: number): { text: string; problems: string[] } {
  const problems: string[] = [];
  const intl = createIntl({
    locale,
    messages: { message },
    onError: (error) => problems.push(error.message),
  });
  const values =
    value === undefined ? {} : Object.fromEntries(argumentsOf(message).map((name) => [name, value]));
  const text = String(intl.formatMessage({ id: 'message' }, fillIn(message, values)));
  return { text, problems };
}

describe.each([
  ['vi-VN', vi],
  ['en-GB', en],
] as const)('the texts in %s', (locale, messages) => {
  it('say of every error what it is, what happened and what to do next', () => {
    const lacking = ERROR_CODES.flatMap((code) =>
      ['heading', 'happened', 'next'].map((part) => `error.${code}.${part}`),
    ).filter((key) => !messages[key]?.trim());
    expect(lacking).toEqual([]);
  });

  it('speak of no error code that is not in the contract', () => {
    const codes = Object.keys(messages)
      .filter((key) => key.startsWith('error.'))
      .map((key) => key.split('.')[1]!);
    expect(codes.filter((code) => !(ERROR_CODES as readonly string[]).includes(code))).toEqual([]);
  });

  it('parse as ICU messages and take numbers in every placeholder', () => {
    const broken = Object.entries(messages).flatMap(([key, message]) =>
      [0, 1, 7].flatMap((n) => format(locale, message, n).problems.map((p) => `${key}: ${p}`)),
    );
    expect(broken).toEqual([]);
  });

  it('read well when a failure brings no details', () => {
    const bad = Object.entries(messages)
      .filter(([key]) => key.startsWith('error.'))
      .filter(([, message]) => {
        const { text, problems } = format(locale, message);
        return problems.length > 0 || text.includes(UNKNOWN) || /\s[.,]|\{|\}/.test(text);
      });
    expect(bad).toEqual([]);
  });

  it('are in composed letters, without stray spaces', () => {
    const bad = Object.entries(messages).filter(
      ([, text]) => text !== text.normalize('NFC') || text !== text.trim() || text.includes('  '),
    );
    expect(bad).toEqual([]);
  });
});

describe('the text files', () => {
  it('have the same keys in the same order in both languages', () => {
    expect(Object.keys(en)).toEqual(Object.keys(vi));
  });

  it('use the same placeholders in both languages', () => {
    const differing = Object.keys(vi).filter(
      (key) => argumentsOf(vi[key]!).sort().join() !== argumentsOf(en[key]!).sort().join(),
    );
    expect(differing).toEqual([]);
  });

  it('hold every key that the screens ask for', () => {
    const keys = Object.keys(vi);
    const asked = sources(path.join(ROOT, 'src/renderer')).flatMap((source) =>
      [...source.matchAll(/\bt\(\s*(['`])([^'`]+)\1/g)].map((m) => m[2]!),
    );
    expect(asked.length).toBeGreaterThan(150);
    const lacking = asked.filter((key) => {
      const pattern = new RegExp(
        `^${key
          .split(/\$\{[^}]*\}/)
          .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
          .join('.+')}$`,
      );
      return !keys.some((k) => pattern.test(k));
    });
    expect(lacking).toEqual([]);
  });

  it('hold no key of the screens that nothing asks for', () => {
    const all = sources(path.join(ROOT, 'src/renderer')).join('\n');
    const families = [...all.matchAll(/`([\w.-]+)\$\{[^}]*\}([\w.]*)`/g)].map((m) => [m[1]!, m[2]!] as const);
    const unused = Object.keys(vi).filter(
      (key) =>
        !key.startsWith('error.') &&
        !all.includes(`'${key}'`) &&
        !families.some(([start, end]) => key.startsWith(start) && key.endsWith(end)),
    );
    expect(unused).toEqual([]);
  });

  it('keep the words of the screens out of the code', () => {
    const accented = /[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]/i;
    const spoken = sources(path.join(ROOT, 'src/renderer'))
      .flatMap((source) => source.split('\n'))
      .filter(
        (line) => accented.test(line) && !/^\s*(\/\/|\*|\/\*)|\/\/ /.test(line) && !/\/\*\*.*\*\//.test(line),
      );
    expect(spoken).toEqual([]);
  });
});

describe('filling in', () => {
  it('finds the arguments of plain, select and plural placeholders, once each', () => {
    const message = '{a} {b, select, unknown {} other {x {b}}} {c, plural, one {# word} other {# words}}';
    expect(argumentsOf(message)).toEqual(['a', 'b', 'c']);
  });

  it('gives a missing argument its stand-in and writes truth values as words', () => {
    expect(fillIn('{a} {b}', { b: true, c: 3 })).toEqual({ a: UNKNOWN, b: 'true', c: 3 });
  });
});
