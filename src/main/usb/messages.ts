import { z } from 'zod';
import { USB_FAULTS } from './faults.ts';
import { USB_KINDS } from './port.ts';

const octets = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const id16 = z.number().int().min(0).max(0xffff);
const stream = z.number().int().positive();
const seq = z.number().int();

export const usbAddress = z.object({
  vendorId: id16,
  productId: id16,
  serial: z.string().max(126).nullable(),
});

/**
 * What the host is asked; every message but `watch` is answered by its `seq`. `watch` starts the list, with the
 * system's plug events or by looking every few seconds only. `read` is answered when octets are there, and a stream
 * takes one `read` and one `write` at a time.
 */
export const hostRequest = z.discriminatedUnion('op', [
  z.object({ op: z.literal('watch'), events: z.boolean() }),
  z.object({ seq, op: z.literal('open'), stream, device: usbAddress }),
  z.object({ seq, op: z.literal('write'), stream, data: octets }),
  z.object({ seq, op: z.literal('read'), stream }),
  z.object({ seq, op: z.literal('close'), stream }),
]);
export type HostRequest = z.infer<typeof hostRequest>;
export type StreamRequest = Exclude<HostRequest, { op: 'watch' }>;

const text = z.string().max(126);
const deviceInfo = z.object({
  id: z.string().max(1024),
  vendorId: id16,
  productId: id16,
  manufacturer: text,
  product: text,
  serial: text,
  kinds: z.array(z.enum(USB_KINDS)).readonly(),
  ippUsb: z.boolean(),
});

export const presence = z.object({
  state: z.enum(['ok', 'unavailable']),
  reason: z.string().max(64),
  devices: z.array(deviceInfo).max(1024).readonly(),
});

export const hostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('presence'), presence }),
  z.object({
    type: z.literal('done'),
    seq,
    /** Answer to `read` only: empty where there is nothing more. */
    data: octets.optional(),
    /** The device's answer is complete; the stream is closed. */
    end: z.boolean().optional(),
  }),
  z.object({ type: z.literal('fault'), seq, code: z.enum(USB_FAULTS), message: z.string() }),
]);
export type HostMessage = z.infer<typeof hostMessage>;
