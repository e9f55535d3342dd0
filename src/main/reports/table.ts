import type { ReportCell, ReportColumn, ReportRow } from '../../contract/reports.ts';
import type { Add, FixedRow, RowHead, Source, TableDefinition } from './definition.ts';
import type { Scope } from './scope.ts';

/** Adds up a table, one source after the other; `finish` may be asked once all were taken. */
export interface TableBuilder {
  take(source: Source): void;
  finish(): { readonly rows: readonly ReportRow[]; readonly totals: ReportRow | null };
}

const TOTALS: RowHead = { key: '', label: '', labelKey: 'report.row.total' };
const SUMMED: readonly ReportColumn['type'][] = ['count', 'money', 'hours', 'points'];
/** Vietnamese order of letters and tones (facts §10.3). */
const BY_WORDS = new Intl.Collator('vi', { numeric: true });

export function createTableBuilder(definition: TableDefinition, scope: Scope): TableBuilder {
  const { columns } = definition;
  const place = new Map(columns.map((c, i) => [c.id, i]));
  const sums = new Map<string, number[]>();
  const heads = new Map<string, RowHead>();
  const total = columns.map(() => 0);
  const fixed = definition.fixedRows(scope);
  for (const row of fixed) {
    heads.set(row.key, row);
    sums.set(
      row.key,
      columns.map(() => 0),
    );
  }
  let current: Source | null = null;
  const add: Add = (key, columnId, share = 1) => {
    const index = place.get(columnId);
    if (index === undefined) throw new RangeError(`${definition.kind} has no column ${columnId}`);
    let row = sums.get(key);
    if (!row) {
      row = columns.map(() => 0);
      sums.set(key, row);
      heads.set(key, definition.headOf(key, current!, scope));
    }
    row[index]! += share;
    total[index]! += share;
  };

  function cellsOf(values: readonly number[], head: FixedRow): ReportCell[] {
    return columns.map((c, i) => {
      if (head.unknown?.includes(c.id)) return null;
      if (c.type === 'fixed') return head.fixed?.[c.id] ?? null;
      if (SUMMED.includes(c.type)) return tidy(values[i]!);
      return ratio(c, values, place);
    });
  }
  const rowOf = (head: FixedRow, values: readonly number[]): ReportRow => ({
    key: head.key,
    label: head.label,
    labelKey: head.labelKey,
    dossierId: null,
    cells: cellsOf(values, head),
  });

  return {
    take(source) {
      current = source;
      definition.tally(source, scope, add);
    },
    finish() {
      const rows = [...heads.values()].map((head) => rowOf(head, sums.get(head.key)!));
      if (definition.order === 'key') rows.sort((a, b) => BY_WORDS.compare(a.key, b.key));
      if (definition.order === 'label') {
        rows.sort((a, b) => BY_WORDS.compare(a.label, b.label) || BY_WORDS.compare(a.key, b.key));
      }
      return { rows, totals: definition.totals ? rowOf(TOTALS, total) : null };
    },
  };
}

/** Sums of hours are fractions; what is shown of them, and added up behind them, is a tenth of a minute. */
function tidy(value: number): number {
  return Math.round(value * 600) / 600;
}

/** Per cent with two decimals, averages with one (TT 01/2018 Điều 14); nothing where there is nothing to divide by. */
function ratio(
  c: ReportColumn,
  values: readonly number[],
  place: ReadonlyMap<string, number>,
): number | null {
  const part = values[place.get(c.of!.part)!]!;
  const whole = values[place.get(c.of!.whole)!]!;
  if (whole === 0) return null;
  return c.type === 'percent' ? roundTo(part / whole, 100, 2) : roundTo(part / whole, 1, 1);
}

function roundTo(value: number, times: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * times * scale) / scale;
}

/** What a source adds to one cell; undefined where it does not stand behind it. Row '' = the totals. */
export function shareIn(
  definition: Pick<TableDefinition, 'tally'>,
  source: Source,
  scope: Scope,
  cell: { readonly row: string; readonly column: string },
): number | undefined {
  let share: number | undefined;
  definition.tally(source, scope, (row, column, by = 1) => {
    if (column === cell.column && (row === cell.row || cell.row === '')) share = (share ?? 0) + by;
  });
  return share;
}
