import { PdfDict, PdfName, type PdfObject, PdfString, textString } from '../../pdf/reader/objects.ts';
import { serialize } from '../../pdf/reader/serialize.ts';
import { pdfDate } from '../../pdf/xmp.ts';

export interface SignatureFacts {
  readonly name: string;
  readonly at: Date;
  readonly reason?: string;
  readonly location?: string;
  readonly contact?: string;
  /** Signature reference dictionaries (ISO 32000-1 table 253): what the signature certifies or locks. */
  readonly references?: readonly PdfDict[];
}

/** A signature dictionary with a hole for the CMS; offsets are from the body's first octet. */
export interface SignatureBody {
  readonly body: Buffer;
  /** Where the ByteRange's array stands, of fixed width. */
  readonly rangeAt: number;
  /** `<` of /Contents, and the octet behind its `>`. */
  readonly holeFrom: number;
  readonly holeTo: number;
}

const RANGE_WIDTH = 50;

/** ISO 32000-1 table 252 as ETSI EN 319 142-1 §4.2 narrows it: no /Cert, /M instead of a signed signing time. */
export function signatureBody(facts: SignatureFacts, holeBytes: number): SignatureBody {
  const optional: [string, PdfObject][] = [];
  for (const [key, value] of [
    ['Reason', facts.reason],
    ['Location', facts.location],
    ['ContactInfo', facts.contact],
  ] as const) {
    if (value) optional.push([key, textString(value)]);
  }
  const dict = new PdfDict([
    ['Type', new PdfName('Sig')],
    ['Filter', new PdfName('Adobe.PPKLite')],
    ['SubFilter', new PdfName('ETSI.CAdES.detached')],
    ['Name', textString(facts.name)],
    ['M', new PdfString(Buffer.from(pdfDate(facts.at)))],
    ...optional,
    ...(facts.references?.length ? ([['Reference', facts.references]] as const) : []),
  ]);
  return withHole(dict, holeBytes);
}

/**
 * A document time stamp (ISO 32000-2 §12.8.5, ETSI EN 319 142-1 §5.4.3): no name, no time but the token's own.
 */
export function timeStampBody(holeBytes: number): SignatureBody {
  const dict = new PdfDict([
    ['Type', new PdfName('DocTimeStamp')],
    ['Filter', new PdfName('Adobe.PPKLite')],
    ['SubFilter', new PdfName('ETSI.RFC3161')],
  ]);
  return withHole(dict, holeBytes);
}

function withHole(dict: PdfDict, holeBytes: number): SignatureBody {
  const head = Buffer.from(`${serialize(dict).slice(0, -2)} /ByteRange `, 'latin1');
  const middle = Buffer.from(`${' '.repeat(RANGE_WIDTH)} /Contents `);
  const holeFrom = head.length + middle.length;
  const hole = Buffer.from(`<${'0'.repeat(holeBytes * 2)}>`);
  const body = Buffer.concat([head, middle, hole, Buffer.from('>>')]);
  return { body, rangeAt: head.length, holeFrom, holeTo: holeFrom + hole.length };
}

export function byteRangeText(range: readonly number[]): string {
  return `[${range.join(' ')}]`.padEnd(RANGE_WIDTH, ' ');
}
