import { createHash } from 'node:crypto';
import { signatureValueOf, withSignatureTimeStamp } from '../../../../src/main/signing/cms/build.ts';
import { appendUpdate } from '../sign-support.ts';

/**
 * Raises signed PDFs by hand, apart from the product's own writer, with time stamps of any time and any content: what
 * a verifier meets comes from many writers, and some of them are wrong.
 */

/** Gives a token (DER) over a digest by SHA-256. */
export type Stamp = (digest: Uint8Array) => Promise<Uint8Array>;

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();

/** Offsets of the newest signature's hole, its angle brackets included. */
function newestHole(pdf: Buffer): { readonly from: number; readonly to: number } {
  const text = pdf.toString('latin1');
  const range = [...text.matchAll(/\/ByteRange \[0 (\d+) (\d+) \d+\s*\]/g)].at(-1)!;
  return { from: Number(range[1]), to: Number(range[2]) };
}

/** Changes the newest signature's CMS, within the room that its hole has. */
export async function withCms(
  pdf: Buffer,
  change: (cms: Uint8Array) => Promise<Uint8Array> | Uint8Array,
): Promise<Buffer> {
  const { from, to } = newestHole(pdf);
  const cms = Buffer.from(pdf.toString('latin1', from + 1, to - 1), 'hex');
  const hex = Buffer.from(await change(cms)).toString('hex');
  const out = Buffer.from(pdf);
  out.write(hex.padEnd(to - from - 2, '0'), from + 1, 'latin1');
  return out;
}

/** Puts a time stamp on the newest signature's value. */
export async function withStamp(pdf: Buffer, stamp: Stamp): Promise<Buffer> {
  return withCms(pdf, async (cms) =>
    withSignatureTimeStamp(unpadded(cms), await stamp(sha256(signatureValueOf(cms)))),
  );
}

/** The element without what fills its hole. */
export function unpadded(cms: Uint8Array): Uint8Array {
  const octets = cms[1]! & 0x7f;
  const length = Buffer.from(cms).readUIntBE(2, octets);
  return cms.subarray(0, 2 + octets + length);
}

export interface StoreContent {
  readonly certificates?: readonly Uint8Array[];
  readonly ocsps?: readonly Uint8Array[];
  readonly crls?: readonly Uint8Array[];
}

/** Appends a /DSS of these items; one that was there is replaced. */
export function withStore(pdf: Buffer, { certificates = [], ocsps = [], crls = [] }: StoreContent): Buffer {
  const objects = new Map<number, string>();
  let next = nextNumber(pdf);
  const list = (items: readonly Uint8Array[]): string =>
    `[${items
      .map((item) => {
        const data = Buffer.from(item).toString('latin1');
        objects.set(next, `<</Length ${item.length}>>\nstream\n${data}\nendstream`);
        return `${next++} 0 R`;
      })
      .join(' ')}]`;
  const body = `<</Type /DSS /Certs ${list(certificates)} /OCSPs ${list(ocsps)} /CRLs ${list(crls)}>>`;
  objects.set(next, body);
  const catalog = bodyOf(pdf, 1).replace(/ ?\/DSS \d+ 0 R/, '');
  objects.set(1, catalog.replace('/Pages', `/DSS ${next} 0 R /Pages`));
  return appendUpdate(pdf, objects);
}

const HOLE = 24_000;

/** Appends a document time stamp in an invisible field of its own. */
export async function withDocumentStamp(pdf: Buffer, stamp: Stamp): Promise<Buffer> {
  const num = nextNumber(pdf);
  const form = Number(/\/AcroForm (\d+) 0 R/.exec(bodyOf(pdf, 1))?.[1]);
  const field = `<</Type /Annot /Subtype /Widget /FT /Sig /T (Stamp${num}) /V ${num} 0 R /F 132 /P 3 0 R /Rect [0 0 0 0]>>`;
  const blank = `/ByteRange [0 ${'0'.repeat(10)} ${'0'.repeat(10)} ${'0'.repeat(10)}]`;
  const hole = `<${'0'.repeat(HOLE)}>`;
  const signature = `<</Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161 ${blank} /Contents ${hole}>>`;
  const page = bodyOf(pdf, 3);
  const appended = appendUpdate(
    pdf,
    new Map([
      [num, signature],
      [num + 1, field],
      [form, bodyOf(pdf, form).replace(/\/Fields \[/, `/Fields [${num + 1} 0 R `)],
      [3, page.replace(/\/Annots \[/, `/Annots [${num + 1} 0 R `)],
    ]),
  );
  const text = appended.toString('latin1');
  const from = text.lastIndexOf(hole);
  const to = from + hole.length;
  const numbers = [from, to, appended.length - to].map((n) => String(n).padEnd(10)).join(' ');
  appended.write(`/ByteRange [0 ${numbers}]`, text.lastIndexOf(blank), 'latin1');
  const digest = sha256(Buffer.concat([appended.subarray(0, from), appended.subarray(to)]));
  appended.write(Buffer.from(await stamp(digest)).toString('hex'), from + 1, 'latin1');
  return appended;
}

/** Body of the newest version of an object. */
function bodyOf(pdf: Buffer, num: number): string {
  const text = pdf.toString('latin1');
  const head = `\n${num} 0 obj\n`;
  const at = text.lastIndexOf(head) + head.length;
  return text.slice(at, text.indexOf('\nendobj', at));
}

function nextNumber(pdf: Buffer): number {
  return Math.max(...[...pdf.toString('latin1').matchAll(/\/Size (\d+)/g)].map((m) => Number(m[1])));
}
