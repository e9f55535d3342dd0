import { describe, expect, it } from 'vitest';
import { type DeviceClass, kindsOf } from '../../../src/main/usb/classify.ts';

function device(parts: readonly (readonly [number, number, number])[], more: Partial<DeviceClass> = {}) {
  return {
    vendorId: 0x1209,
    productId: 1,
    deviceClass: 0,
    manufacturer: '',
    product: '',
    interfaces: parts.map(([interfaceClass, interfaceSubclass, interfaceProtocol]) => ({
      interfaceClass,
      interfaceSubclass,
      interfaceProtocol,
    })),
    ...more,
  };
}

describe('what a USB device is to a counter', () => {
  it.each([
    ['a printer of the old kind', device([[7, 1, 2]]), ['printer']],
    ['an IPP-over-USB printer', device([[7, 1, 4]]), ['printer']],
    ['a still-image scanner', device([[6, 1, 1]]), ['scanner']],
    [
      'a multifunction device',
      device([
        [0xff, 0, 0],
        [6, 1, 1],
        [7, 1, 2],
        [7, 1, 4],
      ]),
      ['scanner', 'printer'],
    ],
    [
      'a sheet-fed scanner with a protocol of its own',
      device([[0xff, 0xff, 0xff]], { product: 'fi-8170' }),
      ['scanner'],
    ],
    ['a smart-card reader', device([[0x0b, 0, 0]]), ['token']],
    ["the government's token", device([[3, 0, 0]], { vendorId: 0x25dd, productId: 0x2371 }), ['token']],
    ['a token whose device class says it', device([], { deviceClass: 0x0b }), ['token']],
    ['a barcode gun by its maker', device([[3, 1, 1]], { vendorId: 0x0c2e }), ['reader']],
    ['a barcode gun by its name', device([[3, 1, 1]], { product: 'USB BarCode Scanner' }), ['reader']],
    ['a QR box that is no keyboard', device([[3, 0, 0]], { product: 'QR reader' }), ['reader']],
    ['a keyboard', device([[3, 1, 1]], { product: 'USB Keyboard' }), ['other']],
    ['a mouse of a maker of guns', device([[3, 1, 2]], { vendorId: 0x05e0 }), ['other']],
    ['a memory stick', device([[8, 6, 0x50]], { product: 'Scan disk' }), ['other']],
    ['nothing that is known', device([]), ['other']],
  ])('%s', (_name, given, kinds) => {
    expect(kindsOf(given)).toEqual(kinds);
  });

  it('is nothing where it is a hub', () => {
    expect(kindsOf(device([[9, 0, 0]], { deviceClass: 9 }))).toBeNull();
  });
});
