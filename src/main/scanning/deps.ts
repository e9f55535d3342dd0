import { tmpdir } from 'node:os';
import type { Duplex } from 'node:stream';
import { CounterError } from '../../contract/errors.ts';
import type { UsbConnect } from '../usb/port.ts';
import type { PinStore } from './escl/certificate.ts';
import { memoryPins } from './escl/certificate.ts';
import { type HelperServers, helperServers } from './helper/servers.ts';
import type { Helpers } from './helper/spec.ts';
import { DEFAULT_LIMITS, type ScanLimits } from './limits.ts';

/** What every scanner needs from outside; the engine makes one for all devices. */
export interface ScannerDeps {
  readonly limits: ScanLimits;
  /** Certificates of devices that were met before; the engine keeps them on disk. */
  readonly pins: PinStore;
  /** Policy: accept only certificates that a trusted authority issued, never pin one on first use. */
  readonly requireTrustedCertificate: boolean;
  /** One job at a time per device, also between two Scanner values of one device. */
  readonly locks: DeviceLocks;
  /** Helper programs that the admin configured, by the name that `helper:` addresses use. */
  readonly helpers: Helpers;
  /** Helper servers that run now. */
  readonly servers: HelperServers;
  /** Environment of scan programs; SANE_CONFIG_DIR passes through, COUNTER_SCANIMAGE names another program. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder under which a scan program gets a private folder for its pages. */
  readonly tempRoot: string;
  /** What scanimage is asked for: 'jpeg' (its fixed quality 75) or 'pnm' (lossless, 26 MB a colour A4 at 300 dpi). */
  readonly saneFormat: 'jpeg' | 'pnm';
  /** The way to scanners on the USB; without it `escl:usb:` addresses answer SCANNER_UNREACHABLE. */
  readonly usb?: UsbConnect;
  /** How the one device is connected to that is not on the network; set by openScanner. */
  readonly connect?: () => Duplex;
  /** Failures that change no outcome (a DELETE that the device refused), for the log. */
  readonly note: (what: string, error: unknown) => void;
}

export function scannerDeps(overrides: Partial<ScannerDeps> = {}): ScannerDeps {
  return {
    limits: DEFAULT_LIMITS,
    pins: memoryPins(),
    requireTrustedCertificate: false,
    locks: deviceLocks(),
    helpers: {},
    servers: helperServers(),
    env: process.env,
    tempRoot: tmpdir(),
    saneFormat: 'jpeg',
    note: () => {},
    ...overrides,
  };
}

/** Who scans on which device now. */
export interface DeviceLocks {
  /** Returns the release. @throws CounterError SCANNER_BUSY while another job holds the device. */
  take(device: string): () => void;
}

/** Two jobs at once crash some devices (AirSane does), so the second is refused here, before the device sees it. */
export function deviceLocks(): DeviceLocks {
  const held = new Set<string>();
  return {
    take(device) {
      if (held.has(device)) throw new CounterError('SCANNER_BUSY', { by: 'this-counter' });
      held.add(device);
      return () => {
        held.delete(device);
      };
    },
  };
}
