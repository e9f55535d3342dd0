import type { FeeDay, NumberRange, ReceiptRow, Takings } from '../../contract/fees.ts';

/** A receipt with the days at the counter (`yyyy-MM-dd`) by which it counts. */
export interface DatedReceipt extends ReceiptRow {
  readonly day: string;
  readonly cancelledDay: string | null;
}

type Totals = Pick<FeeDay, 'taken' | 'cancelled' | 'kept' | 'numbers'>;

/**
 * Takings of one day from the receipts that were issued or cancelled on it, in all and for each clerk. A receipt
 * counts for who issued it, and its cancellation for the same person: it is that till which the money left.
 */
export function feeDayOf(day: string, receipts: readonly DatedReceipt[]): FeeDay {
  const clerks = [...new Set(receipts.map((r) => r.by))].sort((a, b) => a.localeCompare(b, 'vi'));
  return {
    day,
    ...totalsOf(day, receipts),
    clerks: clerks.map((by) => ({
      by,
      ...totalsOf(
        day,
        receipts.filter((r) => r.by === by),
      ),
    })),
    receipts: receipts.map(({ day: _issued, cancelledDay: _cancelled, ...row }) => row),
  };
}

function totalsOf(day: string, receipts: readonly DatedReceipt[]): Totals {
  const issued = receipts.filter((r) => r.day === day);
  const undone = receipts.filter((r) => r.cancelledDay === day);
  const taken = { cash: sum(issued, 'cash'), transfer: sum(issued, 'transfer') };
  const cancelled = { cash: sum(undone, 'cash'), transfer: sum(undone, 'transfer') };
  return {
    taken,
    cancelled,
    kept: {
      cash: taken.cash.amount - cancelled.cash.amount,
      transfer: taken.transfer.amount - cancelled.transfer.amount,
    },
    numbers: rangesOf(issued),
  };
}

function sum(receipts: readonly ReceiptRow[], way: ReceiptRow['way']): Takings {
  const of = receipts.filter((r) => r.way === way);
  return { amount: of.reduce((total, r) => total + r.amount, 0), count: of.length };
}

/** From–to of each book, a range for each run of numbers; receipts come in the order of their numbers. */
function rangesOf(receipts: readonly ReceiptRow[]): NumberRange[] {
  const ranges: NumberRange[] = [];
  for (const { form, sign, year, number } of receipts) {
    const last = ranges.at(-1);
    const follows =
      last && last.form === form && last.sign === sign && last.year === year && last.to === number - 1;
    if (follows) ranges[ranges.length - 1] = { ...last, to: number };
    else ranges.push({ form, sign, year, from: number, to: number });
  }
  return ranges;
}
