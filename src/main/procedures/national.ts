import { z } from 'zod';
import { CounterError } from '../../contract/errors.ts';
import type { ComponentSpec, Duration, Procedure } from '../../contract/procedures.ts';
import { nationalCode } from './search.ts';

/** What could not be read, or had to be read with a guess; shown to the admin, one line each. */
export interface ImportProblem {
  readonly procedure: string;
  readonly code:
    | 'RECORD_UNREADABLE'
    | 'DUPLICATE_CODE'
    | 'FIELD_MISSING'
    | 'VERSION_MISSING'
    | 'NAME_MISSING'
    | 'CHANNEL_MISSING'
    | 'DURATION_MISSING'
    | 'DURATION_UNIT_MISSING'
    | 'DURATION_UNIT_UNKNOWN'
    | 'DURATION_AMBIGUOUS'
    | 'DURATION_FROM_OTHER_CHANNEL'
    | 'MONTHS_AS_DAYS'
    | 'COMPONENTS_MISSING'
    | 'COMPONENT_NAME_MISSING'
    | 'QUANTITY_IMPLAUSIBLE'
    | 'FORM_MARKED_SHOW'
    | 'RESULTS_MISSING'
    | 'RESULT_NAME_MISSING'
    | 'RESULT_CODE_MISSING';
  /** The place within the record, as a person would point at it. */
  readonly where: string;
  readonly value: string;
}

export interface Imported {
  readonly procedure: Procedure;
  readonly problems: readonly ImportProblem[];
}

const text = z
  .unknown()
  .optional()
  .transform((v) => (typeof v === 'string' || typeof v === 'number' ? clean(String(v)) : ''));
const list = z
  .unknown()
  .optional()
  .transform((v): unknown[] => (Array.isArray(v) ? v : []));
const whole = z
  .unknown()
  .optional()
  .transform((v) => (typeof v === 'string' && v.trim() !== '' ? Number(v) : v))
  .transform((v) => (typeof v === 'number' && Number.isInteger(v) && v >= 0 ? v : null));

const paper = z.object({
  MAGIAYTO: text,
  TENGIAYTO: text,
  SOBANCHINH: z.unknown().optional(),
  SOBANSAO: z.unknown().optional(),
  NHOM: text,
});
/** Facts §6.1: the portal nests papers under cases; harvested records are flat. Both are read. */
const paperOrCase = paper.extend({ TRUONGHOP: text, GIAYTO: list });
const time = z.object({ THOIGIANGIAIQUYET: whole, DONVITINH: text });
const channel = time.extend({ KENH: text, THOIGIAN: list });
const result = z.object({ MAKETQUA: text, TENKETQUA: text });
const field = z.object({ MALINHVUC: text, TENLINHVUC: text });
const record = z.object({
  MATTHC: text,
  TENTTHC: text,
  QUYETDINH: text,
  LINHVUC: text,
  LINHVUCTHUCHIEN: list,
  CACHTHUCTHUCHIEN: list,
  THANHPHANHOSO: list,
  KETQUATHUCHIEN: list,
});

type Note = (code: ImportProblem['code'], where: string, value?: unknown) => void;

/**
 * One record of the national catalogue (`LayThuTuc`, facts §6.1) as a procedure. What is missing or odd is named in
 * `problems` and the rest is kept. Throws PROCEDURE_FILE_INVALID only where there is no code to file it under.
 */
export function fromNational(raw: unknown): Imported {
  const parsed = record.safeParse(raw);
  if (!parsed.success || parsed.data.MATTHC === '') {
    throw new CounterError('PROCEDURE_FILE_INVALID', { reason: 'no-code' });
  }
  const source = parsed.data;
  const code = nationalCode(source.MATTHC);
  const problems: ImportProblem[] = [];
  const note: Note = (what, where, value = '') =>
    problems.push({ procedure: code, code: what, where, value: String(value).slice(0, 200) });

  if (source.TENTTHC === '') note('NAME_MISSING', 'TENTTHC');
  if (source.QUYETDINH === '') note('VERSION_MISSING', 'QUYETDINH');
  const procedure: Procedure = {
    code,
    name: source.TENTTHC || code,
    field: fieldOf(source, note),
    version: source.QUYETDINH || '-',
    duration: durationOf(source.CACHTHUCTHUCHIEN, note),
    onlineDuration: null,
    phases: [],
    agency: '',
    levels: [],
    fees: [],
    onlineOnly: false,
    components: componentsOf(source.THANHPHANHOSO, note),
    results: resultsOf(source.KETQUATHUCHIEN, note),
  };
  return { procedure, problems };
}

function fieldOf(source: z.output<typeof record>, note: Note): Procedure['field'] {
  const nested = objects(source.LINHVUCTHUCHIEN, field)[0];
  const name = nested?.TENLINHVUC || source.LINHVUC;
  if (name === '') note('FIELD_MISSING', 'LINHVUC');
  return { code: nested?.MALINHVUC ?? '', name };
}

/** 1 in person, 3 by post, 2 online: a counter takes paper, so the time of the direct channel is its own. */
const CHANNEL_ORDER = ['1', '3', '2'];

function durationOf(raw: readonly unknown[], note: Note): Duration | null {
  const channels = objects(raw, channel);
  if (channels.length === 0) {
    note('CHANNEL_MISSING', 'CACHTHUCTHUCHIEN');
    return null;
  }
  for (const kind of CHANNEL_ORDER) {
    const times = channels.filter((c) => c.KENH === kind).flatMap(timesOf);
    const known = times.map((t) => toDuration(t)).filter((d) => d !== null);
    if (known.length === 0) continue;
    if (kind !== '1') note('DURATION_FROM_OTHER_CHANNEL', `KENH ${kind}`);
    return chooseDuration(known, note);
  }
  note('DURATION_MISSING', 'THOIGIANGIAIQUYET');
  return null;
}

function timesOf(c: z.output<typeof channel>): z.output<typeof time>[] {
  const nested = objects(c.THOIGIAN, time);
  return nested.length > 0 ? nested : [c];
}

interface Reading {
  readonly duration: Duration;
  readonly problem: ImportProblem['code'] | null;
  readonly source: string;
}

const UNITS: Readonly<Record<string, Duration['unit']>> = {
  'ngày làm việc': 'working-day',
  ngày: 'day',
  giờ: 'hour',
  'giờ làm việc': 'hour',
};

/** '1' without a unit means within the day (facts §9.2); a greater number without one is taken as working days. */
function toDuration(t: z.output<typeof time>): Reading | null {
  const value = t.THOIGIANGIAIQUYET;
  if (value === null || value === 0) return null;
  const source = `${value} ${t.DONVITINH}`.trim();
  const unit = UNITS[t.DONVITINH.toLowerCase()];
  if (unit) return { duration: { value, unit }, problem: null, source };
  if (t.DONVITINH === '' && value === 1) {
    return { duration: { value: 1, unit: 'same-day' }, problem: null, source };
  }
  if (t.DONVITINH === '') {
    return { duration: { value, unit: 'working-day' }, problem: 'DURATION_UNIT_MISSING', source };
  }
  if (t.DONVITINH.toLowerCase() === 'tháng') {
    // Bộ luật Dân sự 2015 Điều 146: a month that is not a calendar one counts thirty days.
    return { duration: { value: value * 30, unit: 'day' }, problem: 'MONTHS_AS_DAYS', source };
  }
  return { duration: { value, unit: 'working-day' }, problem: 'DURATION_UNIT_UNKNOWN', source };
}

/** Several times for several cases: the longest, since a promise made too early is the one that gets broken. */
function chooseDuration(readings: readonly Reading[], note: Note): Duration {
  const longest = readings.reduce((a, b) => (hoursOf(b.duration) > hoursOf(a.duration) ? b : a));
  const distinct = [...new Set(readings.map((r) => r.source))];
  if (distinct.length > 1) note('DURATION_AMBIGUOUS', 'THOIGIANGIAIQUYET', distinct.join('; '));
  if (longest.problem) note(longest.problem, 'DONVITINH', longest.source);
  return longest.duration;
}

function hoursOf({ value, unit }: Duration): number {
  return unit === 'hour' ? value : unit === 'day' ? (value * (8 * 5)) / 7 : value * 8;
}

interface CasedPaper extends z.output<typeof paper> {
  readonly situation: string;
}

function componentsOf(raw: readonly unknown[], note: Note): ComponentSpec[] {
  const papers = objects(raw, paperOrCase).flatMap((p): CasedPaper[] =>
    p.GIAYTO.length > 0
      ? objects(p.GIAYTO, paper).map((inner) => ({ ...inner, situation: p.TRUONGHOP }))
      : [{ ...p, situation: p.TRUONGHOP }],
  );
  if (papers.length === 0) note('COMPONENTS_MISSING', 'THANHPHANHOSO');
  const cases = new Set(papers.map((p) => p.situation));
  return papers.map((p, i) => componentFrom(p, i + 1, cases.size > 1, note));
}

/** Papers that only some applicants owe begin or speak like this; nobody must be stopped for lack of them. */
const CONDITIONAL =
  /^(?:trường hợp|đối với|nếu|khi |văn bản ủy quyền|văn bản uỷ quyền|giấy ủy quyền|[(*]?[ivx]+\))|nếu có|trong trường hợp|đối với trường hợp|điện tử tương tác|hình thức trực tuyến/iu;
/** A form is filled in and handed in, whatever group it stands under. */
const FORM = /^(?:tờ khai|đơn )/iu;

function componentFrom(p: CasedPaper, number: number, alternatives: boolean, note: Note): ComponentSpec {
  const where = `THANHPHANHOSO ${number}`;
  if (p.TENGIAYTO === '') note('COMPONENT_NAME_MISSING', where);
  const originals = quantity(p.SOBANCHINH, `${where} SOBANCHINH`, note);
  const copies = quantity(p.SOBANSAO, `${where} SOBANSAO`, note);
  const name = p.TENGIAYTO || `#${number}`;
  const handling = handlingOf(p, name, originals + copies, where, note);
  return {
    id: `tp-${String(number).padStart(2, '0')}`,
    code: p.MAGIAYTO,
    name,
    originals,
    copies,
    handling,
    required: handling === 'submit' && !alternatives && !CONDITIONAL.test(name),
    group: p.situation || p.NHOM,
    situation: p.situation,
    replacedBy: '',
    form: null,
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
  note('QUANTITY_IMPLAUSIBLE', where, raw);
  return value === null ? 0 : value % 10;
}

function resultsOf(raw: readonly unknown[], note: Note): Procedure['results'] {
  const results = objects(raw, result).map((r, i) => {
    const name = r.TENKETQUA.replace(/^[-–+•\s]+/, '');
    const code = r.MAKETQUA.replace(/[-.\s]+$/, '');
    if (name === '') note('RESULT_NAME_MISSING', `KETQUATHUCHIEN ${i + 1}`);
    if (code === '') note('RESULT_CODE_MISSING', `KETQUATHUCHIEN ${i + 1}`);
    return { code, name };
  });
  if (results.length === 0) note('RESULTS_MISSING', 'KETQUATHUCHIEN');
  return results;
}

function objects<S extends z.ZodType>(raw: readonly unknown[], shape: S): z.output<S>[] {
  return raw.flatMap((item) => {
    const parsed = shape.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

/** NFC, without invisible marks, one blank at a time. */
function clean(raw: string): string {
  return raw
    .normalize('NFC')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
