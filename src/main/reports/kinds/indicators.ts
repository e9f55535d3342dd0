import { column, counts, type FixedRow, note, type Source, type TableDefinition } from '../definition.ts';
import type { DossierFacts } from '../facts.ts';
import type { Scope } from '../scope.ts';
import { standingBefore, timingOf } from '../standing.ts';

const SHARE = column('percent', 'percent', { part: 'part', whole: 'whole' });

interface Indicator {
  readonly key: string;
  /** Most points that QĐ 766 gives for it. */
  readonly max?: number;
  /** Whether a dossier counts in the whole, and in the part; null = cannot be told from what is kept here. */
  readonly of: { whole(d: DossierFacts, scope: Scope): boolean; part(d: DossierFacts): boolean } | null;
}

function isReceivedIn(d: DossierFacts, scope: Scope): boolean {
  return d.receivedAt !== null && d.receivedAt >= scope.from && d.receivedAt < scope.end;
}

/** Ended with a result within the period. */
function isSolvedIn(d: DossierFacts, scope: Scope): boolean {
  const at = d.settledAt;
  if (d.receivedAt === null || at === null || at < scope.from || at >= scope.end) return false;
  return standingBefore(d, scope.end) === 'result';
}

const owesPapers = (d: DossierFacts, scope: Scope) => isReceivedIn(d, scope) && d.papersOwed > 0;
const isWholeDigital = (d: DossierFacts) => d.papersCovered >= d.papersOwed;

/** Mức độ số hóa, 22 of the 100 points of QĐ 766/QĐ-TTg (facts §8), and what stands beside it at a counter. */
const DIGITISATION: readonly Indicator[] = [
  {
    key: 'ORIGINAL_RESULT_AVAILABLE',
    max: 6,
    of: { whole: isSolvedIn, part: (d) => d.result === 'electronic' || d.result === 'none' },
  },
  { key: 'SO_HOA_GIAY_TO_GIAI_QUYET', max: 4, of: { whole: owesPapers, part: isWholeDigital } },
  { key: 'REUSED_DIGITIZED_DATA', max: 2, of: { whole: isReceivedIn, part: (d) => d.papersReused > 0 } },
  { key: 'SYNCED_WITH_DVCQG_PERSONAL_STORAGE', max: 4, of: null },
  { key: 'CITIZEN_DATA_CONNECTED_FORMALITY', max: 2, of: null },
  {
    key: 'CITIZEN_DATA_CONNECTED_DOSSIER',
    max: 2,
    of: { whole: isReceivedIn, part: (d) => d.populationUsed === 1 },
  },
  { key: 'ELECTRONIC_CERTIFIED_COPY', max: 2, of: null },
  { key: 'any-paper', of: { whole: isReceivedIn, part: (d) => d.papersDigitised > 0 } },
  { key: 'from-store', of: { whole: isReceivedIn, part: (d) => d.papersFromStore > 0 } },
  {
    key: 'delivered',
    of: {
      whole: (d, s) => owesPapers(d, s) && isWholeDigital(d),
      part: (d) => d.delivery === 'sent',
    },
  },
];

function rowsOf(indicators: readonly Indicator[], columns: readonly string[]): readonly FixedRow[] {
  return indicators.map(({ key, max, of }) => ({
    key,
    label: '',
    labelKey: `report.indicator.${key}`,
    ...(max !== undefined && { fixed: { max } }),
    ...(of === null && { unknown: columns }),
  }));
}

function tallyAll(indicators: readonly Indicator[], dossier: DossierFacts, scope: Scope) {
  return indicators.filter(({ of }) => of?.whole(dossier, scope));
}

export const DIGITISATION_766: TableDefinition = {
  kind: 'digitisation-766',
  shape: 'table',
  columns: [...counts('part', 'whole'), SHARE, column('max', 'fixed')],
  totals: false,
  order: 'as-fixed',
  reads: ({ from, to }) => ({ order: 'entered', from, to, alsoOpen: true }),
  fixedRows: () => rowsOf(DIGITISATION, ['part', 'whole', 'percent']),
  headOf: (key) => ({ key, label: '', labelKey: `report.indicator.${key}` }),
  tally({ dossier }: Source, scope, add) {
    for (const { key, of } of tallyAll(DIGITISATION, dossier, scope)) {
      add(key, 'whole');
      if (of!.part(dossier)) add(key, 'part');
    }
  },
  notes: () => [note('digitisedWhole'), note('unknownHere'), note('noPointsMadeUp')],
};

/** NĐ 224/2026 Điều 19 khoản 2: what of it a counter can know. */
const SERVICE: readonly Indicator[] = [
  { key: 'fully-online', of: null },
  { key: 'online-share', of: { whole: isReceivedIn, part: (d) => d.channel === 'online' } },
  { key: 'automation', of: null },
  {
    key: 'on-time-share',
    of: {
      whole: (d, s) => isSolvedIn(d, s) && d.dueAt !== null,
      part: (d) => timingOf(d, 'minute') !== 'late',
    },
  },
  { key: 'processing-time', of: { whole: isSolvedIn, part: () => false } },
  { key: 'satisfaction', of: null },
];

export const SERVICE_ND224: TableDefinition = {
  kind: 'service-nd224',
  shape: 'table',
  columns: [
    ...counts('part', 'whole'),
    SHARE,
    column('hours', 'hours'),
    column('average-hours', 'average', { part: 'hours', whole: 'whole' }),
  ],
  totals: false,
  order: 'as-fixed',
  reads: ({ from, to }) => ({ order: 'entered', from, to, alsoOpen: true }),
  fixedRows: () =>
    rowsOf(SERVICE, ['part', 'whole', 'percent', 'hours', 'average-hours']).map((row) => {
      if (row.unknown) return row;
      const timed = row.key === 'processing-time';
      return { ...row, unknown: timed ? ['part', 'percent'] : ['hours', 'average-hours'] };
    }),
  headOf: (key) => ({ key, label: '', labelKey: `report.indicator.${key}` }),
  tally({ dossier }: Source, scope, add) {
    for (const { key, of } of tallyAll(SERVICE, dossier, scope)) {
      add(key, 'whole');
      if (of!.part(dossier)) add(key, 'part');
      if (key === 'processing-time') add(key, 'hours', (dossier.settledAt! - dossier.receivedAt!) / 60);
    }
  },
  notes: () => [note('unknownHere'), note('hoursOfTheClock')],
};

/**
 * TT 01/2018/TT-VPCP Điều 13: nine indices of 0, 1 or 2 points. Of a dossier only the first and the third can be told
 * from what is kept here; what the others need (polls, complaints, other agencies' times) is said to be missing.
 */
const SCORED: Readonly<Record<string, (d: DossierFacts) => number | null>> = {
  'tt01-1': (d) => ({ early: 2, 'on-time': 1, late: 0, unknown: null })[timingOf(d, 'minute')],
  'tt01-3': (d) => Math.max(0, 2 - d.supplements),
};
const SCORES = Array.from({ length: 9 }, (_, i) => `tt01-${i + 1}`);
const MOST_POINTS = 2;

export const SCORING_TT01: TableDefinition = {
  kind: 'scoring-tt01',
  shape: 'table',
  columns: [
    ...counts('dossiers'),
    column('points', 'points'),
    column('score', 'average', { part: 'points', whole: 'dossiers' }),
    column('max', 'fixed'),
  ],
  totals: false,
  order: 'as-fixed',
  reads: ({ from, to }) => ({ order: 'entered', from, to, alsoOpen: true }),
  fixedRows: () =>
    SCORES.map((key) => ({
      key,
      label: '',
      labelKey: `report.indicator.${key}`,
      fixed: { max: MOST_POINTS },
      ...(!(key in SCORED) && { unknown: ['dossiers', 'points', 'score'] }),
    })),
  headOf: (key) => ({ key, label: '', labelKey: `report.indicator.${key}` }),
  tally({ dossier }: Source, scope, add) {
    if (!isSolvedIn(dossier, scope)) return;
    for (const [key, points] of Object.entries(SCORED)) {
      const scored = points(dossier);
      if (scored === null) continue;
      add(key, 'dossiers');
      // A dossier of no points stands behind the number all the same.
      add(key, 'points', scored);
    }
  },
  notes: () => [note('scoresKnown'), note('noAppointmentNoScore'), note('unknownHere')],
};
