import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../src/contract/errors.ts';
import { feeDayOf } from '../../../src/main/fees/day-totals.ts';
import { netOf, owed, owedLines } from '../../../src/main/fees/lines.ts';
import { proposeFees } from '../../../src/main/fees/propose.ts';
import { transferCodeOf } from '../../../src/main/fees/transfer.ts';
import { drawSlip } from './fake-papers.ts';
import type { Handlers, World } from './fake-world.ts';

type FeeOperations = Extract<keyof Handlers, `fees.${string}`>;

export interface FakeFees {
  readonly handlers: Pick<Handlers, FeeOperations>;
  /** The counter has a receipt book and an account from now on. */
  openBook(): void;
}

const ACCOUNT = { bin: '970415', number: '1234567890', name: 'UBND phường Thục Phán' };

/** Money in memory, reckoned by the product's own functions; a counter without a book until one is opened. */
export function fakeFees(world: World, documents: Map<string, Uint8Array>): FakeFees {
  let book = false;
  let serial = 0;
  const needBook = (setting: string) => {
    if (!book) throw new CounterError('CONFIG_INVALID', { setting });
  };
  return {
    openBook() {
      book = true;
    },
    handlers: {
      'fees.propose': ({ dossierId, pages, copies }) =>
        proposeFees(world.find(dossierId).procedure, [], { pages, copies }),
      'fees.set': ({ dossierId, fees }) => world.tell({ ...world.find(dossierId), fees }),
      'fees.pay': async ({ dossierId, paymentId = randomUUID(), due, way, reference, expected }) => {
        needBook('fees.book');
        const dossier = world.find(dossierId);
        if (dossier.receivedAt === null) throw new CounterError('DOSSIER_STATE', { state: dossier.state });
        const lines = owedLines(dossier, due);
        if (lines.length === 0) throw new CounterError('FEE_NOTHING_DUE');
        const amount = netOf(lines);
        if (expected !== undefined && expected !== amount)
          throw new CounterError('FEE_AMOUNT_DIFFERS', { expected, due: amount });
        serial += 1;
        const documentId = randomUUID();
        documents.set(documentId, await drawSlip(`receipt ${serial}`));
        const payment = {
          ...{ id: paymentId, at: new Date().toISOString(), by: 'Nông Thị Hiền', amount, way, reference },
          ...{
            receipt: { form: '01BLP2-001', sign: 'AA/26P', number: serial, documentId },
            lines,
            cancelled: null,
          },
        };
        return world.tell({ ...dossier, payments: [...dossier.payments, payment] });
      },
      'fees.cancelReceipt': () => {
        throw new CounterError('FORBIDDEN_ROLE');
      },
      'fees.qr': ({ dossierId, due }) => {
        needBook('fees.account');
        const dossier = world.find(dossierId);
        const code = owed(dossier, due) > 0 ? transferCodeOf(dossier, ACCOUNT, due) : null;
        if (!code) throw new CounterError('FEE_NOTHING_DUE');
        return code;
      },
      'fees.day': ({ day }) => feeDayOf(day, []),
    },
  };
}
