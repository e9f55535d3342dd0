import type { ResultWay } from '../../contract/life-cycle.ts';
import { localDay } from '../calendar/local-time.ts';
import { renderDayEnd } from './day-end.ts';
import { formInForce } from './form.ts';
import { renderHandOver } from './hand-over.ts';
import type { SlipContext } from './slip.ts';
import { renderTrackingBook } from './tracking-book.ts';

/** A line of the tracking book (sổ theo dõi hồ sơ). */
export interface TrackingRow {
  /** Số thứ tự, from 1 in each year and book. */
  readonly order: number;
  readonly code: string;
  readonly procedureName: string;
  readonly applicant: string;
  readonly address: string;
  readonly phone: string;
  /** Cơ quan chủ trì giải quyết. */
  readonly agency: string;
  readonly receivedAt: string;
  readonly dueAt: string | null;
  readonly returnedAt: string | null;
  readonly way: ResultWay | null;
  /** Who signed for the result; empty = room for a signature. */
  readonly signed: string;
  /** Số bộ, and ghi chú: columns of TT 01/2018's book alone. */
  readonly sets: number;
  readonly note: string;
}

export interface TrackingBookRequest {
  readonly kind: 'tracking-book';
  readonly book: {
    /** Quyển số; empty = a dotted gap. */
    readonly volume: string;
    readonly year: number;
    /** The field or fields that it is kept for; empty = all of them. */
    readonly field: string;
  };
  /** Calendar days, both included. */
  readonly period: { readonly from: string; readonly to: string };
  /** In the order of their numbers. */
  readonly rows: readonly TrackingRow[];
  /** When the book was closed at the year's end; null = it is open. */
  readonly closedAt: string | null;
}

export interface HandOverRow {
  readonly code: string;
  readonly applicant: string;
  /** Of the procedure, or of the result with its number. */
  readonly name: string;
  /** Papers (tờ, bản) that are handed over. */
  readonly papers: number;
  readonly dueAt: string | null;
  readonly note: string;
}

/** One side of a hand-over; an empty person is written by hand. */
export interface HandOverSide {
  readonly agency: string;
  readonly person: string;
}

export interface HandOverRequest {
  readonly kind: 'hand-over';
  readonly subject: 'dossiers' | 'results';
  readonly from: HandOverSide;
  readonly to: HandOverSide;
  readonly at: string;
  readonly rows: readonly HandOverRow[];
}

/** Đồng, and how many receipts they stand on. */
export interface Sum {
  readonly amount: number;
  readonly count: number;
}
export interface Sums {
  readonly cash: Sum;
  readonly transfer: Sum;
}

export interface CancelledReceipt {
  readonly sign: string;
  readonly number: number;
  readonly amount: number;
  readonly way: 'cash' | 'transfer';
  readonly by: string;
  readonly reason: string;
}

export interface DayEndRequest {
  readonly kind: 'day-end';
  /** `yyyy-MM-dd`. */
  readonly day: string;
  readonly counter: string;
  readonly clerk: string;
  /** Each field once. */
  readonly fields: readonly {
    readonly name: string;
    readonly received: number;
    readonly returned: number;
    /** Of those returned: after their due date. */
    readonly late: number;
  }[];
  /** As `FeeDay` of the contract has them. */
  readonly fees: {
    readonly taken: Sums;
    readonly cancelled: Sums;
    readonly kept: { readonly cash: number; readonly transfer: number };
  };
  /** Numbers of the receipts issued on the day. */
  readonly receipts: readonly { readonly sign: string; readonly from: number; readonly to: number }[];
  readonly cancelledReceipts: readonly CancelledReceipt[];
}

export type RegisterRequest = TrackingBookRequest | HandOverRequest | DayEndRequest;

/** Lets other work go on between parts of a long one: the engine must answer while a book is drawn. */
export type Rest = () => Promise<void>;

/**
 * A register or a sheet of the unit as a PDF, on the form in force: for the tracking book on the first day of its
 * period, for the others on the day of issue. The same request and context give the same bytes; text that the font lacks
 * is printed as an empty box, since one odd name must not keep a book from being printed.
 *
 * `rest` is awaited every few rows of the tracking book.
 *
 * Throws CONFIG_INVALID where no form is in force or it lacks a label; RangeError for numbers and days out of range.
 */
export async function renderRegister(
  request: RegisterRequest,
  context: SlipContext,
  rest: Rest = () => Promise.resolve(),
): Promise<Uint8Array> {
  const issued = localDay(new Date(context.issuedAt));
  switch (request.kind) {
    case 'tracking-book':
      return renderTrackingBook(
        request,
        context,
        formInForce(context.forms, request.kind, request.period.from),
        rest,
      );
    case 'hand-over':
      return renderHandOver(request, context, formInForce(context.forms, request.kind, issued));
    case 'day-end':
      return renderDayEnd(request, context, formInForce(context.forms, request.kind, issued));
  }
}
