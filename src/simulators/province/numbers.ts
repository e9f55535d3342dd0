import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { z } from 'zod';
import { canonicalSha256 } from './canonical.ts';
import { createLock, writeAtomic } from './durable.ts';
import { idempotencyKey, REPLY, type Reply, readJson, refuse } from './http.ts';
import { dayOf, isDay, type ProvinceClock } from './time.ts';

export interface Numbers {
  reserve(request: IncomingMessage): Promise<Reply>;
  /** True for a code that this province has given out. */
  isIssued(code: string): boolean;
}

const stateShape = z.object({
  /** The last running number given out, by day. */
  counters: z.record(z.string(), z.number().int().nonnegative()),
  /** What was answered, by idempotency key. */
  blocks: z.record(z.string(), z.object({ payload: z.string(), codes: z.array(z.string()) })),
});

const requestShape = z.object({ unit: z.string(), day: z.string(), count: z.number().int().min(1).max(500) });

/**
 * `UNIT-YYMMDD-NNNN`: the unit's code by QĐ 20/2020 (level 1 first), the day of receipt, and the day's running
 * number of at least four digits (TT 01/2018 Đ19, kept by TT 03/2025 Đ13).
 */
export function officialCode(unit: string, day: string, number: number): string {
  return `${unit}-${day.slice(2).replaceAll('-', '')}-${String(number).padStart(4, '0')}`;
}

/** Day (`yyyy-MM-dd`) and number of an official code of `unit`, or null. */
export function parseCode(unit: string, code: string): { day: string; number: number } | null {
  if (!code.startsWith(`${unit}-`)) return null;
  const m = /^(\d{2})(\d{2})(\d{2})-(\d{4,9})$/.exec(code.slice(unit.length + 1));
  if (!m) return null;
  const day = `20${m[1]}-${m[2]}-${m[3]}`;
  const number = Number(m[4]);
  return isDay(day) && officialCode(unit, day, number) === code ? { day, number } : null;
}

/** Blocks are given out at most this many days before or after the day that they are for. */
const BLOCK_DAYS = 366;

export function createNumbers(folder: string, unit: string, clock: ProvinceClock): Numbers {
  const file = path.join(folder, 'state.json');
  const state = existsSync(file)
    ? stateShape.parse(JSON.parse(readFileSync(file, 'utf8')))
    : { counters: {}, blocks: {} };
  const lock = createLock();

  function checked(body: unknown): z.output<typeof requestShape> {
    const parsed = requestShape.safeParse(body);
    if (!parsed.success) {
      const wrong = parsed.error.issues.map((i) => ({ truong: i.path.join('.'), ma: 'shape' }));
      throw refuse(400, REPLY.invalid, 'Yêu cầu cấp số không hợp lệ', wrong);
    }
    if (parsed.data.unit !== unit) {
      throw refuse(400, REPLY.invalid, 'Sai mã đơn vị', [{ truong: 'unit', ma: 'unknown' }]);
    }
    const far =
      Math.abs(Date.parse(parsed.data.day) - Date.parse(dayOf(clock.now()))) > BLOCK_DAYS * 86_400_000;
    if (!isDay(parsed.data.day) || far) {
      throw refuse(400, REPLY.invalid, 'Sai ngày tiếp nhận', [{ truong: 'day', ma: 'date' }]);
    }
    return parsed.data;
  }

  return {
    async reserve(request) {
      const key = idempotencyKey(request);
      const wanted = checked(await readJson(request, 16_384));
      const payload = canonicalSha256(wanted);
      return lock(async () => {
        const earlier = Object.hasOwn(state.blocks, key) ? state.blocks[key] : undefined;
        if (earlier && earlier.payload !== payload) {
          throw refuse(409, REPLY.keyConflict, 'Khóa đã dùng cho yêu cầu khác');
        }
        if (earlier) return { status: 200, json: { error_code: REPLY.ok, result: earlier.codes } };
        const first = (state.counters[wanted.day] ?? 0) + 1;
        const codes = Array.from({ length: wanted.count }, (_, i) =>
          officialCode(unit, wanted.day, first + i),
        );
        const counters = { ...state.counters, [wanted.day]: first + wanted.count - 1 };
        const blocks = { ...state.blocks, [key]: { payload, codes } };
        // A number is given out only once it can no longer be given out again.
        await writeAtomic(file, JSON.stringify({ counters, blocks }));
        Object.assign(state, { counters, blocks });
        return { status: 200, json: { error_code: REPLY.ok, result: codes } };
      });
    },
    isIssued(code) {
      const parsed = parseCode(unit, code);
      return parsed !== null && parsed.number >= 1 && parsed.number <= (state.counters[parsed.day] ?? 0);
    },
  };
}
