import { minuteOf, pad, showMinute } from '../calendar/local-time.ts';
import { runningLine } from './about-dossier.ts';
import { columnsOf } from './columns.ts';
import { openDraft } from './draft.ts';
import { labelsOf, type SlipForm } from './form.ts';
import { drawHead, drawTitle } from './head.ts';
import { labelled } from './labelled.ts';
import type { HandOverRequest, HandOverSide } from './registers.ts';
import { drawSignatures } from './signatures.ts';
import type { SlipContext } from './slip.ts';
import { type Cell, cell, createTable } from './table.ts';
import { fill, writeInstant } from './wording.ts';

const LABELS = [
  'title.dossiers',
  'title.results',
  'from',
  'to',
  'at',
  'sum.dossiers',
  'sum.results',
  'papers',
  'empty',
  'giver',
  'taker',
  'signHere',
] as const;

const ALIGNS = {
  order: 'centre',
  code: 'left',
  applicant: 'left',
  name: 'left',
  papers: 'centre',
  due: 'centre',
  note: 'left',
} as const;

/**
 * 'Phiếu bàn giao hồ sơ' or 'Phiếu bàn giao kết quả': what one side hands to the other on paper, with the number of
 * papers of each, signed by both.
 */
export async function renderHandOver(
  request: HandOverRequest,
  context: SlipContext,
  form: SlipForm,
): Promise<Uint8Array> {
  const labels = labelsOf(form, LABELS);
  const title = labels[`title.${request.subject}`];
  const draft = await openDraft(form, context, { title, running: runningLine(form, context, title) });
  const { fonts, sheet, sizes, print } = draft;
  drawHead(draft, { qr: null });
  drawTitle(draft, title);
  labelled(draft, labels.from, side(request.from));
  labelled(draft, labels.to, side(request.to));
  labelled(draft, labels.at, writeInstant(form, request.at));
  sheet.y += 4;

  const columns = columnsOf(form, ALIGNS);
  const table = createTable(sheet, fonts, {
    columns: columns.map((c) => c.column),
    size: sizes.small * 0.75,
  });
  const text = (value: string) => cell(print(value), fonts.regular);
  request.rows.forEach((row, i) => {
    const cells: Readonly<Record<keyof typeof ALIGNS, Cell>> = {
      order: text(String(i + 1)),
      code: text(row.code),
      applicant: text(row.applicant),
      name: text(row.name),
      papers: text(pad(row.papers)),
      due: text(row.dueAt === null ? '' : showMinute(minuteOf(row.dueAt))),
      note: text(row.note),
    };
    table.row(columns.map((c) => cells[c.key]));
  });
  if (request.rows.length === 0)
    table.row([cell(labels.empty, fonts.italic, { span: columns.length, align: 'centre' })]);
  table.close();
  sheet.y += 6;
  const papers = request.rows.reduce((sum, row) => sum + row.papers, 0);
  const sum = fill(labels[`sum.${request.subject}`], { count: pad(request.rows.length) });
  sheet.paragraph([{ text: `${sum} ${fill(labels.papers, { count: pad(papers) })}`, font: fonts.regular }]);
  drawSignatures(draft, [
    { title: labels.giver, notes: [labels.signHere], name: request.from.person },
    { title: labels.taker, notes: [labels.signHere], name: request.to.person },
  ]);
  return draft.finish();
}

function side({ agency, person }: HandOverSide): string {
  return [agency, person].filter((p) => p !== '').join(' - ');
}
