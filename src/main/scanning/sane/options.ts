import { CounterError } from '../../../contract/errors.ts';
import type { ScanSettings } from '../../../contract/model.ts';
import { chooseDpi, offeredDpis, type Resolutions } from '../resolution.ts';
import type { SaneOptions } from '../uri.ts';

/** One option as `scanimage --all-options` prints it. */
export interface SaneOption {
  /** Name with its dashes: `--source`, `-x`. */
  readonly name: string;
  /** What may be given: values joined by '|', or `MIN..MAX UNIT (in steps of N)`. */
  readonly constraint: string;
  readonly active: boolean;
}

type Source = ScanSettings['source'];
type Mode = ScanSettings['mode'];

/** What a device can do, by the names that it gives its sources and modes. */
export interface SaneCaps {
  readonly names: ReadonlySet<string>;
  readonly sources: Readonly<Partial<Record<Source, string | undefined>>>;
  readonly modes: Readonly<Partial<Record<Mode, string>>>;
  readonly resolutions: Resolutions | undefined;
  readonly hasArea: boolean;
  /** Arguments for one side and for both, where an option of its own chooses them and not the source. */
  readonly sides?: Sides;
  /** Whether the feeder is told the paper's size, by which it centres and measures the sheet. */
  readonly hasPaper: boolean;
}

interface Sides {
  readonly simplex: string;
  readonly duplex: string;
}

const OPTION_LINE =
  /^ {4}(--[A-Za-z][A-Za-z0-9-]*|-[A-Za-z])(?:\[=\(([^)]*)\)\])?(?: (?!\[)(.*?))?((?: \[[^\]]*\])*)\s*$/;

/** Reads the text of `scanimage --all-options`; lines that are no option (groups, descriptions) are passed over. */
export function parseOptions(text: string): SaneOption[] {
  return text.split('\n').flatMap((line) => {
    const match = OPTION_LINE.exec(line);
    if (!match) return [];
    const [, name = '', flag = '', constraint = '', tail = ''] = match;
    return [{ name, constraint: constraint || flag, active: !/\[inactive\]/.test(tail) }];
  });
}

export function readCaps(options: readonly SaneOption[]): SaneCaps {
  const active = new Map(options.filter((o) => o.active).map((o) => [o.name, o.constraint]));
  const sides = readSides(options);
  return {
    names: new Set(options.map((o) => o.name)),
    sources: withSides(readSources(values(active.get('--source'))), sides),
    ...(sides ? { sides } : {}),
    // sane-fujitsu(5), sane-canon_dr(5), sane-kodak(5): inactive while the flatbed is chosen.
    hasPaper: ['--page-width', '--page-height'].every((name) => options.some((o) => o.name === name)),
    modes: readModes(values(active.get('--mode'))),
    resolutions: readResolutions(active.get('--resolution')),
    hasArea: ['-x', '-y'].every((name) => /mm\b/.test(active.get(name) ?? '')),
  };
}

function values(constraint: string | undefined): string[] {
  return constraint ? constraint.split('|').map((value) => value.trim()) : [];
}

/** Back ends name their sources freely: 'Automatic Document Feeder', 'ADF Duplex', 'ADF Front', 'FlatBed', … */
function readSources(names: readonly string[]): SaneCaps['sources'] {
  // Without the option there is one source, and whether it can run empty is not said: one side at a time is safe.
  if (names.length === 0) return { platen: undefined };
  const feeders = names.filter((n) => /adf|feeder/i.test(n) && !/\bback\b|card/i.test(n));
  const isDuplex = (n: string) => /duplex|both sides/i.test(n);
  const adf = feeders.find((n) => !isDuplex(n));
  const duplex = feeders.find(isDuplex);
  const platen = names.find((n) => /flat ?bed|platen|^fb$/i.test(n));
  return {
    ...(adf === undefined ? {} : { adf }),
    ...(duplex === undefined ? {} : { 'adf-duplex': duplex }),
    ...(platen === undefined ? {} : { platen }),
  };
}

/**
 * Both sides by an option of its own, which is inactive while the flatbed is chosen: `--adf-mode Simplex|Duplex`
 * (sane-epson2), `--duplex[=(yes|no)]` (sane-kvs1025, sane-kvs20xx, sane-kvs40xx).
 */
function readSides(options: readonly SaneOption[]): Sides | undefined {
  const adfModes = values(options.find((o) => o.name === '--adf-mode')?.constraint);
  const simplex = adfModes.find((n) => /simplex/i.test(n));
  const duplex = adfModes.find((n) => /duplex/i.test(n));
  if (simplex && duplex) return { simplex: `--adf-mode=${simplex}`, duplex: `--adf-mode=${duplex}` };
  const isSwitch = options.some((o) => o.name === '--duplex' && /yes\|no/.test(o.constraint));
  return isSwitch ? { simplex: '--duplex=no', duplex: '--duplex=yes' } : undefined;
}

/** A device without sources that can turn the sheet is a feeder. */
function withSides(sources: SaneCaps['sources'], sides: Sides | undefined): SaneCaps['sources'] {
  if (!sides || Object.hasOwn(sources, 'adf-duplex')) return sources;
  if (Object.hasOwn(sources, 'adf')) return { ...sources, 'adf-duplex': sources.adf };
  const unnamed = Object.hasOwn(sources, 'platen') && sources.platen === undefined;
  return unnamed ? { adf: undefined, 'adf-duplex': undefined } : sources;
}

const MODE_NAMES: readonly (readonly [Mode, RegExp])[] = [
  ['color', /^(?:24 ?bit )?colou?r\b/i],
  ['gray', /gr[ae]y/i],
  ['bw', /lineart|black ?(?:&|and) ?white|^binary|monochrome/i],
];

function readModes(names: readonly string[]): SaneCaps['modes'] {
  return Object.fromEntries(
    MODE_NAMES.flatMap(([mode, pattern]) => {
      const name = names.find((n) => pattern.test(n));
      return name === undefined ? [] : [[mode, name]];
    }),
  );
}

function readResolutions(constraint: string | undefined): Resolutions | undefined {
  if (!constraint) return undefined;
  const range = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)dpi(?: \(in steps of (\d+(?:\.\d+)?)\))?/.exec(
    constraint,
  );
  if (range) {
    const step = Math.max(1, Math.round(Number(range[3] ?? 1)));
    return { kind: 'range', min: Math.ceil(Number(range[1])), max: Math.floor(Number(range[2])), step };
  }
  const list = constraint
    .replace(/dpi\b.*/, '')
    .split('|')
    .map(Number)
    .filter((n) => Number.isInteger(n) && n > 0);
  return list.length > 0 ? { kind: 'list', values: list.sort((a, b) => a - b) } : undefined;
}

export interface SaneOrder {
  readonly args: readonly string[];
  readonly dpi: number;
}

const WHAT_IS_TAKEN_FOR: Record<Mode, readonly Mode[]> = {
  color: ['color'],
  gray: ['gray', 'color'],
  bw: ['bw', 'gray', 'color'],
};

/**
 * Arguments for the device. The source comes first because resolution and area may depend on it; the options of
 * the URI come last, so they win. An area beyond the device's is rounded down by scanimage itself.
 *
 * @throws CounterError SCANNER_UNSUPPORTED (`what`: source, mode or option)
 */
export function chooseArguments(caps: SaneCaps, settings: ScanSettings, extra: SaneOptions): SaneOrder {
  if (!Object.hasOwn(caps.sources, settings.source)) {
    throw new CounterError('SCANNER_UNSUPPORTED', { what: 'source', wanted: settings.source });
  }
  const source = caps.sources[settings.source];
  const mode = WHAT_IS_TAKEN_FOR[settings.mode].find((m) => caps.modes[m] !== undefined);
  if (!mode && caps.names.has('--mode')) {
    throw new CounterError('SCANNER_UNSUPPORTED', { what: 'mode', wanted: settings.mode });
  }
  const dpi = caps.resolutions ? chooseDpi(settings.dpi, caps.resolutions) : settings.dpi;
  const args = [
    ...(source === undefined ? [] : [`--source=${source}`]),
    ...sideArguments(caps, settings.source),
    ...(mode ? [`--mode=${caps.modes[mode]}`] : []),
    ...(caps.resolutions ? [`--resolution=${dpi}`] : []),
    ...(caps.hasPaper && settings.source !== 'platen' ? ['--page-width=210', '--page-height=297'] : []),
    // A4 in millimetres.
    ...(caps.hasArea ? ['-l', '0', '-t', '0', '-x', '210', '-y', '297'] : []),
    ...Object.entries(extra).map(([name, value]) => extraArgument(caps, name, value)),
  ];
  return { args, dpi };
}

/** Said also for one side: the last one who scanned may have left it on both. */
function sideArguments({ sides, sources }: SaneCaps, source: Source): string[] {
  if (!sides || source === 'platen') return [];
  const ownSource = sources['adf-duplex'] !== sources.adf;
  return [source === 'adf-duplex' && !ownSource ? sides.duplex : sides.simplex];
}

/** Only options of the device itself: scanimage's own would let a URI choose where files are written. */
function extraArgument(caps: SaneCaps, name: string, value: string): string {
  if (!caps.names.has(`--${name}`) || OWN_OPTIONS.test(name)) {
    throw new CounterError('SCANNER_UNSUPPORTED', { what: 'option', wanted: name });
  }
  return `--${name}=${value}`;
}

const OWN_OPTIONS =
  /^(?:batch|device-name|format|icc-profile|list-devices|formatted-|output-file|dont-scan|test$|all-options|help|version|buffer-size|progress|verbose|accept-md5)/;

export function offeredSaneDpis(caps: SaneCaps): number[] {
  return caps.resolutions ? offeredDpis(caps.resolutions) : [];
}
