import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CounterError } from '../../contract/errors.ts';
import { signatureLevel } from '../../contract/model.ts';
import { printKind } from '../../contract/printing.ts';
import { role } from '../../contract/roles.ts';
import { spoolerRules } from '../printing/spooler/rules.ts';
import { normaliseScannerAddress } from '../scanning/index.ts';
import { helperSpec } from './helper-config.ts';
import { profileRule } from './profiles.ts';

const httpUrl = z.url({ protocol: /^https?$/ });

/** How documents are signed and judged; policy of the unit, not of the program (docs/trust.md). */
const signingRules = z
  .strictObject({
    /** What every signature reaches before it is sent. */
    level: signatureLevel.default('B-B'),
    /** Left out = the key's usual hash. */
    hash: z.enum(['sha256', 'sha384', 'sha512']).optional(),
    rsa: z.enum(['pkcs1', 'pss', 'pss-where-possible']).default('pkcs1'),
    /** Time stamp authorities (RFC 3161); the first that answers serves. */
    timeStampUrls: z.array(httpUrl).default([]),
    /** PEM files of trusted certificates, for signers and time stamps alike. */
    trust: z.array(z.string().min(1)).default([]),
    /** A list of trusted certificates with their provenance; empty = the one that is shipped. */
    trustList: z.string().default(''),
    /** Hosts by which certificates' addresses are replaced; empty = the table that is shipped. */
    hosts: z.string().default(''),
    /** Ask over the network about revocation when documents are judged. */
    online: z.boolean().default(true),
  })
  .refine((s) => s.level === 'B-B' || s.timeStampUrls.length > 0, { path: ['timeStampUrls'] });

/** Each counter has a receipt book of its own: numbers run without a gap, which two stores cannot give together. */
const feeRules = z.strictObject({
  /** Mẫu số and ký hiệu; `{yy}` in the sign = the last two digits of the year. Null = no money is taken here. */
  book: z
    .strictObject({ form: z.string().trim().min(1).max(30), sign: z.string().trim().min(1).max(30) })
    .nullable()
    .default(null),
  /** The unit's account for transfers; null = none is offered. */
  account: z
    .strictObject({
      bin: z.string().regex(/^\d{6}$/),
      number: z.string().regex(/^[A-Za-z0-9]{1,19}$/),
      name: z.string().trim().min(1).max(255),
    })
    .nullable()
    .default(null),
});

const slipRules = z.strictObject({
  /** Who signs for the agency: refusals, second appointments, stop notices; empty = a line to write on. */
  head: z.string().trim().max(120).default(''),
  /** Quyển số of the tracking book. */
  book: z.string().trim().min(1).max(20).default('01'),
  /** Where a citizen looks a dossier up, with `{code}` for its code; empty = no tracking QR. */
  trackingUrl: z.union([z.url({ protocol: /^https?$/ }), z.literal('')]).default(''),
  /** Folder of the unit's own forms, which stand before those that are shipped; empty = none. */
  forms: z.string().default(''),
});

/** Which printer takes which kind of paper, and how printers of the Windows spooler are reached (docs/printing.md). */
const printingRules = z.strictObject({
  /** Printers by kind of paper; what has none goes to the first of `printers`. */
  defaults: z.partialRecord(printKind, z.string()).default({}),
  spooler: spoolerRules.nullable().default(null),
  /** Where a printed copy can be looked up, for its conversion mark; empty = the counter's own dossier code alone. */
  lookup: z.string().max(200).default(''),
});

/** What an admin provisions for one counter PC: one JSON file, read at start. Paths are relative to the file. */
export const counterConfig = z.strictObject({
  unit: z.strictObject({
    /** Mã định danh of the unit, QĐ 20/2020/QĐ-TTg: `H14.22.05`. */
    code: z.string().regex(/^[A-Y]\d{2}(\.[0-9A-Z]{1,4}){0,6}$/),
    name: z.string().min(1),
    parent: z.string().default(''),
    /** Place of the slip's date line. */
    place: z.string().default(''),
    address: z.string().default(''),
    phone: z.string().default(''),
  }),
  counter: z.string().min(1),
  user: z.strictObject({ name: z.string().min(1), role: role.default('clerk') }),
  training: z.boolean().default(false),
  province: z
    .strictObject({
      baseUrl: z.url({ protocol: /^https?$/ }),
      clientId: z.string().min(1),
      clientSecret: z.string().min(1),
      chunkBytes: z
        .number()
        .int()
        .min(16 * 1024)
        .max(64 * 1024 * 1024)
        .default(1024 * 1024),
      /** Official numbers kept in hand for the day, so that a slip carries one when the line is down. */
      numbersInHand: z.number().int().min(0).max(500).default(20),
    })
    .nullable()
    .default(null),
  /** Programs that drive scanners, by the name that `helper:NAME/DEVICE` uses (docs/scan-helper.md). */
  scanHelpers: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/), helperSpec).default({}),
  /** How papers are scanned where nobody has scanned them otherwise yet. */
  scanProfiles: z.array(profileRule).default([]),
  /** Read the text of pages in the background. */
  readPages: z.boolean().default(true),
  /** A folder whose files are offered for import; empty = none. */
  inbox: z.string().default(''),
  /** Printers that are offered: `ipp://…`, `ipps://…`, `ipp:usb:…`, `spooler:NAME`, `file:FOLDER`. */
  printers: z.array(z.string()).default([]),
  printing: printingRules.prefault({}),
  /** Barcode readers on serial ports. */
  serialReaders: z
    .array(
      z.strictObject({
        path: z.string().min(1),
        baudRate: z.number().int().min(300).max(921_600).default(9600),
      }),
    )
    .default([]),
  /** Take only scanners and printers whose certificate a trusted authority issued; none is pinned on first use. */
  requireTrustedCertificates: z.boolean().default(false),
  /** Scanners that are always listed, beside what is found: URIs, or what a person types (`192.0.2.7`). */
  scanners: z.array(z.string()).default([]),
  /** Signing keys that are offered: `pkcs12:FILE`, `pkcs11:MODULE?token=LABEL`, `vgca:wss://127.0.0.1:8987`. */
  keys: z.array(z.string()).default([]),
  /** Offer the tokens that known makers' modules show, beside the keys that are named. */
  findTokens: z.boolean().default(true),
  signing: signingRules.prefault({}),
  /** The book of certified copies; null where this counter keeps none. One counter of a unit keeps it. */
  certification: z
    .strictObject({ volume: z.string().min(1).max(20), sign: z.string().min(1).max(20).optional() })
    .nullable()
    .default(null),
  /** How money is taken here; docs/fees.md. */
  fees: feeRules.prefault({}),
  /** The unit's own calendars and hours, laid over those that are shipped; docs/due-dates.md. */
  calendar: z.array(z.string().min(1)).default([]),
  /** What stands on the counter's papers beside the unit's name; docs/slips.md. */
  slips: slipRules.prefault({}),
  /** Catalogue file; empty = the sample that is shipped. */
  catalogue: z.string().default(''),
});
export type CounterConfig = z.infer<typeof counterConfig>;

export async function readConfig(file: string): Promise<CounterConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
  }
  return parseConfig(text, path.dirname(path.resolve(file)));
}

export function parseConfig(text: string, folder: string): CounterConfig {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw new CounterError('CONFIG_INVALID', { where: 'JSON' }, { cause });
  }
  const config = counterConfig.safeParse(raw);
  if (!config.success) {
    const where = config.error.issues[0]?.path.join('.') ?? '';
    throw new CounterError('CONFIG_INVALID', { where }, { cause: config.error });
  }
  const { printers, printing } = config.data;
  const unlisted = Object.entries(printing.defaults).find(([, uri]) => !printers.includes(uri));
  if (unlisted) throw new CounterError('CONFIG_INVALID', { where: `printing.defaults.${unlisted[0]}` });
  const at = (file: string) => (file === '' || path.isAbsolute(file) ? file : path.join(folder, file));
  return {
    ...config.data,
    scanners: config.data.scanners.map(scannerUri),
    catalogue: at(config.data.catalogue),
    inbox: at(config.data.inbox),
    calendar: config.data.calendar.map(at),
    slips: { ...config.data.slips, forms: at(config.data.slips.forms) },
    signing: {
      ...config.data.signing,
      trust: config.data.signing.trust.map(at),
      trustList: at(config.data.signing.trustList),
      hosts: at(config.data.signing.hosts),
    },
    keys: config.data.keys.map((key) => (key.startsWith('pkcs12:') ? `pkcs12:${at(key.slice(7))}` : key)),
  };
}

function scannerUri(typed: string, index: number): string {
  if (/^(?:sane|helper|folder):/.test(typed)) return typed;
  try {
    return normaliseScannerAddress(typed);
  } catch (cause) {
    throw new CounterError('CONFIG_INVALID', { where: `scanners.${index}` }, { cause });
  }
}
