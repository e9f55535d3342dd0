import { CounterError } from '../../contract/errors.ts';
import type { DossierView } from '../../contract/model.ts';
import { dayOfMinute, minuteOf } from '../calendar/local-time.ts';
import { dossierQr, type ReceivedFacts, receivedFacts, runningLine } from './about-dossier.ts';
import { codeLine } from './codes.ts';
import { columnsOf } from './columns.ts';
import { type Draft, openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawHead, drawTitle } from './head.ts';
import { labelled } from './labelled.ts';
import { POINTS_PER_MM } from './sheet.ts';
import type { Slip, SlipContext } from './slip.ts';
import { type Cell, cell, createTable } from './table.ts';
import { fill, writeInstant } from './wording.ts';

const LABELS = [
  'title',
  'code',
  'temporaryCode',
  'applicant',
  'received',
  'due',
  'agency',
  'partners',
  'giver',
  'taker',
  'blank',
  'blankInstant',
  'early',
  'onTime',
  'late',
  'handsOver',
  'takesOver',
] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

/** One passage of the dossier from hand to hand; null = still to be written by hand. */
interface HandOver {
  readonly from: string | null;
  readonly to: string | null;
  readonly at: string | null;
  readonly result: string;
}

/** Rows that a paper form offers at least, so that later hand-overs find their place. */
const ROWS = 4;
const SIGNING_MM = 12;

/**
 * 'Phiếu kiểm soát quá trình giải quyết hồ sơ': the dossier's way from agency to agency, with what is known written in
 * and the rest to be written and signed by hand. The last hand-over, back to the counter, says whether the result came
 * before, on or after the appointed day. Which fields there are, and in which order, is the form's (`fields`).
 *
 * Throws DOSSIER_STATE for a dossier that is not received.
 */
export async function renderProcessControl(
  { dossier }: Extract<Slip, { kind: 'process-control' }>,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const facts = receivedFacts(dossier);
  const labels = labelsOf(form, LABELS);
  const running = runningLine(form, context, codeLine({ form }, facts.code));
  const draft = await openDraft(form, context, { title: `${form.form} ${facts.code.value}`, running });
  drawHead(draft, { qr: await dossierQr(context, form, dossier, facts) });
  drawTitle(draft, labels.title);
  drawFields(draft, labels, dossier, facts);
  draft.sheet.y += 3;
  drawWay(draft, labels, wayOf(dossier, context.unit.name, labels));
  return draft.finish();
}

function drawFields(draft: Draft, labels: Labels, dossier: DossierView, facts: ReceivedFacts): void {
  const { form } = draft;
  const [agency = '', ...others] = agenciesOf(dossier);
  const drawings: Readonly<Record<string, () => void>> = {
    code: () => {
      const official = facts.code.kind === 'official';
      const code = draft.exact(facts.code.value, 'code');
      labelled(draft, official ? labels.code : labels.temporaryCode, code, true);
    },
    applicant: () => labelled(draft, labels.applicant, draft.exact(facts.applicant.name, 'name'), true),
    received: () => labelled(draft, labels.received, writeInstant(form, facts.receivedAt)),
    due: () => labelled(draft, labels.due, dossier.due ? writeInstant(form, dossier.due.at) : ''),
    agency: () => labelled(draft, labels.agency, agency),
    partners: () => labelled(draft, labels.partners, others.join('; ')),
  };
  for (const key of form.fields) {
    const draw = drawings[key];
    if (!draw) {
      throw new CounterError('CONFIG_INVALID', {
        file: 'slip-form',
        problem: `${form.kind}: fields: ${key}`,
      });
    }
    draw();
  }
}

function agenciesOf({ forwarded }: DossierView): string[] {
  return [...new Set(forwarded.map((f) => f.agency))];
}

function wayOf(dossier: DossierView, counter: string, labels: Labels): HandOver[] {
  const { forwarded, finishedAt, due } = dossier;
  const way: HandOver[] = forwarded.map((f, i) => ({
    from: i === 0 ? counter : forwarded[i - 1]!.agency,
    to: [f.agency, f.person].filter((p) => p !== '').join(' - '),
    at: f.at,
    result: '',
  }));
  const last = forwarded.at(-1);
  if (last && finishedAt) {
    const result = due ? labels[punctuality(finishedAt, due.at)] : '';
    way.push({ from: last.agency, to: counter, at: finishedAt, result });
  }
  while (way.length < ROWS) {
    way.push({ from: way.length === 0 ? counter : null, to: null, at: null, result: '' });
  }
  return way;
}

/** By the minute after the appointment it is late; on an earlier day, early. */
export function punctuality(finishedAt: string, dueAt: string): 'early' | 'onTime' | 'late' {
  const finished = minuteOf(finishedAt);
  const due = minuteOf(dueAt);
  if (finished > due) return 'late';
  return dayOfMinute(finished) < dayOfMinute(due) ? 'early' : 'onTime';
}

function drawWay(draft: Draft, labels: Labels, way: readonly HandOver[]): void {
  const { form, fonts, sheet, sizes, print } = draft;
  const columns = columnsOf(form, {
    agency: 'left',
    time: 'centre',
    result: 'centre',
    note: 'left',
  } as const);
  const table = createTable(sheet, fonts, { columns: columns.map((c) => c.column), size: sizes.small });
  const line = (label: string, value: string | null) => [
    { text: print(fill(label, { name: value ?? labels.blank })), font: fonts.regular },
  ];
  for (const { from, to, at, result } of way) {
    const time = at === null ? labels.blankInstant : writeInstant(form, at);
    const cells: Readonly<Record<'agency' | 'time' | 'result' | 'note', Cell>> = {
      agency: { paragraphs: [line(labels.giver, from), line(labels.taker, to)] },
      time: cell(print(time), fonts.regular),
      result: cell(result, fonts.regular),
      note: cell('', fonts.regular),
    };
    const half = Math.floor(columns.length / 2);
    table.together([
      { cells: columns.map((c) => cells[c.key]) },
      {
        cells: [
          cell(labels.handsOver, fonts.italic, { span: half, align: 'centre' }),
          cell(labels.takesOver, fonts.italic, { span: columns.length - half, align: 'centre' }),
        ],
        minHeight: SIGNING_MM * POINTS_PER_MM,
      },
    ]);
  }
  table.close();
  if (form.labels.electronic !== undefined) {
    sheet.y += 3;
    sheet.paragraph([{ text: print(form.labels.electronic), font: fonts.italic }], { size: sizes.small });
  }
}
