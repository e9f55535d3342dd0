import { describe, expect, it } from 'vitest';
import { citizenLineIn } from '../../../src/renderer/desks/clerk/pages/citizen-line.ts';
import { arrowTo } from '../../../src/renderer/desks/clerk/pages/columns.ts';
import { blankIn, doubtfulAfter, doubtfulPages } from '../../../src/renderer/desks/clerk/pages/doubt.ts';
import { indexAmongOthers, takePages } from '../../../src/renderer/desks/clerk/pages/drag.ts';
import { chosen, pick, pickAll } from '../../../src/renderer/desks/clerk/pages/selection.ts';
import { component, dossier, doubtfulPage, page } from './support.ts';

describe('doubtful pages', () => {
  const flagged = dossier(
    component('A', ['a', doubtfulPage('b', 'blurred'), { ...doubtfulPage('c', 'blank'), removed: true }]),
    component('B', [{ ...doubtfulPage('d', 'skewed'), confirmed: true }, doubtfulPage('e', 'blank')]),
  );

  it('are those with a flag that nobody has let stand or set aside', () => {
    expect(doubtfulPages(flagged).map((p) => p.id)).toEqual(['b', 'e']);
    expect(blankIn(flagged.components[1]!).map((p) => p.id)).toEqual(['e']);
    expect(blankIn(flagged.components[0]!)).toEqual([]);
  });

  it('follow each other over the papers and round to the first, never to oneself', () => {
    expect(doubtfulAfter(flagged, null)?.id).toBe('b');
    expect(doubtfulAfter(flagged, 'b')?.id).toBe('e');
    expect(doubtfulAfter(flagged, 'e')?.id).toBe('b');
    expect(doubtfulAfter(flagged, 'a')?.id).toBe('b');
    expect(doubtfulAfter(dossier(component('A', ['a', doubtfulPage('b', 'blank')])), 'b')).toBeNull();
    expect(doubtfulAfter(dossier(), null)).toBeNull();
  });
});

describe('choosing several pages', () => {
  const order = ['a', 'b', 'c', 'd', 'e'];
  const ids = (s: ReturnType<typeof pick>) => chosen(s, 'A', order).join('');

  it('takes a range from where it began, in either direction, and lets it shrink', () => {
    const from = pick(null, 'A', 'c', order, 'only');
    const right = pick(from, 'A', 'e', order, 'range');
    expect(ids(right)).toBe('cde');
    expect(ids(pick(right, 'A', 'b', order, 'range'))).toBe('bc');
    expect(ids(pick(null, 'A', 'b', order, 'range'))).toBe('b');
  });

  it('adds and takes away single ones', () => {
    const two = pick(pick(null, 'A', 'a', order, 'toggle'), 'A', 'd', order, 'toggle');
    expect(ids(two)).toBe('ad');
    expect(ids(pick(two, 'A', 'a', order, 'toggle'))).toBe('d');
    expect(pick(pick(null, 'A', 'a', order, 'toggle'), 'A', 'a', order, 'toggle')).toBeNull();
  });

  it('belongs to one paper, and forgets pages that went', () => {
    const inA = pickAll('A', order);
    expect(ids(inA)).toBe('abcde');
    expect(chosen(inA, 'B', order)).toEqual([]);
    expect(chosen(pick(inA, 'B', 'x', ['x'], 'range'), 'B', ['x'])).toEqual(['x']);
    expect(chosen(inA, 'A', ['b', 'e'])).toEqual(['b', 'e']);
    expect(ids(pick(pick(null, 'A', 'gone', order, 'only'), 'A', 'b', order, 'range'))).toBe('b');
    expect(pickAll('A', [])).toBeNull();
  });
});

describe('walking over thumbnails', () => {
  it('goes by one, by a row, to the ends, and stays within', () => {
    expect(arrowTo('ArrowRight', 3, 10, 4)).toBe(4);
    expect(arrowTo('ArrowLeft', 0, 10, 4)).toBe(0);
    expect(arrowTo('ArrowDown', 3, 10, 4)).toBe(7);
    expect(arrowTo('ArrowDown', 7, 10, 4)).toBe(7);
    expect(arrowTo('ArrowUp', 2, 10, 4)).toBe(2);
    expect(arrowTo('End', 0, 10, 4)).toBe(9);
    expect(arrowTo('PageDown', 0, 10, 4)).toBe(9);
    expect(arrowTo('x', 0, 10, 4)).toBeNull();
  });
});

describe('dropping pages', () => {
  it('counts the place among those that stay', () => {
    expect(indexAmongOthers(['a', 'b', 'c', 'd'], ['a', 'c'], 4)).toBe(2);
    expect(indexAmongOthers(['a', 'b', 'c', 'd'], ['x'], 1)).toBe(1);
    expect(indexAmongOthers(['a', 'b', 'c', 'd'], ['c'], 2)).toBe(2);
  });

  it.each([
    '',
    '{"componentId":1,"pageIds":[]}',
    '{"componentId":"A","pageIds":"b"}',
    '[1]',
    '{"componentId":"A","pageIds":[2]}',
  ])('takes nothing from another window: %s', (text) =>
    expect(takePages({ getData: () => text } as unknown as DataTransfer)).toBeNull(),
  );

  it('takes what was put there', () => {
    const text = JSON.stringify({ componentId: 'A', pageIds: ['p'] });
    expect(takePages({ getData: () => text } as unknown as DataTransfer)).toEqual({
      componentId: 'A',
      pageIds: ['p'],
    });
  });
});

describe("a citizen's line on a page", () => {
  const code = (text: string) => ({
    findings: {
      ...page('x').findings,
      codes: [
        {
          format: 'qr' as const,
          text,
          corners: [
            { x: 0, y: 0 },
            { x: 1, y: 0 },
            { x: 1, y: 1 },
            { x: 0, y: 1 },
          ] as never,
        },
      ],
    },
  });
  const line = '004190000123|085012345|A|05021990|Nu|B|12052022';

  it('is found on live pages only, and no other code is taken for one', () => {
    expect(citizenLineIn(dossier(component('A', ['a', page('b', code(line))])))).toBe(line);
    expect(citizenLineIn(dossier(component('A', [page('b', { ...code(line), removed: true })])))).toBeNull();
    expect(citizenLineIn(dossier(component('A', [page('b', code('H14|1|2|3|4|5'))])))).toBeNull();
    expect(citizenLineIn(dossier(component('A', [page('b', code('004190000123|x'))])))).toBeNull();
  });
});
