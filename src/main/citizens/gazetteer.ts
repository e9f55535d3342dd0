import {
  type AddressPart,
  type AddressResolution,
  type Commune,
  type OfferDoubt,
  placesFile,
} from '../../contract/citizens.ts';
import { CounterError } from '../../contract/errors.ts';
import { foldText } from '../procedures/fold-text.ts';
import { parseAddress, readPart } from './address.ts';
import { sameName } from './names.ts';

/** A commune as the store keeps it. */
export interface Place {
  readonly code: string;
  readonly name: string;
  readonly provinceCode: string;
  readonly provinceName: string;
}

interface Entry {
  readonly commune: Commune;
  readonly part: AddressPart;
  /** Of the name without its kind. */
  readonly key: string;
  /** Of everything that it is searched by. */
  readonly words: readonly string[];
}

interface Province {
  readonly code: string;
  readonly name: string;
  readonly key: string;
}

/** The communes in force, prepared for looking up; empty = no list was imported. */
export interface Gazetteer {
  readonly entries: readonly Entry[];
  readonly provinces: readonly Province[];
}

/** Short and former names of provinces that are the same area. */
const PROVINCE_NAMES: Readonly<Record<string, string>> = {
  hcm: 'ho chi minh',
  tphcm: 'ho chi minh',
  'thua thien hue': 'hue',
};
const MOST_OFFERS = 10;

/**
 * The places of a list as the public data sets have it. Throws PLACES_FILE_INVALID {where} for anything else, for a
 * code that comes twice and for a commune that says it belongs to another province.
 */
export function readPlaces(raw: unknown): Place[] {
  const parsed = placesFile.safeParse(raw);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') || 'JSON';
    throw new CounterError('PLACES_FILE_INVALID', { where }, { cause: parsed.error });
  }
  const seen = new Set<string>();
  const once = (code: string) => {
    if (seen.has(code)) throw new CounterError('PLACES_FILE_INVALID', { where: code });
    seen.add(code);
  };
  return parsed.data.flatMap((province) => {
    once(province.Code);
    return province.Wards.map((ward) => {
      once(ward.Code);
      if (ward.ProvinceCode !== undefined && ward.ProvinceCode !== province.Code)
        throw new CounterError('PLACES_FILE_INVALID', { where: ward.Code });
      return {
        code: ward.Code,
        name: ward.FullName.normalize('NFC'),
        provinceCode: province.Code,
        provinceName: province.FullName.normalize('NFC'),
      };
    });
  });
}

/** `readPlaces` of a file's text, with or without a byte order mark. */
export function parsePlaces(text: string): Place[] {
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new CounterError('PLACES_FILE_INVALID', { where: 'JSON' }, { cause });
  }
  return readPlaces(raw);
}

export function prepareGazetteer(places: readonly Place[]): Gazetteer {
  const provinces = new Map<string, Province>();
  const entries = places.map((place): Entry => {
    const province = { code: place.provinceCode, name: place.provinceName };
    const part = readPart(place.name);
    if (!provinces.has(province.code))
      provinces.set(province.code, { ...province, key: foldText(readPart(province.name).name) });
    return {
      commune: { code: place.code, name: place.name, province },
      part,
      key: foldText(part.name),
      words: foldText(`${place.name} ${place.provinceName}`).split(' '),
    };
  });
  return { entries, provinces: [...provinces.values()] };
}

/**
 * Codes in force for an address as it is written. Certain only where it has the two levels of today, with their words
 * and its diacritics, and one commune fits; whatever is less is offered with the reason, for a person to choose.
 */
export function resolveAddress(gazetteer: Gazetteer, text: string): AddressResolution {
  const parts = parseAddress(text);
  if (gazetteer.entries.length === 0) return { text, parts, status: 'no-gazetteer', offers: [] };
  const province = parts.province && provinceNamed(gazetteer, parts.province);
  const within = gazetteer.entries.filter((e) => !province || e.commune.province.code === province.code);
  const common: OfferDoubt[] = province ? [] : ['PROVINCE_UNKNOWN'];
  const old: OfferDoubt[] = parts.levels === 'two' ? [] : ['OLD_LEVELS'];

  const offers = new Map<string, { commune: Commune; doubts: OfferDoubt[] }>();
  const offer = (part: AddressPart | null, doubts: readonly OfferDoubt[]) => {
    for (const entry of part ? named(within, part) : []) {
      if (offers.has(entry.commune.code)) continue;
      const own = part ? doubtsOf(entry, part) : [];
      offers.set(entry.commune.code, { commune: entry.commune, doubts: [...common, ...doubts, ...own] });
    }
  };
  offer(parts.commune, old);
  // Many communes of today bear the name of the district whose seat they were.
  offer(parts.district, [...old, 'FROM_DISTRICT']);

  const found = best([...offers.values()]);
  const certain = found.length === 1 && found[0]!.doubts.length === 0;
  const several: OfferDoubt[] = found.length > 1 ? ['SEVERAL'] : [];
  return {
    text,
    parts,
    status: certain ? 'certain' : found.length > 0 ? 'offered' : 'none',
    offers: found
      .slice(0, MOST_OFFERS)
      .map(({ commune, doubts }) => ({ commune, doubts: [...doubts, ...several] })),
  };
}

/** Communes whose words begin with the words asked for; those whose name begins so come first. */
export function searchCommunes(
  gazetteer: Gazetteer,
  text: string,
  province: string | undefined,
  limit: number,
): Commune[] {
  const wanted = foldText(text);
  const words = wanted.split(' ').filter((w) => w !== '');
  return gazetteer.entries
    .filter((e) => province === undefined || e.commune.province.code === province)
    .filter((e) => words.every((w) => e.words.some((word) => word.startsWith(w))))
    .map((e) => ({ e, rank: e.key === wanted ? 0 : e.key.startsWith(wanted) ? 1 : 2 }))
    .sort((a, b) => a.rank - b.rank || collator.compare(a.e.part.name, b.e.part.name))
    .slice(0, limit)
    .map(({ e }) => e.commune);
}

const collator = new Intl.Collator('vi');

function provinceNamed(gazetteer: Gazetteer, part: AddressPart): Province | null {
  const key = foldText(part.name);
  const name = PROVINCE_NAMES[key] ?? key;
  const found = gazetteer.provinces.filter((p) => p.key === name);
  return found.length === 1 ? found[0]! : null;
}

function named(entries: readonly Entry[], part: AddressPart): readonly Entry[] {
  const key = foldText(part.name);
  return key === '' ? [] : entries.filter((e) => e.key === key);
}

function doubtsOf(entry: Entry, part: AddressPart): OfferDoubt[] {
  const doubts: OfferDoubt[] = [];
  if (entry.part.kind !== part.kind) doubts.push('KIND_DIFFERS');
  if (!sameName(entry.part.name, part.name)) doubts.push('SPELLING_DIFFERS');
  return doubts;
}

/** Without doubt where there are such, else all: 'xã Tân Tiến' is not also offered as 'xã Tân Tiên'. */
function best<T extends { doubts: readonly OfferDoubt[] }>(offers: readonly T[]): readonly T[] {
  const clear = offers.filter((o) => o.doubts.length === 0);
  return clear.length > 0 ? clear : [...offers].sort((a, b) => a.doubts.length - b.doubts.length);
}
