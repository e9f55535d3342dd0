import { CounterError } from '../../contract/errors.ts';
import type { VerificationReport } from '../../contract/verification.ts';
import { linesOf } from '../../main/signing/verifying/report.ts';
import { type VerifyOptions, verifyPdf } from '../../main/signing/verifying/verify.ts';
import type { Arguments, Command, Io } from '../command.ts';
import { evidenceFor, TRUST_OPTIONS, TRUST_USAGE, trustFrom } from '../trust.ts';

/** Signature integrity, chain, coverage, and what changed after signing. Exit 1 unless every signature passed. */
export const verify: Command = {
  usage: `FILE… ${TRUST_USAGE} [--offline] [--at TIME]`,
  options: {
    ...TRUST_OPTIONS,
    at: { type: 'string' },
    offline: { type: 'boolean' },
  },
  async run(args, io) {
    if (args.positionals.length === 0) throw new CounterError('USAGE', { option: 'FILE' });
    const options = await optionsFrom(args, io.signal);
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

/** Revocation is asked for over the network, where certificates say, unless --offline. */
async function optionsFrom(args: Arguments, signal: AbortSignal): Promise<VerifyOptions> {
  const trusted = await trustFrom(args);
  const { trust, timestampTrust, authorities } = trusted;
  const at = parseTime(args.text('at'));
  const options = { trust, timestampTrust, authorities, signal, ...(at ? { at } : {}) };
  return args.flag('offline') ? options : { ...options, evidence: evidenceFor(trusted) };
}

function textOf(file: string, report: VerificationReport, { texts }: Io): string {
  const lines = linesOf(report, texts.say).map(
    ({ key, values, depth }) => `${'  '.repeat(depth + 1)}${texts.say(key, values)}`,
  );
  return [texts.say('cli.verify.file', { file }), ...lines].join('\n');
}

function parseTime(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new CounterError('USAGE', { option: '--at' });
  return at;
}
