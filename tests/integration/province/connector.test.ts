import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { recordSha256 } from '../../../src/main/province/record.ts';
import {
  exportRecord,
  type Fault,
  readStoredFile,
  startProvinceSimulator,
} from '../../../src/simulators/province/index.ts';
import {
  bytesOf,
  CLIENT,
  DAY,
  NOW,
  never,
  outgoing,
  recordFor,
  startWorld,
  UNIT,
  type World,
} from './support/world.ts';

let world: World;
afterEach(() => world.stop());

async function failure(
  promise: Promise<unknown>,
): Promise<{ code: string; details: Record<string, unknown> }> {
  return promise.then(
    () => {
      throw new Error('expected a failure');
    },
    (error) => error,
  );
}

describe('the connector against the simulated province', () => {
  test('reserves numbers, uploads, sends the record and reads the receipt back', async () => {
    world = await startWorld();
    const numbers = await world.province.reserveNumbers(
      { unit: UNIT, day: DAY, count: 3, key: 'block-0001' },
      never,
    );
    expect(numbers).toEqual([1, 2, 3].map((n) => `H14.22.05-261123-000${n}`));
    const bytes = bytesOf(1, 700_000);
    const states: string[] = [];
    const stored = await world.province.upload(
      outgoing('file-0001', bytes),
      null,
      (state) => states.push(state.location),
      never,
    );
    expect(states).toHaveLength(1);
    expect(Buffer.from(readStoredFile(world.folder, stored.remoteId)!).equals(Buffer.from(bytes))).toBe(true);
    const record = recordFor(numbers[0]!, [stored]);
    const receipt = await world.province.send(record, 'dossier-0001', never);
    expect(receipt.recordSha256).toBe(recordSha256(record));
    expect(receipt.at).toBe(NOW.toISOString());
    expect(await world.province.findReceipt('dossier-0001', never)).toEqual(receipt);
    expect(await world.province.findReceipt('dossier-0002', never)).toBeNull();
    const snapshot = await exportRecord(world.folder, numbers[0]!);
    expect(snapshot.files).toEqual([
      { IdTepTin: stored.remoteId, HashTepTin: stored.sha256, KichThuoc: 700_000 },
    ]);
    expect(JSON.parse(readFileSync(`${world.folder}/record.json`, 'utf8'))).toEqual(snapshot);
  });
});
