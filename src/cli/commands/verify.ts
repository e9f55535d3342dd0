import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import type { VerificationReport } from '../../contract/model.ts';
import { certificatesFromPem } from '../../main/signing/evidence/trust.ts';
import { linesOf } from '../../main/signing/verifying/report.ts';
import { verifyPdf } from '../../main/signing/verifying/verify.ts';
import type { Arguments, Command, Io } from '../command.ts';

/** Signature integrity, chain, coverage, and what changed after signing. Exit 1 unless every signature passed. */
export const verify: Command = {
  usage: 'FILE… --trust CA.pem [--tsa-trust PEM] [--offline] [--at TIME]',
  options: {
    trust: { type: 'string', multiple: true },
    'tsa-trust': { type: 'string', multiple: true },
    at: { type: 'string' },
    offline: { type: 'boolean' },
  },
  async run(args, io) {
    if (args.positionals.length === 0) throw new CounterError('USAGE', { option: 'FILE' });
    const options = await optionsFrom(args);
    const files: ({ readonly file: string } & VerificationReport)[] = [];
    for (const file of args.positionals) {
      io.signal.throwIfAborted();
      files.push({ file, ...(await verifyPdf(file, options)) });
    }
    const passed = files.every((f) => f.indication === 'TOTAL-PASSED');
    return {
      json: { passed, files },
      text: files.map((f) => textOf(f.file, f, io)).join('\n'),
      failed: !passed,
    };
  },
};

async function optionsFrom(args: Arguments) {
  const trust = await certificates(args.list('trust'));
  const timestampTrust = await certificates(args.list('tsa-trust'));
  const at = parseTime(args.text('at'));
  return {
    trust,
    ...(timestampTrust.length > 0 ? { timestampTrust: [...trust, ...timestampTrust] } : {}),
    ...(at ? { at } : {}),
  };
}

function textOf(file: string, report: VerificationReport, { texts }: Io): string {
  const lines = linesOf(report, texts.say).map(
    ({ key, values, depth }) => `${'  '.repeat(depth + 1)}${texts.say(key, values)}`,
  );
  return [texts.say('cli.verify.file', { file }), ...lines].join('\n');
}

async function certificates(files: readonly string[]): Promise<Uint8Array[]> {
  return (await Promise.all(files.map(readPem))).flat();
}

async function readPem(file: string): Promise<Uint8Array[]> {
  const pem = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
  });
  return certificatesFromPem(pem);
}

function parseTime(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new CounterError('USAGE', { option: '--at' });
  return at;
}
