import { z } from 'zod';
import type { ImportProblem } from '../../contract/catalogue.ts';

/** Notes a thing that could not be read, with its place within the record and what stood there. */
export type Note = (code: ImportProblem['code'], where: string, value?: unknown) => void;

/** NFC, without invisible marks, one blank at a time. */
function clean(raw: string): string {
  return raw
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
}

export const text = z
  .unknown()
  .optional()
  .transform((v) => (typeof v === 'string' || typeof v === 'number' ? clean(String(v)) : ''));

export const list = z
  .unknown()
  .optional()
  .transform((v): unknown[] => (Array.isArray(v) ? v : []));

export const whole = z
  .unknown()
  .optional()
  .transform((v) => (typeof v === 'string' && v.trim() !== '' ? Number(v) : v))
  .transform((v) => (typeof v === 'number' && Number.isSafeInteger(v) && v >= 0 ? v : null));

/** What can be shown of a value in a list of problems. */
export function shown(value: unknown): string {
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return plain ? String(value).slice(0, 200) : value === null ? 'null' : '';
}

/** The items that are objects of this shape; others are nothing that could be shown. */
export function objects<S extends z.ZodType>(raw: readonly unknown[], shape: S): z.output<S>[] {
  return raw.flatMap((item) => {
    const parsed = shape.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

/** 1 in person, 3 by post, 2 online: a counter takes paper, so what the direct channel says is its own. */
export const CHANNEL_ORDER = ['1', '3', '2'] as const;

const time = z.object({ THOIGIANGIAIQUYET: whole, DONVITINH: text, MOTA: text, PHILEPHI: list });
const channel = time.extend({ KENH: text, THOIGIAN: list });

export type NationalTime = z.output<typeof time>;
export interface NationalChannel {
  readonly kind: string;
  readonly times: readonly NationalTime[];
}

/** The portal nests times under a channel (facts §6.1); harvested records have one row a time. Both are read. */
export function channelsOf(raw: readonly unknown[]): NationalChannel[] {
  return objects(raw, channel).map((c) => {
    const nested = objects(c.THOIGIAN, time);
    return { kind: c.KENH, times: nested.length > 0 ? nested : [c] };
  });
}
