import { describe, expect, it } from 'vitest';
import { gunKey, NO_KEYS } from '../../../src/renderer/desks/clerk/gun.ts';

const CARD = '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Cao Bằng|12052022';

/** Presses the keys `gap` ms apart. */
function press(keys: readonly string[], gap: number) {
  let state = NO_KEYS;
  let at = 1000;
  let line: string | null = null;
  let taken = 0;
  for (const key of keys) {
    at += gap;
    const result = gunKey(state, key, at);
    state = result.state;
    line = result.line ?? line;
    if (result.taken) taken += 1;
  }
  return { line, taken };
}

describe('a card shot at the screen', () => {
  it('is one line, its keys kept from working the screen', () => {
    const { line, taken } = press([...CARD, 'Enter'], 5);
    expect(line).toBe(CARD);
    expect(taken).toBe([...CARD].length + 1 - 2);
  });

  it('is still read when the gun presses Shift and other keys between', () => {
    const keys = [...CARD].flatMap((key) => (key === '|' ? ['Shift', key] : [key]));
    expect(press([...keys, 'Enter'], 5).line).toBe(CARD);
  });

  it('is not mistaken for typing at human speed', () => {
    expect(press([...CARD, 'Enter'], 120)).toEqual({ line: null, taken: 0 });
  });

  it('is not mistaken for another barcode or for a short burst', () => {
    expect(press([...'8934563138165', 'Enter'], 5).line).toBeNull();
    expect(press([...'12|34', 'Enter'], 5).line).toBeNull();
    expect(press(['Enter', 'Enter'], 5)).toEqual({ line: null, taken: 0 });
  });
});
