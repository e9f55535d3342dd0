/**
 * What can go wrong on the way to a device. `unavailable`: no USB, or its process is down. `absent`: not plugged in.
 * `ambiguous`: several of that make, name the serial. `no-http`: it has no IPP-over-USB interface. `busy`: another
 * program (or the kernel's driver) holds it, or all its interfaces are in use. `denied`: no right to open it.
 * `unplugged`: gone in the middle. `stalled`: it refused a transfer, and again after the halt was cleared.
 * `timeout`: silent for too long. `protocol`: its answer is no HTTP.
 */
export const USB_FAULTS = [
  ...(['unavailable', 'absent', 'ambiguous', 'no-http', 'busy', 'denied'] as const),
  ...(['unplugged', 'stalled', 'timeout', 'protocol', 'failed'] as const),
] as const;
export type UsbFaultCode = (typeof USB_FAULTS)[number];

/** A failure on the USB; whoever asked turns it into the error of its own room. */
export class UsbFault extends Error {
  override readonly name = 'UsbFault';
  readonly code: UsbFaultCode;

  constructor(code: UsbFaultCode, message = '', options?: { cause?: unknown }) {
    super(message === '' ? `usb: ${code}` : `usb: ${code}: ${message}`, options);
    this.code = code;
  }
}
