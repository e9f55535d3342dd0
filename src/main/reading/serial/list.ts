/** A port that a reader may sit on. Fields are '' where the system does not tell. */
export interface SerialPort {
  readonly path: string;
  readonly manufacturer: string;
  readonly serialNumber: string;
  /** USB identity, four hexadecimal digits each. */
  readonly vendorId: string;
  readonly productId: string;
}

/**
 * Serial ports of this machine, USB ones first. None where the machine has none, or where they cannot be listed
 * (Linux without udev); `note` is told why.
 */
export async function listSerialPorts(note: (what: string, error: unknown) => void): Promise<SerialPort[]> {
  try {
    const { autoDetect } = await import('@serialport/bindings-cpp');
    const ports = (await autoDetect().list()).map((found) => ({
      path: found.path,
      manufacturer: found.manufacturer ?? '',
      serialNumber: found.serialNumber ?? '',
      vendorId: found.vendorId ?? '',
      productId: found.productId ?? '',
    }));
    const onUsb = (port: SerialPort) => (port.vendorId === '' ? 1 : 0);
    return ports.sort((a, b) => onUsb(a) - onUsb(b) || a.path.localeCompare(b.path));
  } catch (error) {
    note('serial ports cannot be listed', error);
    return [];
  }
}
