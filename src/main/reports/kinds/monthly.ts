import type { ReportRow } from '../../../contract/reports.ts';
import { column, counts, note, type Source, type TableDefinition } from '../definition.ts';
import { type Month, monthsOf, type Scope } from '../scope.ts';
import { isOverdueBefore, standingBefore, timingOf } from '../standing.ts';

const COUNTS = [
  'SoNhanTrongKy',
  'SoTonKyTruoc',
  'TongSoXuLy',
  'TongDaXuLy',
  'TongXuLyDungHan',
  'TongXuLyTreHan',
  'TongChuaXuLy',
  'TongChuaXuLyTrongHan',
  'TongChuaXuLyTreHan',
  'no-appointment',
] as const;

const share = (id: string, part: string, whole: string) => column(id, 'percent', { part, whole });

const keyOf = ({ year, month }: Month) => `${year}-${String(month).padStart(2, '0')}`;

/** Months that have begun; what has not begun cannot be counted. */
function begun(scope: Scope): readonly Month[] {
  return monthsOf(scope).filter((month) => month.scope.from <= scope.now);
}

const months = new WeakMap<Scope, readonly Month[]>();
function begunOnce(scope: Scope): readonly Month[] {
  const known = months.get(scope) ?? begun(scope);
  months.set(scope, known);
  return known;
}

/**
 * DongBoThongKeHoSo by month, whole months of the period. Whatever was settled is processed, with a result or without;
 * dates alone are compared (766); what waits for a supplement or a payment cannot be late, because its clock stands
 * still; what has no appointment cannot be late either and is counted beside.
 */
export const NATIONAL_STATISTICS: TableDefinition = {
  kind: 'national-statistics',
  shape: 'table',
  columns: [
    ...counts(...COUNTS),
    share('PhanTramXuLyDungHan', 'TongXuLyDungHan', 'TongDaXuLy'),
    share('PhanTramXuLyTreHan', 'TongXuLyTreHan', 'TongDaXuLy'),
    share('PhanTramChuaXuLyTrongHan', 'TongChuaXuLyTrongHan', 'TongChuaXuLy'),
    share('PhanTramChuaXuLyTreHan', 'TongChuaXuLyTreHan', 'TongChuaXuLy'),
  ],
  // A dossier that is carried over counts in several months.
  totals: false,
  order: 'as-fixed',
  reads(scope) {
    const all = monthsOf(scope);
    return { order: 'entered', from: all[0]!.scope.from, to: all.at(-1)!.scope.to, alsoOpen: true };
  },
  fixedRows: (scope) =>
    begunOnce(scope).map((month) => ({ key: keyOf(month), label: keyOf(month), labelKey: null })),
  headOf: (key) => ({ key, label: key, labelKey: null }),
  tally({ dossier }: Source, scope, add) {
    const { receivedAt, settledAt, dueAt } = dossier;
    if (receivedAt === null) return;
    for (const month of begunOnce(scope)) {
      const { from, end } = month.scope;
      if (receivedAt >= end || (settledAt !== null && settledAt < from)) continue;
      const row = keyOf(month);
      add(row, receivedAt < from ? 'SoTonKyTruoc' : 'SoNhanTrongKy');
      add(row, 'TongSoXuLy');
      if (dueAt === null) add(row, 'no-appointment');
      const standing = standingBefore(dossier, end);
      if (standing === 'waiting' || standing === 'under-way') {
        const late = standing === 'under-way' && isOverdueBefore(dossier, end, 'day') === true;
        add(row, 'TongChuaXuLy');
        add(row, late ? 'TongChuaXuLyTreHan' : 'TongChuaXuLyTrongHan');
      } else {
        add(row, 'TongDaXuLy');
        add(row, timingOf(dossier, 'day') === 'late' ? 'TongXuLyTreHan' : 'TongXuLyDungHan');
      }
    }
  },
  notes: () => [note('monthly'), note('lateByDay'), note('loaiThongKe')],
};

/**
 * One month as the service takes it (facts §8): strings only, month 1 to 12, percentages of their own whole with two
 * decimals. `remark` goes into GhiChu. LoaiThongKe is empty: no public source says what it may hold.
 */
export function toThongKe(
  row: ReportRow,
  unit: { readonly code: string; readonly name: string },
  remark: (withoutAppointment: number) => string,
): Record<string, string> {
  const [year, month] = row.key.split('-').map(Number) as [number, number];
  const ids = NATIONAL_STATISTICS.columns.map((c) => c.id);
  const value = (id: string) => row.cells[ids.indexOf(id)] as number | null;
  const percent = (id: string) => (value(id) ?? 0).toFixed(2);
  const whole = (id: string) => String(value(id));
  const unknown = value('no-appointment') ?? 0;
  return {
    Thang: String(month),
    Nam: String(year),
    SoNhanTrongKy: whole('SoNhanTrongKy'),
    SoTonKyTruoc: whole('SoTonKyTruoc'),
    TongSoXuLy: whole('TongSoXuLy'),
    TongDaXuLy: whole('TongDaXuLy'),
    TongXuLyDungHan: whole('TongXuLyDungHan'),
    PhanTramXuLyDungHan: percent('PhanTramXuLyDungHan'),
    TongXuLyTreHan: whole('TongXuLyTreHan'),
    PhanTramXuLyTreHan: percent('PhanTramXuLyTreHan'),
    TongChuaXuLy: whole('TongChuaXuLy'),
    TongChuaXuLyTrongHan: whole('TongChuaXuLyTrongHan'),
    PhanTramChuaXuLyTrongHan: percent('PhanTramChuaXuLyTrongHan'),
    TongChuaXuLyTreHan: whole('TongChuaXuLyTreHan'),
    PhanTramChuaXuLyTreHan: percent('PhanTramChuaXuLyTreHan'),
    GhiChu: unknown === 0 ? '' : remark(unknown),
    Madonvi: unit.code,
    TenDonVi: unit.name,
    LoaiThongKe: '',
  };
}
