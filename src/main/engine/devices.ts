import { CounterError } from '../../contract/errors.ts';
import type { PrinterInfo, ScannerDevice, SigningKeyInfo } from '../../contract/model.ts';
import { openPrinter, type PrinterDeps } from '../printing/open.ts';
import type { Printer } from '../printing/port.ts';
import { spoolerCommands } from '../printing/spooler/commands.ts';
import {
  type DevicePin,
  listEsclDevices,
  listHelperDevices,
  listSaneDevices,
  openScanner,
  type PinStore,
  type Scanner,
  type ScannerDeps,
} from '../scanning/index.ts';
import type { SignerDeps, SignerSource } from '../signing/signers.ts';
import type { Settings } from '../store/settings.ts';
import type { UsbWatch } from '../usb/port.ts';
import type { CounterConfig } from './config.ts';
import type { Log } from './log.ts';

/** A device that sleeps is asked twice, ten seconds each. */
const DESCRIBE_MS = 21_000;
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

/** The signing service's certificate, kept likewise. */
export function servicePin(settings: Settings, requireTrusted: boolean): SignerDeps['service'] {
  const key = 'sign-service-pin';
  return {
    pin: { get: () => settings.get(key), set: (fingerprint) => settings.set(key, fingerprint) },
    requireTrusted,
  };
}

export interface Scanners {
  /** Configured scanners first; a search adds what the network, SANE, the USB and the helpers show. Who does not answer is left out. */
  list(search: boolean): Promise<ScannerDevice[]>;
  /**
   * Opens a scanner that an admin configured or a search found. Any other address is SCANNER_URI_INVALID: a screen
   * must not make the engine read a folder or call a host of its choice.
   */
  open(uri: string): Scanner;
}

/** Addresses of scanners on the USB that speak eSCL themselves. */
async function usbScanners(usb: UsbWatch): Promise<{ readonly uri: string }[]> {
  const { devices } = await usb.list();
  // Two of one make without serial numbers are told apart by their place ('@'), which no address can name.
  return devices.filter((d) => d.ippUsb && !d.id.includes('@')).map((d) => ({ uri: `escl:${d.id}` }));
}

export function createScanners(config: CounterConfig, deps: ScannerDeps, usb: UsbWatch, log: Log): Scanners {
  const known = new Set(config.scanners);

  async function describe(uri: string): Promise<ScannerDevice[]> {
    try {
      return [await openScanner(uri, deps).describe(AbortSignal.timeout(DESCRIBE_MS))];
    } catch (error) {
      log.warn({ uri, err: error }, 'scanner does not answer');
      return [];
    }
  }

  async function search(): Promise<void> {
    const signal = AbortSignal.timeout(SEARCH_MS);
    const found = await Promise.allSettled([
      listEsclDevices({ signal, timeoutMs: SEARCH_MS }),
      listSaneDevices(deps, signal),
      usbScanners(usb),
      ...Object.keys(config.scanHelpers).map((helper) => listHelperDevices(helper, deps, signal)),
    ]);
    for (const result of found) {
      if (result.status === 'fulfilled') for (const device of result.value) known.add(device.uri);
      else log.info({ err: result.reason }, 'a search for scanners failed');
    }
  }

  return {
    async list(searchToo) {
      if (searchToo) await search();
      return (await Promise.all([...known].map(describe))).flat();
    },
    open(uri) {
      if (!known.has(uri)) throw new CounterError('SCANNER_URI_INVALID', { reason: 'not-listed' });
      return openScanner(uri, deps);
    },
  };
}

export interface Printers {
  list(): Promise<PrinterInfo[]>;
  /** Opens a printer that an admin configured; any other address is PRINTER_URI_INVALID, as with scanners. */
  open(uri: string): Printer;
}

export function createPrinters(config: CounterConfig, common: PrinterDeps, log: Log): Printers {
  const { spooler } = config.printing;
  const deps: PrinterDeps = { ...common, ...(spooler && { spooler: spoolerCommands(spooler) }) };

  async function describe(uri: string): Promise<PrinterInfo> {
    try {
      return { uri, ...(await openPrinter(uri, deps).describe(AbortSignal.timeout(DESCRIBE_MS))) };
    } catch (error) {
      log.warn({ uri, err: error }, 'printer does not answer');
      return { uri, name: uri, state: 'unreachable' };
    }
  }

  return {
    list: () => Promise.all(config.printers.map(describe)),
    open(uri) {
      if (!config.printers.includes(uri))
        throw new CounterError('PRINTER_URI_INVALID', { reason: 'not-listed' });
      return openPrinter(uri, deps);
    },
  };
}

export interface Keys {
  /**
   * Keys that can be offered now: those that an admin configured, then the tokens that were found. A token that is not
   * plugged in is simply not there. No PIN is asked for.
   */
  list(): Promise<SigningKeyInfo[]>;
  /**
   * Opens a key that an admin configured or that was found here. Any other is KEY_SOURCE_INVALID: a screen must not make
   * the engine load a module or read a file of its choice.
   */
  open(uri: string): SignerSource;
  assertListed(uri: string): void;
}

export function createKeys(
  config: CounterConfig,
  openKey: (uri: string) => SignerSource,
  findTokens: () => Promise<SigningKeyInfo[]>,
  log: Log,
): Keys {
  const known = new Set(config.keys);

  function assertListed(uri: string): void {
    if (!known.has(uri)) throw new CounterError('KEY_SOURCE_INVALID', { reason: 'not-listed' });
  }

  async function configured(): Promise<SigningKeyInfo[]> {
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

  return {
    async list() {
      const keys = await configured();
      // A token that an admin named is offered as he named it.
      const named = new Set(keys.filter((key) => key.kind === 'pkcs11').map((key) => key.label));
      const found = (await findTokens()).filter((key) => !named.has(key.label));
      for (const { uri } of found) known.add(uri);
      return [...keys, ...found];
    },
    open(uri) {
      assertListed(uri);
      return openKey(uri);
    },
    assertListed,
  };
}
