import { describe, expect, it } from 'vitest';
import {
  componentGroups,
  concerns,
  notDigitised,
  requiredComponents,
  situationsOf,
} from '../../../src/contract/components.ts';
import type { ComponentSpec } from '../../../src/contract/procedures.ts';
import { PLAIN_SPEC } from '../../support/plain.ts';

const paper = (id: string, more: Partial<ComponentSpec> = {}): ComponentSpec => ({
  id,
  code: '',
  name: `Giấy ${id}`,
  originals: 1,
  copies: 0,
  handling: 'submit',
  required: true,
  group: '',
  ...PLAIN_SPEC,
  ...more,
});

const procedure = {
  components: [
    paper('a'),
    paper('b', { required: false, name: 'Văn bản ủy quyền' }),
    paper('c', { handling: 'show', required: false }),
    paper('d', { handling: 'note', required: false, originals: 0 }),
    paper('e', { situation: 'Cá nhân', required: false }),
    paper('f', { situation: 'Cá nhân', required: false, name: 'Hợp đồng (nếu có)' }),
    paper('g', { situation: 'Tổ chức', required: false }),
    paper('h', { situation: 'Tổ chức', handling: 'show', required: false }),
    paper('i', { situation: 'Tổ chức', handling: 'note', originals: 0, required: false }),
  ],
};
const ids = (components: readonly ComponentSpec[]) => components.map((c) => c.id).join('');

describe('choosing a case', () => {
  it('says which papers are owed', () => {
    expect(ids(requiredComponents(procedure, ''))).toBe('a');
    expect(ids(requiredComponents(procedure, 'Cá nhân'))).toBe('ae');
    expect(ids(requiredComponents(procedure, 'Tổ chức'))).toBe('ag');
    expect(ids(requiredComponents(procedure, 'không có'))).toBe('a');
  });

  it('never demands a paper that is shown, or a note, whatever a catalogue says', () => {
    const odd = {
      components: [
        paper('x', { handling: 'show' }),
        paper('y', { handling: 'note', originals: 0 }),
        paper('z', { originals: 0 }),
      ],
    };
    expect(requiredComponents(odd, '')).toEqual([]);
  });

  it('is offered in the order of the catalogue', () => {
    expect(situationsOf(procedure)).toEqual(['Cá nhân', 'Tổ chức']);
    expect(situationsOf({ components: [paper('a')] })).toEqual([]);
  });

  it('hides the papers of other cases only', () => {
    const seen = (situation: string) => ids(procedure.components.filter((c) => concerns(c, situation)));
    expect([seen(''), seen('Cá nhân')]).toEqual(['abcd', 'abcdef']);
  });
});

describe('the papers of a procedure', () => {
  it('stand by case, and in it by what is done with them; none is lost', () => {
    const groups = componentGroups(procedure);
    expect(groups.map((g) => [g.situation, ids(g.submit), ids(g.show), ids(g.notes)])).toEqual([
      ['', 'ab', 'c', 'd'],
      ['Cá nhân', 'ef', '', ''],
      ['Tổ chức', 'g', 'h', 'i'],
    ]);
    expect(componentGroups({ components: [] })).toEqual([]);
  });

  it.each([
    [paper('a'), null],
    [paper('a', { copies: 2 }), null],
    [paper('a', { originals: 0, copies: 1 }), 'copy-only'],
    [paper('a', { handling: 'show' }), 'shown'],
    [paper('a', { handling: 'note', originals: 0 }), 'note'],
  ])('%#: are digitised or not (TT 01/2023/TT-VPCP Điều 4)', (component, expected) => {
    expect(notDigitised(component)).toBe(expected);
  });
});
