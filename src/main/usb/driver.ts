import { readlink } from 'node:fs/promises';
import path from 'node:path';
import type { UsbAddress } from './address.ts';
import { formatUsbAddress } from './address.ts';
import { isIppUsb, kindsOf } from './classify.ts';
import { UsbFault } from './faults.ts';
import type { ClaimedPair, PairPlace } from './pool.ts';
import type { UsbDeviceInfo } from './port.ts';

/**
 * What is used of the package `usb` 3 (WebUSB over nusb). Its transfers take a time-out in milliseconds as an
 * undocumented last argument, a second where none is given.
 */
export interface NativeDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceClass: number;
  readonly bus: string;
  readonly address: number;
  readonly ports: readonly number[];
  readonly manufacturerName: string | null;
  readonly productName: string | null;
  readonly serialNumber: string | null;
  readonly configuration?: { readonly configurationValue: number; readonly interfaces: NativeInterface[] };
  open(): Promise<void>;
  close(): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  selectAlternateInterface(number: number, alternate: number): Promise<void>;
  detachKernelDriver(number: number): Promise<void>;
  clearHalt(direction: 'in' | 'out', endpoint: number): Promise<void>;
  transferIn(endpoint: number, length: number, timeout: number): Promise<{ data?: DataView; status: string }>;
  transferOut(
    endpoint: number,
    data: Uint8Array,
    timeout: number,
  ): Promise<{ bytesWritten: number; status: string }>;
}

export interface NativeInterface {
  readonly interfaceNumber: number;
  readonly alternates: readonly {
    readonly alternateSetting: number;
    readonly interfaceClass: number;
    readonly interfaceSubclass: number;
    readonly interfaceProtocol: number;
    readonly endpoints: readonly {
      readonly endpointNumber: number;
      readonly direction: 'in' | 'out';
      readonly type: string;
      readonly packetSize: number;
    }[];
  }[];
}

export interface NativeUsb {
  getDevices(): Promise<NativeDevice[]>;
  addEventListener(type: 'connect' | 'disconnect', listener: () => void): void;
}

/** A write is refused for longer than this only by a device that hangs. */
const WRITE_MS = 60_000;
const MAX_DEVICES = 256;

/** Everything plugged in but hubs. A device that does not answer for its strings or its interfaces is still listed. */
export async function listDevices(usb: NativeUsb): Promise<UsbDeviceInfo[]> {
  const devices = (await usb.getDevices()).slice(0, MAX_DEVICES).flatMap((device) => {
    const described = describe(device);
    return described ? [{ device, described }] : [];
  });
  const count = new Map<string, number>();
  for (const { described } of devices) count.set(described.id, (count.get(described.id) ?? 0) + 1);
  return devices.map(({ device, described }) =>
    count.get(described.id) === 1
      ? described
      : { ...described, id: `${described.id}@${device.bus}-${device.ports.join('.')}` },
  );
}

function describe(device: NativeDevice): UsbDeviceInfo | undefined {
  const interfaces = interfacesOf(device).flatMap((part) => part.alternates);
  const manufacturer = tidy(device.manufacturerName);
  const product = tidy(device.productName);
  const { vendorId, productId, deviceClass } = device;
  const kinds = kindsOf({ vendorId, productId, deviceClass, manufacturer, product, interfaces });
  if (!kinds) return undefined;
  const serial = tidy(device.serialNumber);
  return {
    id: formatUsbAddress({ vendorId, productId, serial: serial === '' ? null : serial }),
    vendorId,
    productId,
    manufacturer,
    product,
    serial,
    kinds: [...kinds],
    ippUsb: interfaces.some(isIppUsb),
  };
}

/** A device that gives no configuration (not set yet, gone in this moment) has no interfaces to show. */
function interfacesOf(device: NativeDevice): readonly NativeInterface[] {
  try {
    return device.configuration?.interfaces ?? [];
  } catch {
    return [];
  }
}

/** Strings come from the device: bounded, one line. */
function tidy(text: string | null): string {
  return (text ?? '')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 126);
}

/**
 * The IPP-over-USB interfaces of the device at an address.
 * @throws UsbFault absent, ambiguous
 */
export async function placesOf(usb: NativeUsb, address: UsbAddress): Promise<PairPlace[]> {
  const matching = (await usb.getDevices()).filter(
    (device) =>
      device.vendorId === address.vendorId &&
      device.productId === address.productId &&
      (address.serial === null || tidy(device.serialNumber) === address.serial),
  );
  const [device, second] = matching;
  const name = formatUsbAddress(address);
  if (!device) throw new UsbFault('absent', name);
  if (second) throw new UsbFault('ambiguous', name);
  const interfaces = interfacesOf(device);
  if (interfaces.length === 0) throw await whyEmpty(usb, device, name);
  return interfaces.flatMap((part) => {
    const alternate = part.alternates.find(isIppUsb);
    const [input, output] = (['in', 'out'] as const).map((direction) =>
      alternate?.endpoints.find((e) => e.direction === direction && e.type === 'bulk'),
    );
    if (!alternate || !input || !output) return [];
    const place: Place = {
      address: device.address,
      bus: device.bus,
      number: part.interfaceNumber,
      system: `${Number(device.bus)}-${device.ports.join('.')}:${device.configuration?.configurationValue ?? 1}`,
      alternate: alternate.alternateSetting,
      input: input.endpointNumber,
      output: output.endpointNumber,
      packet: Math.max(8, Math.min(1024, input.packetSize)),
    };
    return [{ key: `${place.bus}/${place.address}/${place.number}`, claim: () => claim(usb, place) }];
  });
}

/** Listed, but nothing of it can be read: no right to open it, or it is being pulled out in this moment. */
async function whyEmpty(usb: NativeUsb, device: NativeDevice, name: string): Promise<UsbFault> {
  try {
    await device.open();
    await device.close();
  } catch (error) {
    return faultOf(usb, device, error);
  }
  return new UsbFault('absent', name);
}

interface Place {
  /** Linux's name of the configuration in sysfs; interfaces are `.N` under it. */
  readonly system: string;
  readonly bus: string;
  readonly address: number;
  readonly number: number;
  readonly alternate: number;
  readonly input: number;
  readonly output: number;
  readonly packet: number;
}

type Whereabouts = Pick<NativeDevice, 'bus' | 'address'>;

/** Opens a handle of its own for the interface. */
async function claim(usb: NativeUsb, place: Place): Promise<ClaimedPair> {
  const device = await find(usb, place);
  if (!device) throw new UsbFault('unplugged');
  const named = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw await faultOf(usb, place, error);
    }
  };
  await named(() => device.open());
  try {
    await named(() => claimInterface(device, place));
    await named(() => device.selectAlternateInterface(place.number, place.alternate));
  } catch (error) {
    await letGo(device, place);
    throw error;
  }
  return {
    packet: place.packet,
    write: (data) => named(() => write(device, place, data)),
    read: (length, timeoutMs) => named(() => read(device, place, length, timeoutMs)),
    release: () => letGo(device, place),
  };
}

/**
 * The kernel's usblp takes interfaces that are an old printer in another alternate setting; it gives way to this. No
 * other driver does: another program holds its interface through the driver `usbfs`, and detaching that one would
 * take the interface away in the middle of its work.
 */
async function claimInterface(device: NativeDevice, place: Place): Promise<void> {
  try {
    await device.claimInterface(place.number);
  } catch (error) {
    if (errnoOf(error) !== 16 || (await kernelDriverOf(place)) !== 'usblp') throw error;
    await device.detachKernelDriver(place.number);
    await device.claimInterface(place.number);
  }
}

/** The name of the driver that holds an interface, '' where none does or the system has no such list. */
async function kernelDriverOf({ system, number }: Place): Promise<string> {
  try {
    return path.basename(await readlink(`/sys/bus/usb/devices/${system}.${number}/driver`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

async function write(device: NativeDevice, place: Place, data: Uint8Array): Promise<void> {
  const result = await orStall(() => device.transferOut(place.output, data, WRITE_MS));
  if (result !== 'stall' && result.bytesWritten === data.length) return;
  // What a device took of a refused transfer is not known, so it is not sent again.
  await device.clearHalt('out', place.output);
  throw new UsbFault('stalled', 'out');
}

async function read(
  device: NativeDevice,
  place: Place,
  length: number,
  timeoutMs: number,
): Promise<Uint8Array> {
  for (let tries = 1; ; tries++) {
    const result = await orStall(() => device.transferIn(place.input, length, timeoutMs));
    if (result !== 'stall') {
      const { data } = result;
      return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(0);
    }
    await device.clearHalt('in', place.input);
    if (tries > 1) throw new UsbFault('stalled', 'in');
  }
}

/** WebUSB tells a halted pipe by a status; the package throws a text instead. */
async function orStall<T extends { readonly status: string }>(
  transfer: () => Promise<T>,
): Promise<T | 'stall'> {
  try {
    const result = await transfer();
    return result.status === 'stall' ? 'stall' : result;
  } catch (error) {
    if (/\bstall/i.test(error instanceof Error ? error.message : String(error))) return 'stall';
    throw error;
  }
}

async function find(usb: NativeUsb, place: Whereabouts): Promise<NativeDevice | undefined> {
  const all = await usb.getDevices();
  return all.find((device) => device.bus === place.bus && device.address === place.address);
}

/**
 * Leaving may fail because the device is gone already, which is as good. Closing alone is not enough: the package
 * keeps a claimed interface until its object is collected, and until then it is busy for everybody.
 */
async function letGo(device: NativeDevice, place: Place): Promise<void> {
  for (const step of [() => device.releaseInterface(place.number), () => device.close()]) {
    try {
      await step();
    } catch {
      // Gone, or never claimed: there is nothing to let go.
    }
  }
}

function errnoOf(error: unknown): number | undefined {
  const text = error instanceof Error ? error.message : String(error);
  const errno = /(?:errno|os error)\D{0,3}(\d+)/i.exec(text)?.[1];
  return errno === undefined ? undefined : Number(errno);
}

/** What the package throws has no codes: the words of its message, then whether the device is still there. */
async function faultOf(usb: NativeUsb, place: Whereabouts, error: unknown): Promise<UsbFault> {
  if (error instanceof UsbFault) return error;
  const text = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (/time(?:d )?\s?-?out|cancel/i.test(text)) return new UsbFault('timeout', text, options);
  const errno = errnoOf(error);
  if (errno === 16 || /busy/i.test(text)) return new UsbFault('busy', text, options);
  if (errno === 13 || errno === 1 || /permission|denied/i.test(text))
    return new UsbFault('denied', text, options);
  if (/disconnected|no such device/i.test(text) || errno === 19 || !(await stillThere(usb, place)))
    return new UsbFault('unplugged', text, options);
  return new UsbFault('failed', text, options);
}

async function stillThere(usb: NativeUsb, place: Whereabouts): Promise<boolean> {
  try {
    return (await find(usb, place)) !== undefined;
  } catch {
    return false;
  }
}
