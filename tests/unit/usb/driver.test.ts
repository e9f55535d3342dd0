import { describe, expect, it } from 'vitest';
import {
  listDevices,
  type NativeDevice,
  type NativeInterface,
  type NativeUsb,
  placesOf,
} from '../../../src/main/usb/driver.ts';

function part(number: number, kind: readonly [number, number, number], bulk = true): NativeInterface {
  const [interfaceClass, interfaceSubclass, interfaceProtocol] = kind;
  const type = bulk ? 'bulk' : 'interrupt';
  return {
    interfaceNumber: number,
    alternates: [
      { alternateSetting: 0, interfaceClass: 7, interfaceSubclass: 1, interfaceProtocol: 2, endpoints: [] },
      {
        alternateSetting: 1,
        interfaceClass,
        interfaceSubclass,
        interfaceProtocol,
        endpoints: [
          { endpointNumber: 1, direction: 'out', type, packetSize: 512 },
          { endpointNumber: 2, direction: 'in', type, packetSize: 512 },
        ],
      },
    ],
  };
}

/** A device of the native package, played by a test; every call is noted. */
function device(more: Partial<NativeDevice> = {}): NativeDevice & { readonly calls: string[] } {
  const calls: string[] = [];
  const note =
    (name: string) =>
    async (...args: unknown[]): Promise<void> => {
      calls.push(`${name}(${args.join(',')})`);
    };
  return {
    calls,
    vendorId: 0x1209,
    productId: 0x4d46,
    deviceClass: 0,
    bus: '001',
    address: 5,
    ports: [1],
    manufacturerName: 'Counter',
    productName: 'MFP',
    serialNumber: 'S1',
    configuration: { configurationValue: 1, interfaces: [part(0, [7, 1, 4]), part(1, [7, 1, 4])] },
    open: note('open'),
    close: note('close'),
    claimInterface: note('claim'),
    releaseInterface: note('release'),
    selectAlternateInterface: note('alternate'),
    detachKernelDriver: note('detach'),
    clearHalt: note('clearHalt'),
    transferIn: async () => ({ data: new DataView(new ArrayBuffer(4)), status: 'ok' }),
    transferOut: async (_endpoint, data) => ({ bytesWritten: data.length, status: 'ok' }),
    ...more,
  };
}

const bus = (...devices: NativeDevice[]): NativeUsb => ({
  getDevices: async () => devices,
  addEventListener: () => {},
});
const ADDRESS = { vendorId: 0x1209, productId: 0x4d46, serial: null };
const throws = (message: string) => () => Promise.reject(new Error(message));

describe('the list of devices', () => {
  it('says of each what it is, and tells two of one make apart', async () => {
    const listed = await listDevices(
      bus(
        device(),
        device({ serialNumber: null, ports: [2, 1] }),
        device({ serialNumber: null, ports: [3] }),
        device({ deviceClass: 9 }),
      ),
    );
    expect(listed.map(({ id }) => id)).toEqual([
      'usb:1209:4d46:S1',
      'usb:1209:4d46@001-2.1',
      'usb:1209:4d46@001-3',
    ]);
    expect(listed[0]).toMatchObject({ kinds: ['printer'], ippUsb: true, product: 'MFP', serial: 'S1' });
  });

  it('keeps a device that gives no configuration, and bounds what devices say of themselves', async () => {
    const odd = device({ productName: `\u0007 Máy\nin\u202e ${'x'.repeat(500)}`, manufacturerName: null });
    Object.defineProperty(odd, 'configuration', {
      get: () => {
        throw new Error('gone');
      },
    });
    const [listed] = await listDevices(bus(odd));
    expect(listed).toMatchObject({ kinds: ['other'], ippUsb: false, manufacturer: '' });
    expect([listed!.product.length, listed!.product.slice(0, 8)]).toEqual([126, 'Máy in x']);
  });
});

describe('the way into a device', () => {
  it.each([
    ['absent', [device({ productId: 1 })]],
    ['absent', [device({ configuration: { configurationValue: 1, interfaces: [] } })]],
    ['ambiguous', [device(), device({ serialNumber: 'S2' })]],
    [
      'denied',
      [
        device({
          configuration: { configurationValue: 1, interfaces: [] },
          open: throws('open error: permission denied (errno 13)'),
        }),
      ],
    ],
  ] as const)('is %s by name', async (code, devices) => {
    await expect(placesOf(bus(...devices), ADDRESS)).rejects.toMatchObject({ code });
  });

  it('is found by the serial number among several', async () => {
    const devices = bus(device(), device({ serialNumber: 'S2', address: 6 }));
    const places = await placesOf(devices, { ...ADDRESS, serial: 'S2' });
    expect(places.map(({ key }) => key)).toEqual(['001/6/0', '001/6/1']);
  });

  it('is an IPP-over-USB interface with two bulk pipes and nothing else', async () => {
    const interfaces = [part(0, [7, 1, 2]), part(1, [7, 1, 4], false), part(2, [6, 1, 4])];
    const one = device({ configuration: { configurationValue: 1, interfaces } });
    expect(await placesOf(bus(one), ADDRESS)).toEqual([]);
  });

  async function claimed(more: Partial<NativeDevice>) {
    const one = device(more);
    const [place] = await placesOf(bus(one), ADDRESS);
    return { pair: await place!.claim(), one };
  }

  it('selects the alternate setting, and leaves by releasing before it closes', async () => {
    const { pair, one } = await claimed({});
    await pair.release();
    expect(one.calls).toEqual(['open()', 'claim(0)', 'alternate(0,1)', 'release(0)', 'close()']);
  });

  it.each([
    ['claimInterface error: interface is busy (errno 16)', 'busy'],
    ['open error: permission denied (errno 13)', 'denied'],
    ['device disconnected', 'unplugged'],
    ['something else', 'failed'],
  ])('that answers %j is named %s and closed again', async (message, code) => {
    const one = device({ claimInterface: throws(message) });
    const [place] = await placesOf(bus(one), ADDRESS);
    await expect(place!.claim()).rejects.toMatchObject({ code });
    // What another program holds is not taken from it.
    expect(one.calls).toEqual(['open()', 'release(0)', 'close()']);
  });

  it.each([
    ['transferIn error: transfer timed out', 'timeout'],
    ['transferIn error: Fault', 'failed'],
    ['no such device (errno 19)', 'unplugged'],
  ])('whose transfer ends with %j is %s', async (message, code) => {
    const { pair } = await claimed({ transferIn: throws(message) });
    await expect(pair.read(512, 10)).rejects.toMatchObject({ code });
  });

  it('whose transfer ends with a fault because it is gone is unplugged', async () => {
    const devices: NativeDevice[] = [device({ transferIn: throws('Fault') })];
    const [place] = await placesOf(bus(...devices), ADDRESS);
    const usb = { getDevices: async () => devices, addEventListener: () => {} };
    const [again] = await placesOf(usb, ADDRESS);
    const pair = await again!.claim();
    devices.length = 0;
    await expect(pair.read(512, 10)).rejects.toMatchObject({ code: 'unplugged' });
    expect(place!.key).toBe(again!.key);
  });

  it('is cleared of a halt once, told by a status or by a text; the second halt is named', async () => {
    for (const stall of [async () => ({ status: 'stall' }), throws('transferIn error: Stall')]) {
      let tries = 0;
      const good = async () => ({ data: new DataView(new ArrayBuffer(3)), status: 'ok' });
      const { pair, one } = await claimed({ transferIn: () => (++tries === 1 ? stall() : good()) });
      expect((await pair.read(512, 10)).length).toBe(3);
      expect(one.calls).toContain('clearHalt(in,2)');
      const halted = await claimed({ transferIn: stall });
      await expect(halted.pair.read(512, 10)).rejects.toMatchObject({ code: 'stalled' });
    }
  });

  it('never sends again what a halted device may have taken', async () => {
    let sent = 0;
    const { pair, one } = await claimed({
      transferOut: async () => {
        sent++;
        return { bytesWritten: 0, status: 'stall' };
      },
    });
    await expect(pair.write(Buffer.from('abc'))).rejects.toMatchObject({ code: 'stalled' });
    expect([sent, one.calls.at(-1)]).toEqual([1, 'clearHalt(out,1)']);
  });
});
