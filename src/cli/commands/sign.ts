import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { type SignatureLevel, signatureLevel } from '../../contract/model.ts';
import { APPEARANCE_KINDS, type Appearance } from '../../main/signing/appearance/layout.ts';
import { createTimeStamper } from '../../main/signing/evidence/time-stamper.ts';
import { forkHost } from '../../main/signing/keys/token-host/channel.ts';
import { createTokenHost } from '../../main/signing/keys/token-host/client.ts';
import type { KeyUse } from '../../main/signing/port.ts';
import { openSigner } from '../../main/signing/signers.ts';
import { raisePdf } from '../../main/signing/writing/raise.ts';
import type { Arguments, Command } from '../command.ts';
import { evidenceFor, TRUST_OPTIONS, TRUST_USAGE, trustFrom } from '../trust.ts';

const HASHES = ['sha256', 'sha384', 'sha512', 'usual'] as const;
const PADDINGS = ['pkcs1', 'pss', 'pss-where-possible'] as const;
const KINDS = [...APPEARANCE_KINDS, 'annex'] as const;

/** PAdES signatures from the terminal; many files are one batch with one PIN, stopped by the first failure. */
export const sign: Command = {
  usage:
    '--in A.pdf --out B.pdf | --in A.pdf --in B.pdf --out-dir DIR ' +
    '--key pkcs12:F.p12|pkcs11:MODULE?token=LABEL|vgca:wss://127.0.0.1:8987 [--pin-stdin] ' +
    `[--level B-B|B-T|B-LT|B-LTA] [--tsa URL] [${TRUST_USAGE}] ` +
    '[--appearance digitised-component|agency-copy|annex|invisible] [--agency NAME] [--document NUMBER] ' +
    '[--field NAME] [--certify 1|2|3] [--hash sha256|sha384|sha512] [--rsa pkcs1|pss|pss-where-possible]',
  options: {
    in: { type: 'string', multiple: true },
    out: { type: 'string' },
    'out-dir': { type: 'string' },
    key: { type: 'string' },
    'pin-stdin': { type: 'boolean' },
    level: { type: 'string' },
    tsa: { type: 'string', multiple: true },
    ...TRUST_OPTIONS,
    appearance: { type: 'string' },
    agency: { type: 'string' },
    document: { type: 'string' },
    field: { type: 'string' },
    certify: { type: 'string' },
    hash: { type: 'string' },
    rsa: { type: 'string' },
  },
  async run(args, io) {
    const level = args.oneOf('level', signatureLevel.options, 'B-B');
    const raise = await raiser(args, level, io.signal);
    const files = pairs(args);
    const appearance = appearanceFrom(args);
    const field = args.text('field');
    const certify = certification(args);
    const tokenHost = createTokenHost({ launch: () => forkHost() });
    let pinned: string | undefined;
    const service = {
      pin: {
        get: () => pinned,
        set: (seen: string) => {
          pinned = seen;
        },
      },
      requireTrusted: false,
    };
    const source = openSigner(args.required('key'), { tokenHost, now: () => new Date(), service });
    const signer = await source.open(args.flag('pin-stdin') ? await io.readSecret() : '', keyUseFrom(args));
    const signed: object[] = [];
    try {
      for (const { input, output } of files) {
        io.signal.throwIfAborted();
        const request = { input, output, appearance, at: new Date(), ...(field !== undefined && { field }) };
        const made = await signer.sign({ ...request, ...(certify && { certify }) });
        const result = raise ? await raise(output) : made;
        signed.push({
          ...{ file: output, sha256: result.sha256, bytes: result.bytes },
          ...{ signer: made.signer, field: made.fieldName, level: result.level },
        });
        io.progress('cli.signed', { file: output, signer: made.signer });
      }
    } finally {
      await signer.close();
    }
    return { json: { level, signed }, text: io.texts.say('cli.signDone', { files: signed.length }) };
  },
};

/** What brings a signed file to its level, in its place; null where it is there already. */
export async function raiser(args: Arguments, to: SignatureLevel, signal: AbortSignal, renew = false) {
  if (to === 'B-B') return null;
  const urls = args.list('tsa');
  if (urls.length === 0) throw new CounterError('SIGNATURE_LEVEL_UNSUPPORTED', { level: to });
  const trust = await trustFrom(args);
  const timeStamper = createTimeStamper({ urls, hostMap: trust.hostMap });
  const evidence = evidenceFor(trust);
  const now = () => new Date();
  return (file: string, output = file) =>
    raisePdf({ input: file, output, to, timeStamper, evidence, now, signal, renew });
}

function appearanceFrom(args: Arguments): Appearance {
  const kind = args.oneOf('appearance', KINDS, 'digitised-component');
  if (kind === 'agency-copy') return { kind, agency: args.required('agency') };
  if (kind === 'annex') return { kind, document: args.required('document') };
  return { kind };
}

function certification(args: Arguments): 1 | 2 | 3 | undefined {
  const level = args.oneOf('certify', ['1', '2', '3', 'none'] as const, 'none');
  return level === 'none' ? undefined : (Number(level) as 1 | 2 | 3);
}

function keyUseFrom(args: Arguments): KeyUse {
  const hash = args.oneOf('hash', HASHES, 'usual');
  return { rsa: args.oneOf('rsa', PADDINGS, 'pkcs1'), ...(hash !== 'usual' && { hash }) };
}

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
