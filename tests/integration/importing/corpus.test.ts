import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportAs } from '../../../src/contract/model.ts';
import { importAll, type Outcome } from '../../unit/importing/support/import.ts';

/** Real PDFs beside the project: signed, certified, encrypted, malformed. They are read where they lie. */
const CORPUS = path.resolve(import.meta.dirname, '../../../../shared/corpora/pyhanko');
const suite = existsSync(CORPUS) ? describe : describe.skip;
const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => name.endsWith('.pdf')) : [];

const outcomes = new Map<string, Outcome>();
async function outcome(name: string, as: ImportAs): Promise<Outcome> {
  const known = outcomes.get(`${name} ${as}`) ?? (await importAll(path.join(CORPUS, name), as));
  outcomes.set(`${name} ${as}`, known);
  return known;
}

/** Judged by the file's own bytes, apart from the code under test. */
const bytesOf = (name: string) => readFileSync(path.join(CORPUS, name)).toString('latin1');
const isEncrypted = (name: string) => /\/Encrypt\b/.test(bytesOf(name));
const isSigned = (name: string) => /\/ByteRange\s*\[/.test(bytesOf(name));

suite(`the corpus of real PDFs${files.length > 0 ? '' : ' [missing: ../shared/corpora/pyhanko]'}`, () => {
  it('holds what it should', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter(isSigned).length).toBeGreaterThan(30);
  });

  it('ends for each file in a document or a named error', async () => {
    for (const name of files) {
      const { documents, pages, error } = await outcome(name, 'auto');
      const named = error
        ? /^PDF_(UNREADABLE|ENCRYPTED|ACTIVE_CONTENT|NO_PAGES|TOO_COMPLEX)$/.test(error.code)
        : false;
      expect([name, named || documents.length + pages.length > 0]).toEqual([name, true]);
    }
  });

  it('is kept whole where it is signed, and never taken apart', async () => {
    for (const name of files.filter((n) => isSigned(n) && !isEncrypted(n))) {
      const whole = await outcome(name, 'auto');
      expect([name, whole.documents.length, whole.pages.length]).toEqual([name, 1, 0]);
      const [document] = whole.documents;
      expect(document!.signatures).toBeGreaterThan(0);
      expect([document!.path, document!.bytes]).toEqual([path.join(CORPUS, name), bytesOf(name).length]);
      const pages = await outcome(name, 'pages');
      expect([name, pages.pages.length, pages.error?.code]).toEqual([name, 0, 'PDF_SIGNED_KEPT']);
    }
  });

  it('is named where it is encrypted', async () => {
    for (const name of files.filter(isEncrypted))
      for (const as of ['auto', 'pages'] as const)
        expect([name, (await outcome(name, as)).error?.code]).toEqual([name, 'PDF_ENCRYPTED']);
  });

  it('is drawn where its pages are asked for, some of it here', async () => {
    // All of them take 15 s, which a tenth of them need not.
    const readable = files.filter((n) => !isSigned(n) && !isEncrypted(n));
    for (const name of readable.filter((_, i) => i % 10 === 0)) {
      const { pages, error } = await outcome(name, 'pages');
      const named = error?.code === 'PDF_UNREADABLE' || error?.code === 'PDF_NO_PAGES';
      expect([name, named || (error === null && pages.length > 0)]).toEqual([name, true]);
    }
  });
});
