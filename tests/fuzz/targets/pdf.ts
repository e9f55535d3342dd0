import {
  catalogOf,
  earlierRevision,
  lookUp,
  type PdfDocument,
  readPdf,
} from '../../../src/main/pdf/reader/document.ts';
import { decodeStream } from '../../../src/main/pdf/reader/filters.ts';
import { dictOf, type PdfObject, PdfStream, textOf } from '../../../src/main/pdf/reader/objects.ts';
import { firstPage, pageCount } from '../../../src/main/pdf/reader/pages.ts';
import { serialize } from '../../../src/main/pdf/reader/serialize.ts';
import type { ByteSource } from '../../../src/main/pdf/reader/source.ts';
import { highestNumber, numbersOf } from '../../../src/main/pdf/reader/xref.ts';
import { verifySource } from '../../../src/main/signing/verifying/verify.ts';
import { mutateBytes } from '../engine/bytes.ts';
import { type Random, randomFrom } from '../engine/random.ts';
import { PDF_WORDS, randomPdf, repairOffsets } from '../grammar/pdf.ts';
import { SEED_TIME, type SeedPki } from '../seeds/certificates.ts';
import { randomlyContinued, signedSeeds } from '../seeds/signed-pdf.ts';
import { expected, NUMBERS_OF_PDF, type Target } from './target.ts';

const LIMIT = 24 * 1024;
const MAX_LOADED = 64;
const MAX_DATA = 1 << 20;

/** Without the copy that the reader's own memory source makes: an input is not changed while it is read. */
function sourceOf(input: Uint8Array): ByteSource {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, Math.max(offset, offset + length)),
  };
}

function mutated(base: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const out = mutateBytes(base, other, PDF_WORDS, random, LIMIT);
  return random.once(4) ? out : repairOffsets(out);
}

export function readerTarget(pki: SeedPki): Target {
  const random = randomFrom('reader seeds');
  return {
    name: 'reader',
    covers: ['pdf/reader/'],
    seeds: [...Array.from({ length: 24 }, () => randomPdf(random)), ...signedSeeds(pki, random).slice(0, 3)],
    limit: LIMIT,
    next: (base, other, r) => (r.below(5) < 2 ? randomPdf(r) : mutated(base, other, r)),
    run: async (input) => {
      try {
        return await walk(await readPdf(sourceOf(input)));
      } catch (error) {
        return expected(error, NUMBERS_OF_PDF);
      }
    },
  };
}

/** Does with a document what its users do: pages, form, every object, stream data, revisions. */
async function walk(document: PdfDocument): Promise<string> {
  const outcomes = [
    await tried(() => firstPage(document)),
    await tried(() => pageCount(document)),
    await tried(async () => textOf(await lookUp(document, await catalogOf(document), 'AcroForm'))),
    ...(await loadAll(document)),
  ];
  for (let newer = 1; newer < Math.min(4, document.chain.length); newer++) {
    outcomes.push(...(await loadAll(earlierRevision(document, newer))));
  }
  outcomes.push(highestNumber(document.chain) > 0 ? 'numbered' : 'empty');
  return [...new Set(outcomes)].sort().join('; ');
}

async function loadAll(document: PdfDocument): Promise<string[]> {
  const outcomes: string[] = [];
  let left = MAX_LOADED;
  for (const section of document.chain) {
    for (const num of numbersOf(section)) {
      if (--left < 0) return outcomes;
      outcomes.push(await tried(async () => use(document, await document.load(num))));
    }
  }
  return outcomes;
}

async function use(document: PdfDocument, object: PdfObject): Promise<void> {
  serialize(object);
  for (const value of dictOf(object)?.entries.values() ?? []) await document.resolve(value);
  if (object instanceof PdfStream) {
    await decodeStream(object.dict, await document.rawData(object, MAX_DATA), MAX_DATA, document.work);
  }
}

async function tried(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return 'read';
  } catch (error) {
    return expected(error, NUMBERS_OF_PDF);
  }
}

/** Signed files as a whole: bent by octets and tokens (`verify`), or continued by further revisions (`changes`). */
export function verifyTarget(pki: SeedPki, name: 'verify' | 'changes'): Target {
  const random = randomFrom('signed seeds');
  const signed = signedSeeds(pki, random);
  const seeds =
    name === 'verify'
      ? signed
      : [...signed, ...Array.from({ length: 12 }, () => randomlyContinued(signed, pki, random))];
  return {
    name,
    covers: ['signing/verifying/', 'pdf/reader/'],
    seeds,
    limit: LIMIT,
    next: (base, other, r) =>
      name === 'changes' && r.below(4) > 0 ? randomlyContinued(signed, pki, r) : mutated(base, other, r),
    run: async (input) => {
      try {
        const options = { trust: [pki.root.certificate, pki.issuing.certificate], at: SEED_TIME };
        const { signatures } = await verifySource(sourceOf(input), options);
        return signatures.map((s) => [s.indication, s.subIndication, ...s.reasons].join(' ')).join('; ');
      } catch (error) {
        return expected(error, NUMBERS_OF_PDF);
      }
    },
  };
}
