import { describe, expect, it } from 'vitest';
import { parsePrinterUri } from '../../../src/main/printing/uri.ts';

describe('a printer URI', () => {
  it.each([
    ['ipp://10.1.2.3', 'http://10.1.2.3:631/ipp/print', 'ipp://10.1.2.3/ipp/print'],
    ['ipp://10.1.2.3:631/printers/PDF', 'http://10.1.2.3:631/printers/PDF', 'ipp://10.1.2.3/printers/PDF'],
    ['ipp://printer.local:8631/ipp', 'http://printer.local:8631/ipp', 'ipp://printer.local:8631/ipp'],
    ['ipps://[fe80::1]:443/ipp/print', 'https://[fe80::1]/ipp/print', 'ipps://[fe80::1]:443/ipp/print'],
    ['ipps://printer', 'https://printer:631/ipp/print', 'ipps://printer/ipp/print'],
    ['ipp://printer:80/x', 'http://printer/x', 'ipp://printer:80/x'],
  ])('%s', (uri, http, printerUri) => {
    expect(parsePrinterUri(uri)).toEqual({ kind: 'ipp', http: new URL(http), printerUri });
  });

  it('of the USB speaks to a host that no network has', () => {
    const address = parsePrinterUri('ipp:usb:1209:4d46:MFP-1');
    expect(address).toMatchObject({
      kind: 'usb',
      device: { vendorId: 0x1209, productId: 0x4d46, serial: 'MFP-1' },
      printerUri: 'ipp://localhost/ipp/print',
    });
  });

  it('of a folder is the folder', () => {
    expect(parsePrinterUri('file:/var/spool/paper')).toEqual({ kind: 'folder', path: '/var/spool/paper' });
  });

  it.each([
    ...[
      '',
      'ipp',
      'ipp:',
      'ipp://',
      'ipp:///x',
      'ipp://h:0/x',
      'ipp://h:99999/x',
      'ipp://u:p@h/x',
      'ipp://h/x?y',
    ],
    ...[
      'http://h/x',
      'lpd://h/x',
      'file:',
      'ipp:usb:',
      'ipps:usb:1209:4d46',
      'ipp:usb:1209',
      'ipp://h/\u0000',
    ],
    `ipp://h/${'x'.repeat(3000)}`,
  ])('is not %j', (uri) => {
    expect(() => parsePrinterUri(uri)).toThrow(expect.objectContaining({ code: 'PRINTER_URI_INVALID' }));
  });
});
