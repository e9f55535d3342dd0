/**
 * A counter that takes fees without end, to be killed. It says on standard output `between N` when a payment's event is
 * written and its receipt with number N is not, waits there, and `paid N` when both are durable.
 * Usage: receipts-child.ts DATA_DIR
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import path from 'node:path';
import type { FeeLine } from '../../../src/contract/fees.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { createEventBus } from '../../../src/main/engine/events.ts';
import { createFeesHandlers } from '../../../src/main/engine/fees/handlers.ts';
import { createJournal } from '../../../src/main/engine/journal.ts';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { applicant, procedure } from '../../unit/dossiers/samples.ts';

const [dataDir = ''] = process.argv.slice(2);
const CALLER = { role: 'clerk', user: 'Nông Thị Mẫu' } as const;
const LINE: FeeLine = {
  ...{ code: '', name: 'Bản sao', kind: 'fee', amount: 8000, quantity: 1, due: 'reception' },
  exemption: null,
};

/** Written at once: a killed process must not lose what it said. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
const clock = { now: () => new Date('2026-10-08T02:00:00Z') };
const journal = createJournal({ store, bus: createEventBus(), clock });
const handlers = createFeesHandlers({
  journal,
  clock,
  store: {
    receipts: {
      ...store.receipts,
      add(receipt) {
        say(`between ${receipt.number}`);
        pause(15);
        store.receipts.add(receipt);
        pause(5);
      },
    },
  },
  config: { fees: { book: { form: '01BLP', sign: 'AA/26P' }, account: null } },
  resources: { json: async () => ({ scales: [] }) },
  tellProvince: () => undefined,
  onQueued: () => undefined,
});

for (;;) {
  const dossierId = randomUUID();
  const { user } = CALLER;
  const bare = { ...procedure, components: [] };
  journal.open(dossierId, (stamp) => commands.open({ dossierId, procedure: bare }, stamp), user);
  journal.change(dossierId, user, (d, stamp) => commands.setApplicant(d, applicant, stamp));
  journal.change(dossierId, user, (d, stamp) =>
    commands.receive(
      d,
      {
        code: { value: `H14.22.05-261008-${dossierId.slice(0, 6)}`, kind: 'official' },
        ...{ receivedAt: stamp.at, due: null, slipDocumentId: randomUUID(), slipNumber: null },
      },
      stamp,
    ),
  );
  await handlers['fees.set']({ dossierId, fees: [LINE] }, CALLER);
  const paid = await handlers['fees.pay']({ dossierId, due: [], way: 'cash', reference: '' }, CALLER);
  say(`paid ${paid.payments[0]?.receipt.number}`);
}
