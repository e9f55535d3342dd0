import sharp from 'sharp';
import { suggestDocumentFacts } from '../../../src/main/dossiers/document-facts.ts';
import { createReader } from '../../../src/main/reading/index.ts';
import type { PageReader } from '../../../src/main/reading/port.ts';
import type { Row, Size } from '../row.ts';
import { DOCUMENT_KINDS, generateDocument, generateProse, type Truth } from './ocr-documents.ts';
import { type Errors, errorsOf, percent } from './ocr-measure.ts';
import { type PrintedPage, presentFamilies, type Scan } from './ocr-pages.ts';

const SIZES = {
  small: {
    seeds: [4],
    kinds: ['decision', 'birth', 'land', 'blank-form'],
    prints: [13],
    families: 1,
    turned: 1,
  },
  full: { seeds: [1, 2, 3, 4], kinds: DOCUMENT_KINDS, prints: [11, 13], families: 3, turned: 12 },
} as const;
const DPIS = [300, 200] as const;
const TURNS = [0, 90, 180, 270] as const;
const FIELDS = ['number', 'date', 'issuer', 'title'] as const;
const never = new AbortController().signal;

/** Every page lies up to 0.1° askew, as straightened pages do, under the noise of a middling scanner. */
const scanOf = (seed: number, dpi: number): Scan => ({
  dpi,
  seed,
  skew: ((seed * 37) % 21) / 100 - 0.1,
  noise: 4 + (seed % 4),
});

/**
 * Reading on generated Vietnamese pages whose text is known: wrong letters of a hundred by resolution over the
 * families, styles and sizes that this machine can print; what is suggested of ten kinds of paper; which way up.
 */
export async function run(size: Size): Promise<Row[]> {
  const { prints, families, turned: most } = SIZES[size];
  const reader = createReader({ background: false });
  try {
    const rows: Row[] = [];
    const turned: PrintedPage[] = [];
    for (const dpi of DPIS) {
      const errors: Errors[] = [];
      for (const [f, family] of presentFamilies().slice(0, families).entries()) {
        for (const print of prints) {
          const page = await generateProse(family, print, scanOf(10 * f + print, dpi));
          errors.push(errorsOf(page, await reader.read(page.image, dpi, never)));
          turned.push(page);
        }
      }
      rows.push(letterRow(`prose, ${dpi} dpi`, errors));
    }
    rows.push(...(await documents(reader, size)));
    rows.push(await orientation(reader, turned.slice(0, most)));
    return rows;
  } finally {
    await reader.close();
  }
}

function letterRow(what: string, errors: readonly Errors[]): Row {
  const value = percent(errors);
  return {
    section: 'ocr',
    cases: errors.length,
    measure: `wrong letters of 100: ${what}`,
    bar: '≤ 1',
    value,
    ok: value <= 1,
  };
}

interface Score {
  said: number;
  right: number;
  truths: number;
}

async function documents(reader: PageReader, size: Size): Promise<Row[]> {
  const errors: Errors[] = [];
  const scores = new Map<(typeof FIELDS)[number], Score>(
    FIELDS.map((f) => [f, { said: 0, right: 0, truths: 0 }]),
  );
  const families = presentFamilies().filter((f) => f !== 'mono');
  for (const seed of SIZES[size].seeds) {
    for (const kind of SIZES[size].kinds) {
      const k = DOCUMENT_KINDS.indexOf(kind);
      const dpi = DPIS[(seed + k) % 2]!;
      const family = families[seed % families.length]!;
      const { page, truth } = await generateDocument(kind, family, scanOf(seed * 10 + k, dpi));
      const read = await reader.read(page.image, dpi, never);
      errors.push(errorsOf(page, read));
      count(scores, suggestDocumentFacts(read), truth);
    }
  }
  return [letterRow('papers', errors), ...FIELDS.flatMap((f) => scoreRows(f, scores.get(f)!, errors.length))];
}

function count(
  scores: ReadonlyMap<(typeof FIELDS)[number], Score>,
  found: ReturnType<typeof suggestDocumentFacts>,
  truth: Truth,
): void {
  for (const field of FIELDS) {
    const score = scores.get(field)!;
    const value = found[field]?.value ?? null;
    if (value !== null) score.said++;
    if (truth[field] !== null) score.truths++;
    if (value !== null && value === truth[field]) score.right++;
  }
}

function scoreRows(field: string, { said, right, truths }: Score, cases: number): Row[] {
  const share = (of: number) => (of === 0 ? 0 : Math.round((1000 * right) / of) / 10);
  const [precision, recall] = [share(said), share(truths)];
  return [
    {
      section: 'ocr',
      cases,
      measure: `suggested ${field}: right of 100`,
      bar: '≥ 98',
      value: precision,
      ok: precision >= 98,
    },
    {
      section: 'ocr',
      cases,
      measure: `suggested ${field}: found of 100`,
      bar: '≥ 90',
      value: recall,
      ok: recall >= 90,
    },
  ];
}

async function orientation(reader: PageReader, pages: readonly PrintedPage[]): Promise<Row> {
  let right = 0;
  let cases = 0;
  for (const page of pages) {
    for (const by of TURNS) {
      const image = await sharp(page.image).rotate(by).jpeg().toBuffer();
      const { turn } = await reader.orientation(image, never);
      if (turn === (360 - by) % 360) right++;
      cases++;
    }
  }
  const value = Math.round((1000 * right) / cases) / 10;
  return {
    section: 'ocr',
    cases,
    measure: 'orientation by reading: right of 100',
    bar: '≥ 99',
    value,
    ok: value >= 99,
  };
}
