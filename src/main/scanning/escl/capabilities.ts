import { CounterError } from '../../../contract/errors.ts';
import type { ScanSettings } from '../../../contract/model.ts';
import { mergeResolutions, type Resolutions } from '../resolution.ts';
import { readResolutions, sectionProfiles, sharedProfiles } from './profiles.ts';
import { child, descendants, numberAt, parseXml, textAt, type XmlNode } from './xml.ts';

type Source = ScanSettings['source'];

/** Where the paper lies across the feeder when it is narrower than the feeder: left, middle or right. */
export type Justification = 'start' | 'center' | 'end';

/** Colour modes, formats and resolutions that go together. */
export interface SettingProfile {
  /** Empty = the device names none. */
  readonly colorModes: readonly string[];
  /** Media types in lower case, of DocumentFormat and DocumentFormatExt. */
  readonly formats: readonly string[];
  readonly resolutions: Resolutions;
}

export interface SourceCaps {
  /** Smallest and largest region in 1/300 inch; 0 = the device does not say. */
  readonly minWidth: number;
  readonly minHeight: number;
  readonly maxWidth: number;
  readonly maxHeight: number;
  /**
   * XImagePosition; 'start' where the device does not say. YImagePosition is not read: whatever it says, a feeder
   * begins at the edge that goes in first, and an offset would cut the head of the page.
   */
  readonly justification: Justification;
  /** Sheets that the feeder takes; 0 = unknown, or no feeder. */
  readonly capacity: number;
  /** Intents that the device names; it is asked with no other. */
  readonly intents: readonly string[];
  /** It speaks of DocumentFormatExt (eSCL 2.1 and later), so it is asked by that element too. */
  readonly namesFormatExt: boolean;
  readonly profiles: readonly SettingProfile[];
  /** All that the profiles offer together. */
  readonly colorModes: readonly string[];
  readonly formats: readonly string[];
  readonly resolutions: Resolutions;
}

export interface EsclCapabilities {
  readonly model: string;
  readonly manufacturer: string;
  readonly serial: string;
  readonly uuid: string;
  readonly version: string;
  readonly sources: Readonly<Partial<Record<Source, SourceCaps>>>;
}

/**
 * Reads ScannerCapabilities (Mopria eSCL 2.x, namespace …/escl/2011/05/03). Elements are known by their local name,
 * whatever prefix a device uses; what is missing takes the defaults that the fields above name.
 *
 * @throws CounterError SCANNER_PROTOCOL where it is not well-formed, names no source or no resolution;
 *   SCANNER_UNSUPPORTED (`what`: version) for eSCL 1, whose jobs are made in another way
 */
export function parseCapabilities(bytes: Uint8Array): EsclCapabilities {
  const root = parseXml(bytes, 'ScannerCapabilities');
  const version = textAt(root, 'Version');
  if (/^1\./.test(version) && descendants(root, 'SettingProfile').length === 0) {
    throw new CounterError('SCANNER_UNSUPPORTED', { what: 'version', version });
  }
  const adf = child(root, 'Adf');
  const simplex = child(adf, 'AdfSimplexInputCaps');
  const duplex = child(adf, 'AdfDuplexInputCaps') ?? (offersDuplex(adf) ? simplex : undefined);
  const found: [Source, XmlNode | undefined, XmlNode | undefined][] = [
    ['platen', child(root, 'Platen', 'PlatenInputCaps'), undefined],
    ['adf', simplex, undefined],
    ['adf-duplex', duplex, simplex],
  ];
  const shared = sharedProfiles(root);
  const sources = Object.fromEntries(
    found.flatMap(([name, node, like]) => {
      if (node === undefined) return [];
      const own = sectionProfiles(node, shared);
      // A duplex section that names no profile has those of the simplex one.
      const profiles = own.length > 0 ? own : like === undefined ? [] : sectionProfiles(like, shared);
      const caps = sourceCaps(node, profiles, name === 'platen' ? undefined : adf);
      return caps ? [[name, caps]] : [];
    }),
  );
  if (Object.keys(sources).length === 0) {
    throw new CounterError('SCANNER_PROTOCOL', { what: 'ScannerCapabilities', reason: 'no-source' });
  }
  return {
    model: textAt(root, 'MakeAndModel') || textAt(root, 'ModelName'),
    manufacturer: textAt(root, 'Manufacturer'),
    serial: textAt(root, 'SerialNumber'),
    uuid: textAt(root, 'UUID')
      .replace(/^urn:uuid:/i, '')
      .toLowerCase(),
    version,
    sources,
  };
}

function offersDuplex(adf: XmlNode | undefined): boolean {
  return descendants(adf, 'AdfOption').some((option) => textAt(option) === 'Duplex');
}

function sourceCaps(
  node: XmlNode,
  profiles: readonly XmlNode[],
  adf: XmlNode | undefined,
): SourceCaps | undefined {
  const read = profiles.flatMap((profile): SettingProfile[] => {
    const resolutions = readResolutions(profile);
    return resolutions
      ? [{ colorModes: texts(profile, 'ColorMode'), formats: formatsOf(profile), resolutions }]
      : [];
  });
  const [first, ...more] = read;
  if (!first) return undefined;
  return {
    minWidth: numberAt(node, 'MinWidth') ?? 0,
    minHeight: numberAt(node, 'MinHeight') ?? 0,
    maxWidth: numberAt(node, 'MaxWidth') ?? 0,
    maxHeight: numberAt(node, 'MaxHeight') ?? 0,
    justification: justificationOf(adf),
    capacity: numberAt(adf, 'FeederCapacity') ?? 0,
    intents: [...texts(child(node, 'SupportedIntents'), 'Intent'), ...texts(node, 'SupportedIntent')],
    namesFormatExt: profiles.some((profile) => texts(profile, 'DocumentFormatExt').length > 0),
    profiles: read,
    colorModes: distinct(read.flatMap((profile) => profile.colorModes)),
    formats: distinct(read.flatMap((profile) => profile.formats)),
    resolutions: more.reduce((all, next) => mergeResolutions(all, next.resolutions), first.resolutions),
  };
}

function justificationOf(adf: XmlNode | undefined): Justification {
  const text = textAt(adf, 'Justification', 'XImagePosition');
  return text === 'Center' ? 'center' : text === 'Right' ? 'end' : 'start';
}

function formatsOf(profile: XmlNode): string[] {
  const named = [...texts(profile, 'DocumentFormat'), ...texts(profile, 'DocumentFormatExt')];
  return distinct(named.map((format) => format.toLowerCase()));
}

function texts(node: XmlNode | undefined, name: string): string[] {
  const all = descendants(node, name).map((found) => textAt(found));
  return distinct(all).filter((text) => text !== '');
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
