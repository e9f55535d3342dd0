import { describe, expect, it } from 'vitest';
import { formatUsbAddress, parseUsbAddress, usbHostName } from '../../../src/main/usb/address.ts';

describe('a USB address', () => {
  it.each([
    ['usb:25dd:2371', { vendorId: 0x25dd, productId: 0x2371, serial: null }],
    ['usb:04A9:1234:MX 100%25/a', undefined],
    ['usb:04A9:1234:MX%20100%25%2Fa:b', { vendorId: 0x04a9, productId: 0x1234, serial: 'MX 100%/a:b' }],
    ['USB:04a9:1234:M%E1%BB%99t', { vendorId: 0x04a9, productId: 0x1234, serial: 'Một' }],
  ])('%s', (text, address) => {
    if (address === undefined) expect(parseUsbAddress(text)?.serial).toBe('MX 100%/a');
    else expect(parseUsbAddress(text)).toEqual(address);
  });

  it.each([
    ...[
      'usb:',
      'usb:25dd',
      'usb:25dd:23711',
      'usb:25dg:2371',
      'usb:25dd:2371:',
      'usb:25dd:2371:%',
      '25dd:2371',
    ],
    ...['usb:25dd:2371:%FF%FE', 'usb:25dd:2371:%0a', `usb:25dd:2371:${'x'.repeat(127)}`, 'usb:+123:2371'],
  ])('is not %j', (text) => {
    expect(parseUsbAddress(text)).toBeUndefined();
  });

  it.each(['A-1', 'Một cửa: 100 %', '../..', 'x'.repeat(126)])('keeps the serial number %j', (serial) => {
    const address = { vendorId: 1, productId: 0xffff, serial };
    expect(parseUsbAddress(formatUsbAddress(address))).toEqual(address);
  });

  it('gives a host name that a URL keeps, another one for each device', () => {
    const names = [null, 'A', 'a', 'Một/..:', 'x'.repeat(126)].map((serial) =>
      usbHostName({ vendorId: 0x4a9, productId: 1, serial }),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(new URL(`http://${name}/eSCL`).hostname).toBe(name);
  });
});
