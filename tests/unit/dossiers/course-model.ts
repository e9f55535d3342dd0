import type { DossierState } from '../../../src/contract/life-cycle.ts';

/*
 * A second, plainer idea of a dossier's life, written from docs/dossiers.md without the code under test: one required
 * paper, a few variables, and for each step what must come of it.
 */

export interface Model {
  state: DossierState;
  received: boolean;
  named: boolean;
  pages: string[];
  signed: boolean;
  counts: 'none' | 'original' | 'photocopy';
  lookup: 'none' | 'match' | 'no-match';
  seen: boolean;
  held: boolean;
  refusal: string | null;
  requests: { text: string; open: boolean }[];
  limit: number;
  extendedTo: number | null;
  due: number | null;
  waitedFrom: DossierState | null;
  forwardedTo: string | null;
  results: Map<string, string>;
  handedTo: string | null;
  endReason: string | null;
  secret: boolean;
  owed: number;
  /** Versions that the province has to be told, in their order, and how many of them it knows. */
  rows: number[];
  delivered: number;
}

export function freshModel(limit: number): Model {
  return {
    state: 'draft',
    received: false,
    named: false,
    pages: [],
    signed: false,
    counts: 'none',
    lookup: 'none',
    seen: false,
    held: false,
    refusal: null,
    requests: [],
    limit,
    extendedTo: null,
    due: null,
    waitedFrom: null,
    forwardedTo: null,
    results: new Map(),
    handedTo: null,
    endReason: null,
    secret: false,
    owed: 0,
    rows: [],
    delivered: 0,
  };
}

/** What is asked for; `text`, `day`, `to` tell one from another of its kind. */
export type Ask =
  | { do: 'name' | 'sign' | 'receive' | 'discard' | 'secret' | 'see' | 'giveBack' | 'take' }
  | { do: 'decline' | 'askPayment' | 'clearPayment' | 'close' | 'pay' | 'owe' }
  | { do: 'addPage' | 'removePage'; page: string }
  | { do: 'count'; counts: Model['counts'] }
  | { do: 'lookUp'; lookup: Model['lookup'] }
  | { do: 'askSupplement' | 'propose' | 'refuse' | 'withdraw' | 'stop' | 'forward'; text: string }
  | { do: 'extend'; day: number }
  | { do: 'result'; id: string; number: string }
  | { do: 'handOut'; to: string; excuse: boolean }
  | { do: 'deliver' | 'deliverAgain' };

/** 'nothing' = no event; 'change' = one event; else the code of the refusal. */
export type Outcome = string;

const WAY = new Set<DossierState>(['received', 'supplemented', 'processing']);
const OPEN = new Set<DossierState>(['draft', 'supplement-asked']);
const OVER = new Set<DossierState>(['returned', 'refused', 'withdrawn', 'stopped', 'closed', 'discarded']);
/** Steps that the province hears of, if it has the dossier. */
const TOLD = new Set<Ask['do']>([
  ...(['receive', 'askSupplement', 'take', 'refuse', 'withdraw', 'stop', 'close', 'forward'] as const),
  ...(['askPayment', 'clearPayment', 'extend', 'result', 'handOut', 'pay'] as const),
]);
/** Due date that a supplement brings, in days. */
export const DUE_AT_RECEPTION = 20;
export const DUE_AFTER_SUPPLEMENT = 30;

/** The law's answer to one request, and the model as it is then. `version` is of the event that it would make. */
export function answer(m: Model, ask: Ask, version: number): Outcome {
  const outcome = judge(m, ask);
  if (outcome !== 'change') return outcome;
  const had = m.received;
  change(m, ask);
  if (TOLD.has(ask.do) && (had || ask.do === 'receive')) m.rows.push(version);
  return outcome;
}

function papers(m: Model): Outcome | null {
  const replaced = m.lookup === 'match';
  const copy = m.counts === 'photocopy';
  const kept = replaced || (copy && !m.seen);
  const here = m.pages.length > 0 || copy;
  if (!replaced && !here) return 'COMPONENT_MISSING';
  if (kept && m.pages.length > 0) return 'COMPONENT_NOT_DIGITISED';
  return m.pages.length > 0 && !m.signed ? 'COMPONENT_UNSIGNED' : null;
}

function judge(m: Model, ask: Ask): Outcome {
  const { state } = m;
  const state_ = 'DOSSIER_STATE';
  const before = WAY.has(state) || state === 'supplement-asked' || state === 'waiting-payment';
  const pending = m.refusal === null ? null : 'REFUSAL_PENDING';
  switch (ask.do) {
    case 'name':
      return state !== 'draft' ? state_ : m.named ? 'nothing' : 'change';
    case 'addPage':
      return OPEN.has(state) ? 'change' : state_;
    case 'removePage':
      return OPEN.has(state) ? 'change' : state_;
    case 'sign':
      return !OPEN.has(state) ? state_ : m.pages.length === 0 ? 'COMPONENT_MISSING' : 'change';
    case 'count':
      return !OPEN.has(state) ? state_ : m.counts === ask.counts ? 'nothing' : 'change';
    case 'lookUp':
      return !OPEN.has(state) ? state_ : m.lookup === ask.lookup ? 'nothing' : 'change';
    case 'see':
      return OVER.has(state) ? state_ : m.held ? 'nothing' : 'change';
    case 'giveBack':
      return !m.seen ? state_ : m.held ? 'change' : 'nothing';
    case 'receive':
      if (state !== 'draft') return state_;
      return pending ?? (m.named ? (papers(m) ?? 'change') : 'APPLICANT_INCOMPLETE');
    case 'discard':
      return state === 'draft' ? 'change' : state_;
    case 'secret':
      return m.secret ? 'nothing' : state === 'draft' ? 'change' : state_;
    case 'askSupplement': {
      const open = state === 'supplement-asked' ? m.requests.at(-1) : undefined;
      const spent = m.requests.length >= m.limit;
      if (open) return open.text === ask.text ? 'nothing' : spent ? 'SUPPLEMENT_ASKED' : state_;
      if (state !== 'draft' && !WAY.has(state)) return state_;
      return pending ?? (spent ? 'SUPPLEMENT_ASKED' : m.named ? 'change' : 'APPLICANT_INCOMPLETE');
    }
    case 'take': {
      const answered = m.requests.length > 0 && !m.requests.at(-1)!.open;
      if (answered && state === (m.received ? 'supplemented' : 'draft')) return 'nothing';
      if (state !== 'supplement-asked') return state_;
      return pending ?? (m.received ? papers(m) : null) ?? 'change';
    }
    case 'propose':
      if (m.refusal === ask.text) return 'nothing';
      return state !== 'draft' && !before ? state_ : (pending ?? 'change');
    case 'decline':
      return (state !== 'draft' && !before) || !pending ? state_ : 'change';
    case 'refuse': {
      const why = ask.text || (m.refusal ?? '');
      if (state === 'refused' && m.endReason === why) return 'nothing';
      if (state !== 'draft' && !before) return state_;
      return !m.named ? 'APPLICANT_INCOMPLETE' : why === '' ? 'BAD_REQUEST' : 'change';
    }
    case 'withdraw':
      if (state === 'withdrawn' && m.endReason === ask.text) return 'nothing';
      return before ? 'change' : state_;
    case 'stop':
      if (state === 'stopped' && m.endReason === ask.text) return 'nothing';
      if (m.results.size > 0) return 'RESULT_EXISTS';
      return before && m.received ? 'change' : state_;
    case 'close': {
      if (state === 'closed') return 'nothing';
      const closable = (OVER.has(state) && state !== 'discarded') || state === 'supplement-asked';
      return !closable ? state_ : m.held ? 'ORIGINALS_KEPT' : 'change';
    }
    case 'forward':
      if (state === 'processing' && m.forwardedTo === ask.text) return 'nothing';
      return WAY.has(state) ? (pending ?? 'change') : state_;
    case 'askPayment':
      if (state === 'waiting-payment') return 'nothing';
      return WAY.has(state) ? (pending ?? 'change') : state_;
    case 'clearPayment':
      if (state !== 'waiting-payment') return state_;
      return pending ?? (m.owed > 0 ? 'FEES_UNPAID' : 'change');
    case 'extend':
      if (m.extendedTo === ask.day) return 'nothing';
      if (!WAY.has(state) && state !== 'waiting-payment') return state_;
      return m.extendedTo !== null ? 'EXTENSION_GIVEN' : ask.day > m.due! ? 'change' : 'BAD_REQUEST';
    case 'result':
      if (state === 'result-ready' && m.results.get(ask.id) === ask.number) return 'nothing';
      return WAY.has(state) || state === 'result-ready' ? (pending ?? 'change') : state_;
    case 'handOut':
      if (m.handedTo === ask.to) return 'nothing';
      if (state !== 'result-ready') return state_;
      return m.owed > 0 ? 'FEES_UNPAID' : m.held && !ask.excuse ? 'ORIGINALS_KEPT' : 'change';
    case 'owe':
    case 'pay':
      return 'change';
    case 'deliver':
      return 'change';
    case 'deliverAgain':
      return 'nothing';
  }
}

function change(m: Model, ask: Ask): void {
  const end = (state: DossierState, why: string) => {
    m.state = state;
    m.endReason = why;
    m.refusal = null;
  };
  switch (ask.do) {
    case 'name':
      m.named = true;
      return;
    case 'addPage':
      m.pages.push(ask.page);
      m.signed = false;
      return;
    case 'removePage':
      m.pages = m.pages.filter((p) => p !== ask.page);
      m.signed = false;
      return;
    case 'sign':
      m.signed = true;
      return;
    case 'count':
      m.counts = ask.counts;
      return;
    case 'lookUp':
      m.lookup = ask.lookup;
      return;
    case 'see':
      m.seen = true;
      m.held = true;
      return;
    case 'giveBack':
      m.held = false;
      return;
    case 'receive':
      m.state = 'received';
      m.received = true;
      m.due = DUE_AT_RECEPTION;
      return;
    case 'discard':
    case 'secret':
      m.state = 'discarded';
      m.secret = ask.do === 'secret';
      m.refusal = null;
      return;
    case 'askSupplement':
      m.state = 'supplement-asked';
      m.requests.push({ text: ask.text, open: true });
      return;
    case 'take':
      m.state = m.received ? 'supplemented' : 'draft';
      m.requests.at(-1)!.open = false;
      if (m.received) m.due = DUE_AFTER_SUPPLEMENT;
      return;
    case 'propose':
      m.refusal = ask.text;
      return;
    case 'decline':
      m.refusal = null;
      return;
    case 'refuse':
      end('refused', ask.text || m.refusal!);
      return;
    case 'withdraw':
      end('withdrawn', ask.text);
      return;
    case 'stop':
      end('stopped', ask.text);
      return;
    case 'close':
      m.state = 'closed';
      m.refusal = null;
      return;
    case 'forward':
      m.state = 'processing';
      m.forwardedTo = ask.text;
      return;
    case 'askPayment':
      m.waitedFrom = m.state;
      m.state = 'waiting-payment';
      return;
    case 'clearPayment':
      m.state = m.waitedFrom!;
      return;
    case 'extend':
      m.extendedTo = ask.day;
      m.due = ask.day;
      return;
    case 'result':
      m.state = 'result-ready';
      m.results.set(ask.id, ask.number);
      return;
    case 'handOut':
      m.state = 'returned';
      m.handedTo = ask.to;
      return;
    case 'owe':
      m.owed = 50_000;
      return;
    case 'pay':
      m.owed = 0;
      return;
    case 'deliver':
      m.delivered += 1;
      return;
    case 'deliverAgain':
      return;
  }
}
