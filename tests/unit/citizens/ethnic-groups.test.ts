import { describe, expect, it } from 'vitest';
import { ethnicGroup } from '../../../src/contract/citizens.ts';
import {
  ETHNIC_GROUPS,
  ethnicGroupNamed,
  findEthnicGroups,
} from '../../../src/main/citizens/ethnic-groups.ts';
import { foldText } from '../../../src/main/procedures/fold-text.ts';

describe('the 54 ethnic groups', () => {
  it('are numbered 1 to 54, with the names that facts §10.3 gives', () => {
    expect(ETHNIC_GROUPS.map((g) => g.number)).toEqual(Array.from({ length: 54 }, (_, i) => i + 1));
    for (const group of ETHNIC_GROUPS) expect(ethnicGroup.parse(group)).toEqual(group);
    const names = ETHNIC_GROUPS.map((g) => g.name);
    expect(names.slice(0, 12)).toEqual([
      ...['Kinh', 'Tày', 'Thái', 'Hoa', 'Khơ-me', 'Mường', 'Nùng', 'HMông', 'Dao', 'Gia-rai', 'Ngái', 'Ê-đê'],
    ]);
    expect([names[42], names[53]]).toEqual(['Lô Lô', 'Rơ-măm']);
  });

  it('have no name twice, nor one that is another group’s other name', () => {
    const owner = new Map<string, number>();
    for (const { number, name, otherNames } of ETHNIC_GROUPS) {
      for (const one of [name, ...otherNames]) {
        const key = foldText(one).replaceAll(' ', '');
        expect(owner.get(key) ?? number, one).toBe(number);
        owner.set(key, number);
      }
    }
  });

  it.each([
    ["H'Mông", 'HMông'],
    ['H’mong', 'HMông'],
    ['Mông', 'HMông'],
    ['Mèo', 'HMông'],
    ['Gia Rai', 'Gia-rai'],
    ['giarai', 'Gia-rai'],
    ['Jrai', 'Gia-rai'],
    ['Êđê', 'Ê-đê'],
    ['khơ me', 'Khơ-me'],
    ['Khmer', 'Khơ-me'],
    ['Cao Lan', 'Sán Chay'],
    ['Vân Kiều', 'Bru - Vân Kiều'],
    ['LO LO', 'Lô Lô'],
    ['tay', 'Tày'],
  ])('%s is %s', (typed, name) => {
    expect(ethnicGroupNamed(typed)?.name).toBe(name);
    expect(findEthnicGroups(typed)[0]?.name).toBe(name);
  });

  it('are found by beginnings; empty text is all, nonsense none', () => {
    expect(findEthnicGroups('la').map((g) => g.name)).toEqual(
      expect.arrayContaining(['Lào', 'La Chí', 'La Ha', 'La Hủ']),
    );
    expect(findEthnicGroups('')).toHaveLength(54);
    expect(findEthnicGroups('---')).toHaveLength(54);
    expect(findEthnicGroups('không có')).toEqual([]);
    expect(ethnicGroupNamed('')).toBeNull();
    expect(ethnicGroupNamed('xx')).toBeNull();
  });
});
