import { mkdtemp, readdir, readFile, rm, truncate, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderLedger, memoryLedger } from '../../../src/main/printing/ledger.ts';

const SENT = { state: 'sent', jobId: 7, at: 1_000 } as const;
const P = 'ipp://p/ipp/print';

describe('the ledger of print jobs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ledger-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['in memory', () => memoryLedger()],
    ['on the disk', () => folderLedger(path.join(folder, 'new'))],
  ])('%s keeps jobs apart by printer and by key', async (_name, make) => {
    const ledger = make();
    expect(await ledger.get(P, 'a')).toBeUndefined();
    await ledger.set(P, 'a', SENT);
    await ledger.set(P, 'a', { ...SENT, state: 'completed' });
    expect(await ledger.get(P, 'a')).toEqual({ ...SENT, state: 'completed' });
    expect([await ledger.get(P, 'b'), await ledger.get('q', 'a')]).toEqual([undefined, undefined]);
  });

  it('is there after a restart and says nothing of the document or its key', async () => {
    await folderLedger(folder).set(P, 'slip of Nông Thị Mẫu', SENT);
    expect(await folderLedger(folder).get(P, 'slip of Nông Thị Mẫu')).toEqual(SENT);
    const [name] = await readdir(folder);
    expect(`${name} ${await readFile(path.join(folder, name!), 'utf8')}`).not.toMatch(/Nông|slip|ipp/);
  });

  it.each([0, 5])('takes a file that was cut to %i octets for a job that was sent', async (octets) => {
    await folderLedger(folder).set(P, 'a', SENT);
    await truncate(path.join(folder, (await readdir(folder))[0]!), octets);
    expect(await folderLedger(folder).get(P, 'a')).toEqual({ state: 'sent', jobId: 0, at: 0 });
  });

  it('forgets after three months, and not before', async () => {
    const ledger = folderLedger(folder);
    await ledger.set(P, 'old', SENT);
    const file = path.join(folder, (await readdir(folder))[0]!);
    const day = 24 * 3600;
    const now = Date.now() / 1000;
    await utimes(file, now, now - 89 * day);
    await folderLedger(folder).set(P, 'b', SENT);
    expect(await ledger.get(P, 'old')).toEqual(SENT);
    await utimes(file, now, now - 91 * day);
    await folderLedger(folder).set(P, 'c', SENT);
    expect(await ledger.get(P, 'old')).toBeUndefined();
  });
});
