import type { Chance } from './random.ts';

const FAMILY = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi', 'Đỗ', 'Ngô', 'Lý', 'Tưởng'];
const MIDDLE_MALE = ['Văn', 'Hữu', 'Đức', 'Quốc', 'Mạnh', 'Thế', 'Trường'];
const MIDDLE_FEMALE = ['Thị', 'Ngọc', 'Thuỳ', 'Mỹ', 'Bích', 'Diễm', 'Quỳnh'];
const GIVEN_MALE = ['Hưởng', 'Dũng', 'Nghĩa', 'Tuấn', 'Lợi', 'Quyết', 'Đạt', 'Khải', 'Vượng', 'Bằng', 'Sỹ'];
const GIVEN_FEMALE = ['Hằng', 'Lụa', 'Yến', 'Nhã', 'Phượng', 'Huệ', 'Thảo', 'Mỵ', 'Xuyến', 'Đào', 'Ửng'];
const ETHNICITIES = ['Kinh', 'Tày', 'Mường', 'Thái', 'Khơ-me', 'Dao'];
const STREETS = ['Hoa Sữa', 'Ngõ Trúc', 'Bằng Lăng', 'Đồng Cỏ', 'Phượng Vỹ', 'Giếng Nước'];
/** Places that do not exist: nobody may take a generated paper for a real one. */
const COMMUNES = ['xã An Mẫu', 'xã Thử Nghiệm', 'phường Giấy Mẫu', 'xã Vĩnh Mẫu'];

export interface Person {
  readonly name: string;
  readonly male: boolean;
  readonly birth: string;
  /** Twelve digits beginning with 999, a province code that was never given out. */
  readonly number: string;
  readonly ethnicity: string;
  readonly address: string;
  readonly phone: string;
}

const two = (n: number) => String(n).padStart(2, '0');

export function dateText(chance: Chance, fromYear: number, toYear: number): string {
  return `${two(chance.integer(1, 28))}/${two(chance.integer(1, 12))}/${chance.integer(fromYear, toYear)}`;
}

export function makeAddress(chance: Chance): string {
  return `Số ${chance.integer(1, 180)}, đường ${chance.pick(STREETS)}, ${chance.pick(COMMUNES)}, tỉnh Bình Mẫu`;
}

export function makePerson(chance: Chance, male: boolean, fromYear = 1960, toYear = 2004): Person {
  const middle = chance.pick(male ? MIDDLE_MALE : MIDDLE_FEMALE);
  const given = chance.pick(male ? GIVEN_MALE : GIVEN_FEMALE);
  return {
    name: `${chance.pick(FAMILY)} ${middle} ${given}`,
    male,
    birth: dateText(chance, fromYear, toYear),
    number: `999${Array.from({ length: 9 }, () => chance.integer(0, 9)).join('')}`,
    ethnicity: chance.pick(ETHNICITIES),
    address: makeAddress(chance),
    phone: `0000 ${chance.integer(100, 999)} ${chance.integer(100, 999)}`,
  };
}
