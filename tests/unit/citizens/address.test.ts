import { describe, expect, it } from 'vitest';
import { addressParts, addressResolution } from '../../../src/contract/citizens.ts';
import { parseAddress } from '../../../src/main/citizens/address.ts';
import {
  parsePlaces,
  prepareGazetteer,
  readPlaces,
  resolveAddress,
  searchCommunes,
} from '../../../src/main/citizens/gazetteer.ts';
import { codeOf, randomOf } from '../fees/support.ts';
import { placesSample } from './places-sample.ts';

const show = (text: string) => {
  const { levels, street, commune, district, province } = addressParts.parse(parseAddress(text));
  const part = (p: typeof commune) => (p ? `${p.kind}|${p.name}` : '-');
  return [levels, street, part(commune), part(district), part(province)];
};

describe('an address in its levels', () => {
  it.each([
    ['Tổ 3, Phường Thục Phán, Cao Bằng', ['two', 'Tổ 3', 'phường|Thục Phán', '-', '|Cao Bằng']],
    [
      'xóm Bản Mẫu, xã Bảo Lâm, huyện Bảo Lâm, tỉnh Cao Bằng',
      ['three', 'xóm Bản Mẫu', 'xã|Bảo Lâm', 'huyện|Bảo Lâm', 'tỉnh|Cao Bằng'],
    ],
    [
      'xóm Bản Mẫu xã Bảo Lâm huyện Bảo Lâm tỉnh Cao Bằng',
      ['three', 'xóm Bản Mẫu', 'xã|Bảo Lâm', 'huyện|Bảo Lâm', 'tỉnh|Cao Bằng'],
    ],
    [
      'Tổ 3, Sông Hiến, Thành phố Cao Bằng, Cao Bằng',
      ['three', 'Tổ 3', '|Sông Hiến', 'thành phố|Cao Bằng', '|Cao Bằng'],
    ],
    [
      'Số 5 ngõ 2, P. 12, Q.1, TP. HCM, Việt Nam.',
      ['three', 'Số 5 ngõ 2', 'phường|12', 'quận|1', 'thành phố|HCM'],
    ],
    ['Thôn 3, Yên Sở, Hoài Đức, Hà Nội', ['unknown', 'Thôn 3', '|Yên Sở', '|Hoài Đức', '|Hà Nội']],
    ['Tổ 3, Thục Phán, Cao Bằng', ['unknown', 'Tổ 3', '|Thục Phán', '-', '|Cao Bằng']],
    [
      'Khu 1, TT. Nước Hai, H. Hòa An, T. Cao Bằng',
      ['three', 'Khu 1', 'thị trấn|Nước Hai', 'huyện|Hòa An', 'tỉnh|Cao Bằng'],
    ],
    [
      'phường Quảng Yên, thị xã Quảng Yên, Quảng Ninh',
      ['three', '', 'phường|Quảng Yên', 'thị xã|Quảng Yên', '|Quảng Ninh'],
    ],
    ['Đặc khu Cô Tô, Quảng Ninh', ['two', '', 'đặc khu|Cô Tô', '-', '|Quảng Ninh']],
    ['xa Bao Lam, tinh Cao Bang', ['two', '', 'xã|Bao Lam', '-', 'tỉnh|Cao Bang']],
    ['Xã Bảo Lâm - Tỉnh Cao Bằng', ['two', '', 'xã|Bảo Lâm', '-', 'tỉnh|Cao Bằng']],
    ['Phường Văn Miếu - Quốc Tử Giám, Hà Nội', ['two', '', 'phường|Văn Miếu - Quốc Tử Giám', '-', '|Hà Nội']],
    ['Xá Nhè, Điện Biên', ['unknown', '', '|Xá Nhè', '-', '|Điện Biên']],
    ['Thôn A, xã B, Ha Tinh', ['two', 'Thôn A', 'xã|B', '-', '|Ha Tinh']],
    ['tỉnh Cao Bằng', ['unknown', '', '-', '-', 'tỉnh|Cao Bằng']],
    ['Thục Phán', ['unknown', '', '|Thục Phán', '-', '-']],
    ['xã Bảo Lâm', ['unknown', '', 'xã|Bảo Lâm', '-', '-']],
    ['', ['unknown', '', '-', '-', '-']],
    [', ,;,', ['unknown', '', '-', '-', '-']],
  ])('%s', (text, expected) => {
    expect(show(text)).toEqual(expected);
  });

  it('of any text is read without an end that never comes', () => {
    const random = randomOf(3);
    const bits = [
      'xã ',
      'P.',
      ', ',
      ' - ',
      'tỉnh',
      'thị xã ',
      'A',
      'ồ',
      '\u0323',
      '.',
      ';',
      '5',
      'TP ',
      'Việt Nam',
      '😀',
    ];
    for (let i = 0; i < 20_000; i += 1) {
      const text = Array.from({ length: random.below(14) }, () => random.pick(bits)).join('');
      expect(addressParts.safeParse(parseAddress(text)).success).toBe(true);
    }
    expect(parseAddress('xã '.repeat(150)).levels).toBeDefined();
  });
});

const PLACES = readPlaces(placesSample());
const GAZETTEER = prepareGazetteer(PLACES);
const resolve = (text: string) => addressResolution.parse(resolveAddress(GAZETTEER, text));
const offers = (text: string) => {
  const { status, offers: found } = resolve(text);
  return [
    status,
    ...found.map((o) => `${o.commune.name}, ${o.commune.province.name}: ${o.doubts.join(' ')}`),
  ];
};

describe('codes in force for an address', () => {
  it('are certain for the two levels of today, and the text is kept as it came', () => {
    const text = ' Tổ 3,  Phường Thục Phán, Cao Bằng';
    const resolved = resolve(text);
    expect(resolved.text).toBe(text);
    expect(offers(text)).toEqual(['certain', 'Phường Thục Phán, Tỉnh Cao Bằng: ']);
    expect(offers('Tổ 1, PHƯỜNG BẢO LÂM, TỈNH CAO BẰNG')).toEqual([
      'certain',
      'Phường Bảo Lâm, Tỉnh Cao Bằng: ',
    ]);
  });

  it('know both tone styles and the short names of provinces', () => {
    expect(offers('Xã Hòa Sở, TP. HCM')).toEqual(['certain', 'Xã Hoà Sở, Thành phố Hồ Chí Minh: ']);
    expect(offers('Phường Yên Thủy, Thừa Thiên Huế')).toEqual([
      'certain',
      'Phường Yên Thuỷ, Thành phố Huế: ',
    ]);
  });

  it('are offered, not given, for an address of three levels', () => {
    expect(offers('xóm Bản Mẫu, phường Bảo Lâm, huyện Bảo Lâm, tỉnh Cao Bằng')).toEqual([
      'offered',
      'Phường Bảo Lâm, Tỉnh Cao Bằng: OLD_LEVELS',
    ]);
    expect(offers('xã Không Còn, huyện Bảo Lạc, tỉnh Cao Bằng')).toEqual([
      'offered',
      'Phường Bảo Lạc, Tỉnh Cao Bằng: OLD_LEVELS FROM_DISTRICT KIND_DIFFERS',
    ]);
  });

  it('are offered for xã and phường of one name where the word is missing', () => {
    expect(offers('Nùng Trí Cao, Cao Bằng')).toEqual([
      'offered',
      'Xã Nùng Trí Cao, Tỉnh Cao Bằng: OLD_LEVELS KIND_DIFFERS SEVERAL',
      'Phường Nùng Trí Cao, Tỉnh Cao Bằng: OLD_LEVELS KIND_DIFFERS SEVERAL',
    ]);
    expect(offers('Xã Nùng Trí Cao, Cao Bằng')).toEqual(['certain', 'Xã Nùng Trí Cao, Tỉnh Cao Bằng: ']);
  });

  it('tell names apart that only their tones tell apart', () => {
    expect(offers('Xã Tân Tiên, Cao Bằng')).toEqual(['certain', 'Xã Tân Tiên, Tỉnh Cao Bằng: ']);
    expect(offers('Phường Tân Tiến, Cao Bằng')).toEqual(['certain', 'Phường Tân Tiến, Tỉnh Cao Bằng: ']);
    const [status, ...found] = offers('xa Tan Tien, Cao Bang');
    expect(status).toBe('offered');
    expect(found).toHaveLength(2);
    expect(found.every((o) => o.includes('SPELLING_DIFFERS'))).toBe(true);
  });

  it('are never taken from a province that the address does not name', () => {
    const [status, ...found] = offers('Phường Thục Phán, Vĩnh Phúc');
    expect(status).toBe('offered');
    expect(found.length).toBeGreaterThan(1);
    expect(found.every((o) => o.includes('PROVINCE_UNKNOWN') && o.includes('SEVERAL'))).toBe(true);
  });

  it('are none where nothing fits, and none are claimed without a list', () => {
    expect(offers('Xã Không Có, Cao Bằng')).toEqual(['none']);
    expect(offers('')).toEqual(['none']);
    expect(resolveAddress(prepareGazetteer([]), 'Xã Thục Phán, Cao Bằng').status).toBe('no-gazetteer');
  });

  it('are certain for every commune written in full', () => {
    for (const place of PLACES) {
      const { status, offers: found } = resolveAddress(
        GAZETTEER,
        `Tổ 1, ${place.name}, ${place.provinceName}`,
      );
      if (status !== 'certain' || found[0]?.commune.code !== place.code)
        expect([place.name, status, found[0]?.commune.code]).toEqual([place.name, 'certain', place.code]);
    }
  });
});

describe('looking communes up', () => {
  const names = (text: string, province?: string, limit = 5) =>
    searchCommunes(GAZETTEER, text, province, limit).map((c) => `${c.name}, ${c.province.name}`);

  it('goes by beginnings of words, without diacritics', () => {
    expect(names('thuc phan cao b')).toEqual(['Phường Thục Phán, Tỉnh Cao Bằng']);
    expect(names('thuc pha', '01')).toEqual(['Phường Thục Phán, Tỉnh Cao Bằng']);
    expect(names('khong co')).toEqual([]);
    expect(names('', undefined, 3)).toHaveLength(3);
  });

  it('puts the whole name first', () => {
    expect(names('tan tien', '01', 2)).toEqual([
      'Xã Tân Tiên, Tỉnh Cao Bằng',
      'Phường Tân Tiến, Tỉnh Cao Bằng',
    ]);
  });
});

describe('a list of places', () => {
  const file = placesSample();
  it('is refused with the place of what is wrong', () => {
    const wrong: unknown[] = [null, [], {}, [{ Code: '1' }], [{ ...file[0], Wards: [] }]];
    for (const raw of wrong) expect(codeOf(() => readPlaces(raw))).toBe('PLACES_FILE_INVALID');
    expect(codeOf(() => readPlaces([...file, file[0]]))).toBe('PLACES_FILE_INVALID');
    const twice = { ...file[1]!, Wards: [file[0]!.Wards[0]!] };
    expect(codeOf(() => readPlaces([file[0], twice]))).toBe('PLACES_FILE_INVALID');
    const elsewhere = { ...file[0]!, Wards: [{ ...file[0]!.Wards[0]!, ProvinceCode: '99' }] };
    expect(codeOf(() => readPlaces([elsewhere]))).toBe('PLACES_FILE_INVALID');
  });

  it('may begin with a byte order mark, and is refused where it was cut off', () => {
    const text = JSON.stringify(file);
    expect(parsePlaces(`\ufeff${text}`)).toHaveLength(PLACES.length);
    expect(codeOf(() => parsePlaces(text.slice(0, -2)))).toBe('PLACES_FILE_INVALID');
  });
});
