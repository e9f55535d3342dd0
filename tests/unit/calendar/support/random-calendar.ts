import type { RawRule, RawYear } from './oracle.ts';
import type { Random } from './random.ts';

const NAMES = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const named = { name: 'x', nameEn: 'x', source: 'test' };

const clock = (m: number) =>
  `${String(Math.trunc(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;

/** Up to four sessions in a day, in order, to the minute. */
function sessions(random: Random, least: number): string[][] {
  const edges = new Set<number>();
  const count = random.between(least, random.chance(0.1) ? 4 : 2);
  while (edges.size < count * 2)
    edges.add(random.chance(0.2) ? random.below(1440) : random.between(390, 1080));
  const sorted = [...edges].sort((a, b) => a - b);
  return Array.from({ length: count }, (_, i) => [clock(sorted[2 * i]!), clock(sorted[2 * i + 1]!)]);
}

/** Years in a row that are as odd as the file allows: half days, shut days, open Sundays, made-up Saturdays. */
export function randomYears(
  random: Random,
  first: number,
  count: number,
): (RawYear & { readonly kind: string })[] {
  const usual = random.chance(0.3)
    ? [
        ['07:00', '11:30'],
        ['13:30', '17:00'],
      ]
    : sessions(random, 1);
  const rests = new Set<number>(random.chance(0.6) ? [0, 6] : []);
  while (rests.size === 0 || (rests.size < 4 && random.chance(0.3))) rests.add(random.below(7));
  return Array.from({ length: count }, (_, i) => {
    const year = first + i;
    const days = Array.from({ length: 366 }, (_unused, d) => new Date(Date.UTC(year, 0, 1 + d)))
      .filter((date) => date.getUTCFullYear() === year)
      .map((date) => ({ day: date.toISOString().slice(0, 10), weekday: date.getUTCDay() }));
    const offDays = days.filter(() => random.chance(0.03));
    const holidays = random.chance(0.5) ? days.slice(random.below(300)).slice(0, random.between(3, 12)) : [];
    const off = [...new Map([...offDays, ...holidays].map((d) => [d.day, d])).values()];
    const free = days.filter((d) => !off.some((o) => o.day === d.day));
    const madeUp = free.filter((d) => rests.has(d.weekday) && random.chance(0.06));
    const special = days.filter(() => random.chance(0.04));
    const byWeekday = NAMES.filter(() => random.chance(0.2)).map((name) => [
      name,
      random.chance(0.15) ? [] : sessions(random, 1),
    ]);
    return {
      kind: 'working-calendar',
      year,
      version: 'test',
      provenance: 'test',
      weeklyRest: [...rests],
      sessions: usual,
      sessionsByWeekday: Object.fromEntries(byWeekday) as Record<string, string[][]>,
      ...(random.chance(0.2) ? { sameDayCutoff: clock(random.between(600, 1000)) } : {}),
      ...(i === count - 1 && random.chance(0.3) ? { knownUntil: `${year}-0${random.between(1, 9)}-15` } : {}),
      offDays: off.map(({ day }) => ({ ...named, day })),
      workingDays: madeUp.map(({ day }) => ({ ...named, day })),
      specialDays: special.map(({ day }) => ({
        ...named,
        day,
        sessions: random.chance(0.2) ? [] : sessions(random, 1),
      })),
    };
  });
}

/** A rule at the beginning and another one in the middle of the first year. */
export function randomRules(random: Random, first: number): (RawRule & { readonly id: string })[] {
  return [`${first - 1}-01-01`, `${first}-07-01`].map((from, i) => ({
    id: `rule-${i}`,
    from,
    afterSupplement: random.pick(['restart', 'resume']),
    extensions: 3,
    sameDayCutoff: clock(random.between(600, 1000)),
    boundaryFree: random.pick(['receipt', 'competent-agency']),
    source: 'test',
    sure: 'unit',
  }));
}
