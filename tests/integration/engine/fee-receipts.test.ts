import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import type { FeeLine } from '../../../src/contract/fees.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { createEventBus } from '../../../src/main/engine/events.ts';
import { createFeesHandlers, type FeesParts } from '../../../src/main/engine/fees/handlers.ts';
import { createJournal } from '../../../src/main/engine/journal.ts';
import { openStore } from '../../../src/main/store/index.ts';
import { fileKeyVault } from '../../../src/main/store/key-vault.ts';
import { applicant, procedure, uuid } from '../../unit/dossiers/samples.ts';
import { afterThisTest, codeOf, tempFolder } from '../../unit/store/fixtures.ts';

const LINE: FeeLine = {
  ...{ code: '', name: 'Bản sao', kind: 'fee', amount: 8000, quantity: 1, due: 'reception' },
  exemption: null,
};
const CALLER = { role: 'clerk', user: 'Nông Thị Mẫu' } as const;
const DOSSIER = uuid(1);

/** A received dossier that owes one line, over a store of its own, at a moment that the test sets. */
async function counter(slips?: FeesParts['slips']) {
  const dataDir = tempFolder();
  const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
  afterThisTest(() => void store.close());
  let now = new Date('2026-10-08T02:00:00Z');
  const clock = { now: () => now };
  const journal = createJournal({ store, bus: createEventBus(), clock });
  const told: number[] = [];
  const handlers = createFeesHandlers({
    ...{ journal, clock, store },
    config: { fees: { book: { form: '01BLP', sign: 'AA/{yy}P' }, account: null } },
    resources: { json: async () => ({ scales: [] }) },
    tellProvince: (dossier) => told.push(dossier.version),
    onQueued: () => undefined,
    ...(slips && { slips }),
  });
  const { user } = CALLER;
  journal.open(
    DOSSIER,
    (stamp) => commands.open({ dossierId: DOSSIER, procedure: { ...procedure, components: [] } }, stamp),
    user,
  );
  journal.change(DOSSIER, user, (d, stamp) => commands.setApplicant(d, applicant, stamp));
  journal.change(DOSSIER, user, (d, stamp) =>
    commands.receive(
      d,
      {
        code: { value: 'H14.22.05-261008-0001', kind: 'official' },
        ...{ receivedAt: stamp.at, due: null, slipDocumentId: uuid(2), slipNumber: null },
      },
      stamp,
    ),
  );
  const set = (fees: FeeLine[]) => handlers['fees.set']({ dossierId: DOSSIER, fees }, CALLER);
  const pay = (paymentId: string) =>
    handlers['fees.pay']({ dossierId: DOSSIER, paymentId, due: [], way: 'cash', reference: '' }, CALLER);
  await set([LINE]);
  return {
    ...{ store, journal, handlers, told, set, pay },
    at: (iso: string) => {
      now = new Date(iso);
    },
  };
}

const drawn = { documentId: uuid(50), number: null, attachments: {}, take: () => undefined };

describe('a receipt', () => {
  it('that cannot be drawn takes no number and no money', async () => {
    let fails = true;
    const { store, journal, pay, told } = await counter({
      prepare: async () => {
        if (fails) throw new CounterError('SLIP_TEXT_UNPRINTABLE');
        return drawn;
      },
    });
    expect(await codeOf(async () => pay(uuid(9)))).toBe('SLIP_TEXT_UNPRINTABLE');
    expect([store.receipts.ofDossier(DOSSIER), journal.load(DOSSIER).payments, told]).toEqual([[], [], []]);
    fails = false;
    const paid = await pay(uuid(9));
    expect(paid.payments[0]?.receipt).toEqual({
      form: '01BLP',
      sign: 'AA/26P',
      number: 1,
      documentId: uuid(50),
    });
    expect(told).toHaveLength(1);
  });

  it('whose lines changed while it was drawn is not issued, though the sum be the same', async () => {
    let change: () => Promise<unknown> = async () => undefined;
    const { store, set, pay } = await counter({
      prepare: async () => {
        await change();
        return drawn;
      },
    });
    change = async () => set([{ ...LINE, name: 'Khoản khác' }]);
    expect(await codeOf(async () => pay(uuid(9)))).toBe('STORE_CONFLICT');
    change = async () => set([LINE, LINE]);
    expect(await codeOf(async () => pay(uuid(9)))).toBe('FEE_AMOUNT_DIFFERS');
    change = async () => undefined;
    expect((await pay(uuid(9))).payments[0]?.amount).toBe(16_000);
    expect(store.receipts.ofDossier(DOSSIER).map((r) => r.number)).toEqual([1]);
  });

  it('is numbered from one again in a new year, by the clock of Việt Nam', async () => {
    const { store, at, set, pay, handlers } = await counter();
    at('2026-12-31T16:59:59Z');
    await pay(uuid(9));
    await set([LINE, LINE]);
    at('2026-12-31T17:00:00Z');
    await pay(uuid(10));
    expect(store.receipts.ofDossier(DOSSIER).map((r) => [r.sign, r.year, r.number])).toEqual([
      ['AA/26P', 2026, 1],
      ['AA/27P', 2027, 1],
    ]);
    const day = (iso: string) => handlers['fees.day']({ day: iso }, CALLER);
    expect((await day('2026-12-31')).kept.cash).toBe(8000);
    expect((await day('2027-01-01')).kept.cash).toBe(8000);
    expect((await day('2027-01-02')).receipts).toEqual([]);
  });

  it('whose own row cannot be written is undone with its payment', async () => {
    const { store, journal, pay } = await counter();
    store.transaction(() =>
      store.receipts.add({
        ...{ form: '01BLP', sign: 'AA/26P', year: 2026, number: 1, paymentId: uuid(9), dossierId: uuid(7) },
        ...{
          at: '2026-10-08T01:00:00.000Z',
          day: '2026-10-08',
          by: 'x',
          amount: 1,
          way: 'cash',
          reference: '',
        },
      }),
    );
    await expect(async () => pay(uuid(9))).rejects.toThrow('UNIQUE');
    expect(journal.load(DOSSIER).payments).toEqual([]);
    expect((await pay(uuid(10))).payments[0]?.receipt.number).toBe(2);
  });
});
