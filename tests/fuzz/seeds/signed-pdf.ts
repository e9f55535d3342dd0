import { createHash } from 'node:crypto';
import { type Random, randomFrom } from '../engine/random.ts';
import { bendText, randomRevision } from '../grammar/pdf.ts';
import { type PdfModel, type Revision, renderPdf } from '../grammar/pdf-model.ts';
import type { SeedPki } from './certificates.ts';
import { cmsSeed } from './messages.ts';

const HOLE = 2800;
const RANGE = '/ByteRange [0 0000000000 0000000000 0000000000]';
const STREAM = (dict: string, data: string) =>
  `<<${dict} /Length ${data.length}>>\nstream\n${data}\nendstream`;

const BASE: readonly (readonly [number, string])[] = [
  [1, '<</Type /Catalog /Pages 2 0 R>>'],
  [2, '<</Type /Pages /Kids [3 0 R] /Count 1>>'],
  [
    3,
    '<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>',
  ],
  [4, STREAM('', 'BT /F1 12 Tf 60 400 Td (Amount: 100 000) Tj ET')],
  [5, '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>'],
];

/** What signing appends: form, widget on the page, signature; number 1 is the first signature of the file. */
function signing(number: number, kind: Revision['kind']): Revision {
  const field = 4 + number * 2;
  const fields = Array.from({ length: number }, (_, i) => `${6 + i * 2} 0 R`).join(' ');
  const value = `<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached ${RANGE} /Contents <${'0'.repeat(HOLE)}> /M (D:20260501120000Z) /Reason (Ký)>>`;
  const page = BASE[2]![1].replace('/Contents', `/Annots [${fields}] /Contents`);
  return {
    objects: new Map([
      [1, `<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [${fields}] /SigFlags 3>>>>`],
      [3, page],
      [
        field,
        `<</Type /Annot /Subtype /Widget /FT /Sig /Rect [0 0 0 0] /F 132 /T (Sig${number}) /P 3 0 R /V ${field + 1} 0 R>>`,
      ],
      [field + 1, value],
    ]),
    packed: new Set([1, field]),
    kind,
    trailer: '/Root 1 0 R',
  };
}

/** Validation data as a later save adds them. */
function validation(pki: SeedPki): Revision {
  const certificate = Buffer.from(pki.issuing.certificate).toString('latin1');
  return {
    objects: new Map([
      [1, '<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R] /SigFlags 3>> /DSS 20 0 R>>'],
      [20, '<</Type /DSS /Certs [21 0 R] /OCSPs [] /CRLs []>>'],
      [21, STREAM('', certificate)],
    ]),
    packed: new Set([20]),
    kind: 'table',
    trailer: '/Root 1 0 R',
  };
}

/** Fills the ByteRange and the signature of the last revision, with a CMS that is right for it. */
function seal(file: Buffer, pki: SeedPki): Buffer {
  const out = Buffer.from(file);
  const from = out.lastIndexOf(`<${'0'.repeat(HOLE)}>`);
  const range = out.lastIndexOf(RANGE);
  if (from < 0 || range < 0) return out;
  const to = from + HOLE + 2;
  const numbers = [from, to, out.length - to].map((n) => String(n).padStart(10, '0'));
  out.write(`/ByteRange [0 ${numbers.join(' ')}]`, range, 'latin1');
  const digest = createHash('sha512').update(out.subarray(0, from)).update(out.subarray(to)).digest();
  const cms = cmsSeed({
    signer: pki.signer,
    serial: 3,
    certificates: [pki.signer.certificate],
    digest,
  });
  if (cms.length * 2 > HOLE) throw new RangeError('the hole is too small');
  out.write(Buffer.from(cms).toString('hex'), from + 1, 'latin1');
  return out;
}

function signedModel(kind: Revision['kind']): PdfModel {
  const base: Revision = { objects: new Map(BASE), packed: new Set([1, 2]), kind, trailer: '/Root 1 0 R' };
  return { header: '%PDF-1.7\n', revisions: [base, signing(1, kind)] };
}

/** Continues a file that is already sealed: what stands is not touched. */
function append(file: Buffer, revision: Revision, random: Random, lies: boolean): Buffer {
  const at = file.lastIndexOf('startxref');
  const prev = Number(/\d+/.exec(file.toString('latin1', at))?.[0] ?? 0);
  const trailer = `${revision.trailer} /Prev ${prev}`;
  // The header that `renderPdf` puts first is the file so far.
  return renderPdf({ header: file.toString('latin1'), revisions: [{ ...revision, trailer }] }, random, lies);
}

/** A file with one more revision, written honestly. */
export function continued(file: Buffer, revision: Revision): Buffer {
  return append(file, revision, randomFrom('continued'), false);
}

/** Signed once, twice, and with validation data behind, in each kind of cross-reference section. */
export function signedSeeds(pki: SeedPki, random: Random): Buffer[] {
  return (['table', 'stream', 'hybrid'] as const).flatMap((kind) => {
    const once = seal(renderPdf(signedModel(kind), random, false), pki);
    const twice = seal(append(once, signing(2, kind), random, false), pki);
    return [once, twice, append(once, validation(pki), random, false)];
  });
}

/** A signed file with something appended: a further signature or validation data, bent, or anything at all. */
export function randomlyContinued(seeds: readonly Buffer[], pki: SeedPki, random: Random): Buffer {
  let file = random.pick(seeds);
  for (let n = 1 + random.below(2); n > 0; n--) {
    const kind = random.pick(['table', 'stream', 'hybrid'] as const);
    const honest = random.pick([validation(pki), signing(2, kind), signing(3, kind)]);
    const revision = random.once(2) ? randomRevision(random) : bent(honest, random);
    file = append(file, revision, random, random.once(8));
  }
  return file;
}

function bent(revision: Revision, random: Random): Revision {
  const objects = new Map(revision.objects);
  for (const [num, body] of objects) {
    if (body !== null && body.length < 1000 && random.once(3)) objects.set(num, bendText(body, random));
  }
  if (random.once(3)) objects.set(2 + random.below(8), null);
  return { ...revision, objects };
}
