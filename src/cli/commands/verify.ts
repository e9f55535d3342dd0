import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { certificatesFromPem } from '../../main/signing/evidence/trust.ts';
import { type VerifyReport, verifyPdf } from '../../main/signing/verifying/verify.ts';
import type { Command } from '../command.ts';

/** Signature integrity, chain, coverage, and what changed after signing. Exit 1 unless every signature passed. */
export const verify: Command = {
  usage: 'FILE… --trust CA.pem [--at TIME]',
  options: {
    trust: { type: 'string', multiple: true },
    at: { type: 'string' },
    offline: { type: 'boolean' },
  },
  async run(args, io) {
    if (args.positionals.length === 0) throw new CounterError('USAGE', { option: 'FILE' });
    const trust = (await Promise.all(args.list('trust').map(readPem))).flat();
    const at = parseTime(args.text('at'));
    const files = [];
    for (const file of args.positionals) {
      io.signal.throwIfAborted();
      files.push({ file, ...withoutCertificates(await verifyPdf(file, { trust, ...(at ? { at } : {}) })) });
    }
    const passed = files.every(
      (f) => f.signatures.length > 0 && f.signatures.every((s) => s.indication === 'TOTAL-PASSED'),
    );
    const lines = files.flatMap((f) =>
      f.signatures.length === 0
        ? [io.texts.say('cli.verify.unsigned', { file: f.file })]
        : f.signatures.map((s) => io.texts.say(`cli.verify.${s.indication}`, describe(f.file, s))),
    );
    return { json: { passed, files }, text: lines.join('\n'), failed: !passed };
  },
};

/** A certificate is told by its fingerprint; its octets would only fill the screen. */
function withoutCertificates(report: VerifyReport) {
  const signatures = report.signatures.map(({ signerCertificate: _der, ...signature }) => signature);
  return { ...report, signatures };
}

function describe(file: string, s: { signer: string; subIndication: string | null }) {
  return { file, signer: s.signer, reason: s.subIndication ?? '' };
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
