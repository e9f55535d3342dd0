import type { ScannerDevice, ScanSettings } from '../../../contract/model.ts';
import type { ScannerDeps } from '../deps.ts';
import type { RawPage, Scanner } from '../port.ts';
import { offeredDpis } from '../resolution.ts';
import { chooseOrder, offeredModes } from './choose.ts';
import { connectEscl, type EsclClient } from './client.ts';
import { runJob } from './job.ts';

/** A scanner that speaks eSCL (AirScan, Mopria) at `base`. */
export function esclScanner(uri: string, base: URL, deps: ScannerDeps): Scanner {
  return {
    uri,
    describe: async (signal) => describeClient(uri, base, await connectEscl(base, deps, signal)),
    scan: (settings, signal) => scan(base, deps, settings, signal),
  };
}

async function* scan(
  base: URL,
  deps: ScannerDeps,
  settings: ScanSettings,
  signal: AbortSignal,
): AsyncGenerator<RawPage, void, void> {
  const releases = [deps.locks.take(`escl:${base.host}`)];
  try {
    const client = await connectEscl(base, deps, signal);
    const { uuid } = client.caps;
    // One device has several addresses: http and https, its name and its number.
    if (NAMES_A_DEVICE.test(uuid)) releases.push(deps.locks.take(`escl-device:${uuid}`));
    yield* runJob(client, chooseOrder(client.caps, settings, client.quirks), deps, signal);
  } finally {
    for (const release of releases) release();
  }
}

/** A UUID that is not all zeros, as devices have that were never given one. */
const NAMES_A_DEVICE = /[1-9a-f]/i;

/** Below it nothing can be read, and no setting asks for it; devices behind SANE offer 1 dpi. */
const LEAST_DPI = 50;
const SOURCE_ORDER = ['adf', 'adf-duplex', 'platen'] as const;

function describeClient(uri: string, base: URL, client: EsclClient): ScannerDevice {
  const { caps, quirks } = client;
  const sources = SOURCE_ORDER.filter((source) => caps.sources[source] !== undefined);
  const dpis = sources.flatMap((source) => offeredDpis(caps.sources[source]!.resolutions, quirks.maxDpi));
  const colorModes = sources.flatMap((source) => caps.sources[source]!.colorModes);
  return {
    uri,
    name: caps.model || base.hostname,
    origin: 'escl',
    sources,
    dpis: [...new Set(dpis)].filter((dpi) => dpi >= LEAST_DPI).sort((a, b) => a - b),
    modes: offeredModes(colorModes),
  };
}
