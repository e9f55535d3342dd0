import { CounterError } from '../../../src/contract/errors.ts';
import { DEFINITIONS } from '../../../src/main/reports/kinds/index.ts';
import { scopeOf } from '../../../src/main/reports/scope.ts';
import { createTableBuilder } from '../../../src/main/reports/table.ts';
import type { Handlers } from './fake-world.ts';

type StatisticsOperations = Extract<keyof Handlers, `reports.${string}`>;

/** A counter that has received nothing yet. */
export const statisticsHandlers: Pick<Handlers, StatisticsOperations> = {
  'reports.make': ({ request }) => {
    const madeAt = '2026-06-01T01:00:00.000Z';
    const asOf = request.asOf ?? madeAt;
    const definition = DEFINITIONS[request.kind];
    const scope = scopeOf(request, asOf);
    const table = definition.shape === 'table' ? createTableBuilder(definition, scope).finish() : null;
    return {
      ...{ request: { ...request, asOf }, madeAt, unit: { code: 'H14.22.05', name: 'UBND xã Bảo Lâm' } },
      ...{ columns: [...definition.columns], notes: [...definition.notes(scope)], next: null, records: [] },
      ...{ rows: [...(table?.rows ?? [])], totals: table?.totals ?? null, entries: table ? null : 0 },
    };
  },
  'reports.open': () => ({ rows: [], next: null }),
  'reports.export': () => {
    throw new CounterError('DISK_FULL');
  },
};
