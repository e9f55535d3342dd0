import type { ComponentView } from '../../contract/model.ts';
import type { ComponentSpec } from '../../contract/procedures.ts';
import { pad } from '../calendar/local-time.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { fill } from './wording.ts';

/** How many of a paper: bản chính, bản chứng thực, bản photo. */
export interface Amounts {
  readonly originals: number;
  readonly certified: number;
  readonly photocopies: number;
}

/** A line of 'thành phần hồ sơ nộp gồm': a paper that was handed in, or data that stand in for one. */
export interface HandedIn {
  readonly name: string;
  /** As counted at the counter, else as the catalogue asks; null for data. */
  readonly amounts: Amounts | null;
  /** The catalogue says 'bản sao' without saying whether certified: only a count tells the two apart. */
  readonly counted: boolean;
  /** Base that was asked in place of the paper, and the reply's id; null for a paper. */
  readonly data: { readonly base: string; readonly reference: string } | null;
}

/**
 * What a dossier holds, in the catalogue's order: components to be handed in that have pages, files or a count of
 * papers, and those for which a database's matching answer stands in (NĐ 118/2025 Điều 4 as amended by NĐ 309/2026).
 */
export function handedIn(components: readonly ComponentView[]): HandedIn[] {
  return components.flatMap((component): HandedIn[] => {
    const { spec, counts, lookup } = component;
    if (spec.handling !== 'submit') return [];
    if (hasPaper(component)) {
      return [{ name: spec.name, amounts: counts ?? catalogued(spec), counted: counts !== null, data: null }];
    }
    if (lookup?.answer === 'match' && lookup.fallback === '') {
      const { base, reference } = lookup;
      return [{ name: spec.name, amounts: null, counted: false, data: { base, reference } }];
    }
    return [];
  });
}

/** `01 bản chính, 02 bản sao`; empty where there is nothing to count. */
export function writeAmounts(form: SlipForm, { amounts, counted }: HandedIn): string {
  if (amounts === null) return '';
  const labels = labelsOf(form, ['originals', 'copies', 'certified', 'photocopies']);
  const words: readonly (readonly [string, number])[] = [
    [labels.originals, amounts.originals],
    [labels.certified, amounts.certified],
    [counted ? labels.photocopies : labels.copies, amounts.photocopies],
  ];
  return words
    .filter(([, count]) => count > 0)
    .map(([label, count]) => fill(label, { count: pad(count) }))
    .join(', ');
}

/** `thay bằng dữ liệu …, mã tra cứu …` */
export function writeData(form: SlipForm, { base, reference }: NonNullable<HandedIn['data']>): string {
  const labels = labelsOf(form, ['byData', 'byDataReference']);
  return (
    fill(labels.byData, { base }) + (reference === '' ? '' : fill(labels.byDataReference, { reference }))
  );
}

/** Without a count, copies are taken for plain ones: a certification that nobody saw is not put on a paper. */
export function catalogued(spec: ComponentSpec): Amounts {
  return { originals: spec.originals, certified: 0, photocopies: spec.copies };
}

function hasPaper({ pages, attachments, counts }: ComponentView): boolean {
  const counted = counts !== null && counts.originals + counts.certified + counts.photocopies > 0;
  return counted || pages.some((p) => !p.removed) || attachments.some((a) => !a.removed);
}
