import { z } from 'zod';
import { id } from '../../contract/basics.ts';
import { CounterError } from '../../contract/errors.ts';
import type { CertificationEntry } from '../../contract/model.ts';
import { localDay, pad } from '../calendar/local-time.ts';
import { assertNotConfidential } from './confidential.ts';

/*
 * Chứng thực bản sao điện tử từ bản chính (NĐ 45/2020/NĐ-CP Điều 10): an act of the certifying authority with its own
 * book. It shares nothing with the clerk's digitising (TT 01/2023/TT-VPCP Điều 8) or the agency's sao y (NĐ 30/2020):
 * no type, no numbers, no signers.
 */

/** Words that stand on the page in front of the officer's name: `TM. ỦY BAN NHÂN DÂN`, `CHỦ TỊCH`. */
const functionTitle = z.array(z.string().trim().min(1).max(80)).max(4);

export const certificationFacts = z.object({
  /** Made by who asks; the same one again is the same act. */
  id,
  /** Who asked for the copy. */
  requester: z.string().trim().min(1).max(255),
  /** The original: its kind, and what tells it from others of its kind. */
  document: z.string().trim().min(1).max(500),
  copies: z.number().int().min(1).max(1000).default(1),
  /** The officer saw the original and compared the copy with it: the act's first step and its meaning. */
  originalCompared: z.literal(true),
  officer: z.object({ name: z.string().trim().min(1).max(120), title: functionTitle.default([]) }),
  authority: z.object({ name: z.string().trim().min(1).max(255) }),
});
export type CertificationFacts = z.infer<typeof certificationFacts>;

/** Throws BAD_REQUEST {problem}, or CONFIDENTIAL_PAPER: what is secret is never scanned. */
export function parseCertification(raw: unknown): CertificationFacts {
  const parsed = certificationFacts.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const problem = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
    throw new CounterError('BAD_REQUEST', { problem }, { cause: parsed.error });
  }
  assertNotConfidential(parsed.data.document);
  return parsed.data;
}

export interface FeeRule {
  readonly firstPages: number;
  /** Đồng for each of the first pages, and for each further one. */
  readonly first: number;
  readonly further: number;
  /** Most for one copy. */
  readonly most: number;
}

/** Đồng for all copies. */
export function certificationFee(pages: number, copies: number, rule: FeeRule): number {
  const first = Math.min(pages, rule.firstPages) * rule.first;
  const further = Math.max(0, pages - rule.firstPages) * rule.further;
  return Math.min(first + further, rule.most) * copies;
}

/** The year of the book that an act at this moment belongs to, at +07:00. */
export function bookYear(at: Date): number {
  return Number(localDay(at).slice(0, 4));
}

export interface AttestationWording {
  readonly title: string;
  readonly number: string;
  readonly date: string;
  /** Stands above the officer's name where no function is given. */
  readonly signers: string;
}

/** The lời chứng, ready to be set. */
export interface Attestation {
  readonly title: string;
  readonly number: string;
  readonly date: string;
  readonly functionLines: readonly string[];
  readonly officer: string;
}

export function attestationOf(
  entry: Pick<CertificationEntry, 'number' | 'volume' | 'year' | 'bookSign' | 'at'>,
  officer: CertificationFacts['officer'],
  wording: AttestationWording,
): Attestation {
  const [, month, day] = localDay(new Date(entry.at)).split('-').map(Number) as [number, number, number];
  const values: Readonly<Record<string, string>> = {
    number: pad(entry.number),
    volume: entry.volume,
    year: String(entry.year),
    sign: entry.bookSign,
    day: pad(day),
    // NĐ 30/2020/NĐ-CP Phụ lục I mục II.4b: of the months, only 1 and 2 get a zero in front.
    month: month <= 2 ? pad(month) : String(month),
  };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
  return {
    title: wording.title,
    number: fill(wording.number),
    date: fill(wording.date),
    functionLines: officer.title.length > 0 ? officer.title : [wording.signers],
    officer: officer.name,
  };
}
