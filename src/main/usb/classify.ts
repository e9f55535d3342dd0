import type { UsbKind } from './port.ts';

/** The part of a descriptor that says what an interface is for (USB-IF class codes). */
export interface InterfaceClass {
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly interfaceProtocol: number;
}

export interface DeviceClass {
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceClass: number;
  readonly manufacturer: string;
  readonly product: string;
  /** Every alternate setting of every interface. */
  readonly interfaces: readonly InterfaceClass[];
}

const PRINTER = 7;
const IMAGE = 6;
const HID = 3;
const SMART_CARD = 0x0b;
const HUB = 9;
const VENDOR = 0xff;
/** Printer class, subclass 1, protocol 4: HTTP over the bulk pipes (USB Print, IPP-over-USB). */
const IPP_USB_PROTOCOL = 4;
/** HID interface with boot protocol 1, a keyboard: what barcode guns are to the system (HID 1.11 §4.3). */
const KEYBOARD = 1;
const MOUSE = 2;

/**
 * Makers of signature tokens whose devices do not always show the smart-card class: Bit4id (TokenME EVO v2 is
 * 25DD:2371), SafeNet/Thales eToken, Feitian ePass.
 */
const TOKEN_VENDORS: readonly number[] = [0x25dd, 0x0529, 0x096e];

/**
 * Makers of barcode guns: Symbol/Zebra, Honeywell (Metrologic, Hand Held Products), Datalogic, Newland, Opticon.
 * A gun of another maker is a keyboard to every program, and is told by its name alone.
 */
const READER_VENDORS: readonly number[] = [0x05e0, 0x0c2e, 0x0536, 0x05f9, 0x1eab, 0x065a];
const READER_NAME = /bar\s?code|\bqr\b|2d\s?(?:scanner|imager|reader)|\bimager\b/i;

/** Makers of document scanners that speak a protocol of their own (class 255), for which only a name tells more. */
const SCANNER_NAME = /\bscan(?:ner|jet|snap|partner)?\b|\bfi-\d{3,}/i;

export function isIppUsb(part: InterfaceClass): boolean {
  return (
    part.interfaceClass === PRINTER &&
    part.interfaceSubclass === 1 &&
    part.interfaceProtocol === IPP_USB_PROTOCOL
  );
}

/** What a device is to a counter; a multifunction device is several things. Never empty; hubs are null. */
export function kindsOf(device: DeviceClass): readonly UsbKind[] | null {
  if (device.deviceClass === HUB) return null;
  const { interfaces } = device;
  const has = (interfaceClass: number) =>
    interfaces.some((part) => part.interfaceClass === interfaceClass) ||
    device.deviceClass === interfaceClass;
  const name = `${device.manufacturer} ${device.product}`;
  const hid = interfaces.filter((part) => part.interfaceClass === HID);
  const kinds: UsbKind[] = [];
  const isToken = has(SMART_CARD) || TOKEN_VENDORS.includes(device.vendorId);
  const isReader =
    !isToken &&
    hid.some((part) => part.interfaceProtocol !== MOUSE) &&
    (READER_VENDORS.includes(device.vendorId) || READER_NAME.test(name));
  const isKeyboard = hid.some((part) => part.interfaceProtocol === KEYBOARD);
  const namedScanner = !isReader && !isKeyboard && has(VENDOR) && SCANNER_NAME.test(name);
  if (has(IMAGE) || namedScanner) kinds.push('scanner');
  if (has(PRINTER)) kinds.push('printer');
  if (isToken) kinds.push('token');
  if (isReader) kinds.push('reader');
  return kinds.length > 0 ? kinds : ['other'];
}
