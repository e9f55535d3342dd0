import { z } from 'zod';
import type { FeeSpec } from '../../contract/procedures.ts';
import {
  CHANNEL_ORDER,
  type NationalChannel,
  type NationalTime,
  type Note,
  objects,
  text,
} from './national-record.ts';

const row = z.object({ MAPHILEPHI: text, TENPHILEPHI: text, SOTIEN: text, DONVI: text, MOTA: text });

/** Words of the national catalogue; a fee that it does not name is called by its kind. */
const KIND_WORD = { fee: 'Phí', charge: 'Lệ phí' } as const;
/** No public fee is smaller: '50 VNĐ' is 50,000 with its zeros lost, '1 VNĐ' a place holder. */
const LEAST_DONG = 1000;
const MOST_DONG = 1_000_000_000_000;
const MOST_NOTE = 2000;

/** 'Miễn phí' followed by one of these says that nothing is paid; by anything else, that the sum is fixed elsewhere. */
const NOTHING =
  /^(?:không(?: có| quy định| thu| áp dụng)?(?: phí| lệ phí|, lệ phí|\/lệ phí)*|miễn phí|miễn lệ phí|0 ?đồng|không có thông tin)?[.;]?$/iu;

interface ReadFee {
  readonly fee: FeeSpec;
  /** What stood there instead of a believable sum. */
  readonly implausible: string;
}

/**
 * Fees of the counter's channel: the portal gives rows (PHILEPHI), a harvested record a sum and words at the head of
 * the description. A sum that the provincial council fixes, or that depends on the quantity, is left open and named.
 */
export function feesOf(channels: readonly NationalChannel[], note: Note): FeeSpec[] {
  const of = (kind: string) =>
    unique(
      channels
        .filter((c) => c.kind === kind)
        .flatMap((c) => c.times)
        .flatMap(feesOfTime),
    );
  const kind = CHANNEL_ORDER.find((k) => channels.some((c) => c.kind === k));
  if (kind === undefined) return [];
  const read = of(kind);
  for (const { fee, implausible } of read) {
    if (implausible !== '') note('FEE_IMPLAUSIBLE', `KENH ${kind}`, implausible);
    else if (fee.amount === null) note('FEE_NOT_FIXED', `KENH ${kind}`, fee.note);
  }
  const online = of('2');
  if (kind !== '2' && online.length > 0 && sums(online) !== sums(read)) {
    note('FEE_BY_CHANNEL', 'KENH 2', sums(online));
  }
  return read.map((r) => r.fee);
}

function sums(fees: readonly ReadFee[]): string {
  return fees.map(({ fee }) => fee.amount ?? '-').join(' + ');
}

function unique(fees: readonly ReadFee[]): ReadFee[] {
  const seen = new Map(fees.map((f) => [`${f.fee.code}|${f.fee.amount}|${f.fee.note}`, f]));
  return [...seen.values()];
}

function feesOfTime(time: NationalTime): ReadFee[] {
  const rows = objects(time.PHILEPHI, row).flatMap((r): ReadFee[] => {
    const words = `${r.TENPHILEPHI} ${r.MOTA}`.trim();
    if (r.SOTIEN === '' && words === '') return [];
    const sum = amountOf(r.SOTIEN);
    if (sum.amount === 0 && NOTHING.test(r.MOTA)) return [];
    return [read(r.MAPHILEPHI, r.TENPHILEPHI, r.MOTA, sum)];
  });
  return rows.length > 0 ? rows : fromWords(time.MOTA);
}

const HEAD = /^(?:(miễn phí)|([\d.,]*)\s*(?:VNĐ|Việt Nam Đồng))\s*/iu;

/** '50,000 Việt Nam Đồng(note)description', 'VNĐ(note)', 'Miễn phí(note)'; else nothing is said of fees. */
function fromWords(words: string): ReadFee[] {
  const head = HEAD.exec(words);
  if (!head) return [];
  const note = bracketed(words.slice(head[0].length));
  if (head[1] !== undefined) {
    if (NOTHING.test(note) || !/phí|mức thu|quy định|đồng/iu.test(note)) return [];
    return [read('', '', note, { amount: null, implausible: '' })];
  }
  return [read('', '', note, amountOf(head[2] ?? ''))];
}

/** What stands in the bracket at the beginning, itself perhaps with brackets; one that never closes goes to the end. */
function bracketed(words: string): string {
  if (!words.startsWith('(')) return '';
  let depth = 0;
  for (let i = 0; i < words.length; i += 1) {
    if (words[i] === '(') depth += 1;
    if (words[i] === ')') depth -= 1;
    if (depth === 0) return words.slice(1, i).trim();
  }
  return words.slice(1).trim();
}

function amountOf(raw: string): { readonly amount: number | null; readonly implausible: string } {
  const digits = raw.replace(/[.,\s](?=\d{3})/g, '').replace(/[.,]0+$/, '');
  if (digits === '') return { amount: null, implausible: '' };
  const value = /^\d{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  if (value === 0 || (value >= LEAST_DONG && value <= MOST_DONG)) return { amount: value, implausible: '' };
  return { amount: null, implausible: raw };
}

function read(code: string, name: string, note: string, sum: ReturnType<typeof amountOf>): ReadFee {
  const words = `${name} ${note}`.trim();
  const kind = /^[-+*\s]*lệ phí|^(?:.(?!(?<!lệ )phí))*lệ phí/iu.test(words) ? 'charge' : 'fee';
  const fee = {
    code,
    name: (name || KIND_WORD[kind]).slice(0, 500),
    kind,
    note: note.slice(0, MOST_NOTE),
  } as const;
  return { fee: { ...fee, amount: sum.amount }, implausible: sum.implausible };
}
