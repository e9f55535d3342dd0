import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectProvince } from '../../../src/main/province/connector.ts';
import { exportRecord, readRecords, readStoredFile } from '../../../src/simulators/province/index.ts';
import { type ChildProvince, startChild } from './support/child.ts';
import { startCounter } from './support/counter.ts';
import { bytesOf, CLIENT, never, outgoing, seeded, UNIT } from './support/world.ts';

let folder: string;
let child: ChildProvince;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'province-'));
});
afterEach(async () => {
  await child.kill();
  await rm(folder, { recursive: true, force: true });
});

function connect(url: string, fetcher: typeof fetch = fetch) {
  const client = { clientId: CLIENT.id, clientSecret: CLIENT.secret };
  return connectProvince({ baseUrl: url, ...client, unit: UNIT, chunkBytes: 64 * 1024, fetch: fetcher });
}

/** Today at +07:00, since the process has a real clock. */
const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);

describe('the simulated province as a process', () => {
  test('killed in mid-upload and started again on its folder, it goes on at the chunk that it had', async () => {
    child = await startChild(folder);
    const size = 2_000_000;
    const bytes = bytesOf(9, size);
    let chunks = 0;
    const province = connect(child.url, async (input, init) => {
      const reply = fetch(input, init);
      if (init?.method === 'PATCH') chunks += 1;
      if (init?.method !== 'PATCH' || chunks !== 10) return reply;
      const settled = reply.then(
        () => undefined,
        () => undefined,
      );
      await child.kill();
      child = await startChild(folder, child.port);
      await settled;
      return reply;
    });
    const stored = await province.upload(outgoing('file-0001', bytes), null, () => {}, never);
    expect(Buffer.from(readStoredFile(folder, stored.remoteId)!).equals(bytes)).toBe(true);
    // ⌈2,000,000 / 65,536⌉ = 31 chunks, and at most the one that met the dead server again.
    expect(chunks).toBeGreaterThanOrEqual(31);
    expect(chunks).toBeLessThanOrEqual(32);
  });

  test('keeps numbers, files and records over a kill, and answers the same keys the same', async () => {
    child = await startChild(folder);
    const block = { unit: UNIT, day: today, count: 2, key: 'block-0001' };
    const numbers = await connect(child.url).reserveNumbers(block, never);
    const file = outgoing('file-0001', bytesOf(1, 1000));
    const stored = await connect(child.url).upload(file, null, () => {}, never);
    await child.kill();
    child = await startChild(folder);
    expect(await connect(child.url).reserveNumbers(block, never)).toEqual(numbers);
    expect(await connect(child.url).upload(file, null, () => {}, never)).toEqual(stored);
    const more = await connect(child.url).reserveNumbers({ ...block, key: 'block-0002', count: 1 }, never);
    expect(more[0]!.endsWith('-0003')).toBe(true);
    expect((await readdir(path.join(folder, 'files'))).filter((n) => n.endsWith('.pdf'))).toHaveLength(1);
  });

  test('killed between the last chunk and the check of the whole, it makes good when it is asked', async () => {
    child = await startChild(folder);
    const file = outgoing('file-0001', bytesOf(1, 1000));
    const stored = await connect(child.url).upload(file, null, () => {}, never);
    await child.kill();
    const home = path.join(folder, 'files', stored.remoteId);
    await rename(`${home}.pdf`, `${home}.part`);
    const meta = JSON.parse(await readFile(`${home}.json`, 'utf8')) as object;
    await writeFile(`${home}.json`, JSON.stringify({ ...meta, done: false }));
    await appendFile(`${home}.json.leftover.tmp`, 'torn');
    child = await startChild(folder);
    const location = `${child.url}/tep/${stored.remoteId}`;
    expect(await connect(child.url).upload(file, { location }, () => {}, never)).toEqual(stored);
    expect((await readdir(path.join(folder, 'files'))).sort()).toEqual([
      `${stored.remoteId}.json`,
      `${stored.remoteId}.pdf`,
    ]);
  });

  test('takes its faults from the environment and ends by SIGTERM with exit code 0', async () => {
    child = await startChild(folder, 0, {
      PROVINCE_FAULTS: JSON.stringify([{ kind: 'failed', at: 'receipt', status: 503 }]),
    });
    const province = connect(child.url);
    await expect(province.findReceipt('dossier-0001', never)).rejects.toMatchObject({
      code: 'PROVINCE_FAILED',
    });
    expect(await province.findReceipt('dossier-0001', never)).toBeNull();
    expect(await child.stop()).toBe(0);
  });

  test('an outbox whose province is killed again and again still delivers each dossier once', async () => {
    child = await startChild(folder);
    const random = seeded(77);
    const counter = startCounter(connect(child.url), 77, undefined, new Date());
    const ids = Array.from({ length: 8 }, (_, i) => `d${i}`);
    for (const id of ids) counter.add(id, [Math.floor(random() * 400_000) + 1]);
    let done = false;
    const drained = counter.outbox.drain({ untilEmpty: true, signal: never }).finally(() => {
      done = true;
    });
    for (let kill = 0; kill < 4 && !done; kill += 1) {
      const target = Math.min(kill * 2, ids.length);
      await expect.poll(() => done || counter.outbox.status().sent >= target, { timeout: 20_000 }).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, random() * 30));
      await child.kill();
      child = await startChild(folder, child.port);
    }
    await drained;
    expect(ids.map((id) => [id, counter.queue.row(id).state, counter.queue.row(id).fault])).toEqual(
      ids.map((id) => [id, 'sent', null]),
    );
    const kept = readRecords(folder);
    expect(kept.map((r) => r.key).sort()).toEqual(ids.map((id) => `key-of-${id}`).sort());
    for (const record of kept) {
      const snapshot = await exportRecord(folder, record.receipt.MaHoSo, path.join(folder, 'snapshot.json'));
      const named = (record.record.TaiLieuNop as { HashTepTin: string }[]).map((d) => d.HashTepTin);
      expect(snapshot.files.map((f) => f.HashTepTin)).toEqual(named);
    }
  });
});
