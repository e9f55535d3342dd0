import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { APPEARANCE_KINDS } from '../../main/signing/appearance/layout.ts';
import { openKeySource } from '../../main/signing/keys/open.ts';
import { forkHost } from '../../main/signing/keys/token-host/channel.ts';
import { createTokenHost } from '../../main/signing/keys/token-host/client.ts';
import { signPdf } from '../../main/signing/writing/sign-pdf.ts';
import type { Arguments, Command } from '../command.ts';

/** PAdES signatures from the terminal; many files are one batch with one PIN, stopped by the first failure. */
export const sign: Command = {
  usage:
    '--in A.pdf --out B.pdf | --in A.pdf --in B.pdf --out-dir DIR --key pkcs12:F.p12|pkcs11:MODULE?token=LABEL ' +
    '[--pin-stdin] [--level B-B] [--appearance digitised-component|agency-copy|invisible] [--agency NAME]',
  options: {
    in: { type: 'string', multiple: true },
    out: { type: 'string' },
    'out-dir': { type: 'string' },
    key: { type: 'string' },
    'pin-stdin': { type: 'boolean' },
    level: { type: 'string' },
    appearance: { type: 'string' },
    agency: { type: 'string' },
  },
  async run(args, io) {
    const level = args.oneOf('level', ['B-B', 'B-T', 'B-LT', 'B-LTA'] as const, 'B-B');
    if (level !== 'B-B') throw new CounterError('SIGNATURE_LEVEL_UNSUPPORTED', { level });
    const files = pairs(args);
    const kind = args.oneOf('appearance', APPEARANCE_KINDS, 'digitised-component');
    const appearance = kind === 'agency-copy' ? { kind, agency: args.required('agency') } : { kind };
    const tokenHost = createTokenHost({ launch: () => forkHost() });
    const source = openKeySource(args.required('key'), { tokenHost, now: () => new Date() });
    const key = await source.open(args.flag('pin-stdin') ? await io.readSecret() : '');
    const signed: object[] = [];
    try {
      for (const { input, output } of files) {
        io.signal.throwIfAborted();
        const result = await signPdf({ input, output, key, appearance, at: new Date() });
        signed.push({ file: output, sha256: result.sha256, bytes: result.bytes, signer: result.signer });
        io.progress('cli.signed', { file: output, signer: result.signer });
      }
    } finally {
      await key.close();
    }
    return { json: { level, signed }, text: io.texts.say('cli.signDone', { files: signed.length }) };
  },
};

function pairs(args: Arguments): { input: string; output: string }[] {
  const inputs = args.list('in');
  const folder = args.text('out-dir');
  const out = args.text('out');
  if (inputs.length === 0) throw new CounterError('USAGE', { option: '--in' });
  if (out !== undefined && inputs.length === 1) return [{ input: inputs[0]!, output: out }];
  if (folder === undefined) throw new CounterError('USAGE', { option: '--out-dir' });
  const names = inputs.map((input) => path.basename(input));
  if (new Set(names).size !== names.length) throw new CounterError('USAGE', { option: '--in' });
  return inputs.map((input, i) => ({ input, output: path.join(folder, names[i]!) }));
}
