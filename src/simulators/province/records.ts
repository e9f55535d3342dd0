import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { z } from 'zod';
import { canonicalSha256 } from './canonical.ts';
import { createLock, writeAtomic } from './durable.ts';
import type { FaultKind } from './faults.ts';
import { idempotencyKey, REPLY, type Reply, readJson, refuse } from './http.ts';
import { toAdapterTime } from './time.ts';
import { checkRecord, isFields, type RecordWorld } from './validate.ts';

const UNKNOWN_CODE = [{ truong: 'MaHoSo', ma: 'unknown' }];
export const MAX_RECORD_BYTES = 8 * 1024 * 1024;

const receiptShape = z.object({
  MaHoSo: z.string(),
  maBienNhan: z.string(),
  thoiDiem: z.string(),
  sha256: z.string(),
});
const storedShape = z.object({
  key: z.string(),
  receipt: receiptShape,
  record: z.record(z.string(), z.unknown()),
  /** What this dossier was before it was updated: the keys are answered for ever. */
  earlier: z.array(z.object({ key: z.string(), receipt: receiptShape })).default([]),
});
/** One dossier as the province keeps it; the file on disk is the commit. */
export type StoredRecord = z.output<typeof storedShape>;

export interface Records {
  store(request: IncomingMessage): Promise<Reply>;
  receiptFor(key: string): Reply;
  all(): readonly StoredRecord[];
}

export function recordPath(folder: string, maHoSo: string): string {
  if (!/^[A-Z0-9.]+-\d{6,8}-\d{4,12}$/.test(maHoSo))
    throw new Error(`no mã hồ sơ: ${JSON.stringify(maHoSo)}`);
  return path.join(folder, 'records', `${maHoSo}.json`);
}

/** Every record under `folder`, as a restart reads them. */
export function readRecords(folder: string): StoredRecord[] {
  const home = path.join(folder, 'records');
  const names = readdirSync(home).filter((name) => name.endsWith('.json'));
  return names.sort().map((n) => storedShape.parse(JSON.parse(readFileSync(path.join(home, n), 'utf8'))));
}

export function createRecords(
  folder: string,
  world: RecordWorld,
  strikes: (kind: FaultKind) => boolean,
): Records {
  const byKey = new Map<string, StoredRecord['receipt']>();
  const byCode = new Map<string, StoredRecord>();
  const lock = createLock();
  const remember = (stored: StoredRecord) => {
    for (const { key, receipt } of [...stored.earlier, stored]) byKey.set(key, receipt);
    byCode.set(stored.receipt.MaHoSo, stored);
  };
  for (const stored of readRecords(folder)) remember(stored);

  function recordIn(body: unknown): { record: Record<string, unknown>; updating: boolean } {
    const fields = isFields(body) ? body : {};
    const data = Array.isArray(fields.data) ? fields.data : [];
    const wrong = [
      ...(fields.madonvi === world.unit ? [] : [{ truong: 'madonvi', ma: 'unknown' }]),
      ...(fields.service === 'DongBoHoSoMC' ? [] : [{ truong: 'service', ma: 'unknown' }]),
      ...(['True', 'False'].includes(String(fields.isUpdating))
        ? []
        : [{ truong: 'isUpdating', ma: 'table' }]),
      // One record a call: the idempotency key speaks for one.
      ...(data.length === 1 && isFields(data[0]) ? [] : [{ truong: 'data', ma: 'list' }]),
    ];
    if (wrong.length > 0) throw refuse(400, REPLY.invalid, 'Gói tin không hợp lệ', wrong);
    return { record: data[0] as Record<string, unknown>, updating: fields.isUpdating === 'True' };
  }

  function answer(given: StoredRecord['receipt']): Reply {
    const receipt = { ...given };
    if (strikes('lying-receipt')) receipt.sha256 = createHash('sha256').update(receipt.sha256).digest('hex');
    if (strikes('wrong-receipt')) receipt.MaHoSo = `${world.unit}-000101-0000`;
    return { status: 200, json: { error_code: REPLY.ok, message: 'Cập nhật thành công', result: [receipt] } };
  }

  async function storeOnce(key: string, record: Record<string, unknown>, updating: boolean): Promise<Reply> {
    const sha256 = canonicalSha256(record);
    const earlier = byKey.get(key);
    if (earlier && earlier.sha256 !== sha256) {
      throw refuse(409, REPLY.keyConflict, 'Khóa đã dùng cho hồ sơ có nội dung khác');
    }
    if (earlier) return answer(earlier);
    const wrong = checkRecord(record, world);
    if (wrong.length > 0) throw refuse(400, REPLY.invalid, 'Hồ sơ không hợp lệ', wrong);
    const maHoSo = record.MaHoSo as string;
    const before = byCode.get(maHoSo);
    if (updating && !before) throw refuse(400, REPLY.invalid, 'Chưa có hồ sơ để cập nhật', UNKNOWN_CODE);
    if (before && !updating) {
      // The adapter of 2019 says this with HTTP 200; a client must look at error_code.
      return { status: 200, json: { error_code: REPLY.exists, message: 'Mã hồ sơ đã tồn tại', result: [] } };
    }
    const receipt = {
      MaHoSo: maHoSo,
      maBienNhan: randomUUID(),
      thoiDiem: toAdapterTime(world.now()),
      sha256,
    };
    const past = before ? [...before.earlier, { key: before.key, receipt: before.receipt }] : [];
    const stored: StoredRecord = { key, receipt, record, earlier: past };
    await writeAtomic(recordPath(folder, maHoSo), JSON.stringify(stored, null, 2));
    remember(stored);
    return answer(receipt);
  }

  return {
    async store(request) {
      const key = idempotencyKey(request);
      const { record, updating } = recordIn(await readJson(request, MAX_RECORD_BYTES));
      return lock(() => storeOnce(key, record, updating));
    },
    receiptFor(key) {
      const stored = byKey.get(key);
      if (!stored) throw refuse(404, REPLY.unknown, 'Chưa nhận hồ sơ với khóa này');
      return answer(stored);
    },
    all: () => [...byCode.values()],
  };
}
