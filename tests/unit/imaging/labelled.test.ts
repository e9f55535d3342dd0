import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Section } from '../../labelled/row.ts';

/** Sections with tests of their own elsewhere, or too slow for here. */
const HERE = ['skew', 'blanks', 'colour', 'crop', 'photos', 'flags'];
const folder = path.join(import.meta.dirname, '../../labelled/sections');

describe('the labelled set, its small size', () => {
  it('has the sections that are run here', () => {
    const files = readdirSync(folder);
    for (const name of HERE) expect(files).toContain(`${name}.ts`);
  });

  it.each(HERE)(
    'reaches its bars: %s',
    async (name) => {
      const section = (await import(path.join(folder, `${name}.ts`))) as Section;
      const rows = await section.run('small');
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter((row) => !row.ok)).toEqual([]);
    },
    300_000,
  );
});
