import { XMLParser } from 'fast-xml-parser';

/** Lengths of eSCL are in 1/300 inch unless the request says otherwise, and no other unit is taken here. */
export const UNITS_PER_INCH = 300;
/** The glass and the feeder take Letter's width by A4's height. */
export const BED_SIZE = { width: 2550, height: 3508 } as const;
const SMALLEST = 16;

export type Source = 'platen' | 'feeder';
export type ColorMode = 'RGB24' | 'Grayscale8' | 'BlackAndWhite1';
export const COLOR_MODES: readonly ColorMode[] = ['RGB24', 'Grayscale8', 'BlackAndWhite1'];

export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a simulated device is made of. */
export interface Abilities {
  readonly platen: boolean;
  readonly feeder: 'none' | 'simplex' | 'duplex';
  readonly dpis: readonly number[];
}

export interface JobSettings {
  readonly source: Source;
  /** Both sides of each sheet. */
  readonly duplex: boolean;
  readonly dpi: number;
  readonly colorMode: ColorMode;
  readonly region: Region;
}

/** Why a ScanJobs request is turned down: 400 for what cannot be read, 409 for what cannot be honoured. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: 400 | 409;
  constructor(status: 400 | 409, reason: string) {
    super(reason);
    this.status = status;
  }
}

const NAMESPACES =
  'xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"';
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';

const parser = new XMLParser({ removeNSPrefix: true, processEntities: false, parseTagValue: false });

type Node = Readonly<Record<string, unknown>>;

function child(node: unknown, name: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  const value = (node as Node)[name];
  return Array.isArray(value) ? value[0] : value;
}

function wholeNumber(node: unknown, name: string, fallback?: number): number {
  const text = child(node, name);
  if (text === undefined && fallback !== undefined) return fallback;
  if (typeof text !== 'string' || !/^\d{1,6}$/.test(text.trim()))
    throw new RequestRefused(400, `${name} is no number`);
  return Number(text);
}

function regionOf(settings: unknown): Region {
  const asked = child(child(settings, 'ScanRegions'), 'ScanRegion');
  if (asked === undefined) return { x: 0, y: 0, ...BED_SIZE };
  const units = child(asked, 'ContentRegionUnits');
  if (units !== undefined && units !== 'escl:ThreeHundredthsOfInches')
    throw new RequestRefused(409, `unit ${String(units)}`);
  const region = {
    x: wholeNumber(asked, 'XOffset', 0),
    y: wholeNumber(asked, 'YOffset', 0),
    width: wholeNumber(asked, 'Width'),
    height: wholeNumber(asked, 'Height'),
  };
  if (region.width < SMALLEST || region.height < SMALLEST) throw new RequestRefused(409, 'region too small');
  if (region.x + region.width > BED_SIZE.width || region.y + region.height > BED_SIZE.height)
    throw new RequestRefused(409, 'region outside the glass');
  return region;
}

/** Reads a ScanSettings document (PWG 5100.x eSCL). Throws RequestRefused. */
export function parseScanSettings(xml: string, { platen, feeder, dpis }: Abilities): JobSettings {
  let document: unknown;
  try {
    document = parser.parse(xml, true);
  } catch (cause) {
    throw new RequestRefused(400, cause instanceof Error ? cause.message : 'no XML');
  }
  const settings = child(document, 'ScanSettings');
  if (typeof settings !== 'object') throw new RequestRefused(400, 'no ScanSettings');
  const input = child(settings, 'InputSource') ?? 'Platen';
  const present = input === 'Feeder' ? feeder !== 'none' : input === 'Platen' && platen;
  if (!present) throw new RequestRefused(409, `source ${String(input)}`);
  const duplex = input === 'Feeder' && child(settings, 'Duplex') === 'true';
  if (duplex && feeder !== 'duplex') throw new RequestRefused(409, 'duplex');
  const dpi = wholeNumber(settings, 'XResolution', 300);
  if (wholeNumber(settings, 'YResolution', dpi) !== dpi || !dpis.includes(dpi))
    throw new RequestRefused(409, `resolution ${dpi}`);
  const colorMode = COLOR_MODES.find((m) => m === (child(settings, 'ColorMode') ?? 'RGB24'));
  if (!colorMode) throw new RequestRefused(409, 'colour mode');
  const format = child(settings, 'DocumentFormatExt') ?? child(settings, 'DocumentFormat') ?? 'image/jpeg';
  if (format !== 'image/jpeg') throw new RequestRefused(409, `format ${String(format)}`);
  return {
    source: input === 'Feeder' ? 'feeder' : 'platen',
    duplex,
    dpi,
    colorMode,
    region: regionOf(settings),
  };
}

function inputCaps(dpis: readonly number[]): string {
  const discrete = dpis.map(
    (d) =>
      `<scan:DiscreteResolution><scan:XResolution>${d}</scan:XResolution><scan:YResolution>${d}</scan:YResolution></scan:DiscreteResolution>`,
  );
  return [
    `<scan:MinWidth>${SMALLEST}</scan:MinWidth><scan:MaxWidth>${BED_SIZE.width}</scan:MaxWidth>`,
    `<scan:MinHeight>${SMALLEST}</scan:MinHeight><scan:MaxHeight>${BED_SIZE.height}</scan:MaxHeight>`,
    '<scan:MaxScanRegions>1</scan:MaxScanRegions>',
    '<scan:SettingProfiles><scan:SettingProfile><scan:ColorModes>',
    ...COLOR_MODES.map((m) => `<scan:ColorMode>${m}</scan:ColorMode>`),
    '</scan:ColorModes><scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>',
    '<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>',
    `<scan:SupportedResolutions><scan:DiscreteResolutions>${discrete.join('')}</scan:DiscreteResolutions></scan:SupportedResolutions>`,
    '<scan:ColorSpaces><scan:ColorSpace>sRGB</scan:ColorSpace></scan:ColorSpaces>',
    '</scan:SettingProfile></scan:SettingProfiles>',
    '<scan:SupportedIntents><scan:Intent>Document</scan:Intent><scan:Intent>TextAndGraphic</scan:Intent></scan:SupportedIntents>',
  ].join('');
}

export function capabilitiesXml(name: string, uuid: string, abilities: Abilities, capacity: number): string {
  const { platen, feeder, dpis } = abilities;
  const section = (tag: string) => `<scan:${tag}>${inputCaps(dpis)}</scan:${tag}>`;
  const options = ['DetectPaperLoaded', ...(feeder === 'duplex' ? ['Duplex'] : [])].map(
    (option) => `<scan:AdfOption>${option}</scan:AdfOption>`,
  );
  const adf = [
    `<scan:Adf>${section('AdfSimplexInputCaps')}`,
    feeder === 'duplex' ? section('AdfDuplexInputCaps') : '',
    `<scan:FeederCapacity>${capacity}</scan:FeederCapacity>`,
    `<scan:AdfOptions>${options.join('')}</scan:AdfOptions></scan:Adf>`,
  ];
  return [
    HEAD,
    `<scan:ScannerCapabilities ${NAMESPACES}><pwg:Version>2.63</pwg:Version>`,
    `<pwg:MakeAndModel>${name}</pwg:MakeAndModel><pwg:SerialNumber>SIM-1</pwg:SerialNumber><scan:UUID>${uuid}</scan:UUID>`,
    platen ? `<scan:Platen>${section('PlatenInputCaps')}</scan:Platen>` : '',
    ...(feeder === 'none' ? [] : adf),
    '</scan:ScannerCapabilities>',
  ].join('');
}

export type JobState = 'Processing' | 'Completed' | 'Canceled' | 'Aborted';
export type AdfFault =
  | 'ScannerAdfJam'
  | 'ScannerAdfMispick'
  | 'ScannerAdfHatchOpen'
  | 'ScannerAdfDuplexPageTooShort'
  | 'ScannerAdfDuplexPageTooLong'
  | 'ScannerAdfMultipickDetected'
  | 'ScannerAdfInputTrayFailed'
  | 'ScannerAdfInputTrayOverloaded';
export type AdfState = AdfFault | 'ScannerAdfProcessing' | 'ScannerAdfEmpty' | 'ScannerAdfLoaded';
export type DeviceState = 'Idle' | 'Processing' | 'Testing' | 'Stopped' | 'Down';

export interface JobLine {
  readonly id: string;
  readonly state: JobState;
  readonly images: number;
  readonly reason: string;
  readonly ageSeconds: number;
}

/** `adf` undefined: a device without a feeder says nothing of one. */
export function statusXml(state: DeviceState, adf: AdfState | undefined, jobs: readonly JobLine[]): string {
  const lines = jobs.map((j) =>
    [
      `<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/${j.id}</pwg:JobUri><pwg:JobUuid>${j.id}</pwg:JobUuid>`,
      `<scan:Age>${j.ageSeconds}</scan:Age><pwg:JobState>${j.state}</pwg:JobState>`,
      `<pwg:ImagesCompleted>${j.images}</pwg:ImagesCompleted>`,
      `<pwg:JobStateReasons><pwg:JobStateReason>${j.reason}</pwg:JobStateReason></pwg:JobStateReasons></scan:JobInfo>`,
    ].join(''),
  );
  return [
    HEAD,
    `<scan:ScannerStatus ${NAMESPACES}><pwg:Version>2.63</pwg:Version><pwg:State>${state}</pwg:State>`,
    adf === undefined ? '' : `<scan:AdfState>${adf}</scan:AdfState>`,
    `<scan:Jobs>${lines.join('')}</scan:Jobs></scan:ScannerStatus>`,
  ].join('');
}
