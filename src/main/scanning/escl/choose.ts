import { CounterError } from '../../../contract/errors.ts';
import type { ScanSettings } from '../../../contract/model.ts';
import { chooseDpi, LAWFUL_DPI } from '../resolution.ts';
import type { EsclCapabilities, Justification, SettingProfile } from './capabilities.ts';
import type { Quirks } from './quirks.ts';
import { escapeXml } from './xml.ts';

/** A4 in 1/300 inch (210 × 297 mm). */
const A4 = { width: 2480, height: 3508 };
/** A millimetre: less is lost between two makers' ideas of A4. */
const NEGLIGIBLE = 12;

/** What is asked of the device in one job. */
export interface EsclOrder {
  readonly source: ScanSettings['source'];
  readonly dpi: number;
  readonly colorMode: string;
  /** 1/300 inch. */
  readonly x: number;
  readonly width: number;
  readonly height: number;
  /** Media type of the pages. */
  readonly format: string;
  /** Ask by DocumentFormatExt too. */
  readonly formatExt: boolean;
  readonly intent: string | undefined;
  /** Where the device gives less than was asked for: for the log, and for who wonders about the picture. */
  readonly notes: readonly string[];
}

/** Wanted first, then what is taken in its place. */
const COLOR_MODES: Record<ScanSettings['mode'], readonly string[]> = {
  color: ['RGB24'],
  gray: ['Grayscale8', 'RGB24'],
  bw: ['BlackAndWhite1', 'Grayscale8', 'RGB24'],
};

/** Formats that can be judged page by page, best first. A PDF from a device is no picture: the counter makes its own. */
const FORMATS = ['image/jpeg', 'image/png', 'image/tiff'] as const;

/** A device's names for an ordinary paper, in the order of our liking; none where it names others only. */
const INTENTS = ['Document', 'TextAndGraphic'] as const;

/** What a screen offers; a device that names no colour mode takes colour and grey. */
export function offeredModes(colorModes: readonly string[]): ScanSettings['mode'][] {
  if (colorModes.length === 0) return ['color', 'gray'];
  return (['color', 'gray', 'bw'] as const).filter((mode) => colorModes.includes(COLOR_MODES[mode][0]!));
}

/** The colour mode to ask for after `refused` was answered with 409; undefined where nothing is left. */
export function fallbackColorMode(refused: string): string | undefined {
  return refused === 'BlackAndWhite1' ? 'Grayscale8' : undefined;
}

/**
 * The best that a section offers for a wish: the mode (or the next richer one), a format that is a picture, the
 * nearest resolution not below the wanted one, A4 or as much of it as the section scans, placed as its paper lies.
 *
 * @throws CounterError SCANNER_UNSUPPORTED (`what`: source, mode or format) where the device cannot do it
 */
export function chooseOrder(caps: EsclCapabilities, settings: ScanSettings, quirks: Quirks): EsclOrder {
  const source = caps.sources[settings.source];
  if (!source) {
    const offered = Object.keys(caps.sources).join(' ');
    throw new CounterError('SCANNER_UNSUPPORTED', { what: 'source', wanted: settings.source, offered });
  }
  const pictures = requirePictures(source.profiles);
  const colorMode = chooseColorMode(pictures, settings.mode);
  const fitting = pictures.filter((p) => p.colorModes.length === 0 || p.colorModes.includes(colorMode));
  const format = FORMATS.find((each) => fitting.some((p) => gives(p, each))) ?? FORMATS[0];
  const candidates = fitting.filter((p) => gives(p, format));
  const top = colorMode === 'BlackAndWhite1' ? undefined : quirks.maxDpi;
  const dpi = bestDpi(candidates, settings.dpi, top);
  const width = within(A4.width, source.minWidth, source.maxWidth);
  const height = within(A4.height, source.minHeight, source.maxHeight);
  return {
    source: settings.source,
    dpi,
    colorMode,
    x: offset(width, source.maxWidth, source.justification),
    width,
    height,
    format,
    formatExt: source.namesFormatExt,
    intent: INTENTS.find((intent) => source.intents.includes(intent)),
    notes: notesOf({ dpi, colorMode, width, height }, settings),
  };
}

/** Profiles that give a picture; one that names no format is asked for JPEG, which all of them know. */
function requirePictures(profiles: readonly SettingProfile[]): readonly SettingProfile[] {
  const found = profiles.filter((profile) => FORMATS.some((format) => gives(profile, format)));
  if (found.length > 0) return found;
  const offered = [...new Set(profiles.flatMap((profile) => profile.formats))].join(' ').slice(0, 120);
  throw new CounterError('SCANNER_UNSUPPORTED', { what: 'format', wanted: FORMATS[0], offered });
}

function gives({ formats }: SettingProfile, format: string): boolean {
  return formats.length === 0 ? format === FORMATS[0] : formats.includes(format);
}

/** A device that names no colour mode at all is asked for the wanted one and may refuse it. */
function chooseColorMode(profiles: readonly SettingProfile[], mode: ScanSettings['mode']): string {
  const offered = new Set(profiles.flatMap((profile) => profile.colorModes));
  const wanted = COLOR_MODES[mode];
  const found = wanted.find((each) => offered.has(each));
  if (found) return found;
  if (offered.size === 0) return wanted[0]!;
  throw new CounterError('SCANNER_UNSUPPORTED', {
    what: 'mode',
    wanted: mode,
    offered: [...offered].join(' '),
  });
}

/** Profiles differ: one may scan colour at 300 dpi and black and white at 600. */
function bestDpi(profiles: readonly SettingProfile[], wanted: number, top: number | undefined): number {
  const each = profiles.map((profile) => chooseDpi(wanted, profile.resolutions, top));
  return chooseDpi(wanted, { kind: 'list', values: each });
}

function within(wanted: number, min: number, max: number): number {
  const most = max > 0 ? Math.min(wanted, max) : wanted;
  return Math.max(most, max > 0 ? Math.min(min, max) : min);
}

/** Devices count from the left top of what they can scan; a paper in the middle of the feeder starts further in. */
function offset(size: number, max: number, lies: Justification): number {
  const spare = Math.max(0, max - size);
  return lies === 'center' ? Math.floor(spare / 2) : lies === 'end' ? spare : 0;
}

function notesOf(
  order: Pick<EsclOrder, 'dpi' | 'colorMode' | 'width' | 'height'>,
  settings: ScanSettings,
): string[] {
  const notes: string[] = [];
  if (order.dpi < settings.dpi)
    notes.push(`${order.dpi} dpi is the most the device gives; ${settings.dpi} asked`);
  if (order.dpi < LAWFUL_DPI && settings.dpi >= LAWFUL_DPI) {
    notes.push(`below the ${LAWFUL_DPI} dpi of NĐ 30/2020 Phụ lục I`);
  }
  if (order.colorMode !== COLOR_MODES[settings.mode][0])
    notes.push(`${order.colorMode} in place of ${settings.mode}`);
  if (order.width < A4.width - NEGLIGIBLE || order.height < A4.height - NEGLIGIBLE) {
    notes.push(
      `the device scans ${order.width} × ${order.height} of A4's ${A4.width} × ${A4.height} (1/300 inch)`,
    );
  }
  return notes;
}

/** Body of POST ScanJobs. A device may correct the region (`MustHonor` false), never refuse for it. */
export function settingsXml(order: EsclOrder, version: string): string {
  const feeder = order.source !== 'platen';
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"',
    ' xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">',
    `<pwg:Version>${escapeXml(version || '2.0')}</pwg:Version>`,
    order.intent && `<scan:Intent>${order.intent}</scan:Intent>`,
    '<pwg:ScanRegions pwg:MustHonor="false"><pwg:ScanRegion>',
    '<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>',
    `<pwg:XOffset>${order.x}</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>`,
    `<pwg:Width>${order.width}</pwg:Width><pwg:Height>${order.height}</pwg:Height>`,
    '</pwg:ScanRegion></pwg:ScanRegions>',
    `<pwg:InputSource>${feeder ? 'Feeder' : 'Platen'}</pwg:InputSource>`,
    `<scan:XResolution>${order.dpi}</scan:XResolution><scan:YResolution>${order.dpi}</scan:YResolution>`,
    `<scan:ColorMode>${order.colorMode}</scan:ColorMode>`,
    feeder && `<scan:Duplex>${order.source === 'adf-duplex'}</scan:Duplex>`,
    `<pwg:DocumentFormat>${order.format}</pwg:DocumentFormat>`,
    order.formatExt && `<scan:DocumentFormatExt>${order.format}</scan:DocumentFormatExt>`,
    '</scan:ScanSettings>',
  ];
  return lines.filter((line) => line !== false && line !== undefined && line !== '').join('\n');
}
