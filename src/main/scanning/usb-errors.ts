import { CounterError } from '../../contract/errors.ts';
import type { UsbFault } from '../usb/faults.ts';

/** What a failure on the USB means to the person who scans. */
export function usbScannerError(fault: UsbFault): CounterError {
  const reason = `usb-${fault.code}`;
  const options = { cause: fault };
  switch (fault.code) {
    case 'busy':
      return new CounterError('SCANNER_BUSY', { by: 'usb' }, options);
    case 'denied':
      return new CounterError('SCANNER_DENIED', { what: 'usb', reason }, options);
    case 'ambiguous':
      return new CounterError('SCANNER_URI_INVALID', { scheme: 'escl', reason }, options);
    case 'no-http':
      return new CounterError('SCANNER_UNSUPPORTED', { what: 'usb', reason }, options);
    case 'timeout':
      return new CounterError('SCANNER_TIMEOUT', { step: 'usb' }, options);
    case 'stalled':
    case 'failed':
      return new CounterError('SCANNER_IO', { reason }, options);
    case 'protocol':
      return new CounterError('SCANNER_PROTOCOL', { what: 'usb', reason }, options);
    case 'unavailable':
    case 'absent':
    case 'unplugged':
      return new CounterError('SCANNER_UNREACHABLE', { reason }, options);
  }
}
