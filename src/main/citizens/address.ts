import type { AddressPart, AddressParts } from '../../contract/citizens.ts';
import { tidyName } from './names.ts';

/*
 * Addresses as cards, dossiers and people write them: the three levels of before 1/7/2025 and the two since (facts
 * §3.5, §11.6), with or without the words for the levels. Reading changes no text; what is not clear stays open.
 */

type Level = 'province' | 'district' | 'commune' | 'city';

/** Words for a level, with diacritics and as they are typed without; `thành phố` is a province or a district. */
const KINDS: readonly { readonly kind: string; readonly level: Level; readonly words: readonly string[] }[] =
  [
    { kind: 'thành phố', level: 'city', words: ['thành phố', 'thanh pho'] },
    { kind: 'thị trấn', level: 'commune', words: ['thị trấn', 'thi tran'] },
    { kind: 'thị xã', level: 'district', words: ['thị xã', 'thi xa'] },
    { kind: 'đặc khu', level: 'commune', words: ['đặc khu', 'dac khu'] },
    { kind: 'phường', level: 'commune', words: ['phường', 'phuong'] },
    { kind: 'huyện', level: 'district', words: ['huyện', 'huyen'] },
    { kind: 'quận', level: 'district', words: ['quận', 'quan'] },
    { kind: 'tỉnh', level: 'province', words: ['tỉnh', 'tinh'] },
    { kind: 'xã', level: 'commune', words: ['xã', 'xa'] },
  ];
/** `TP.`, `P. 5`, `Q1`; a lone letter needs its dot or a number behind it. */
const SHORT: readonly (readonly [RegExp, string])[] = [
  [/^t\.?p(?:\.\s*|\s+)(?=\S)/iu, 'thành phố'],
  [/^tt(?:\.\s*|\s+)(?=\S)/iu, 'thị trấn'],
  [/^tx(?:\.\s*|\s+)(?=\S)/iu, 'thị xã'],
  [/^p(?:\.\s*(?=\S)|\s*(?=\d))/iu, 'phường'],
  [/^q(?:\.\s*(?=\S)|\s*(?=\d))/iu, 'quận'],
  [/^h\.\s*(?=\S)/iu, 'huyện'],
  [/^x\.\s*(?=\S)/iu, 'xã'],
  [/^t\.\s*(?=\S)/iu, 'tỉnh'],
];

/** What stands below a commune. */
const STREET =
  /^(?:\d|(?:số|sn|tổ|thôn|xóm|bản|ấp|buôn|bon|plei|làng|khóm|khu|tiểu khu|ngõ|ngách|hẻm|đường|phố|chung cư|căn hộ|lô|đội|nhà|cụm)(?=[\s.\d]))/iu;
/** Where a level begins in a text without commas. Only with diacritics: 'Tinh' alone may be the end of 'Ha Tinh'. */
const INNER =
  /(?<=\S)\s+(?=(?:thành phố|thị trấn|thị xã|đặc khu|phường|huyện|quận|tỉnh|(?<!thị\s)xã)\s+\S)/giu;
const COUNTRY = /^(?:việt nam|viet nam|vn)$/iu;

interface Read extends AddressPart {
  readonly level: Level | null;
  readonly street: boolean;
  readonly text: string;
}

export function parseAddress(text: string): AddressParts {
  const parts = split(text).map(read);
  let province: Read | null = null;
  const last = parts.at(-1);
  const isTop = last && (last.level === 'province' || last.level === 'city' || last.level === null);
  if (last && isTop && !last.street && parts.length > 1) province = parts.pop()!;
  else if (last?.level === 'province') province = parts.pop()!;

  let district: Read | null = null;
  let commune: Read | null = null;
  const next = parts.at(-1);
  if (next && (next.level === 'district' || next.level === 'city')) {
    district = parts.pop()!;
    if (isCommune(parts.at(-1))) commune = parts.pop()!;
  } else if (next?.level === 'commune') {
    commune = parts.pop()!;
  } else if (next && !next.street) {
    // Cards leave the words out: 'Yên Sở, Hoài Đức, Hà Nội'. What stands lowest and is no street is the commune.
    const below = parts.at(-2);
    if (below && isCommune(below)) {
      district = parts.pop()!;
      commune = parts.pop()!;
    } else commune = parts.pop()!;
  }
  return {
    levels: levelsOf(province, district, commune),
    street: parts.map((p) => p.text).join(', '),
    commune: toPart(commune),
    district: toPart(district),
    province: toPart(province),
  };
}

/** Name and kind of one level: 'P. Thục Phán' is a phường named Thục Phán. */
export function readPart(text: string): AddressPart {
  const { kind, name } = read(text);
  return { kind, name };
}

function levelsOf(
  province: Read | null,
  district: Read | null,
  commune: Read | null,
): AddressParts['levels'] {
  if (district && district.level !== null) return 'three';
  if (commune?.kind === 'thị trấn') return 'three';
  return province && commune?.level === 'commune' && !district ? 'two' : 'unknown';
}

function isCommune(part: Read | undefined): boolean {
  return part !== undefined && !part.street && (part.level === 'commune' || part.level === null);
}

function split(text: string): string[] {
  const tidy = tidyName(text);
  const byComma = tidy.split(/[,;]/);
  const parts = byComma.length > 1 ? byComma : tidy.split(/\s[-–]\s/);
  return parts
    .flatMap((part) => part.trim().split(INNER))
    .map((part) => part.replace(/[.\s]+$/u, '').trim())
    .filter((part, i, all) => part !== '' && !(i === all.length - 1 && COUNTRY.test(part)));
}

function read(text: string): Read {
  const street = STREET.test(text);
  const lower = text.toLocaleLowerCase('vi');
  for (const { kind, level, words } of KINDS) {
    const word = words.find((w) => lower.startsWith(`${w} `));
    if (word !== undefined) return { kind, level, name: text.slice(word.length).trim(), street: false, text };
  }
  for (const [pattern, kind] of SHORT) {
    const name = text.replace(pattern, '');
    if (name !== text) {
      const { level } = KINDS.find((k) => k.kind === kind)!;
      return { kind, level, name: name.trim(), street: false, text };
    }
  }
  return { kind: '', level: null, name: text, street, text };
}

function toPart(part: Read | null): AddressPart | null {
  return part && { kind: part.kind, name: part.name };
}
