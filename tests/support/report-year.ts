import type { DossierFacts, ReceiptFacts } from '../../src/main/reports/facts.ts';
import { PLAIN_FACTS } from './plain-facts.ts';

/**
 * A made-up year of a large counter whose totals are known because every dossier is made for the cell that it is to
 * stand in. Nothing here uses the code under test: moments are clock readings at the counter, taken as if they were UTC.
 */
export const YEAR = 2026;
const DAY = 24 * 60;
const at = (year: number, month: number, day: number, hour = 0, minute = 0) =>
  Date.UTC(year, month - 1, day, hour, minute) / 60_000;
const YEAR_START = at(YEAR, 1, 1);
const YEAR_END = at(YEAR + 1, 1, 1);
/** The report is made in February of the next year, when more has happened. */
export const AS_OF = '2027-02-01T03:00:00.000Z';

export type Known = Map<string, number>;
export interface MadeYear {
  readonly facts: readonly DossierFacts[];
  readonly receipts: ReadonlyMap<string, readonly ReceiptFacts[]>;
  /** `KIND/BY|ROW|COLUMN` → the number that must come out. */
  readonly known: Known;
}

/** mulberry32: the same seed makes the same year on every machine. */
export function randomOf(seed: number) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    below,
    chance: (p: number) => next() < p,
    pick: <T>(list: readonly T[]) => list[below(list.length)]!,
  };
}
type Random = ReturnType<typeof randomOf>;

const FIELDS = ['Hộ tịch', 'Đất đai', 'Chứng thực', 'Tín ngưỡng, tôn giáo', 'Công tác dân tộc'];
const CLERKS = ['Đàm Thị An', 'Nông Văn Bế', 'Hoàng Thị Ích', 'Lý Văn Ước'];
const CHANNELS = ['counter', 'counter', 'counter', 'online', 'post'] as const;

/** Where a dossier stands at the end of the year, by the minute; the words of the 766 rule beside it. */
const FATES = [
  ['solved-early', 'solved-early'],
  ['solved-on-time', 'solved-on-time'],
  ['solved-exactly', 'solved-on-time'],
  ['solved-late-that-day', 'solved-on-time'],
  ['solved-late', 'solved-late'],
  ['solved-unknown', 'solved-unknown'],
  ['open-in-time', 'open-in-time'],
  ['open-late-that-day', 'open-in-time'],
  ['open-late', 'open-late'],
  ['open-unknown', 'open-unknown'],
  ['solved-next-year', 'open-in-time'],
  ['waiting-supplement', 'waiting'],
  ['waiting-payment', 'waiting'],
  ['refused', 'refused'],
  ['withdrawn', 'solved-on-time'],
  ['stopped', 'stopped'],
  ['unanswered', 'unanswered'],
] as const;
type Fate = (typeof FATES)[number][0];
const BY_MINUTE: Readonly<Record<Fate, string>> = {
  ...(Object.fromEntries(FATES.map(([fate]) => [fate, fate])) as Record<Fate, string>),
  'solved-exactly': 'solved-on-time',
  'solved-late-that-day': 'solved-late',
  'open-late-that-day': 'open-late',
  'solved-next-year': 'open-in-time',
  'waiting-supplement': 'waiting',
  'waiting-payment': 'waiting',
};
const OPEN_AT_END: readonly Fate[] = [
  'open-in-time',
  'open-late-that-day',
  'open-late',
  'open-unknown',
  'solved-next-year',
  'waiting-supplement',
  'waiting-payment',
];

type Times = Partial<DossierFacts> & { readonly receivedAt: number };

/** Moments that put a dossier where it is meant to be. `early` = received in the year before. */
function timesOf(fate: Fate, early: boolean, random: Random): Times {
  const open = OPEN_AT_END.includes(fate);
  const first = early ? at(YEAR - 1, 12, 20) : open ? at(YEAR, 12, 1) : YEAR_START;
  const last = early ? YEAR_START - 1 : open ? at(YEAR, 12, 20) : at(YEAR, 11, 25);
  const borders = [first, last];
  const receivedAt = random.chance(0.01) ? random.pick(borders) : first + random.below(last - first + 1);
  const midnight = Math.floor(receivedAt / DAY) * DAY;
  // After the new year also for what was received before it.
  const dueDay = (early ? YEAR_START + 3 * DAY : midnight + 3 * DAY) + random.below(20) * DAY;
  const clock = 8 * 60 + random.below(8 * 60);
  const dueAt = dueDay + clock;
  const settled = (
    settledAt: number,
    outcome: Exclude<DossierFacts['outcome'], 'none'>,
    due: number | null = dueAt,
  ): Times & { readonly settledAt: number } => ({
    receivedAt,
    dueAt: due,
    settledAt,
    finishedAt: outcome === 'unanswered' ? null : settledAt,
    endedAt: outcome === 'result' ? null : settledAt,
    outcome,
    state: outcome === 'result' ? 'returned' : outcome === 'unanswered' ? 'closed' : outcome,
    stateSince: settledAt,
    handedOutAt: outcome === 'result' ? settledAt + random.below(DAY) - 30 : null,
  });
  const still = (due: number | null, more: Omit<Partial<DossierFacts>, 'receivedAt'> = {}): Times => ({
    receivedAt,
    dueAt: due,
    state: 'processing',
    stateSince: receivedAt,
    ...more,
  });
  switch (fate) {
    case 'solved-early':
      return settled(dueDay - 1 - random.below(DAY), 'result');
    case 'solved-on-time':
    case 'withdrawn':
      return settled(dueDay + random.below(clock), fate === 'withdrawn' ? 'withdrawn' : 'result');
    case 'solved-exactly':
      return settled(dueAt, 'result');
    case 'solved-late-that-day':
      return settled(dueAt + 1 + random.below(DAY - clock - 1), 'result');
    case 'solved-late':
      return settled(dueDay + DAY + random.below(9 * DAY), 'result');
    case 'solved-unknown':
      return settled(dueAt, 'result', null);
    case 'refused':
    case 'stopped':
      return settled(dueAt + random.below(DAY) - DAY / 2, fate);
    case 'unanswered':
      return { ...settled(dueAt, 'unanswered'), supplements: 1, supplementAskedAt: receivedAt };
    case 'open-in-time':
      return still(YEAR_END - 1 + random.below(9 * DAY));
    case 'open-late-that-day':
      return still(YEAR_END - DAY + clock);
    case 'open-late':
      return still(early ? dueAt : YEAR_END - 2 * DAY - random.below(5) * DAY);
    case 'open-unknown':
      return still(null);
    case 'solved-next-year':
      return settled(YEAR_END + random.below(20 * DAY), 'result', YEAR_END + clock);
    case 'waiting-supplement': {
      const asked = YEAR_END - 1 - random.below(2 * DAY);
      // Answered in the new year, some of them, and solved: at the end of the year it waited all the same.
      return random.chance(0.5)
        ? { ...settled(YEAR_END + 5 * DAY, 'result', null), ...waited(asked, YEAR_END + random.below(DAY)) }
        : still(asked - DAY, { state: 'supplement-asked', stateSince: asked, ...waited(asked, null) });
    }
    case 'waiting-payment':
      return still(at(YEAR, 12, 30), { state: 'waiting-payment', stateSince: YEAR_END - 1 });
  }
}

function waited(asked: number, answered: number | null) {
  return { supplements: 1, supplementAskedAt: asked, supplementAnsweredAt: answered };
}

/** What has nothing to do with when: fields, people, papers, money. */
function othersOf(random: Random): Partial<DossierFacts> & Pick<DossierFacts, 'fieldCode' | 'channel'> {
  const field = random.below(FIELDS.length);
  const procedure = random.below(4);
  const papersOwed = random.below(5);
  const papersDigitised = papersOwed === 0 ? 0 : random.below(papersOwed + 1);
  const papersReused = random.below(papersOwed - papersDigitised + 1);
  const citizen = random.chance(0.85);
  return {
    fieldCode: `G${field}`,
    fieldName: FIELDS[field]!,
    procedureCode: `1.00${field}${procedure}`,
    procedureName: `Thủ tục ${field}.${procedure}`,
    clerk: random.pick(CLERKS),
    channel: random.pick(CHANNELS),
    agency: random.chance(0.5) ? '' : 'Chi nhánh Văn phòng đăng ký đất đai',
    papersOwed,
    papersDigitised,
    papersReused,
    papersCovered: papersDigitised + papersReused,
    papersFromStore: random.below(papersReused + 1),
    populationUsed: random.chance(0.3) ? 1 : 0,
    result: random.pick(['electronic', 'paper', 'none'] as const),
    delivery: random.chance(0.9) ? 'sent' : 'waiting',
    ethnicity: citizen && random.chance(0.9) ? 1 + random.below(54) : null,
    applicantKind: citizen ? 'citizen' : random.pick(['business', 'organisation'] as const),
    applicantName: `Người nộp ${random.below(10_000)}`,
    feesExempt: random.chance(0.1) ? 1000 * (1 + random.below(50)) : 0,
  };
}

export function makeYear(count: number, seed: number): MadeYear {
  const random = randomOf(seed);
  const known: Known = new Map();
  const facts: DossierFacts[] = [];
  const receipts = new Map<string, readonly ReceiptFacts[]>();
  const add = (report: string, row: string, column: string, by = 1) => {
    const key = `${report}|${row}|${column}`;
    known.set(key, (known.get(key) ?? 0) + by);
  };
  for (let i = 0; i < count; i += 1) {
    const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
    const others = othersOf(random);
    const base = { ...PLAIN_FACTS, ...others, id, code: `H14.22.05-260101-${String(i).padStart(6, '0')}` };
    const lot = random.below(100);
    if (lot < 3) facts.push(outside(base, random));
    else if (lot < 5) facts.push(turnedAway(base, random, add));
    else facts.push(inside(base, lot < 10, random, add));
    const made = facts.at(-1)!;
    const paid = random.chance(0.4) ? receiptOf(made, random, add) : null;
    if (paid) receipts.set(id, [paid]);
  }
  return { facts, receipts, known };
}

type Count = (report: string, row: string, column: string, by?: number) => void;

/** On no report of the year: gone before it, come after it, or never received. */
function outside(base: DossierFacts, random: Random): DossierFacts {
  const kind = random.below(3);
  if (kind === 0) return { ...base, state: 'draft' };
  const receivedAt = kind === 1 ? at(YEAR - 1, 11, 1) + random.below(DAY) : YEAR_END + random.below(DAY);
  const settledAt = kind === 1 ? YEAR_START - 1 - random.below(DAY) : null;
  const outcome = settledAt === null ? 'none' : 'result';
  return {
    ...base,
    ...{
      receivedAt,
      enteredAt: receivedAt,
      dueAt: receivedAt + 5 * DAY,
      settledAt,
      finishedAt: settledAt,
      outcome,
    },
    state: settledAt === null ? 'received' : 'returned',
  };
}

function turnedAway(base: DossierFacts, random: Random, add: Count): DossierFacts {
  const endedAt = YEAR_START + random.below(YEAR_END - YEAR_START);
  for (const row of [base.fieldCode, '']) {
    add('progress', row, 'turned-away');
    add('progress-766', row, 'turned-away');
  }
  const ended = { enteredAt: endedAt, endedAt, finishedAt: endedAt, settledAt: endedAt };
  return { ...base, ...ended, outcome: 'refused', state: 'refused', stateSince: endedAt };
}

function inside(base: DossierFacts, early: boolean, random: Random, add: Count): DossierFacts {
  const [fate, by766] = random.pick(FATES);
  const times = timesOf(fate, early, random);
  const made: DossierFacts = {
    ...base,
    ...times,
    enteredAt: times.receivedAt,
    firstDueAt: times.dueAt ?? null,
  };
  for (const row of [base.fieldCode, '']) {
    for (const [report, cell] of [
      ['progress', BY_MINUTE[fate]],
      ['progress-766', by766],
    ] as const) {
      for (const column of early ? ['carried'] : [`in-${base.channel}`, 'received']) add(report, row, column);
      add(report, row, 'to-handle');
      add(report, row, cell);
      if (cell.startsWith('solved-')) add(report, row, 'solved');
      if (cell.startsWith('open-')) add(report, row, 'open');
    }
  }
  const solved = BY_MINUTE[fate].startsWith('solved-');
  countIndices(made, fate, early, solved, add);
  countEthnicity(made, fate, early, solved, add);
  return made;
}

function countIndices(d: DossierFacts, fate: Fate, early: boolean, solved: boolean, add: Count): void {
  const index = (name: string, part: boolean) => {
    add('digitisation-766', name, 'whole');
    if (part) add('digitisation-766', name, 'part');
  };
  if (solved) index('ORIGINAL_RESULT_AVAILABLE', d.result !== 'paper');
  if (!early) {
    const missing = d.papersOwed - d.papersDigitised - d.papersReused;
    if (d.papersOwed > 0) index('SO_HOA_GIAY_TO_GIAI_QUYET', missing === 0);
    if (d.papersOwed > 0 && missing === 0) index('delivered', d.delivery === 'sent');
    index('REUSED_DIGITIZED_DATA', d.papersReused > 0);
    index('CITIZEN_DATA_CONNECTED_DOSSIER', d.populationUsed === 1);
    index('any-paper', d.papersDigitised > 0);
    index('from-store', d.papersFromStore > 0);
    add('service-nd224', 'online-share', 'whole');
    if (d.channel === 'online') add('service-nd224', 'online-share', 'part');
  }
  if (!solved) return;
  add('service-nd224', 'processing-time', 'whole');
  add('scoring-tt01', 'tt01-3', 'dossiers');
  add('scoring-tt01', 'tt01-3', 'points', 2);
  if (fate === 'solved-unknown') return;
  const late = BY_MINUTE[fate] === 'solved-late';
  add('service-nd224', 'on-time-share', 'whole');
  if (!late) add('service-nd224', 'on-time-share', 'part');
  add('scoring-tt01', 'tt01-1', 'dossiers');
  add('scoring-tt01', 'tt01-1', 'points', fate === 'solved-early' ? 2 : late ? 0 : 1);
}

function countEthnicity(d: DossierFacts, fate: Fate, early: boolean, solved: boolean, add: Count): void {
  if (d.applicantKind !== 'citizen') return;
  for (const row of [d.ethnicity === null ? '-' : String(d.ethnicity).padStart(2, '0'), '']) {
    const one = (column: string, by = 1) => add('ethnicity', row, column, by);
    if (!early) {
      one('received');
      if (d.channel === 'online') one('in-online');
      if (d.supplements > 0) one('supplemented');
      if (d.feesExempt > 0) one('exempt', d.feesExempt);
    }
    if (solved) one('solved');
    if (BY_MINUTE[fate] === 'solved-late') one('solved-late');
    if (fate === 'refused') one('refused');
    if (BY_MINUTE[fate].startsWith('open-')) one('open');
    if (BY_MINUTE[fate] === 'waiting') one('waiting');
  }
}

function receiptOf(d: DossierFacts, random: Random, add: Count): ReceiptFacts | null {
  const paidAt = at(YEAR - 1, 12, 25) + random.below(375 * DAY);
  const amount = 1000 * (1 + random.below(500));
  const way = random.pick(['cash', 'transfer'] as const);
  const cancelledAt = random.chance(0.05) ? paidAt + random.below(10 * DAY) : null;
  const dayOf = (minute: number) => new Date(minute * 60_000).toISOString().slice(0, 10);
  const isIn = (minute: number) => minute >= YEAR_START && minute < YEAR_END;
  for (const total of [true, false]) {
    if (isIn(paidAt)) {
      const row = total ? '' : dayOf(paidAt);
      add('fees-by-day', row, 'receipts');
      for (const column of [way, 'taken', 'kept']) add('fees-by-day', row, column, amount);
    }
    if (cancelledAt !== null && isIn(cancelledAt)) {
      const row = total ? '' : dayOf(cancelledAt);
      add('fees-by-day', row, 'cancelled-receipts');
      add('fees-by-day', row, 'cancelled', amount);
      add('fees-by-day', row, 'kept', -amount);
    }
  }
  const paymentId = d.id.replace('-4000-', '-4001-');
  return { paymentId, dossierId: d.id, paidAt, cancelledAt, amount, way, by: d.clerk, exempt: 0 };
}
