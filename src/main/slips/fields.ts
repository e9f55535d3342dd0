import { CounterError } from '../../contract/errors.ts';
import { pad } from '../calendar/local-time.ts';
import { codeLine, drawCodeBand, type PaperCodes } from './codes.ts';
import type { Draft } from './draft.ts';
import { labelsOf } from './form.ts';
import { catalogued, type HandedIn, handedIn, writeAmounts, writeData } from './handed-in.ts';
import { drawBlock } from './head.ts';
import { bearerOf, type PaperFacts, type Person } from './paper-facts.ts';
import { LEADING } from './sheet.ts';
import { type Cell, cell, createTable } from './table.ts';
import { widthOf } from './text.ts';
import { paperValues } from './values.ts';
import { fill, writeDuration, writeInstant } from './wording.ts';

interface Pen {
  readonly draft: Draft;
  readonly facts: PaperFacts;
  readonly codes: PaperCodes;
}

type DrawField = (pen: Pen) => void;

/** The fields that a form's data may name, each under its own label. Without a value a field is a dotted line. */
const FIELDS: Readonly<Record<string, DrawField>> = {
  'code-band': ({ draft, facts, codes }) => {
    if (facts.code) drawCodeBand(draft, facts.code, codes);
  },
  /** The code as a line, or dots where there is none yet. */
  code: (pen) => field(pen, 'codeField', pen.facts.code?.value ?? '', 'bold'),
  counter: (pen) => field(pen, 'counter', fill(label(pen, 'counterValue'), values(pen))),
  unit: (pen) => field(pen, 'unit', pen.draft.context.unit.name),
  ...personFields('applicant', (pen) => pen.facts.applicant),
  ...personFields('bearer', (pen) => bearerOf(pen.facts)),
  ...personFields('submitter', (pen) => pen.facts.dossier.submitter ?? pen.facts.applicant),
  /** Who hands in without an authorisation: the post, a member of the household. */
  messenger: (pen) => {
    const { submitter } = pen.facts.dossier;
    if (submitter && submitter.authorisation === '') field(pen, 'messenger', named(submitter));
  },
  /** The person who gave the authorisation, and the paper that gives it. */
  authorisation: drawAuthorisation,
  subject: (pen) => field(pen, 'subject', values(pen).subject!),
  components: drawComponents,
  'component-table': drawComponentTable,
  items: drawItems,
  'item-table': drawItemTable,
  sets: (pen) =>
    field(pen, 'sets', fill(label(pen, 'setsValue'), { count: pad(pen.facts.dossier.intake.sets) })),
  duration: (pen) => {
    const { procedure, intake } = pen.facts.dossier;
    const limit = intake.channel === 'online' ? procedure.onlineDuration : null;
    field(pen, 'duration', writeDuration(pen.draft.form, limit ?? procedure.duration));
  },
  received: (pen) => field(pen, 'received', instant(pen, pen.facts.receivedAt)),
  due: (pen) => field(pen, 'due', instant(pen, pen.facts.dossier.due?.at ?? null), 'bold'),
  'result-place': (pen) => field(pen, 'resultPlace', resultPlace(pen)),
  register: (pen) => {
    const blank = label(pen, 'blank');
    const { book, order } = pen.draft.context.register ?? { book: blank, order: blank };
    const shown = typeof order === 'number' ? pad(order) : order;
    statement(pen, fill(label(pen, 'register'), { book, order: shown }));
  },
  reason: (pen) => {
    const [first = '', ...more] = paragraphsOf(pen.facts.reason);
    field(pen, 'reason', first);
    for (const text of more) indented(pen, text);
  },
};

/** Prefix of a field that is a label's own words, with values filled in. */
const TEXT = 'text:';
/** The same, centred. */
const CENTRED = 'centre:';

/**
 * Draws a form's fields in its order; the last one stays on one page with what follows it, `below` points high.
 * Throws CONFIG_INVALID {file, problem} where the form names a field that is not known.
 */
export function drawFields(pen: Pen, below: number): void {
  const { form, sheet, fonts, sizes, print } = pen.draft;
  for (const [i, name] of form.fields.entries()) {
    if (i > 0 && i === form.fields.length - 1) sheet.room(below + sizes.body * sizes.leading + sizes.gap);
    if (name.startsWith(TEXT)) {
      sentence(pen, name.slice(TEXT.length));
    } else if (name.startsWith(CENTRED)) {
      const text = print(fill(label(pen, name.slice(CENTRED.length)), values(pen)));
      const across = { from: sheet.left, to: sheet.right, align: 'centre' as const };
      drawBlock(sheet, text, fonts.regular, sizes.body, across);
      sheet.y += sizes.paragraphGap;
    } else {
      const draw = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
      if (!draw) {
        const problem = `${form.kind} (${form.regulation}): fields: ${name}: unknown`;
        throw new CounterError('CONFIG_INVALID', { file: 'slip-form', problem });
      }
      draw(pen);
    }
  }
}

function personFields(
  role: 'applicant' | 'bearer' | 'submitter',
  of: (pen: Pen) => Person,
): Readonly<Record<string, DrawField>> {
  return {
    [role]: (pen) => field(pen, role, pen.draft.exact(of(pen).name, 'name'), 'bold'),
    [`${role}.identity`]: (pen) =>
      field(pen, 'identityNumber', pen.draft.exact(of(pen).identityNumber, 'identityNumber'), 'bold'),
    [`${role}.address`]: (pen) => field(pen, 'address', of(pen).address),
    [`${role}.contact`]: (pen) => pair(pen, ['phone', of(pen).phone], ['email', of(pen).email]),
  };
}

function label({ draft }: Pen, key: string): string {
  return labelsOf(draft.form, [key])[key]!;
}

function values(pen: Pen): Readonly<Record<string, string>> {
  return paperValues(pen.draft, pen.facts);
}

function instant({ draft }: Pen, at: string | null): string {
  return at === null ? '' : writeInstant(draft.form, at);
}

/** A label and its value in one paragraph; dots for what is missing. */
function field(pen: Pen, key: string, value: string, style: 'regular' | 'bold' = 'regular', inset = 0): void {
  const { sheet, fonts, print } = pen.draft;
  const text = print(value);
  sheet.paragraph(
    [
      { text: print(label(pen, key)), font: fonts.regular },
      { text, font: fonts[style] },
    ],
    { leader: text === '', inset },
  );
}

function statement({ draft: { sheet, fonts, print } }: Pen, text: string): void {
  sheet.paragraph([{ text: print(text), font: fonts.regular }]);
}

/** Paragraphs of a letter: the first line of each is set in by 1 cm on A4 (NĐ 30/2020 Phụ lục I). */
function sentence(pen: Pen, key: string): void {
  for (const text of paragraphsOf(fill(label(pen, key), values(pen)))) indented(pen, text);
}

function indented({ draft }: Pen, text: string): void {
  const { sheet, fonts, sizes, print } = draft;
  const indent = sizes.body * 2;
  sheet.paragraph([{ text: print(text), font: fonts.regular }], {
    inset: indent,
    hang: -indent,
    gapAfter: sizes.paragraphGap,
  });
}

/** What a person wrote on several lines stays on several. */
function paragraphsOf(text: string): string[] {
  return text.split(/[\r\n]+/).filter((line) => line.trim() !== '');
}

/** Two short fields share a line; a long one gets its own. */
function pair(pen: Pen, ...given: readonly (readonly [key: string, value: string])[]): void {
  const { sheet, fonts, sizes, print } = pen.draft;
  const fields = given.map(([key, value]) => [print(label(pen, key)), print(value)] as const);
  const { body } = sizes;
  const half = sheet.width / 2;
  if (!fields.every(([l, v]) => widthOf(`${l} ${v}`, fonts.regular, body) < half - 4)) {
    for (const [l, v] of fields) {
      sheet.paragraph([{ text: `${l} ${v}`, font: fonts.regular }], { leader: v === '' });
    }
    return;
  }
  sheet.room(body * LEADING);
  const top = sheet.y;
  fields.forEach(([l, v], i) => {
    sheet.y = top;
    const from = sheet.left + i * half;
    const dot = widthOf('.', fonts.regular, body);
    const dots = '.'.repeat(
      Math.max(0, Math.floor((half - 4 - widthOf(`${l} `, fonts.regular, body)) / dot)),
    );
    sheet.line(`${l} ${v === '' ? dots : v}`, fonts.regular, body, { from, to: from + half, align: 'left' });
  });
  sheet.y = top + body * sizes.leading + sizes.gap;
}

function named({ name, identityNumber }: Person): string {
  return identityNumber === '' ? name : `${name} (${identityNumber})`;
}

function drawAuthorisation(pen: Pen): void {
  const { applicant, dossier } = pen.facts;
  const { submitter } = dossier;
  if (!submitter || submitter.authorisation === '') return;
  const { exact } = pen.draft;
  field(pen, 'principal', exact(applicant.name, 'name'), 'bold');
  field(pen, 'identityNumber', exact(applicant.identityNumber, 'identityNumber'), 'bold');
  field(pen, 'address', applicant.address);
  pair(pen, ['phone', applicant.phone], ['email', applicant.email]);
  field(pen, 'authorisation', submitter.authorisation);
}

function resultPlace(pen: Pen): string {
  const { way, place } = pen.facts.dossier.intake.result;
  if (way === 'counter') return place;
  const means = label(pen, way === 'post' ? 'resultByPost' : 'resultOnline');
  return place === '' ? means : `${means}: ${place}`;
}

function listHeading(pen: Pen, key: string): void {
  const { sheet, fonts, print } = pen.draft;
  sheet.paragraph([{ text: print(label(pen, key)), font: fonts.regular }], { gapAfter: 1 });
}

/** Numbered lines, the numbers standing out. */
function list({ draft: { sheet, fonts, print, sizes } }: Pen, lines: readonly string[]): void {
  const hang = widthOf(`${lines.length}. `, fonts.regular, sizes.body);
  lines.forEach((line, i) => {
    sheet.paragraph([{ text: `${i + 1}. ${print(line)}`, font: fonts.regular }], {
      inset: sizes.body,
      hang,
      gapAfter: 1,
    });
  });
  sheet.y += 1;
}

/** The papers that were handed in, numbered, with their amounts. */
function drawComponents(pen: Pen): void {
  const { sheet, fonts, form, sizes, print } = pen.draft;
  const lines = handedIn(pen.facts.dossier.components);
  listHeading(pen, 'components');
  if (lines.length === 0) {
    const text = print(label(pen, 'noComponents'));
    sheet.paragraph([{ text, font: fonts.italic }], { inset: sizes.body });
  }
  list(
    pen,
    lines.map((line) => {
      const more = line.data ? writeData(form, line.data) : writeAmounts(form, line);
      return more === '' ? line.name : `${line.name} (${more})`;
    }),
  );
}

/** The table of TT 01/2018/TT-VPCP: what was handed in, by bản chính, bản chứng thực and bản photo. */
function drawComponentTable(pen: Pen): void {
  listHeading(pen, 'components');
  const { form } = pen.draft;
  table(
    pen,
    handedIn(pen.facts.dossier.components).map((line) => ({
      name: line.data ? `${line.name} (${writeData(form, line.data)})` : line.name,
      amounts: line.amounts,
    })),
  );
}

function drawItems(pen: Pen): void {
  listHeading(pen, 'items');
  list(pen, pen.facts.items);
}

/** What is asked for, in the same table; amounts where an item is a component of the catalogue by its name. */
function drawItemTable(pen: Pen): void {
  listHeading(pen, 'items');
  const specs = new Map(pen.facts.dossier.components.map(({ spec }) => [spec.name, spec]));
  table(
    pen,
    pen.facts.items.map((name) => {
      const spec = specs.get(name);
      return { name, amounts: spec ? catalogued(spec) : null };
    }),
  );
}

function table(pen: Pen, rows: readonly Pick<HandedIn, 'name' | 'amounts'>[]): void {
  const { sheet, fonts, sizes, print } = pen.draft;
  const title = (key: string) => print(label(pen, key));
  const group = title('columnAmount');
  const columns = [
    { title: title('columnOrder'), width: 8, align: 'centre' as const },
    { title: title('columnComponent'), width: 56 },
    { title: title('columnOriginals'), width: 12, align: 'centre' as const, group },
    { title: title('columnCertified'), width: 13, align: 'centre' as const, group },
    { title: title('columnPhotocopies'), width: 12, align: 'centre' as const, group },
  ];
  const { row, close } = createTable(sheet, fonts, { columns, size: sizes.body, titleSize: sizes.small });
  const text = (value: string, over?: Omit<Cell, 'paragraphs'>) => cell(print(value), fonts.regular, over);
  const count = (value: number | undefined) => text(value === undefined || value === 0 ? '' : pad(value));
  rows.forEach(({ name, amounts }, i) => {
    row([
      text(String(i + 1)),
      text(name),
      count(amounts?.originals),
      count(amounts?.certified),
      count(amounts?.photocopies),
    ]);
  });
  if (rows.length === 0) row([text(title('noComponents'), { span: 5, align: 'centre' })]);
  close();
  sheet.y += sizes.body * 0.4;
}

/** What stands on the further pages of a paper. */
export function runningLine(draft: Pick<Draft, 'form'>, facts: PaperFacts, mark: string): string {
  const line = facts.code ? codeLine(draft, facts.code) : draft.form.form;
  return mark === '' ? line : `${line} - ${mark}`;
}
