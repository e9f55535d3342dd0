import type { Resolutions } from '../resolution.ts';
import { child, children, descendants, numberAt, textAt, type XmlNode } from './xml.ts';

/** Profiles of a whole device: by name, for sections that refer to them, and those that stand beside the sections. */
export interface SharedProfiles {
  readonly named: ReadonlyMap<string, XmlNode>;
  readonly common: readonly XmlNode[];
}

export function sharedProfiles(root: XmlNode): SharedProfiles {
  const named = descendants(root, 'SettingProfile').flatMap((profile): [string, XmlNode][] => {
    const name = textAt(profile, '@name');
    return name === '' ? [] : [[name, profile]];
  });
  return { named: new Map(named), common: children(child(root, 'SettingProfiles'), 'SettingProfile') };
}

/**
 * The profiles of one section: its own, with those it names by `ref` put in their place; else the device's common
 * ones; else the section itself where the settings stand in it without a profile around them (seen on eSCL 2.0
 * servers of small makers).
 */
export function sectionProfiles(section: XmlNode, shared: SharedProfiles): readonly XmlNode[] {
  const own = children(child(section, 'SettingProfiles'), 'SettingProfile').map(
    (profile) => shared.named.get(textAt(profile, '@ref')) ?? profile,
  );
  if (own.length > 0) return own;
  if (child(section, 'SupportedResolutions') !== undefined) return [section];
  return shared.common;
}

/** Square resolutions only: a page with two scales is of no use. Discrete values win over a range. */
export function readResolutions(profile: XmlNode): Resolutions | undefined {
  const values = descendants(profile, 'DiscreteResolution').flatMap((node) => {
    const x = numberAt(node, 'XResolution');
    return x !== undefined && x > 0 && x === numberAt(node, 'YResolution') ? [x] : [];
  });
  if (values.length > 0) return { kind: 'list', values: [...new Set(values)].sort((a, b) => a - b) };
  return descendants(profile, 'ResolutionRange').map(readRange)[0];
}

function readRange(node: XmlNode): Resolutions | undefined {
  const axes = ['XResolution', 'YResolution'].map((axis) => child(node, axis));
  const lows = axes.map((axis) => numberAt(axis, 'Min') ?? 0);
  const highs = axes.map((axis) => numberAt(axis, 'Max') ?? 0);
  const steps = axes.map((axis) => numberAt(axis, 'Step') ?? 1);
  const range = { min: Math.max(1, ...lows), max: Math.min(...highs), step: Math.max(1, ...steps) };
  return range.min <= range.max ? { kind: 'range', ...range } : undefined;
}
