import { z } from 'zod';
import { sha256 } from '../../contract/basics.ts';
import { CounterError } from '../../contract/errors.ts';
import type { Receipt } from '../../contract/model.ts';
import { type HttpReply, jsonObject } from './http.ts';

/** `error_code` of docs/province-api.md. */
export const REPLY_CODES = {
  ok: '0',
  keyConflict: '2',
  exists: '3',
  noNumbers: '4',
  fileHash: '5',
  unknown: '6',
} as const;

/** Statuses below 500 that ask for patience, not for a person. */
const BUSY = new Set([408, 423, 425, 429]);

const refusal = z.object({
  error_code: z.string(),
  message: z.string().default(''),
  loi: z.array(z.object({ truong: z.string(), ma: z.string() })).default([]),
});

const envelope = z.object({ error_code: z.string() });

export const tokenReply = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  expires_in: z.number().positive(),
  token_type: z.string().regex(/^bearer$/i),
});

export const numbersReply = z.object({ result: z.array(z.string()) });

export const fileReply = z.object({
  result: z.tuple([z.object({ IdTepTin: z.string().min(1).max(500), HashTepTin: z.string() })]),
});

export const receiptReply = z.object({
  result: z.tuple([
    z.object({
      MaHoSo: z.string().min(1),
      maBienNhan: z.string().min(1).max(500),
      thoiDiem: z.string().regex(/^\d{14}$/),
      sha256,
    }),
  ]),
});

/** The fields and rules that the province names, never its free text: that may repeat the citizen's data. */
function namedFields(loi: z.output<typeof refusal>['loi']): string {
  return loi
    .map(({ truong, ma }) => `${truong.replace(/[^\w.[\]-]/g, '')}:${ma.replace(/[^\w-]/g, '')}`)
    .join(' ')
    .slice(0, 300);
}

function refused(status: number, body: unknown): CounterError {
  const parsed = refusal.safeParse(body);
  if (!parsed.success) {
    return new CounterError('PROVINCE_PROTOCOL', { status, reason: 'shape' }, { cause: parsed.error });
  }
  const { error_code: errorCode, message, loi } = parsed.data;
  const details = {
    status,
    errorCode: errorCode.slice(0, 20),
    ...(loi.length > 0 ? { fields: namedFields(loi) } : {}),
  };
  const options = { cause: new Error(message.slice(0, 500)) };
  if (errorCode === REPLY_CODES.noNumbers) return new CounterError('PROVINCE_NO_NUMBERS', details, options);
  if (errorCode === REPLY_CODES.fileHash) return new CounterError('PROVINCE_HASH_MISMATCH', details, options);
  const conflict =
    status === 409 || errorCode === REPLY_CODES.keyConflict || errorCode === REPLY_CODES.exists;
  return new CounterError(conflict ? 'PROVINCE_CONFLICT' : 'PROVINCE_REFUSED', details, options);
}

/** The failure that an answer stands for, or null where its status is a success (2xx). */
export function failureOf(reply: HttpReply): CounterError | null {
  const { status } = reply;
  if (status >= 200 && status < 300) return null;
  if (status === 401) return new CounterError('PROVINCE_UNAUTHORIZED', { status });
  if (status === 403) return new CounterError('PROVINCE_FORBIDDEN', { status });
  if (status >= 500 || BUSY.has(status)) return new CounterError('PROVINCE_FAILED', { status });
  if (status < 400) return new CounterError('PROVINCE_PROTOCOL', { status, reason: 'redirect' });
  if (status === 413) return new CounterError('PROVINCE_REFUSED', { status, reason: 'too-large' });
  try {
    return refused(status, jsonObject(reply));
  } catch (error) {
    if (error instanceof CounterError) return error;
    throw error;
  }
}

/** The parts of a success that `shape` names; a status or an error_code that is no success throws. */
export function readReply<S extends z.ZodType>(reply: HttpReply, shape: S): z.output<S> {
  const failure = failureOf(reply);
  if (failure) throw failure;
  const body = jsonObject(reply);
  const code = envelope.safeParse(body);
  if (code.success && code.data.error_code !== REPLY_CODES.ok) throw refused(reply.status, body);
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new CounterError(
    'PROVINCE_PROTOCOL',
    { status: reply.status, reason: 'shape' },
    { cause: parsed.error },
  );
}

/** `yyyyMMddHHmmss` at +07:00 as an instant; PROVINCE_PROTOCOL where it is no real moment. */
export function instantOf(adapterTime: string): string {
  const iso = adapterTime.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+07:00');
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) throw new CounterError('PROVINCE_PROTOCOL', { reason: 'time' });
  return at.toISOString();
}

export function toReceipt(reply: HttpReply): { receipt: Receipt; code: string } {
  const [result] = readReply(reply, receiptReply).result;
  const receipt = {
    reference: result.maBienNhan,
    at: instantOf(result.thoiDiem),
    recordSha256: result.sha256,
  };
  return { receipt, code: result.MaHoSo };
}
