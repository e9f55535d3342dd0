import { CounterError } from '../../contract/errors.ts';
import type { SecrecyMark } from '../../contract/life-cycle.ts';

export type ConfidentialMark = SecrecyMark;

/** Why the intake stops; printed with the failure. */
export const SECRECY_RULE = 'NĐ 30/2020/NĐ-CP Điều 22 khoản 4; TT 01/2023/TT-VPCP Điều 4';

/** 'mật' is part of many everyday words; these neighbours make one of them. */
const COMPOUND_BEFORE = new Set([
  'bảo',
  'bí',
  'thân',
  'cơ',
  'nội',
  'ống',
  'túi',
  'sỏi',
  'ngọt',
  'mía',
  'đường',
]);
const COMPOUND_AFTER = new Set([
  ...['khẩu', 'mã', 'ong', 'độ', 'thiết', 'vụ', 'thám', 'hiệu', 'lệnh', 'danh', 'mía', 'hoa', 'đường', 'gấu'],
  ...['báo', 'ước', 'đàm', 'nghị', 'tông', 'ngọt', 'rỉ', 'mía', 'khu', 'thất', 'chỉ', 'phục'],
]);
/** Words that name a paper or its mark: before 'mật' they make it a level of secrecy. */
const PAPER_WORDS = new Set(['dấu', 'độ', 'mức', 'liệu', 'bản', 'sơ', 'giấy', 'loại', 'quyết', 'chế']);

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The mark of secrecy that a text carries, or null. Meant for stamps that a clerk picks and for names of papers and
 * of documents on disk, not for running prose. 'TỐI MẬT' and 'TUYỆT MẬT' count in any case; 'mật' counts where it
 * stands alone or qualifies a paper ('văn bản mật'), not inside words such as 'bảo mật' or 'mật khẩu'.
 */
export function confidentialMark(text: string): ConfidentialMark | null {
  const folded = text.normalize('NFC').toLowerCase();
  const words = wordsOf(folded);
  let found: ConfidentialMark | null = null;
  words.forEach((word, i) => {
    if (word.text !== 'mật') return;
    const before = words[i - 1]?.text ?? '';
    if (before === 'tuyệt') found = 'TUYỆT MẬT';
    else if (before === 'tối') found = found ?? 'TỐI MẬT';
    else if (!found && isPlainMark(folded, words, i)) found = 'MẬT';
  });
  // File names often lose their diacritics; this pair of words has no other reading.
  if (!found && /(^|[^a-z])tuyet[ _-]*mat([^a-z]|$)/.test(folded)) return 'TUYỆT MẬT';
  return found;
}

/** Throws CONFIDENTIAL_PAPER {mark, rule} where the text carries a mark of secrecy. */
export function assertNotConfidential(text: string): void {
  const mark = confidentialMark(text);
  if (mark) throw new CounterError('CONFIDENTIAL_PAPER', { mark, rule: SECRECY_RULE });
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{M}]+/gu)].map((m) => ({
    text: m[0],
    start: m.index,
    end: m.index + m[0].length,
  }));
}

function isPlainMark(text: string, words: readonly Word[], i: number): boolean {
  const before = words[i - 1];
  const after = words[i + 1];
  if (COMPOUND_AFTER.has(after?.text ?? '')) return false;
  if (COMPOUND_BEFORE.has(before?.text ?? '')) return false;
  if (PAPER_WORDS.has(before?.text ?? '')) return true;
  if (before?.text === 'văn') return words[i - 2]?.text === 'công';
  if (before?.text === 'thị') return false;
  return (
    standsApart(text, before?.end ?? 0, words[i]!.start) && standsApart(text, words[i]!.end, after?.start)
  );
}

/** True where no word is joined by mere blanks: an end of the text, a digit or a mark such as '(', '-', '_' lies between. */
function standsApart(text: string, from: number, to: number = text.length): boolean {
  return from === 0 || to === text.length ? true : text.slice(from, to).trim() !== '';
}
