import type { FeeDue, FeeLine, Payment } from '../../contract/fees.ts';

/** What a dossier owes and what was paid for it; money is whole đồng throughout. */
export interface Account {
  readonly fees: readonly FeeLine[];
  readonly payments: readonly Payment[];
}

/** Đồng of a line before any exemption. */
export function lineGross(line: FeeLine): number {
  return line.amount * line.quantity;
}

/** Đồng to be paid for a line; an exemption never makes it less than nothing. */
export function lineNet(line: FeeLine): number {
  return Math.max(0, lineGross(line) - (line.exemption?.off ?? 0));
}

export function netOf(lines: readonly FeeLine[]): number {
  return lines.reduce((sum, line) => sum + lineNet(line), 0);
}

/** Lines with the same key are the same line, whatever order their fields came in. */
export function lineKey(line: FeeLine): string {
  const { code, name, kind, amount, quantity, due, exemption } = line;
  const off = exemption && [exemption.off, exemption.reason, exemption.ground];
  return JSON.stringify([code, name, kind, amount, quantity, due, off]);
}

/** `lines` without `taken`, one for one. */
export function without(lines: readonly FeeLine[], taken: readonly FeeLine[]): FeeLine[] {
  const counts = new Map<string, number>();
  for (const line of taken) counts.set(lineKey(line), (counts.get(lineKey(line)) ?? 0) + 1);
  return lines.filter((line) => {
    const left = counts.get(lineKey(line)) ?? 0;
    if (left > 0) counts.set(lineKey(line), left - 1);
    return left === 0;
  });
}

/** Lines for which money was taken and not given back. */
export function paidLines(account: Account): FeeLine[] {
  return account.payments.filter((p) => !p.cancelled).flatMap((p) => p.lines);
}

/** Lines that still have to be paid, of the stages named or (none named) of all; wholly exempted ones are not owed. */
export function owedLines(account: Account, due: readonly FeeDue[] = []): FeeLine[] {
  return without(account.fees, paidLines(account)).filter(
    (line) => lineNet(line) > 0 && (due.length === 0 || due.includes(line.due)),
  );
}

/** Đồng still owed; 0 = settled. */
export function owed(account: Account, due: readonly FeeDue[] = []): number {
  return netOf(owedLines(account, due));
}
