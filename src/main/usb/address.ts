/** A device on the USB as a person may write it down: it stays the same across ports and restarts. */
export interface UsbAddress {
  readonly vendorId: number;
  readonly productId: number;
  /** iSerialNumber; null takes the one device of that make, and is refused where there are several. */
  readonly serial: string | null;
}

/** A serial number is a string descriptor: 126 UTF-16 units at most (USB 2.0 §9.6.7). */
const MAX_SERIAL = 126;
const FORM = /^usb:([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?$/i;

/**
 * Reads `usb:VVVV:PPPP[:SERIAL]`: vendor and product as four hexadecimal digits, the serial number
 * percent-encoded. Undefined where the text is nothing of that form.
 */
export function parseUsbAddress(text: string): UsbAddress | undefined {
  const [, vendor, product, tail] = FORM.exec(text.slice(0, 2048)) ?? [];
  if (vendor === undefined || product === undefined) return undefined;
  const serial = tail === undefined ? null : decoded(tail);
  if (serial === undefined) return undefined;
  return { vendorId: Number.parseInt(vendor, 16), productId: Number.parseInt(product, 16), serial };
}

export function formatUsbAddress({ vendorId, productId, serial }: UsbAddress): string {
  const tail = serial === null ? '' : `:${encodeURIComponent(serial)}`;
  return `usb:${hex4(vendorId)}:${hex4(productId)}${tail}`;
}

/** A host name that no network has, one for each address: for URLs of what is spoken over the USB. */
export function usbHostName({ vendorId, productId, serial }: UsbAddress): string {
  const tail = serial === null ? '' : `-${Buffer.from(serial).toString('hex')}`;
  return `usb-${hex4(vendorId)}-${hex4(productId)}${tail}`;
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function decoded(text: string): string | undefined {
  if (!/^(?:[^%]|%[0-9a-f]{2})*$/i.test(text)) return undefined;
  try {
    const serial = decodeURIComponent(text);
    return serial.length <= MAX_SERIAL && !/\p{Cc}/u.test(serial) ? serial : undefined;
  } catch (error) {
    // Percent-encoded octets that are no UTF-8.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
