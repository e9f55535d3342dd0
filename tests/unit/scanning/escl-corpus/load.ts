import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Exchange, exchange, type Profile, profile, type Situation, situation } from './format.ts';
import { CORPUS } from './render.ts';

const read = (...parts: string[]): unknown => JSON.parse(readFileSync(path.join(CORPUS, ...parts), 'utf8'));
const names = (folder: string) =>
  readdirSync(path.join(CORPUS, folder))
    .filter((file) => file.endsWith('.json'))
    .sort();

export const PROFILES: readonly Profile[] = names('profiles').map((file) => {
  const id = file.replace(/\.json$/, '');
  const xml = readFileSync(path.join(CORPUS, 'profiles', `${id}.xml`), 'utf8');
  return { ...profile.parse(read('profiles', file)), id, xml };
});

export const SITUATIONS: readonly Situation[] = z.array(situation).parse(read('situations.json'));

export const EXCHANGES: readonly { readonly file: string; readonly exchange: Exchange }[] = names(
  'exchanges',
).flatMap((file) =>
  z
    .array(exchange)
    .parse(read('exchanges', file))
    .map((each) => ({ file: file.replace(/\.json$/, ''), exchange: each })),
);

export function profileNamed(id: string): Profile {
  const found = PROFILES.find((each) => each.id === id);
  if (!found) throw new Error(`no profile ${id}`);
  return found;
}

/** What a situation may ask of a profile. */
export function traitsOf({ expect, exchange: dialect }: Profile): Set<string> {
  const { sources, modes } = expect.describe;
  return new Set([
    ...(sources.includes('adf') ? ['adf'] : []),
    ...(sources.includes('adf-duplex') ? ['duplex'] : []),
    ...(sources.includes('platen') ? ['platen'] : []),
    ...(sources.some((source) => source !== 'platen') ? ['feeder'] : []),
    ...(modes.includes('bw') ? ['bw'] : []),
    ...(dialect.jobs ? ['jobs'] : []),
    ...(dialect.tls ? ['tls'] : []),
    ...expect.traits,
  ]);
}

/** The situations that are played on a profile. */
export function situationsOf(one: Profile): Situation[] {
  const traits = traitsOf(one);
  return SITUATIONS.filter(
    ({ needs, without, only }) =>
      (only?.includes(one.id) ?? true) &&
      needs.every((trait) => traits.has(trait)) &&
      !without.some((trait) => traits.has(trait)),
  );
}
