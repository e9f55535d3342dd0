import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { REPORT_KINDS, type ReportKind, reportBy, reportFormat } from '../../contract/reports.ts';
import { localDay } from '../../main/calendar/local-time.ts';
import type { Arguments, Command } from '../command.ts';
import { openSession, SESSION_OPTIONS, SESSION_USAGE } from '../session.ts';

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** A report of what the counter keeps, as a file or on standard output (JSON and CSV only). */
export const report: Command = {
  usage: `--kind ${REPORT_KINDS.join('|')} [--from DAY] [--to DAY] [--by ${reportBy.options.join('|')}] [--field CODE]… [--procedure CODE]… [--clerk NAME]… [--within HOURS] [--format ${reportFormat.options.join('|')}] [--out FILE] ${SESSION_USAGE}`,
  options: {
    ...SESSION_OPTIONS,
    kind: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    by: { type: 'string' },
    field: { type: 'string', multiple: true },
    procedure: { type: 'string', multiple: true },
    clerk: { type: 'string', multiple: true },
    within: { type: 'string' },
    format: { type: 'string' },
    out: { type: 'string' },
  },
  async run(args, io) {
    const kind = args.oneOf('kind', REPORT_KINDS, args.required('kind') as ReportKind);
    const today = localDay(new Date());
    const to = dayOf(args, 'to', today);
    // Without a beginning: the month of the end.
    const from = dayOf(args, 'from', `${to.slice(0, 8)}01`);
    const request = {
      kind,
      from,
      to,
      by: args.oneOf('by', reportBy.options, 'none'),
      filters: {
        fields: [...args.list('field')],
        procedures: [...args.list('procedure')],
        clerks: [...args.list('clerk')],
      },
      withinHours: args.integer('within', 8),
    };
    const format = args.oneOf('format', reportFormat.options, 'json');
    const out = args.text('out');
    if (out === undefined && (format === 'xlsx' || format === 'pdf')) {
      throw new CounterError('USAGE', { option: '--out' });
    }
    const session = await openSession(args);
    try {
      const file = await session.client.call('reports.export', { request, format });
      const bytes = Buffer.from(file.base64, 'base64');
      if (out === undefined) return printed(bytes.toString('utf8'), format === 'json');
      const target = path.resolve(out);
      await writeFile(target, bytes);
      return {
        json: { file: target, bytes: bytes.length, mime: file.mime },
        text: io.texts.say('cli.report.written', { file: target }),
      };
    } finally {
      await session.close();
    }
  },
};

/** With --json a report is one object in any format. */
function printed(text: string, isJson: boolean): { json: object; text: string } {
  return { json: isJson ? (JSON.parse(text) as object) : { csv: text }, text };
}

function dayOf(args: Arguments, name: string, otherwise: string): string {
  const day = args.text(name) ?? otherwise;
  if (!DAY.test(day)) throw new CounterError('USAGE', { option: `--${name}` });
  return day;
}
