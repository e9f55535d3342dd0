import { CounterError } from '../../contract/errors.ts';
import type { PinStore } from '../scanning/escl/certificate.ts';
import { memoryPins } from '../scanning/escl/certificate.ts';
import type { UsbAddress } from '../usb/address.ts';
import type { UsbFault } from '../usb/faults.ts';
import type { UsbConnect } from '../usb/port.ts';
import { folderPrinter } from './folder-printer.ts';
import { PRINT_LIMITS, type PrintLimits } from './ipp/limits.ts';
import { ippPrinter } from './ipp/printer.ts';
import { memoryLedger, type PrintLedger } from './ledger.ts';
import type { Printer } from './port.ts';
import type { SpoolerCommands } from './spooler/commands.ts';
import { spoolerPrinter } from './spooler/printer.ts';
import { parsePrinterUri } from './uri.ts';

/** What every printer needs from outside; the engine makes one for all. */
export interface PrinterDeps {
  readonly limits: PrintLimits;
  /** What was sent under which key; kept on the disk where a job must not be printed twice after a restart. */
  readonly ledger: PrintLedger;
  /** Certificates of printers that were met before. */
  readonly pins: PinStore;
  readonly requireTrustedCertificate: boolean;
  /** The way to printers on the USB; without it `ipp:usb:` addresses answer PRINTER_UNREACHABLE. */
  readonly usb?: UsbConnect;
  /** The way to printers of the Windows spooler; without it `spooler:` addresses answer SPOOLER_MISSING. */
  readonly spooler?: SpoolerCommands;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

export function printerDeps(overrides: Partial<PrinterDeps> = {}): PrinterDeps {
  return {
    limits: PRINT_LIMITS,
    ledger: memoryLedger(),
    pins: memoryPins(),
    requireTrustedCertificate: false,
    now: () => Date.now(),
    ...overrides,
  };
}

/**
 * The printer behind a URI (forms: see parsePrinterUri). Nothing is asked of it yet.
 *
 * @throws CounterError PRINTER_URI_INVALID, SPOOLER_MISSING
 */
export function openPrinter(uri: string, deps: PrinterDeps): Printer {
  const address = parsePrinterUri(uri);
  if (address.kind === 'folder') return folderPrinter(address.path);
  if (address.kind === 'spooler') {
    if (!deps.spooler) throw new CounterError('SPOOLER_MISSING', { reason: 'not-configured' });
    return spoolerPrinter(address.name, { ...deps, commands: deps.spooler });
  }
  const { http, printerUri } = address;
  if (address.kind === 'ipp') return ippPrinter({ uri, http, printerUri }, deps);
  return ippPrinter({ uri, http, printerUri, connect: () => overUsb(address.device, deps) }, deps);
}

function overUsb(device: UsbAddress, deps: PrinterDeps) {
  if (!deps.usb) throw new CounterError('PRINTER_UNREACHABLE', { reason: 'usb-unavailable' });
  return deps.usb(device, usbPrinterError);
}

/** What a failure on the USB means to the person who prints. */
function usbPrinterError(fault: UsbFault): CounterError {
  const details = { reason: `usb-${fault.code}` };
  const options = { cause: fault };
  switch (fault.code) {
    case 'busy':
      return new CounterError('PRINTER_BUSY', details, options);
    case 'denied':
      return new CounterError('PRINTER_DENIED', details, options);
    case 'ambiguous':
      return new CounterError('PRINTER_URI_INVALID', { scheme: 'ipp', ...details }, options);
    case 'no-http':
    case 'protocol':
      return new CounterError('PRINTER_PROTOCOL', details, options);
    default:
      return new CounterError('PRINTER_UNREACHABLE', details, options);
  }
}
