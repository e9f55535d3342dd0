import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSeparatorForm } from '../../../src/main/slips/separator-form.ts';

const FILE = path.join(import.meta.dirname, '../../../resources/slips/separators/vi.json');
const raw = () => JSON.parse(readFileSync(FILE, 'utf8')) as { labels: Record<string, string> };

describe('the form of the separator sheets', () => {
  it('is whole as shipped', () => {
    expect(parseSeparatorForm(raw()).labels.nextName).toBe('THÀNH PHẦN TIẾP THEO');
  });

  it('is refused by name where a label is missing', () => {
    const form = raw();
    delete form.labels.nextHint;
    expect(() => parseSeparatorForm(form)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        details: expect.objectContaining({
          file: 'separator-form',
          problem: expect.stringContaining('nextHint'),
        }),
      }),
    );
  });
});
