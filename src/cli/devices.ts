import { readConfig } from '../main/engine/config.ts';
import { openPrinter, printerDeps } from '../main/printing/open.ts';
import type { Printer } from '../main/printing/port.ts';
import { spoolerCommands } from '../main/printing/spooler/commands.ts';
import { openScanner, scannerDeps } from '../main/scanning/index.ts';
import type { Scanner } from '../main/scanning/port.ts';
import { createUsb, forkUsbHost, type UsbService } from '../main/usb/client.ts';

/** Runs `use` with the USB where the address asks for it, and with none where it does not. */
async function withUsb<T>(
  uri: string,
  use: (usb: Partial<Pick<UsbService, 'connect'>>) => Promise<T>,
): Promise<T> {
  if (!/^[a-z]+:usb:/i.test(uri)) return use({});
  const usb = createUsb({ launch: () => forkUsbHost() });
  try {
    return await use(usb);
  } finally {
    await usb.close();
  }
}

/** A scanner by its address; helpers are those of the counter's configuration, where one is named. */
export function withScanner<T>(
  uri: string,
  configFile: string | undefined,
  use: (scanner: Scanner) => Promise<T>,
): Promise<T> {
  return withUsb(uri, async ({ connect }) => {
    const helpers = configFile === undefined ? {} : (await readConfig(configFile)).scanHelpers;
    return use(openScanner(uri, scannerDeps({ helpers, ...(connect && { usb: connect }) })));
  });
}

/** A printer by its address; how the Windows spooler is reached stands in the counter's configuration. */
export function withPrinter<T>(
  uri: string,
  configFile: string | undefined,
  use: (printer: Printer) => Promise<T>,
): Promise<T> {
  return withUsb(uri, async ({ connect }) => {
    const rules = configFile === undefined ? null : (await readConfig(configFile)).printing.spooler;
    const spooler = rules && spoolerCommands(rules);
    return use(
      openPrinter(uri, printerDeps({ ...(connect && { usb: connect }), ...(spooler && { spooler }) })),
    );
  });
}
