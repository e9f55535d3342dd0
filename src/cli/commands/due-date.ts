import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CounterError } from '../../contract/errors.ts';
import { type Channel, channel } from '../../contract/life-cycle.ts';
import { type Duration, durationUnit, type Procedure } from '../../contract/procedures.ts';
import { limitFor, type ProcedureLimit } from '../../main/calendar/due-after.ts';
import { dueDate as countDueDate, type DueResult } from '../../main/calendar/due-date.ts';
import {
  clockOf,
  dayOfMinute,
  minuteOf,
  showClock,
  showDay,
  vietnamTime,
  weekdayOf,
} from '../../main/calendar/local-time.ts';
import { instantFromText } from '../../main/calendar/written-time.ts';
import { loadCalendar } from '../../main/engine/calendar-files.ts';
import { readCatalogue } from '../../main/procedures/catalogue-file.ts';
import type { Arguments, Command } from '../command.ts';
import { RESOURCES } from '../product.ts';
import type { Texts } from '../texts.ts';

/** A national catalogue of all procedures unpacks to some 60 MB; what is far beyond is none. */
const MOST_CATALOGUE_BYTES = 512 * 1024 * 1024;

/** When a result is due and why, line by line. Needs no data folder. */
export const dueDate: Command = {
  usage:
    '--procedure C --received T [--channel counter|online|post] [--duration "3 working-day"] [--catalogue FILE] [--calendar FILE…] [--data DIR] [--config F.json]',
  options: {
    data: { type: 'string' },
    config: { type: 'string' },
    procedure: { type: 'string' },
    received: { type: 'string' },
    channel: { type: 'string' },
    duration: { type: 'string' },
    catalogue: { type: 'string' },
    calendar: { type: 'string', multiple: true },
  },
  async run(args, { texts }) {
    const receivedAt = receivedFrom(args);
    const by = args.oneOf('channel', channel.options, 'counter');
    const own = durationFrom(args);
    const code = own ? args.text('procedure') : args.required('procedure');
    const procedure = code === undefined ? null : await procedureFrom(args, code, own !== null);
    const calendar = await loadCalendar(RESOURCES, [...args.list('calendar'), ...args.positionals]);
    const limit: ProcedureLimit | null = own ? { duration: own } : limitOf(procedure, by);
    const head = { procedure: procedure && { code: procedure.code, name: procedure.name }, channel: by };
    if (!limit) {
      const none = { ...head, receivedAt, limit: null, at: null, reasons: [] };
      return { json: none, text: [...headOf(procedure), texts.say('cli.dueDate.none')].join('\n') };
    }
    const due = countDueDate({ receivedAt, calendar, ...limit });
    const reasons = due.reasons.map((reason) => ({ ...reason, text: texts.say(reason.key, reason.values) }));
    const local = vietnamTime(new Date(due.at));
    return {
      json: { ...head, receivedAt, limit, ...due, local, reasons },
      text: [...headOf(procedure), whenOf(due, texts), ...reasons.map((r) => `  – ${r.text}`)].join('\n'),
    };
  },
};

function headOf(procedure: Procedure | null): string[] {
  return procedure ? [`${procedure.code} ${procedure.name}`] : [];
}

function whenOf({ at }: DueResult, texts: Texts): string {
  const minute = minuteOf(at);
  const day = dayOfMinute(minute);
  return texts.say('cli.dueDate.at', {
    time: showClock(clockOf(minute)),
    weekday: `d${weekdayOf(day)}`,
    date: showDay(day),
  });
}

function limitOf(procedure: Procedure | null, by: Channel): ProcedureLimit | null {
  return procedure && limitFor(procedure, by);
}

function receivedFrom(args: Arguments): string {
  try {
    return instantFromText(args.required('received'));
  } catch (cause) {
    if (cause instanceof CounterError && cause.code === 'DUE_TIME_INVALID') {
      throw new CounterError(
        'USAGE',
        { option: '--received 2026-02-13T16:10 | 13/02/2026 16:10' },
        { cause },
      );
    }
    throw cause;
  }
}

function durationFrom(args: Arguments): Duration | null {
  const text = args.text('duration');
  if (text === undefined) return null;
  const match = /^\s*(?:(\d{1,5})\s+)?([a-z-]+)\s*$/.exec(text);
  const unit = durationUnit.safeParse(match?.[2]);
  const value = match?.[1] ?? (unit.data === 'same-day' ? '1' : undefined);
  if (!unit.success || value === undefined) {
    throw new CounterError('USAGE', { option: `--duration "3 ${durationUnit.options.join('|')}"` });
  }
  return { value: Number(value), unit: unit.data };
}

/** From the file that is named, else from the data folder, else from the shipped sample. */
async function procedureFrom(args: Arguments, code: string, optional: boolean): Promise<Procedure | null> {
  const file = args.text('catalogue');
  const data = args.text('data') ?? process.env.COUNTER_DATA;
  if (file === undefined && data !== undefined && data !== '') {
    // Loaded only here: without a data folder there is no engine to start.
    const { openSession } = await import('../session.ts');
    const session = await openSession(args);
    try {
      return await session.client.call('procedures.get', { code });
    } finally {
      await session.close();
    }
  }
  const { procedures } = readCatalogue(await textOf(file ?? path.join(RESOURCES, 'catalogue/sample.json')));
  const found = procedures.find((p) => p.code === code);
  if (!found && !optional) throw new CounterError('PROCEDURE_UNKNOWN', { code });
  return found ?? null;
}

/** The text of a file, packed with gzip or not. Throws FILE_MISSING {name}. */
async function textOf(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new CounterError('FILE_MISSING', { name: path.basename(file) }, { cause });
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8');
  try {
    return (await promisify(gunzip)(bytes, { maxOutputLength: MOST_CATALOGUE_BYTES })).toString('utf8');
  } catch (cause) {
    throw new CounterError('PROCEDURE_FILE_INVALID', { reason: 'gzip' }, { cause });
  }
}
