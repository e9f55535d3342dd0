import raw from '../../../resources/ethnic-groups.json' with { type: 'json' };
import type { EthnicGroup } from '../../contract/citizens.ts';
import { foldText } from '../procedures/fold-text.ts';

/** The 54 groups by their numbers; provenance stands in resources/ethnic-groups.json. */
export const ETHNIC_GROUPS: readonly EthnicGroup[] = raw.groups.map(({ number, name, otherNames }) => ({
  number,
  name,
  otherNames,
}));

/** Hyphens, apostrophes and blanks come and go in these names: Gia-rai, Gia Rai, Giarai. */
const key = (name: string) => foldText(name).replaceAll(' ', '');

const KEYED = ETHNIC_GROUPS.map((group) => ({
  group,
  name: key(group.name),
  others: group.otherNames.map(key),
}));

/**
 * Groups whose name, or one of whose other names, begins with or holds the text; empty text = all, by number. Names
 * come before other names, whole ones before beginnings: 'Tho' is the Thổ first.
 */
export function findEthnicGroups(text: string): EthnicGroup[] {
  const wanted = key(text);
  if (wanted === '') return [...ETHNIC_GROUPS];
  return KEYED.map((k) => ({ ...k, rank: rankOf(wanted, k.name, k.others) }))
    .filter((k) => k.rank < NO_MATCH)
    .sort((a, b) => a.rank - b.rank || a.group.number - b.group.number)
    .map((k) => k.group);
}

/** The one group that a text names as its name or other name; null where none or more than one does. */
export function ethnicGroupNamed(text: string): EthnicGroup | null {
  const wanted = key(text);
  const named = KEYED.filter((k) => k.name === wanted);
  const other = KEYED.filter((k) => k.others.includes(wanted));
  const found = named.length > 0 ? named : other;
  return wanted !== '' && found.length === 1 ? found[0]!.group : null;
}

const NO_MATCH = 5;

function rankOf(wanted: string, name: string, others: readonly string[]): number {
  if (name === wanted) return 0;
  if (others.includes(wanted)) return 1;
  if (name.startsWith(wanted)) return 2;
  if (others.some((o) => o.startsWith(wanted))) return 3;
  return name.includes(wanted) || others.some((o) => o.includes(wanted)) ? 4 : NO_MATCH;
}
