import type { DocumentFacts, FactsSuggestion } from '../../../../contract/model.ts';
import { parseDay } from '../applicant-form.ts';

export const FACT_FIELDS = ['number', 'date', 'issuer', 'title'] as const;
export type FactField = (typeof FACT_FIELDS)[number];
/** As typed; the date as dd/MM/yyyy. */
export type TypedFacts = Readonly<Record<FactField, string>>;

export const NO_FACTS: TypedFacts = { number: '', date: '', issuer: '', title: '' };

/** A calendar day as dd/MM/yyyy; empty for none. */
export function shownDay(day: string | null): string {
  return day === null ? '' : day.split('-').reverse().join('/');
}

export function typedFacts(facts: DocumentFacts | FactsSuggestion | null): TypedFacts {
  if (!facts) return NO_FACTS;
  const { number, issuer, title } = facts;
  return { number: number ?? '', date: shownDay(facts.date), issuer: issuer ?? '', title: title ?? '' };
}

/** What is typed, and where nothing is, what was suggested. */
export function filled(typed: TypedFacts, suggested: TypedFacts): TypedFacts {
  const entries = FACT_FIELDS.map((field) => [field, typed[field].trim() || suggested[field]] as const);
  return Object.fromEntries(entries) as Record<FactField, string>;
}

export function isEmpty(facts: TypedFacts): boolean {
  return FACT_FIELDS.every((field) => facts[field].trim() === '');
}

/** The facts to keep; null = all empty; `bad-date` where what is typed is no day. */
export function keptFacts(typed: TypedFacts): DocumentFacts | null | 'bad-date' {
  if (isEmpty(typed)) return null;
  const date = typed.date.trim() === '' ? null : parseDay(typed.date);
  if (typed.date.trim() !== '' && date === null) return 'bad-date';
  const text = (value: string) => value.normalize('NFC').replace(/\s+/g, ' ').trim();
  return { number: text(typed.number), date, issuer: text(typed.issuer), title: text(typed.title) };
}
