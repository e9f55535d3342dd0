import { CounterError } from '../../../contract/errors.ts';
import type { ScanSettings } from '../../../contract/model.ts';
import type { Resolutions } from '../resolution.ts';
import { child, children, descendants, numberAt, parseXml, textAt, type XmlNode } from './xml.ts';

type Source = ScanSettings['source'];

export interface SourceCaps {
  /** Largest region in 1/300 inch; 0 = the device does not say. */
  readonly maxWidth: number;
  readonly maxHeight: number;
  readonly colorModes: readonly string[];
  readonly formats: readonly string[];
  readonly resolutions: Resolutions;
}

export interface EsclCapabilities {
  readonly model: string;
  readonly serial: string;
  readonly uuid: string;
  readonly version: string;
  readonly sources: Readonly<Partial<Record<Source, SourceCaps>>>;
}

/**
 * Reads ScannerCapabilities (Mopria eSCL 2.x, namespace …/escl/2011/05/03).
 *
 * @throws CounterError SCANNER_PROTOCOL where it is not well-formed, names no source or no resolution
 */
export function parseCapabilities(bytes: Uint8Array): EsclCapabilities {
  const root = parseXml(bytes, 'ScannerCapabilities');
  const profiles = namedProfiles(root);
  const simplex = child(root, 'Adf', 'AdfSimplexInputCaps');
  const duplex = child(root, 'Adf', 'AdfDuplexInputCaps');
  const found: [Source, XmlNode | undefined][] = [
    ['platen', child(root, 'Platen', 'PlatenInputCaps')],
    ['adf', simplex],
    ['adf-duplex', duplex ?? (offersDuplex(root) ? simplex : undefined)],
  ];
  const sources = Object.fromEntries(
    found.flatMap(([name, node]) => {
      const caps = node === undefined ? undefined : sourceCaps(node, profiles);
      return caps ? [[name, caps]] : [];
    }),
  );
  if (Object.keys(sources).length === 0) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'ScannerCapabilities', reason: 'no-source' });
  }
  return {
    model: textAt(root, 'MakeAndModel') || textAt(root, 'ModelName'),
    serial: textAt(root, 'SerialNumber'),
    uuid: textAt(root, 'UUID'),
    version: textAt(root, 'Version'),
    sources,
  };
}

function offersDuplex(root: XmlNode): boolean {
  return descendants(child(root, 'Adf'), 'AdfOption').some((option) => textAt(option) === 'Duplex');
}

/** Profiles that a source may name by `ref` in place of repeating them. */
function namedProfiles(root: XmlNode): Map<string, XmlNode> {
  const named = descendants(root, 'SettingProfile').flatMap((profile): [string, XmlNode][] => {
    const name = textAt(profile, '@name');
    return name === '' ? [] : [[name, profile]];
  });
  return new Map(named);
}

function sourceCaps(node: XmlNode, named: ReadonlyMap<string, XmlNode>): SourceCaps | undefined {
  const profiles = children(child(node, 'SettingProfiles'), 'SettingProfile').map(
    (profile) => named.get(textAt(profile, '@ref')) ?? profile,
  );
  const resolutions = readResolutions(profiles);
  if (!resolutions) return undefined;
  return {
    maxWidth: numberAt(node, 'MaxWidth') ?? 0,
    maxHeight: numberAt(node, 'MaxHeight') ?? 0,
    colorModes: texts(profiles, 'ColorMode'),
    formats: [...texts(profiles, 'DocumentFormat'), ...texts(profiles, 'DocumentFormatExt')]
      .map((format) => format.toLowerCase())
      .filter((format, i, all) => all.indexOf(format) === i),
    resolutions,
  };
}

function texts(profiles: readonly XmlNode[], name: string): string[] {
  const all = profiles.flatMap((profile) => descendants(profile, name)).map((node) => textAt(node));
  return [...new Set(all)].filter((text) => text !== '');
}

/** Square resolutions only: a page with two scales is of no use. Discrete values win over a range. */
function readResolutions(profiles: readonly XmlNode[]): Resolutions | undefined {
  const values = profiles
    .flatMap((profile) => descendants(profile, 'DiscreteResolution'))
    .flatMap((node) => {
      const x = numberAt(node, 'XResolution');
      return x !== undefined && x > 0 && x === numberAt(node, 'YResolution') ? [x] : [];
    });
  if (values.length > 0) return { kind: 'list', values: [...new Set(values)].sort((a, b) => a - b) };
  return profiles.flatMap((profile) => descendants(profile, 'ResolutionRange')).map(readRange)[0];
}

function readRange(node: XmlNode): Resolutions | undefined {
  const axes = ['XResolution', 'YResolution'].map((axis) => child(node, axis));
  const lows = axes.map((axis) => numberAt(axis, 'Min') ?? 0);
  const highs = axes.map((axis) => numberAt(axis, 'Max') ?? 0);
  const steps = axes.map((axis) => numberAt(axis, 'Step') ?? 1);
  const range = { min: Math.max(1, ...lows), max: Math.min(...highs), step: Math.max(1, ...steps) };
  return range.min <= range.max ? { kind: 'range', ...range } : undefined;
}
