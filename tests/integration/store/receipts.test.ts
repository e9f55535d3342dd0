import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { dossierEvent } from '../../../src/main/dossiers/events.ts';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { afterThisTest, tempFolder } from '../../unit/store/fixtures.ts';

const CHILD = path.join(import.meta.dirname, 'receipts-child.ts');

/** Runs a counter until it has said `between` for the `count`th time; answers the last number that was paid for good. */
async function killedBetween(dataDir: string, count: number): Promise<number> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterThisTest(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let paid = 0;
  let between = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, number] = line.split(' ');
    if (word === 'paid') paid = Math.max(paid, Number(number));
    if (word === 'between') between += 1;
    if (between === count) child.kill('SIGKILL');
  }
  await closed;
  return paid;
}

it('a counter killed between a payment and its receipt has both or neither, and no number is lost', async () => {
  const dataDir = tempFolder();
  let acknowledged = 0;
  let undone = 0;
  for (let round = 0; round < 6; round += 1) {
    acknowledged = Math.max(acknowledged, await killedBetween(dataDir, 1 + round));
    const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
    const dossiers = store.events.dossiersAfter(0, 10_000);
    const told = dossiers.flatMap(({ dossierId }) =>
      store.events
        .of(dossierId)
        .map((e) => dossierEvent.parse((e.payload as { event: unknown }).event))
        .flatMap((e) => (e.type === 'fee-paid' ? [{ dossierId, number: e.payment.receipt.number }] : [])),
    );
    const receipts = store.receipts.ofDay('2026-10-08');
    expect(receipts.map((r) => r.number)).toEqual(receipts.map((_, i) => i + 1));
    expect(receipts.map(({ dossierId, number }) => ({ dossierId, number }))).toEqual(
      told.sort((a, b) => a.number - b.number),
    );
    expect(receipts.length).toBeGreaterThanOrEqual(acknowledged);
    undone += dossiers.length > receipts.length ? 1 : 0;
    await store.close();
  }
  expect(acknowledged).toBeGreaterThan(5);
  // The kill did land where it was meant to: payments were begun that are not there.
  expect(undone).toBeGreaterThan(0);
});
