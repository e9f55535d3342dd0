import type { Random } from '../engine/random.ts';
import { type PdfModel, type Revision, renderPdf } from './pdf-model.ts';

/** Names that mean something to a reader of signed files; the rest are as good as any. */
const KEYS = [
  ...[
    'Type',
    'Subtype',
    'Kids',
    'Parent',
    'Count',
    'Length',
    'Filter',
    'DecodeParms',
    'Root',
    'Pages',
    'Page',
  ],
  ...[
    'Catalog',
    'AcroForm',
    'Fields',
    'SigFlags',
    'FT',
    'Sig',
    'V',
    'T',
    'P',
    'AP',
    'N',
    'F',
    'Annots',
    'Rect',
  ],
  ...['Widget', 'Annot', 'ByteRange', 'Contents', 'SubFilter', 'ETSI.CAdES.detached', 'DSS', 'VRI', 'Certs'],
  ...['OCSPs', 'CRLs', 'DocTimeStamp', 'ETSI.RFC3161', 'Info', 'Metadata', 'Perms', 'DocMDP', 'Reference'],
  ...[
    'TransformMethod',
    'TransformParams',
    'FieldMDP',
    'Lock',
    'SV',
    'Names',
    'Resources',
    'MediaBox',
    'Rotate',
  ],
  ...[
    'Font',
    'XObject',
    'Extensions',
    'Version',
    'Prev',
    'XRefStm',
    'Size',
    'W',
    'Index',
    'First',
    'Extends',
  ],
  ...[
    'ObjStm',
    'XRef',
    'FlateDecode',
    'ASCIIHexDecode',
    'Predictor',
    'Columns',
    'StructTreeRoot',
    'Encrypt',
    'MK',
  ],
] as const;
const NUMBERS = [
  '0',
  '1',
  '-1',
  '2',
  '3',
  '12',
  '595',
  '65536',
  '8388608',
  '9999999999',
  '-0',
  '.5',
  '1e9',
  '4.',
];
const STRINGS = [
  '()',
  '(a)',
  '(\\(\\))',
  '(\\101\\r\\\n)',
  '(a(b)c)',
  '<>',
  '<4>',
  '<feff0041>',
  '(D:20260101)',
];

export function randomValue(random: Random, depth = 0): string {
  const kind = random.below(depth > 3 ? 6 : 9);
  if (kind === 0) return random.pick(NUMBERS);
  if (kind === 1) return `/${random.pick(KEYS)}`;
  if (kind === 2) return random.pick(STRINGS);
  if (kind <= 4) return `${1 + random.below(16)} 0 R`;
  if (kind === 5) return random.pick(['true', 'false', 'null', String(random.below(1000))]);
  const items = Array.from({ length: random.below(5) }, () => randomValue(random, depth + 1));
  if (kind === 6) return `[${items.join(' ')}]`;
  return `<<${items.map((v) => `/${random.pick(KEYS)} ${v}`).join(' ')}>>`;
}

const STREAM = (dict: string, data: string) =>
  `<<${dict} /Length ${data.length}>>\nstream\n${data}\nendstream`;
/** Objects of the kinds that a signed form holds; a random file is made of them, bent. */
const TEMPLATES = [
  '<</Type /Catalog /Pages 2 0 R /AcroForm 6 0 R>>',
  '<</Type /Pages /Kids [3 0 R] /Count 1>>',
  '<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [7 0 R] /Resources <</Font <</F1 5 0 R>>>>>>',
  STREAM('', 'BT /F1 12 Tf 60 400 Td (Amount) Tj ET'),
  '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>',
  '<</Fields [7 0 R] /SigFlags 3>>',
  '<</FT /Sig /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 132 /T (Sig1) /P 3 0 R /V 8 0 R>>',
  '<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [0 10 20 30] /Contents <3003020100> /M (D:20260101)>>',
  '<</Title (A) /Producer (B)>>',
  '<</Type /DSS /Certs [11 0 R] /OCSPs [] /CRLs [] /VRI <</ABC <</Cert [11 0 R]>>>>>>',
  STREAM('', '0\x82\x01\x02'),
  '[3 0 R 7 0 R]',
  '<</Type /Pages /Parent 2 0 R /Kids [3 0 R 13 0 R] /Count 2>>',
  '<</FT /Tx /T (Text) /V (old) /Kids [7 0 R]>>',
] as const;

export function randomModel(random: Random): PdfModel {
  const objects = new Map<number, string | null>();
  for (const [i, template] of TEMPLATES.entries()) {
    if (i < 8 || random.once(2)) objects.set(i + 1, random.once(10) ? bendText(template, random) : template);
  }
  for (let n = random.below(4); n > 0; n--) objects.set(1 + random.below(24), randomValue(random));
  const revisions = [revisionOf(objects, random)];
  for (let n = random.below(4); n > 0; n--) revisions.push(randomRevision(random));
  return { header: '%PDF-1.7\n', revisions };
}

export function randomRevision(random: Random): Revision {
  const objects = new Map<number, string | null>();
  for (let n = 1 + random.below(4); n > 0; n--) {
    const num = 1 + random.below(random.once(3) ? 30 : 16);
    const template = TEMPLATES[num - 1];
    const body = template && !random.once(3) ? bendText(template, random) : randomValue(random);
    objects.set(num, random.once(12) ? null : body);
  }
  return revisionOf(objects, random);
}

function revisionOf(objects: ReadonlyMap<number, string | null>, random: Random): Revision {
  const packed = new Set(
    [...objects].filter(([, b]) => b && !b.includes('stream') && random.once(2)).map(([n]) => n),
  );
  const trailer = random.once(30)
    ? randomValue(random)
    : `/Root 1 0 R${random.once(3) ? ' /Info 9 0 R' : ''}`;
  return { objects, packed, kind: random.pick(['table', 'stream', 'hybrid'] as const), trailer };
}

/** Replaces, doubles, swaps or drops a token of an object's text. */
export function bendText(text: string, random: Random): string {
  const tokens = text.match(/<<|>>|\[|\]|\/[^\s/<>[\]()]+|\([^)]*\)|<[0-9a-f]*>|\d+ 0 R|[^\s/<>[\]()]+|\s+/g);
  if (!tokens) return randomValue(random);
  for (let n = 1 + random.below(6); n > 0; n--) {
    const at = random.below(tokens.length);
    // A bracket that is lost is soon found; a value in the wrong place leads further.
    if (/^(?:<<|>>|\[|\]|\s+)$/.test(tokens[at]!) && !random.once(24)) continue;
    const kind = random.below(12);
    if (kind <= 4)
      tokens[at] = tokens[at]!.startsWith('/') ? `/${random.pick(KEYS)}` : randomValue(random, 2);
    else if (kind === 5) tokens.splice(at, 1);
    else if (kind === 6) tokens.splice(at, 0, ' ', tokens[at]!);
    else if (kind <= 10) tokens.splice(at, 0, ` /${random.pick(KEYS)} ${randomValue(random, 1)} `);
    else [tokens[at], tokens[0]] = [tokens[0]!, tokens[at]!];
  }
  return tokens.join('');
}

export function randomPdf(random: Random): Buffer {
  return renderPdf(randomModel(random), random, random.once(3));
}

/** Tokens for mutations that know nothing of the format. */
export const PDF_WORDS: readonly Uint8Array[] = [
  ...KEYS.map((key) => `/${key} `),
  ...STRINGS,
  ...NUMBERS.map((n) => ` ${n} `),
  ...[
    '<<',
    '>>',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    ' obj\n',
    '\nendobj\n',
    ' R ',
    'null',
    'true',
    '%',
    '\r',
    '\\',
  ],
  ...['stream\n', '\nendstream', 'xref\n', 'trailer\n', 'startxref\n', '%%EOF\n', '0000000000 65535 f \n'],
].map((word) => Buffer.from(word, 'latin1'));

/**
 * Puts the offsets of classic tables, of /Prev and of startxref right again after parts were moved, so that a
 * mutation is seen by what lies behind the tables.
 */
export function repairOffsets(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes).toString('latin1');
  const objects = [...text.matchAll(/(\d{1,7}) 0 obj\b/g)].map((m) => [Number(m[1]), m.index] as const);
  const sections = [...text.matchAll(/(?<!start)xref\s|\d{1,7} 0 obj\n<<\/Type \/XRef/g)].map((m) => m.index);
  const lastBefore = (num: number, end: number) => objects.findLast(([n, at]) => n === num && at < end)?.[1];
  let current = 0;
  let section = -1;
  const fixed = text.replace(
    /(?<!start)xref\s|\d{1,7} 0 obj\n<<\/Type \/XRef|(\d{1,7}) 1\n\d{10}(?= \d{5} n)|\/Prev \d+|startxref\s+\d+/g,
    (match: string, num: string | undefined, at: number) => {
      if (num !== undefined) {
        const offset = lastBefore(Number(num), current);
        return offset === undefined ? match : `${num} 1\n${String(offset).padStart(10, '0')}`;
      }
      if (match.startsWith('/Prev')) return sameWidth(match, '/Prev ', sections[section - 1]);
      if (match.startsWith('startxref')) return sameWidth(match, 'startxref\n', sections[section]);
      section++;
      current = at;
      return match;
    },
  );
  return Buffer.from(fixed, 'latin1');
}

/** The same number of characters, so that nothing behind it moves. */
function sameWidth(match: string, word: string, offset: number | undefined): string {
  if (offset === undefined) return match;
  const digits = match.length - word.length;
  return digits < String(offset).length ? match : word + String(offset).padStart(digits, '0');
}
