import type { ScannerDevice, ScanSettings } from '../../../../contract/model.ts';
import { scanSettings } from '../../../../contract/model.ts';

export interface ScanChoice {
  readonly device: string;
  readonly settings: ScanSettings;
}

const STORAGE_KEY = 'counter.scan';
/** NĐ 30/2020 Phụ lục I asks for 200 dpi at least; 300 keeps small print readable. */
const USUAL: ScanSettings = { source: 'adf', dpi: 300, mode: 'color' };
const LOWEST_LAWFUL_DPI = 200;

export function rememberedChoice(): ScanChoice {
  const stored = localStorage.getItem(STORAGE_KEY);
  const usual = { device: '', settings: USUAL };
  if (stored === null) return usual;
  try {
    const raw = JSON.parse(stored) as { device?: unknown; settings?: unknown };
    const settings = scanSettings.safeParse(raw.settings);
    return {
      device: typeof raw.device === 'string' ? raw.device : '',
      settings: settings.success ? settings.data : USUAL,
    };
  } catch (error) {
    console.warn('remembered scan settings are unreadable and were dropped', error);
    localStorage.removeItem(STORAGE_KEY);
    return usual;
  }
}

export function rememberChoice(choice: ScanChoice): void {
  localStorage.setItem(STORAGE_KEY, JSON.stringify(choice));
}

/** Resolutions to offer: what the device has at or above the lawful lowest, or all where it has none. */
export function offeredDpis(device: ScannerDevice): number[] {
  const lawful = device.dpis.filter((dpi) => dpi >= LOWEST_LAWFUL_DPI);
  return lawful.length > 0 ? lawful : [...device.dpis];
}

/** The choice bent to what the devices at hand can do; null where there is no device. */
export function fitChoice(choice: ScanChoice, devices: readonly ScannerDevice[]): ScanChoice | null {
  const device = devices.find((d) => d.uri === choice.device) ?? devices[0];
  if (!device) return null;
  const { source, dpi, mode } = choice.settings;
  const dpis = offeredDpis(device);
  return {
    device: device.uri,
    settings: {
      source: device.sources.includes(source) ? source : (device.sources[0] ?? source),
      dpi: dpis.includes(dpi) ? dpi : nearest(dpis, dpi),
      mode: device.modes.includes(mode) ? mode : (device.modes[0] ?? mode),
    },
  };
}

function nearest(values: readonly number[], wanted: number): number {
  if (values.length === 0) return wanted;
  return values.reduce((best, v) => (Math.abs(v - wanted) < Math.abs(best - wanted) ? v : best));
}
