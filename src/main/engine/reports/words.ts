import { z } from 'zod';
import { CounterError } from '../../../contract/errors.ts';
import type { Resources } from '../resources.ts';

/** The words of reports, in Vietnamese: they are papers of the unit, whatever language a screen speaks. */
export interface ReportWords {
  say(key: string, values?: Readonly<Record<string, string | number>>): string;
  /** Name of an ethnic group by its number; undefined where the list lacks it. */
  ethnicGroup(number: number): string | undefined;
}

export async function loadReportWords(resources: Resources): Promise<ReportWords> {
  const words = (await resources.json('texts/reports.vi.json')) as Readonly<Record<string, string>>;
  const groups = await ethnicGroups(resources);
  return {
    say(key, values = {}) {
      const word = words[key];
      if (word === undefined) throw new CounterError('INTERNAL', { word: key });
      return word.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '…'));
    },
    ethnicGroup: (number) => groups.get(number),
  };
}

const shape = z.object({ groups: z.array(z.object({ number: z.number().int(), name: z.string() })) });

async function ethnicGroups(resources: Resources): Promise<ReadonlyMap<number, string>> {
  const raw = await resources.json('ethnic-groups.json').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return { groups: [] };
    throw error;
  });
  const { groups } = shape.parse(raw);
  return new Map(groups.map(({ number, name }) => [number, name]));
}
