import { describe, expect, it } from 'vitest';
import { reportRequest } from '../../../src/contract/reports.ts';
import type { DossierFacts } from '../../../src/main/reports/facts.ts';
import { DEFINITIONS } from '../../../src/main/reports/kinds/index.ts';
import { scopeOf } from '../../../src/main/reports/scope.ts';
import { createTableBuilder } from '../../../src/main/reports/table.ts';
import { PLAIN_FACTS } from '../../support/plain-facts.ts';
import { randomOf } from '../../support/report-year.ts';

const OUT = ['solved', 'open', 'waiting', 'refused', 'withdrawn', 'stopped', 'unanswered'];

/** Facts that no journal would give: any moment in any order, also returned before finished and settled before received. */
function anything(random: ReturnType<typeof randomOf>): DossierFacts {
  const first = Date.UTC(2025, 10, 1) / 60_000;
  const moment = () => first + random.below(200 * 24 * 60);
  const maybe = () => (random.chance(0.5) ? moment() : null);
  const receivedAt = random.chance(0.9) ? moment() : null;
  const settledAt = maybe();
  return {
    ...PLAIN_FACTS,
    receivedAt,
    ...{ enteredAt: receivedAt ?? settledAt, settledAt, finishedAt: settledAt, handedOutAt: maybe() },
    ...{ dueAt: maybe(), stateSince: moment(), supplementAskedAt: maybe(), supplementAnsweredAt: maybe() },
    outcome:
      settledAt === null
        ? 'none'
        : random.pick(['result', 'refused', 'withdrawn', 'stopped', 'unanswered'] as const),
    state: random.pick(['received', 'waiting-payment', 'processing', 'closed'] as const),
    channel: random.pick(['counter', 'online', 'post'] as const),
    fieldCode: random.pick(['a', 'b', '']),
  };
}

describe.each(['progress', 'progress-766'] as const)('%s', (kind) => {
  it('adds up in every row, whatever it is fed with', () => {
    const random = randomOf(41);
    const definition = DEFINITIONS[kind];
    if (definition.shape !== 'table') throw new Error('no table');
    for (let run = 0; run < 60; run += 1) {
      const month = 1 + random.below(4);
      const days = { from: `2026-0${month}-01`, to: `2026-0${month + random.below(3)}-28` };
      const request = reportRequest.parse({ kind, by: random.pick(['field', 'none', 'channel']), ...days });
      const asOf = new Date(Date.UTC(2026, random.below(6), 1 + random.below(28))).toISOString();
      const builder = createTableBuilder(definition, scopeOf(request, asOf));
      for (let i = 0; i < 200; i += 1) builder.take({ dossier: anything(random), receipt: null });
      const { rows, totals } = builder.finish();
      for (const row of [...rows, totals!]) {
        const of = (id: string) => {
          const index = definition.columns.findIndex((c) => c.id === id);
          return index < 0 ? 0 : (row.cells[index] as number);
        };
        const sum = (...ids: string[]) => ids.reduce((total, id) => total + of(id), 0);
        expect(sum('in-online', 'in-counter', 'in-post')).toBe(of('received'));
        expect(sum('carried', 'received')).toBe(of('to-handle'));
        expect(sum(...OUT)).toBe(of('to-handle'));
        expect(sum('solved-early', 'solved-on-time', 'solved-late', 'solved-unknown')).toBe(of('solved'));
        expect(sum('open-in-time', 'open-late', 'open-unknown')).toBe(of('open'));
      }
      for (const [i] of definition.columns.entries()) {
        expect(rows.reduce((total, row) => total + (row.cells[i] as number), 0)).toBe(totals!.cells[i]);
      }
    }
  });
});
