import type { ReportColumn, ReportKind, ReportNote } from '../../contract/reports.ts';
import type { DossierFacts, ReceiptFacts } from './facts.ts';
import type { Scope } from './scope.ts';

/** What a report is fed with: a dossier, or a receipt with its dossier. */
export interface Source {
  readonly dossier: DossierFacts;
  readonly receipt: ReceiptFacts | null;
}

/** Says that a source counts in a cell, with how much. */
export type Add = (row: string, column: string, share?: number) => void;

export interface RowHead {
  readonly key: string;
  readonly label: string;
  readonly labelKey: string | null;
}

/** A row that stands whether anything counts in it or not. */
export interface FixedRow extends RowHead {
  /** Values of 'fixed' columns. */
  readonly fixed?: Readonly<Record<string, number>>;
  /** Columns that cannot be known here. */
  readonly unknown?: readonly string[];
}

interface Definition {
  readonly kind: ReportKind;
  readonly columns: readonly ReportColumn[];
  /** What rows are read: entries on the books, receipts, or open dossiers by their appointment. */
  reads(scope: Scope): {
    readonly order: 'entered' | 'paid' | 'due';
    readonly from: number;
    readonly to: number;
    readonly alsoOpen: boolean;
  };
  /** The cells that a source counts in. The one place where a number is defined: drilling down asks it again. */
  tally(source: Source, scope: Scope, add: Add): void;
  notes(scope: Scope): readonly ReportNote[];
}

export interface TableDefinition extends Definition {
  readonly shape: 'table';
  fixedRows(scope: Scope): readonly FixedRow[];
  headOf(key: string, source: Source, scope: Scope): RowHead;
  /** Whether the rows may be added up. */
  readonly totals: boolean;
  readonly order: 'as-fixed' | 'label' | 'key';
}

export interface ListDefinition extends Definition {
  readonly shape: 'list';
  /** Values in the order of the columns; `order` = place in the year's book, where the list has one. */
  cells(source: Source, order: number, scope: Scope): readonly (string | number | null)[];
  /** True where entries carry their number in the book of the year. */
  readonly numbered: boolean;
}

export type ReportDefinition = TableDefinition | ListDefinition;

/** The one column of a list that is a number: how many entries it has. */
export const ENTRIES = 'entries';

type Type = ReportColumn['type'];

export function column(id: string, type: Type, of: ReportColumn['of'] = null): ReportColumn {
  return { id, type, key: `report.column.${id}`, of };
}

export const counts = (...ids: readonly string[]): ReportColumn[] => ids.map((id) => column(id, 'count'));

export function note(name: string, values: ReportNote['values'] = {}): ReportNote {
  return { key: `report.note.${name}`, values };
}
