/** How one family of devices departs from the eSCL specification; all fields optional. */
export interface Quirks {
  /** Host header: the literal 'localhost', or the URL's host with its port even where it is the default one. */
  readonly host?: 'localhost' | 'with-port';
  /** Statuses of NextDocument that mean 'not yet' and not 'no more'. */
  readonly retryStatuses?: readonly number[];
  /** Longest pause between one page and the request for the next, milliseconds; half of what the page took. */
  readonly pageGapMs?: number;
  /** Ask for the feeder's state before a job: from an empty feeder the device would scan the platen, hang or jam. */
  readonly checkFeederFirst?: boolean;
  /** The job stays pending until somebody asks for the status between its creation and the first page. */
  readonly statusBeforeFirstPage?: boolean;
  /** What it says of the feeder before a job means nothing: 'empty' is no reason to call the feeder empty. */
  readonly feederStateUnsure?: boolean;
  /** Highest true resolution in colour and grey, dots an inch, where the capabilities claim more. */
  readonly maxDpi?: number;
}

/** A row applies where every pattern that it has matches. */
export interface QuirkRow {
  readonly family: string;
  /** Against MakeAndModel of the capabilities. */
  readonly model?: RegExp;
  /** Against Manufacturer of the capabilities. */
  readonly manufacturer?: RegExp;
  /** Against the Server header of the answer with the capabilities. */
  readonly server?: RegExp;
  readonly quirks: Quirks;
  /** Where it was read; none of these devices stands in our own house. */
  readonly source: string;
}

export const QUIRKS: readonly QuirkRow[] = [
  {
    family: 'HP LaserJet MFP M630',
    model: /HP LaserJet MFP M630/i,
    quirks: { host: 'localhost' },
    source: 'sane-airscan, quirks of airscan-escl.c (issues 92, 98)',
  },
  {
    family: 'HP Color LaserJet FlowMFP M578',
    model: /HP Color LaserJet (?:Flow ?)?MFP M578/i,
    quirks: { host: 'localhost' },
    source: 'sane-airscan, quirks of airscan-escl.c (issues 92, 98)',
  },
  {
    family: 'HP devices with the Compact Server',
    server: /HP_Compact_Server/i,
    quirks: { host: 'localhost' },
    source: 'sane-airscan airscan-escl.c (issue 116); sane-backends escl_capabilities.c',
  },
  {
    family: 'EPSON by its model',
    model: /^EPSON\b/i,
    quirks: { host: 'with-port' },
    source: 'sane-airscan, quirks of airscan-escl.c',
  },
  {
    family: 'EPSON by its maker',
    manufacturer: /^EPSON$/i,
    quirks: { host: 'with-port' },
    source: 'sane-airscan, quirks of airscan-escl.c',
  },
  {
    family: 'Brother',
    model: /^Brother\b/i,
    quirks: { pageGapMs: 1_000 },
    source: 'sane-airscan, ESCL_NEXT_LOAD_DELAY of airscan-escl.c',
  },
  {
    family: 'Canon MF410 series',
    model: /MF410 Series/i,
    quirks: { checkFeederFirst: true },
    source: 'sane-airscan issue 98: a job from the empty feeder ends in a jam of the rollers',
  },
  {
    family: 'Canon iR2625/2630',
    model: /Canon iR2625\/2630/i,
    quirks: { maxDpi: 300 },
    source: 'sane-airscan issue 57: 400 and 600 dpi are done in black and white only, as its manual says',
  },
  {
    family: 'Xerox WorkCentre 3345',
    model: /Xerox WorkCentre 3345/i,
    quirks: { checkFeederFirst: true },
    source: 'sane-airscan, quirks of airscan-escl.c',
  },
  {
    family: 'Xerox B205, B215',
    model: /Xerox B2[01]5\b/i,
    quirks: { retryStatuses: [404, 410] },
    source: 'sane-airscan, quirks of airscan-escl.c',
  },
  {
    family: 'Ricoh SP',
    model: /^RICOH\b.*\bSP\b/i,
    quirks: { statusBeforeFirstPage: true },
    source:
      'sane-airscan pull request 406: an SP C261SFNw leaves the job pending until its status is asked for',
  },
  {
    family: 'Fujitsu fi and ScanSnap behind AirSane',
    model: /^FUJITSU (?:fi-|ScanSnap)/i,
    quirks: { feederStateUnsure: true },
    source: 'AirSane issue 136: ScannerAdfEmpty with sheets in the feeder of a fi-6130',
  },
];

export interface DeviceNames {
  readonly model: string;
  readonly manufacturer?: string;
  readonly server?: string;
}

/** All that is known of a device; where two rows speak of one thing the later row counts. */
export function quirksOf(device: DeviceNames, table: readonly QuirkRow[] = QUIRKS): Quirks {
  const rows = table.filter((row) => {
    const checks: [RegExp | undefined, string | undefined][] = [
      [row.model, device.model],
      [row.manufacturer, device.manufacturer],
      [row.server, device.server],
    ];
    const named = checks.filter(([pattern]) => pattern !== undefined);
    return named.length > 0 && named.every(([pattern, text]) => pattern?.test(text ?? ''));
  });
  return Object.assign({}, ...rows.map((row) => row.quirks));
}

/** The Host header that a device wants, undefined for the usual one. */
export function hostHeader(quirks: Quirks, base: URL): string | undefined {
  if (quirks.host === 'localhost') return 'localhost';
  if (quirks.host === 'with-port') {
    return `${base.hostname}:${base.port || (base.protocol === 'https:' ? '443' : '80')}`;
  }
  return undefined;
}
