import type { PlacesFile } from '../../../src/contract/citizens.ts';

const KINDS = ['Phường', 'Xã'] as const;
/** Syllables as Vietnamese place names have them, so that a thousand names need no file of real ones. */
const FIRST = [
  'Bảo',
  'Thục',
  'Nùng',
  'Đức',
  'Phước',
  'Tân',
  'Yên',
  'Hoà',
  'Quảng',
  'Cẩm',
  'Mường',
  'Xuân',
  'Ỷ',
  'Ơn',
];
const SECOND = [
  'Lâm',
  'Phán',
  'Trí',
  'Long',
  'Hưng',
  'Tiến',
  'Sở',
  'Bình',
  'Uyên',
  'Giàng',
  'Lạc',
  'Mỹ',
  'Thuỷ',
  'Ước',
];

/** A made-up list in the format of the public data sets: 7 provinces, 1 372 communes; plus what tests name. */
export function placesSample(): PlacesFile {
  const provinces: PlacesFile = [
    'Cao Bằng',
    'Phú Thọ',
    'Hà Nội',
    'Huế',
    'Hồ Chí Minh',
    'Gia Lai',
    'Sơn La',
  ].map((name, p) => ({
    Code: String(p + 1).padStart(2, '0'),
    FullName: ['Hà Nội', 'Huế', 'Hồ Chí Minh'].includes(name) ? `Thành phố ${name}` : `Tỉnh ${name}`,
    Wards: FIRST.flatMap((first, i) =>
      SECOND.map((second, j) => ({
        Code: String(10_000 * (p + 1) + 14 * i + j + 1000).padStart(5, '0'),
        FullName: `${KINDS[(i + j) % 2]} ${first} ${second}`,
      })),
    ),
  }));
  provinces[0]!.Wards.push(
    { Code: '01001', FullName: 'Xã Tân Tiên' },
    { Code: '01002', FullName: 'Xã Nùng Trí Cao' },
    { Code: '01003', FullName: 'Phường Nùng Trí Cao' },
  );
  return provinces;
}
