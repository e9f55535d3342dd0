import type { Duplex } from 'node:stream';
import type { UsbAddress } from './address.ts';
import type { UsbFault } from './faults.ts';

export const USB_KINDS = ['scanner', 'printer', 'token', 'reader', 'other'] as const;
export type UsbKind = (typeof USB_KINDS)[number];

export interface UsbDeviceInfo {
  /** Its address (`usb:VVVV:PPPP[:SERIAL]`); devices that share one get the place they are plugged in added. */
  readonly id: string;
  readonly vendorId: number;
  readonly productId: number;
  /** '' where the device does not say. */
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  readonly kinds: readonly UsbKind[];
  /** It takes HTTP over its bulk pipes (IPP-over-USB), so eSCL and IPP reach it without a vendor's driver. */
  readonly ippUsb: boolean;
}

export interface UsbPresence {
  readonly state: 'ok' | 'unavailable';
  /** Why there is no list: 'no-usb', 'no-module', 'host-crashed', 'host-silent', 'closed'; else ''. */
  readonly reason: string;
  readonly devices: readonly UsbDeviceInfo[];
}

/** What is plugged in. A machine without USB has an empty list and a reason; nothing here throws. */
export interface UsbWatch {
  list(): Promise<UsbPresence>;
  /** Calls the listener after every change, with everything that is there now. Returns its removal. */
  onChange(listener: (presence: UsbPresence) => void): () => void;
  close(): Promise<void>;
}

/**
 * A stream to the HTTP server inside a device (IPP-over-USB): what is written goes out, what is read is its answer.
 * One exchange a stream. Emits 'connect' once an interface is held, and is destroyed with `named(fault)` on failure.
 */
export type UsbConnect = (device: UsbAddress, named: (fault: UsbFault) => Error) => Duplex;
