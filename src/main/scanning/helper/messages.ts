import { z } from 'zod';
import { CounterError } from '../../../contract/errors.ts';
import { type ScanSettings, scanSettings } from '../../../contract/model.ts';

/** Version of the contract (docs/scan-helper.md). A helper of another version is refused. */
export const CONTRACT = 1;

export type HelperCommand = 'list' | 'describe' | 'scan';

export interface ScanRequest {
  readonly settings: ScanSettings;
  readonly options: Readonly<Record<string, string>>;
  readonly limits: { readonly maxPages: number; readonly maxPageBytes: number };
}

/** A4, ISO 216. */
const PAPER = { widthMm: 210, heightMm: 297 };

/** The one line that a helper reads from its standard input. */
export function requestLine(command: HelperCommand, device?: string, scan?: ScanRequest): string {
  const { settings, options, limits } = scan ?? {};
  const request = {
    contract: CONTRACT,
    command,
    device,
    settings: settings && { ...settings, paper: PAPER },
    options,
    limits,
  };
  return `${JSON.stringify(request)}\n`;
}

const { source, mode } = scanSettings.shape;
const dpi = z.number().int().min(1).max(9600);
/** What a person may read of it is bounded; a helper that says too much is still understood. */
const text = (length: number) => z.string().transform((said) => said.slice(0, length));
// Serialisers of .NET write null for what is absent.
const optionalText = (length: number) =>
  text(length)
    .nullish()
    .transform((said) => said ?? '');
const count = z.number().int().min(0).max(1_000_000);

const helperEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('hello'), contract: z.number().int(), helper: optionalText(200) }),
  z.object({
    event: z.literal('device'),
    id: z.string().min(1).max(512),
    name: optionalText(200),
  }),
  z.object({
    event: z.literal('description'),
    name: optionalText(200),
    sources: z.array(source).min(1).max(8),
    modes: z.array(mode).min(1).max(8),
    dpis: z.union([
      z.array(dpi).min(1).max(64),
      z
        .object({ min: dpi, max: dpi, step: dpi.nullish() })
        .refine((range) => range.min <= range.max, 'min above max'),
    ]),
  }),
  z.object({ event: z.literal('progress'), page: count, percent: z.number().min(0).max(100) }),
  z.object({ event: z.literal('page'), index: count, file: z.string().min(1).max(128), dpi }),
  z.object({
    event: z.literal('error'),
    code: z.string().min(1).max(64),
    detail: optionalText(2_000),
  }),
  z.object({ event: z.literal('end'), pages: count.nullish() }),
]);
export type HelperEvent = z.infer<typeof helperEvent>;

/**
 * One line of a helper's output. Unknown fields are passed over, unknown events are not: they may have carried a page.
 *
 * @throws CounterError SCANNER_PROTOCOL (`what`: line-encoding, line-json, line-event)
 */
export function readEvent(line: Uint8Array): HelperEvent {
  const event = helperEvent.safeParse(readJson(readText(line)));
  if (!event.success) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'line-event' }, { cause: event.error });
  }
  return event.data;
}

/** Strict UTF-8; a byte order mark, which .NET writes, is taken off. */
function readText(line: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(line);
  } catch (cause) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'line-encoding' }, { cause });
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'line-json' }, { cause });
  }
}
