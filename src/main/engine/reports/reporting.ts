import { setImmediate as turn } from 'node:timers/promises';
import { CounterError } from '../../../contract/errors.ts';
import type { OpenedRow, Report, ReportCell, ReportRequest, ReportRow } from '../../../contract/reports.ts';
import { afterOpenMinutes, startOf } from '../../calendar/counting.ts';
import { dayOfMinute, instantOf, minuteOf, yearOfDay } from '../../calendar/local-time.ts';
import {
  ENTRIES,
  type ListDefinition,
  type ReportDefinition,
  type TableDefinition,
} from '../../reports/definition.ts';
import type { DossierFacts } from '../../reports/facts.ts';
import { DEFINITIONS } from '../../reports/kinds/index.ts';
import { toThongKe } from '../../reports/kinds/monthly.ts';
import { bookStart, type Scope, scopeOf } from '../../reports/scope.ts';
import { createTableBuilder, shareIn } from '../../reports/table.ts';
import { type FactsPlace, type FactsRow, placeOf } from '../../store/dossier-facts.ts';
import type { FieldParts } from '../field-parts.ts';
import { readPlace, showPlace } from './places.ts';
import type { ReportWords } from './words.ts';

type Parts = Pick<FieldParts, 'store' | 'clock' | 'calendar' | 'config' | 'closing'>;

export interface Page {
  readonly after: string | null;
  readonly limit: number;
}

export interface Reporting {
  make(request: ReportRequest, page: Page): Promise<Report>;
  /** All rows, piece by piece, of a report of which `make` gave the head; totals come last. */
  rows(report: Report): AsyncIterable<readonly ReportRow[]>;
  /** All entries of a list, with their places in the book where it has one. */
  entries(report: Report): AsyncIterable<Pick<Entry, 'facts' | 'order'>>;
  open(
    request: ReportRequest,
    cell: { readonly row: string; readonly column: string },
    page: Page,
  ): Promise<{ rows: OpenedRow[]; next: string | null }>;
}

/** Rows of one read; the loop turns once work of this many milliseconds has been done. */
const BATCH = 250;
const PATIENCE_MS = 12;
const MONTH = 30 * 24 * 60;

interface Entry {
  readonly row: ReportRow;
  readonly facts: DossierFacts;
  readonly place: FactsPlace;
  readonly order: number;
}

/**
 * Reports over the projection, read in small pieces: between two of them the engine does what else it is asked.
 * Throws BAD_REQUEST for a place or a column that is not the report's, CANCELLED when the engine closes,
 * CALENDAR_YEAR_MISSING where due-soon looks beyond the calendar.
 */
export function createReporting(parts: Parts, words: ReportWords): Reporting {
  const { store, clock, calendar, config, closing } = parts;

  async function* read(
    definition: ReportDefinition,
    scope: Scope,
    after: FactsPlace | null,
  ): AsyncGenerator<readonly FactsRow[]> {
    const query = { ...definition.reads(scope), filters: scope.request.filters };
    let place = after;
    let since = performance.now();
    for (;;) {
      if (closing.aborted) throw new CounterError('CANCELLED');
      const { rows, next } = store.dossierFacts.page(query, place, BATCH);
      if (rows.length > 0) yield rows;
      if (next === null) return;
      place = next;
      if (performance.now() - since < PATIENCE_MS) continue;
      await turn();
      since = performance.now();
    }
  }

  /** `asOf` stands for now where the request does not say: what is drilled into must be what was shown. */
  function scoped(request: ReportRequest): { scope: Scope; asOf: string } {
    const asOf = request.asOf ?? clock.now().toISOString();
    if (request.kind !== 'due-soon') return { scope: scopeOf(request, asOf), asOf };
    const start = startOf(calendar, minuteOf(asOf), []);
    const soon = afterOpenMinutes(calendar, start, request.withinHours * 60);
    return { scope: scopeOf(request, asOf, soon), asOf };
  }

  async function table(definition: TableDefinition, scope: Scope) {
    const builder = createTableBuilder(definition, scope);
    for await (const rows of read(definition, scope, null)) for (const row of rows) builder.take(row);
    const { rows, totals } = builder.finish();
    return { rows: rows.map(named), totals };
  }

  /** Ethnic groups have their names from the list of the state, not from the program's words. */
  function named(row: ReportRow): ReportRow {
    if (!row.labelKey?.startsWith('report.ethnicity.')) return row;
    return { ...row, label: words.ethnicGroup(Number(row.key)) ?? row.key, labelKey: null };
  }

  async function* entriesOf(
    definition: ListDefinition,
    scope: Scope,
    after: string | null,
  ): AsyncGenerator<Entry> {
    const from = after === null ? null : readPlace(after);
    const by = definition.reads(scope).order;
    let order = from?.order ?? (definition.numbered ? await entriesBefore(scope) : 0);
    let year = yearOf(from?.place.at ?? scope.from);
    for await (const batch of read(definition, scope, from?.place ?? null)) {
      for (const source of batch) {
        if (shareIn(definition, source, scope, { row: '', column: ENTRIES }) === undefined) continue;
        const place = placeOf(by, source);
        // A book begins anew with every year.
        if (definition.numbered && yearOf(place.at) !== year) {
          year = yearOf(place.at);
          order = 0;
        }
        order += 1;
        const { id, code } = source.dossier;
        const cells = withAgency(definition, definition.cells(source, order, scope));
        yield {
          row: { key: id, label: code, labelKey: null, dossierId: id, cells },
          facts: source.dossier,
          place,
          order,
        };
      }
    }
  }

  /** Who handles a dossier that was sent nowhere: the unit itself, by its name. */
  function withAgency({ columns }: ListDefinition, cells: readonly ReportCell[]): ReportCell[] {
    return cells.map((cell, i) => (columns[i]!.id === 'agency' && cell === '' ? config.unit.name : cell));
  }

  /** Entries of the year's book in front of the period. */
  async function entriesBefore(scope: Scope): Promise<number> {
    let count = 0;
    for (let at = bookStart(scope.request.from); at < scope.from; at += MONTH) {
      count += store.dossierFacts.received(at, Math.min(at + MONTH, scope.from), scope.request.filters);
      await turn();
    }
    return count;
  }

  async function firstEntries(definition: ListDefinition, scope: Scope, { after, limit }: Page) {
    const rows: ReportRow[] = [];
    let entries = 0;
    let next: string | null = null;
    let last: Entry | null = null;
    for await (const entry of entriesOf(definition, scope, after)) {
      entries += 1;
      if (rows.length < limit) {
        rows.push(entry.row);
        last = entry;
        continue;
      }
      next = showPlace(last!.place, last!.order);
      // The number of all entries is told once, with the first page.
      if (after !== null) break;
    }
    return { rows, next, entries: after === null ? entries : null };
  }

  return {
    async make(request, page) {
      const definition = DEFINITIONS[request.kind];
      const { scope, asOf } = scoped(request);
      const { code, name } = config.unit;
      const report = {
        request: { ...request, asOf },
        madeAt: clock.now().toISOString(),
        unit: { code, name },
        columns: [...definition.columns],
        notes: [...definition.notes(scope)],
        totals: null,
        records: [],
      };
      if (definition.shape === 'list') return { ...report, ...(await firstEntries(definition, scope, page)) };
      const { rows, totals } = await table(definition, scope);
      const remark = (count: number) => words.say('report.remark.noAppointment', { count });
      const records =
        request.kind === 'national-statistics'
          ? rows.map((row) => toThongKe(row, { code, name }, remark))
          : [];
      return { ...report, rows, totals, entries: null, next: null, records };
    },
    async *rows(report) {
      const definition = DEFINITIONS[report.request.kind];
      if (definition.shape === 'table') {
        yield report.rows;
        if (report.totals) yield [report.totals];
        return;
      }
      let batch: ReportRow[] = [];
      for await (const { row } of entriesOf(definition, scoped(report.request).scope, null)) {
        batch.push(row);
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
      }
      yield batch;
    },
    async *entries(report) {
      const definition = DEFINITIONS[report.request.kind];
      if (definition.shape === 'list') yield* entriesOf(definition, scoped(report.request).scope, null);
    },
    async open(request, cell, { after, limit }) {
      const definition = DEFINITIONS[request.kind];
      const { scope } = scoped(request);
      const column = countedColumn(definition, cell.column);
      const by = definition.reads(scope).order;
      const rows: OpenedRow[] = [];
      let last: FactsPlace | null = null;
      for await (const batch of read(definition, scope, after === null ? null : readPlace(after).place)) {
        for (const source of batch) {
          const share = shareIn(definition, source, scope, { row: cell.row, column });
          if (share === undefined) continue;
          if (rows.length === limit) return { rows, next: showPlace(last!, 0) };
          rows.push(toOpened(source.dossier, share));
          last = placeOf(by, source);
        }
      }
      return { rows, next: null };
    },
  };
}

/** The column whose dossiers stand behind a number: a share of two numbers opens the part. */
function countedColumn(definition: ReportDefinition, id: string): string {
  if (definition.shape === 'list' && id === ENTRIES) return id;
  const column = definition.columns.find((c) => c.id === id);
  const counted = definition.shape === 'table' && column && (column.of?.part ?? column.id);
  if (!counted || column.type === 'fixed') throw new CounterError('BAD_REQUEST', { where: 'column' });
  return counted;
}

function toOpened(facts: DossierFacts, share: number): OpenedRow {
  const instant = (minute: number | null) => (minute === null ? null : instantOf(minute));
  return {
    dossierId: facts.id,
    code: facts.code,
    applicant: facts.applicantName,
    procedureCode: facts.procedureCode,
    procedureName: facts.procedureName,
    state: facts.state,
    delivery: facts.delivery,
    receivedAt: instant(facts.receivedAt),
    dueAt: instant(facts.dueAt),
    finishedAt: instant(facts.finishedAt),
    handedOutAt: instant(facts.handedOutAt),
    share,
  };
}

function yearOf(minute: number): number {
  return yearOfDay(dayOfMinute(minute));
}
