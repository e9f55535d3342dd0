import { z } from 'zod';
import { isConditional } from '../../contract/components.ts';
import type { ComponentSpec } from '../../contract/procedures.ts';
import { splitFormName } from './form-name.ts';
import { list, type Note, objects, shown, text, whole } from './national-record.ts';

const paper = z.object({
  MAGIAYTO: text,
  TENGIAYTO: text,
  SOBANCHINH: z.unknown().optional(),
  SOBANSAO: z.unknown().optional(),
  NHOM: text,
  TENMAUDON: text,
  URL: text,
  MA_KQ_THAYTHE: text,
});
/** Facts §6.1: the portal nests papers under cases; harvested records are flat. Both are read. */
const paperOrCase = paper.extend({ TRUONGHOP: text, GIAYTO: list });

interface CasedPaper extends z.output<typeof paper> {
  readonly situation: string;
}

/** Headings that the portal puts where a case would stand (facts §4): they say what is done, not whom it concerns. */
const HEADING = /giấy tờ phải (?:nộp|xuất trình)|^bao gồm|^thành phần hồ sơ|^hồ sơ gồm/iu;

export function componentsOf(raw: readonly unknown[], note: Note): ComponentSpec[] {
  const papers = objects(raw, paperOrCase).flatMap((p): CasedPaper[] => {
    const heading = HEADING.test(p.TRUONGHOP) ? p.TRUONGHOP : '';
    const situation = heading === '' ? p.TRUONGHOP : '';
    const inner = p.GIAYTO.length > 0 ? objects(p.GIAYTO, paper) : [p];
    return inner.map((i) => ({ ...i, situation, NHOM: i.NHOM || heading }));
  });
  if (papers.length === 0) note('COMPONENTS_MISSING', 'THANHPHANHOSO');
  // A single case that all papers stand under is no choice: everybody is in it.
  const choice = new Set(papers.map((p) => p.situation)).size > 1;
  return papers.map((p, i) => componentFrom(p, i + 1, choice ? p.situation : '', note));
}

/** A form is filled in and handed in, whatever group it stands under. */
const FORM = /^(?:tờ khai|đơn )/iu;

function componentFrom(p: CasedPaper, number: number, situation: string, note: Note): ComponentSpec {
  const where = `THANHPHANHOSO ${number}`;
  if (p.TENGIAYTO === '') note('COMPONENT_NAME_MISSING', where);
  const originals = quantity(p.SOBANCHINH, `${where} SOBANCHINH`, note);
  const copies = quantity(p.SOBANSAO, `${where} SOBANSAO`, note);
  const split = splitFormName(p.TENGIAYTO);
  if (split.unclear) note('FORM_NAME_UNCLEAR', where, p.TENGIAYTO.slice(-160));
  const name = split.name || p.TENGIAYTO || `#${number}`;
  const handling = handlingOf(p, name, originals + copies, where, note);
  const form = p.TENMAUDON || p.URL ? { name: p.TENMAUDON, url: p.URL } : null;
  return {
    id: `tp-${String(number).padStart(2, '0')}`,
    code: p.MAGIAYTO,
    name,
    originals,
    copies,
    handling,
    required: handling === 'submit' && situation === '' && !isConditional(name),
    group: p.situation || p.NHOM,
    situation,
    replacedBy: p.MA_KQ_THAYTHE,
    form: form ?? (split.form === '' ? null : { name: split.form, url: '' }),
  };
}

function handlingOf(
  p: CasedPaper,
  name: string,
  amount: number,
  where: string,
  note: Note,
): ComponentSpec['handling'] {
  if (amount === 0) return 'note';
  if (!/phải xuất trình/iu.test(p.NHOM)) return 'submit';
  if (!FORM.test(name)) return 'show';
  note('FORM_MARKED_SHOW', where, name);
  return 'submit';
}

/** More copies than anyone asks for: a year that ran into the number when the text was harvested ('20261'). */
const MOST_COPIES = 20;

function quantity(raw: unknown, where: string, note: Note): number {
  const value = whole.parse(raw);
  if (value !== null && value <= MOST_COPIES) return value;
  note('QUANTITY_IMPLAUSIBLE', where, shown(raw));
  return value === null ? 0 : value % 10;
}
