import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import type { VerificationReport } from '../../contract/model.ts';
import { createEvidenceSource } from '../../main/signing/evidence/collect.ts';
import { readHostMap } from '../../main/signing/evidence/hosts.ts';
import { certificatesFromPem } from '../../main/signing/evidence/trust.ts';
import { readTrustList, type TrustPurpose, trustedFor } from '../../main/signing/evidence/trust-list.ts';
import { linesOf } from '../../main/signing/verifying/report.ts';
import { type VerifyOptions, verifyPdf } from '../../main/signing/verifying/verify.ts';
import type { Arguments, Command, Io } from '../command.ts';

/** Hosts that have moved since certificates were issued. */
const HOSTS = path.join(import.meta.dirname, '../../../resources/certificate-hosts.json');

/** Signature integrity, chain, coverage, and what changed after signing. Exit 1 unless every signature passed. */
export const verify: Command = {
  usage: 'FILE… --trust CA.pem [--tsa-trust PEM] [--trust-list FILE] [--offline] [--at TIME]',
  options: {
    trust: { type: 'string', multiple: true },
    'tsa-trust': { type: 'string', multiple: true },
    'trust-list': { type: 'string' },
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
  const file = args.text('trust-list');
  const list = file === undefined ? null : await readTrustList(file);
  const listed = (purpose: TrustPurpose) => (list ? trustedFor(list, purpose) : []);
  const trust = [...(await certificates(args.list('trust'))), ...listed('signer')];
  const stamping = [...(await certificates(args.list('tsa-trust'))), ...listed('timestamp')];
  const timestampTrust = stamping.length > 0 ? stamping : trust;
  const authorities = listed('path');
  const at = parseTime(args.text('at'));
  const options = { trust, timestampTrust, authorities, signal, ...(at ? { at } : {}) };
  if (args.flag('offline')) return options;
  const all = { trust: [...trust, ...timestampTrust], authorities, hostMap: await readHostMap(HOSTS) };
  return { ...options, evidence: createEvidenceSource(all) };
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
