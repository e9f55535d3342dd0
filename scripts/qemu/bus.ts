/** The virtual USB bus of the guest: gadgets made and removed through configfs, plugged in by dummy_hcd. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const GADGETS = '/sys/kernel/config/usb_gadget';

export interface GadgetIdentity {
  readonly name: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly serial: string;
  readonly product: string;
  /** Functions by their configfs names: `ffs.a`, `hid.keys`. */
  readonly functions: readonly string[];
}

type SetAttribute = (file: string, value: string | Uint8Array) => void;

export interface Gadget {
  plugIn(): void;
  unplug(): void;
  readonly folder: string;
}

/** @param ports how many devices can be plugged in at once */
export function startBus(ports: number): void {
  execFileSync('modprobe', ['dummy_hcd', `num=${ports}`]);
  for (const module of ['libcomposite', 'usb_f_fs', 'usb_f_hid']) execFileSync('modprobe', [module]);
  if (!existsSync(GADGETS)) execFileSync('mount', ['-t', 'configfs', 'none', '/sys/kernel/config']);
}

/** Describes a device; nothing is plugged in yet, and FunctionFS functions want their program first. */
export function makeGadget(identity: GadgetIdentity): Gadget {
  const folder = path.join(GADGETS, identity.name);
  const set: SetAttribute = (file, value) => writeFileSync(path.join(folder, file), value);
  for (const dir of ['', 'strings/0x409', 'configs/c.1', 'configs/c.1/strings/0x409'])
    mkdirSync(path.join(folder, dir), { recursive: true });
  set('idVendor', `0x${identity.vendorId.toString(16)}`);
  set('idProduct', `0x${identity.productId.toString(16)}`);
  set('strings/0x409/manufacturer', 'Counter');
  set('strings/0x409/product', identity.product);
  set('strings/0x409/serialnumber', identity.serial);
  set('configs/c.1/strings/0x409/configuration', 'c');
  for (const name of identity.functions) {
    mkdirSync(path.join(folder, 'functions', name));
    if (name.startsWith('hid.')) describeKeyboard((file, value) => set(`functions/${name}/${file}`, value));
    symlinkSync(path.join(folder, 'functions', name), path.join(folder, 'configs/c.1', name));
  }
  return {
    folder,
    plugIn: () => set('UDC', freeController()),
    unplug: () => set('UDC', '\n'),
  };
}

function freeController(): string {
  const used = readdirSync(GADGETS).map((name) => readText(path.join(GADGETS, name, 'UDC')));
  const free = readdirSync('/sys/class/udc').find((name) => !used.includes(name));
  if (free === undefined) throw new Error('no free port on the virtual bus');
  return free;
}

function readText(file: string): string {
  return execFileSync('cat', [file], { encoding: 'utf8' }).trim();
}

/** What a barcode gun is to the system: a boot keyboard (HID 1.11, appendix B.1). */
function describeKeyboard(set: SetAttribute): void {
  set('protocol', '1');
  set('subclass', '1');
  set('report_length', '8');
  const report =
    '05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508';
  set('report_desc', Buffer.from(`${report}150025650507190029658100c0`, 'hex'));
}

export function mountFunctionFs(name: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'functionfs', name, folder]);
}
