import type { ScannerDevice, SigningKeyInfo } from '../../contract/model.ts';
import {
  type DevicePin,
  listEsclDevices,
  listSaneDevices,
  openScanner,
  type PinStore,
  type ScannerDeps,
} from '../scanning/index.ts';
import type { KeySource } from '../signing/port.ts';
import type { Settings } from '../store/settings.ts';
import type { CounterConfig } from './config.ts';
import type { Log } from './log.ts';

const DESCRIBE_MS = 10_000;
const SEARCH_MS = 5_000;

/** Certificates of scanners that were met before, kept in the encrypted store. */
export function settingsPins(settings: Settings): PinStore {
  const key = (device: string) => `scanner-pin.${device}`;
  return {
    async get(device) {
      const text = settings.get(key(device));
      return text === undefined ? undefined : (JSON.parse(text) as DevicePin);
    },
    async set(device, pin) {
      settings.set(key(device), JSON.stringify(pin));
    },
  };
}

/** Configured scanners first; a search adds what the network and SANE show. Who does not answer is left out. */
export async function findScanners(
  config: CounterConfig,
  search: boolean,
  deps: ScannerDeps,
  log: Log,
): Promise<ScannerDevice[]> {
  async function describe(uri: string): Promise<ScannerDevice[]> {
    try {
      return [await openScanner(uri, deps).describe(AbortSignal.timeout(DESCRIBE_MS))];
    } catch (error) {
      log.warn({ uri, err: error }, 'scanner does not answer');
      return [];
    }
  }
  const uris = new Set(config.scanners);
  if (search) {
    const signal = AbortSignal.timeout(SEARCH_MS);
    const found = await Promise.allSettled([
      listEsclDevices({ signal, timeoutMs: SEARCH_MS }),
      listSaneDevices(deps, signal),
    ]);
    for (const result of found) {
      if (result.status === 'fulfilled') for (const device of result.value) uris.add(device.uri);
      else log.info({ err: result.reason }, 'a search for scanners failed');
    }
  }
  return (await Promise.all([...uris].map(describe))).flat();
}

/** Keys that can be offered now; a token that is not plugged in is simply not there. No PIN is asked for. */
export async function describeKeys(
  config: CounterConfig,
  openKey: (uri: string) => KeySource,
  log: Log,
): Promise<SigningKeyInfo[]> {
  const keys: SigningKeyInfo[] = [];
  // One after the other: two probes of one vendor module at once are asking for trouble.
  for (const uri of config.keys) {
    try {
      keys.push(await openKey(uri).describe());
    } catch (error) {
      log.info({ uri, err: error }, 'key cannot be offered');
    }
  }
  return keys;
}
