import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { type SignatureLevel, signatureLevel } from '../../contract/model.ts';
import { type AppearanceImage, readAppearanceImage } from '../../main/signing/appearance/image.ts';
import {
  APPEARANCE_KINDS,
  type Appearance,
  type ExplicitPlace,
} from '../../main/signing/appearance/layout.ts';
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
const KINDS = [...APPEARANCE_KINDS, 'annex', 'personal', 'issued-document'] as const;
const FORMS = ['sao-y', 'sao-luc', 'trich-sao'] as const;

/** PAdES signatures from the terminal; many files are one batch with one PIN, stopped by the first failure. */
export const sign: Command = {
  usage:
    '--in A.pdf --out B.pdf | --in A.pdf --in B.pdf --out-dir DIR ' +
    '--key pkcs12:F.p12|pkcs11:MODULE?token=LABEL|vgca:wss://127.0.0.1:8987 [--pin-stdin] ' +
    `[--level B-B|B-T|B-LT|B-LTA] [--tsa URL] [${TRUST_USAGE}] ` +
    '[--appearance digitised-component|agency-copy|annex|personal|issued-document|invisible] [--agency NAME] ' +
    '[--form sao-y|sao-luc|trich-sao] [--document NUMBER] [--image PNG] [--width-mm N] [--page N|last] [--centre X,Y] ' +
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
    form: { type: 'string' },
    document: { type: 'string' },
    image: { type: 'string' },
    'width-mm': { type: 'string' },
    page: { type: 'string' },
    centre: { type: 'string' },
    field: { type: 'string' },
    certify: { type: 'string' },
    hash: { type: 'string' },
    rsa: { type: 'string' },
  },
  async run(args, io) {
    const level = args.oneOf('level', signatureLevel.options, 'B-B');
    const raise = await raiser(args, level, io.signal);
    const files = pairs(args);
    const appearance = await appearanceFrom(args);
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
        const made = await signer.sign({ ...request, ...(certify && { certify }) }).catch(asUsage);
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

/** A place that is not on the page is a mistake of whoever typed it. */
function asUsage(error: unknown): never {
  const wrong = error instanceof CounterError && error.code === 'BAD_REQUEST' && error.details.problem;
  if (wrong === 'page') throw new CounterError('USAGE', { option: '--page' }, { cause: error });
  if (wrong === 'place') throw new CounterError('USAGE', { option: '--centre' }, { cause: error });
  throw error;
}

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

async function appearanceFrom(args: Arguments): Promise<Appearance> {
  const kind = args.oneOf('appearance', KINDS, 'digitised-component');
  switch (kind) {
    case 'agency-copy':
      return { kind, agency: args.required('agency'), form: args.oneOf('form', FORMS, 'sao-y') };
    case 'annex':
      return { kind, document: args.required('document') };
    case 'personal':
      return { kind, image: await pictureFrom(args), place: placeFrom(args) };
    case 'issued-document': {
      const image = await pictureFrom(args);
      // Without a place of its own the seal goes over the left third of the newest hand signature (ô 8).
      return { kind, image, place: args.text('centre') === undefined ? {} : placeFrom(args) };
    }
    default:
      return { kind };
  }
}

async function pictureFrom(args: Arguments): Promise<AppearanceImage> {
  const file = args.required('image');
  const png = await readFile(file).catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
  });
  const width = args.text('width-mm');
  return readAppearanceImage(png, width === undefined ? {} : { widthMm: positive('width-mm', width) });
}

/** The middle of the picture, millimetres from the left and the top edge of the page as it is seen. */
function placeFrom(args: Arguments): ExplicitPlace {
  const [x, y, more] = args.required('centre').split(',');
  if (more !== undefined) throw new CounterError('USAGE', { option: '--centre' });
  const page = args.text('page') ?? 'last';
  return {
    page: page === 'last' ? page : positive('page', page),
    centreMm: [positive('centre', x ?? ''), positive('centre', y ?? '')],
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new CounterError('USAGE', { option: `--${option}` });
  return value;
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
