import { describe, expect, it } from 'vitest';
import { compareNames, nameKey, nameParts, sameName, tidyName } from '../../../src/main/citizens/names.ts';

describe('names of persons', () => {
  it.each([
    ['  Nông   Thị Mẫu ', 'Nông Thị Mẫu'],
    ['H\u2019Hen Niê', 'H\u2019Hen Niê'],
    ['Y MOAN êban', 'Y MOAN êban'],
    ['Nguye\u0302\u0303n', 'Nguyễn'],
    ['Lý\u200b Văn\u00a0Thử', 'Lý Văn Thử'],
  ])('%j are kept as they are written', (typed, kept) => {
    expect(tidyName(typed)).toBe(kept);
    expect(tidyName(tidyName(typed))).toBe(kept);
  });

  it.each([
    ['Hoà', 'Hòa', true],
    ['HOÀNG THỊ THUÝ', 'hoàng thị thúy', true],
    ['Nguyễn Khoẻ', 'Nguyễn Khỏe', true],
    ['K\u2019Brơi', "K'Brơi", true],
    ['Kʼbrơi', "K'Brơi", true],
    ['Hoa', 'Hòa', false],
    ['Hoá', 'Hòa', false],
    ['Mầu', 'Mẫu', false],
    ['Nông Thị Mẫu', 'Nông Mẫu', false],
    ['Y Moan', 'YMoan', false],
  ])('%s and %s: the same is %s', (a, b, same) => {
    expect(sameName(a, b)).toBe(same);
    expect(sameName(b, a)).toBe(same);
  });

  it('meet under one key however their marks were typed', () => {
    for (const spelling of ['K’Brơi', "k'broi", 'K Brơi', 'KBRƠI', 'K`Broi']) {
      expect(nameKey(spelling), spelling).toBe('kbroi');
    }
    expect(nameKey("H'Hen Niê")).toBe(nameKey('H Hen Nie'));
    expect(nameKey('Y Moan Êban')).toBe(nameKey('y moan eban'));
    expect(nameKey('Hoàng Thị Hoà')).toBe(nameKey('Hoàng Thị Hòa'));
    expect(nameKey('Lê Văn K')).toBe('le van k');
  });

  it('are họ, đệm, tên; one word alone is tên', () => {
    expect(nameParts('Nguyễn Thị Minh Khai')).toEqual({
      family: 'Nguyễn',
      middle: 'Thị Minh',
      given: 'Khai',
    });
    expect(nameParts('Y Moan')).toEqual({ family: 'Y', middle: '', given: 'Moan' });
    expect(nameParts("K'Brơi")).toEqual({ family: '', middle: '', given: "K'Brơi" });
    expect(nameParts(' ')).toEqual({ family: '', middle: '', given: '' });
  });

  it('are listed by tên, then họ, then đệm, in the order of the Vietnamese alphabet', () => {
    const sorted = [
      'Lý Văn An',
      'Nông Thị An',
      'Nông Văn An',
      'Đặng Văn Ân',
      'Trần Văn Dũng',
      'Trần Văn Đức',
      "K'Brơi",
      'Hoàng Thị Mẫu',
      'Hoàng Thị Ơn',
    ];
    const expected = [
      'Lý Văn An',
      'Nông Thị An',
      'Nông Văn An',
      'Đặng Văn Ân',
      'Trần Văn Dũng',
      'Trần Văn Đức',
      "K'Brơi",
      'Hoàng Thị Mẫu',
      'Hoàng Thị Ơn',
    ];
    expect([...sorted].reverse().sort(compareNames)).toEqual(expected);
  });
});
