import { describe, expect, it } from 'vitest';
import { filled, keptFacts, NO_FACTS, typedFacts } from '../../../src/renderer/desks/clerk/papers/facts.ts';

const suggested = typedFacts({ number: '12/TK', date: '2020-02-05', issuer: null, title: 'T' });

describe('the facts of a paper', () => {
  it('show days as the counter writes them, and what is not known as empty', () => {
    expect(suggested).toEqual({ number: '12/TK', date: '05/02/2020', issuer: '', title: 'T' });
    expect(typedFacts(null)).toEqual(NO_FACTS);
  });

  it('take suggestions only where nothing is typed', () => {
    expect(filled({ ...NO_FACTS, number: '13', title: ' ' }, suggested)).toEqual({
      number: '13',
      date: '05/02/2020',
      issuer: '',
      title: 'T',
    });
  });

  it('are kept in composed letters, with a real day or none', () => {
    const typed = { number: ' 1  2 ', date: '5/2/2020', issuer: 'U\u0309y ban', title: '' };
    expect(keptFacts(typed)).toEqual({ number: '1 2', date: '2020-02-05', issuer: '\u1ee6y ban', title: '' });
    expect(keptFacts({ ...typed, date: '31/02/2020' })).toBe('bad-date');
    expect(keptFacts({ ...typed, date: '' })).toMatchObject({ date: null });
    expect(keptFacts({ ...NO_FACTS, title: '  ' })).toBeNull();
  });
});
