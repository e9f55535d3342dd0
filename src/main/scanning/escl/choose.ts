import { CounterError } from '../../../contract/errors.ts';
import type { ScanSettings } from '../../../contract/model.ts';
import { chooseDpi } from '../resolution.ts';
import type { EsclCapabilities } from './capabilities.ts';
import type { Quirks } from './quirks.ts';
import { escapeXml } from './xml.ts';

/** A4 in 1/300 inch (210 × 297 mm). */
const A4 = { width: 2480, height: 3508 };

/** What is asked of the device in one job. */
export interface EsclOrder {
  readonly source: ScanSettings['source'];
  readonly dpi: number;
  readonly colorMode: string;
  /** 1/300 inch. */
  readonly width: number;
  readonly height: number;
}

/** Wanted first, then what is taken in its place. */
const COLOR_MODES: Record<ScanSettings['mode'], readonly string[]> = {
  color: ['RGB24'],
  gray: ['Grayscale8', 'RGB24'],
  bw: ['BlackAndWhite1', 'Grayscale8', 'RGB24'],
};

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
 * @throws CounterError SCANNER_UNSUPPORTED (`what`: source, mode or format) where the device cannot do it
 */
export function chooseOrder(caps: EsclCapabilities, settings: ScanSettings, quirks: Quirks): EsclOrder {
  const source = caps.sources[settings.source];
  if (!source) throw new CounterError('SCANNER_UNSUPPORTED', { what: 'source', wanted: settings.source });
  if (source.formats.length > 0 && !source.formats.includes('image/jpeg')) {
    throw new CounterError('SCANNER_UNSUPPORTED', { what: 'format', wanted: 'image/jpeg' });
  }
  // A device that names no colour mode at all is asked for the wanted one and may refuse it.
  const modes = COLOR_MODES[settings.mode];
  const colorMode =
    source.colorModes.length === 0 ? modes[0] : modes.find((m) => source.colorModes.includes(m));
  if (!colorMode) throw new CounterError('SCANNER_UNSUPPORTED', { what: 'mode', wanted: settings.mode });
  return {
    source: settings.source,
    dpi: chooseDpi(settings.dpi, source.resolutions, quirks.maxDpi),
    colorMode,
    width: source.maxWidth > 0 ? Math.min(A4.width, source.maxWidth) : A4.width,
    height: source.maxHeight > 0 ? Math.min(A4.height, source.maxHeight) : A4.height,
  };
}

/** Body of POST ScanJobs. A device may correct the region (`MustHonor` false), never refuse for it. */
export function settingsXml(order: EsclOrder, version: string): string {
  const feeder = order.source !== 'platen';
  const duplex = feeder ? `<scan:Duplex>${order.source === 'adf-duplex'}</scan:Duplex>` : '';
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<scan:ScanSettings xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"',
    ' xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03">',
    `<pwg:Version>${escapeXml(version || '2.0')}</pwg:Version>`,
    '<scan:Intent>Document</scan:Intent>',
    '<pwg:ScanRegions pwg:MustHonor="false"><pwg:ScanRegion>',
    '<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>',
    '<pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>',
    `<pwg:Width>${order.width}</pwg:Width><pwg:Height>${order.height}</pwg:Height>`,
    '</pwg:ScanRegion></pwg:ScanRegions>',
    `<pwg:InputSource>${feeder ? 'Feeder' : 'Platen'}</pwg:InputSource>`,
    `<scan:XResolution>${order.dpi}</scan:XResolution><scan:YResolution>${order.dpi}</scan:YResolution>`,
    `<scan:ColorMode>${order.colorMode}</scan:ColorMode>`,
    duplex,
    '<pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>',
    '<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>',
    '</scan:ScanSettings>',
  ].join('\n');
}
