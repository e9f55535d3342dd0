import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suggestDocumentFacts } from '../../../src/main/dossiers/document-facts.ts';
import { createReader } from '../../../src/main/reading/index.ts';
import type { PageReader } from '../../../src/main/reading/port.ts';
import { generateDocument } from '../../labelled/sections/ocr-documents.ts';

const never = new AbortController().signal;

/** The whole set is measured by tests/labelled; here a paper of each layout goes through the real reader. */
describe('suggestions from pages that were read', () => {
  let reader: PageReader;
  beforeAll(() => {
    reader = createReader({ background: false });
  });
  afterAll(() => reader.close());

  it.each([
    ['decision', 300],
    ['birth', 200],
    ['land', 300],
    ['blank-form', 200],
  ] as const)(
    'are what a %s says at %i dpi, and nothing it does not say',
    async (kind, dpi) => {
      const { page, truth } = await generateDocument(kind, 'serif', { dpi, seed: 4, skew: 0.08, noise: 5 });
      const read = await reader.read(page.image, dpi, never);
      const found = suggestDocumentFacts(read);
      const fields = ['number', 'date', 'issuer', 'title'] as const;
      const said = fields.filter((field) => found[field] !== null);
      // Silence is lawful where a word was badly read; a wrong value never is.
      for (const field of said) expect(found[field]?.value).toBe(truth[field]);
      const there = fields.filter((field) => truth[field] !== null);
      expect(said.length).toBeGreaterThanOrEqual(there.length - 1);
      for (const suggestion of Object.values(found)) {
        for (const box of suggestion?.boxes ?? []) {
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(page.width);
        }
      }
    },
    300_000,
  );
});
