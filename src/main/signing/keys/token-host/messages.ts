import { z } from 'zod';
import { errorShape } from '../../../../contract/errors.ts';
import { signingKey } from '../../../../contract/model.ts';
import { SIGNATURE_ALGORITHMS } from '../algorithm.ts';

const octets = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** A token by what is printed on it or known of it, never by its slot, which changes from day to day. */
export const tokenChoice = z.object({ label: z.string().nullable(), serial: z.string().nullable() });
export type TokenChoice = z.infer<typeof tokenChoice>;

const module = z.string().min(1).max(4096);

/** What the host is asked. One request is under way at a time. */
export const hostRequest = z.discriminatedUnion('op', [
  z.object({ seq: z.number().int(), op: z.literal('probe'), module }),
  z.object({ seq: z.number().int(), op: z.literal('present'), module, token: tokenChoice }),
  z.object({ seq: z.number().int(), op: z.literal('open'), module, token: tokenChoice, pin: octets }),
  z.object({
    seq: z.number().int(),
    op: z.literal('sign'),
    session: z.number().int(),
    /** CKA_ID of the private key, lower-case hexadecimal. */
    keyId: z.string(),
    /** Says the mechanism as far as the outside has a say: the host takes the first that the token can. */
    algorithm: z.enum(SIGNATURE_ALGORITHMS),
    data: octets,
  }),
  z.object({ seq: z.number().int(), op: z.literal('close'), session: z.number().int() }),
  /** Logs out of everything, leaves the modules in order and ends the process. */
  z.object({ seq: z.number().int(), op: z.literal('end') }),
]);
export type HostRequest = z.infer<typeof hostRequest>;

type WithoutSeq<R> = R extends unknown ? Omit<R, 'seq'> : never;
export type HostCall = WithoutSeq<HostRequest>;

export const tokenReport = z.object({
  label: z.string(),
  serial: z.string(),
  model: z.string(),
  manufacturer: z.string(),
  initialised: z.boolean(),
  pinState: signingKey.shape.pinState,
  /** The PIN is typed on the reader, not on the computer. */
  pinPad: z.boolean(),
});
export type TokenReport = z.infer<typeof tokenReport>;

export const probeResult = z.object({
  library: z.string(),
  slots: z.array(
    z.object({
      description: z.string(),
      token: tokenReport.nullable(),
      /** CKR name where the slot's token could not be read. */
      fault: z.string().nullable(),
    }),
  ),
});
export type ProbeResult = z.infer<typeof probeResult>;

export const openResult = z.object({
  session: z.number().int(),
  token: tokenReport,
  /** CKA_IDs of the private keys, lower-case hexadecimal. */
  keyIds: z.array(z.string()),
  certificates: z.array(z.object({ id: z.string(), der: octets })),
  /** The token lists a mechanism for RSASSA-PSS. */
  pss: z.boolean(),
});
export type OpenResult = z.infer<typeof openResult>;

export const signResult = z.object({ signature: octets });
export const presentResult = z.object({ present: z.boolean() });
export const emptyResult = z.object({});

export const hostReply = z.union([
  z.object({ seq: z.number().int(), ok: z.literal(true), result: z.unknown() }),
  z.object({ seq: z.number().int(), ok: z.literal(false), error: errorShape }),
]);
export type HostReply = z.infer<typeof hostReply>;
