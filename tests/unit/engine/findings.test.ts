import { describe, expect, it } from 'vitest';
import { keptFindings } from '../../../src/main/engine/findings.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';

const CARD = '004190000123|085012345|Nông Thị Mẫu|05021990|Nữ|Cao Bằng|12052022';
const found = (text: string) => ({
  ...PLAIN_PAGE.findings,
  flags: ['skewed' as const],
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
});

describe('what is kept of what was found', () => {
  it('names no relatives of a citizen, and leaves other codes as they are', () => {
    expect(keptFindings(found(`${CARD}|Cha|Mẹ`), false).codes[0]?.text).toBe(CARD);
    for (const text of ['MCC1:N:0abcdef', 'https://example.vn/a|b|c|d|e|f|g|h', '12|3'])
      expect(keptFindings(found(text), false).codes[0]?.text).toBe(text);
  });

  it('says that a page came twice, beside its own flags', () => {
    expect(keptFindings(found(''), true).flags).toEqual(['skewed', 'repeated']);
    expect(keptFindings(found(''), false).flags).toEqual(['skewed']);
  });
});
