import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRESH_COURSE, type ResultPaper } from '../../../src/contract/life-cycle.ts';
import type { Report } from '../../../src/contract/reports.ts';
import type { DossierEvent } from '../../../src/main/dossiers/events.ts';
import { createEventBus } from '../../../src/main/engine/events.ts';
import { createJournal, type Journal, projectDossier } from '../../../src/main/engine/journal.ts';
import { PLAIN_APPLICANT, PLAIN_PROCEDURE, PLAIN_SPEC } from '../../support/plain.ts';
import { FIRST, requestOf, startReports, type TestReports } from './support.ts';

/** The counter's clock, `dd HH:mm` of March 2026 at +07:00. */
const march = (text: string) => {
  const [day, time] = text.split(' ') as [string, string];
  return new Date(`2026-03-${day}T${time}:00+07:00`).toISOString();
};
const NOW = '2026-04-15T03:00:00.000Z';
const REPORT = { from: '2026-03-01', to: '2026-03-31' } as const;

const procedure = {
  ...PLAIN_PROCEDURE,
  code: '1.012222',
  name: 'Công nhận người có uy tín',
  field: { code: 'G21-DT', name: 'Công tác dân tộc' },
  version: '1',
  duration: { value: 5, unit: 'working-day' as const },
  components: ['don', 'bien-ban'].map((id) => ({
    ...PLAIN_SPEC,
    ...{
      id,
      code: '',
      name: id,
      originals: 1,
      copies: 0,
      handling: 'submit' as const,
      required: true,
      group: '',
    },
  })),
  results: [{ code: 'KQ.G21.1', name: 'Quyết định' }],
};
const applicant = {
  ...PLAIN_APPLICANT,
  ...{ name: "H'Hen Niê", identityNumber: '066090000001', kind: 'citizen' as const, birthDate: null },
  ...{ gender: null, address: 'Buôn Sứt', phone: '0912345678', email: '' as const, ethnicity: 12 },
};

type Step = Record<string, unknown> & { readonly type: DossierEvent['type']; readonly on: string };
const result = (documentId: string | null): ResultPaper => ({
  ...{ id: '00000000-0000-4000-8000-0000000000aa', code: 'KQ.G21.1', name: 'Quyết định', number: '1/QĐ' },
  ...{ issuedOn: null, validity: '', scope: '', documentId },
});
const PAPER = '00000000-0000-4000-8000-0000000000bb';
const received = (on: string, due: string | null): Step => ({
  ...{ type: 'received', on, receivedAt: march(on), slipDocumentId: PAPER, slipNumber: null },
  code: { value: 'H14.22.05-260301-000001', kind: 'official' },
  due: due === null ? null : { at: march(due), reasons: [] },
});
const ready = (on: string, documentId: string | null = PAPER): Step => ({
  ...{ type: 'result-ready', on, results: [result(documentId)] },
});
const out = (on: string): Step => ({
  ...{ type: 'handed-out', on, to: 'Y Moan', identityNumber: '', way: 'counter', proof: 'signature' },
});
const ended = (type: 'refused' | 'withdrawn' | 'stopped', on: string): Step => ({
  ...{ type, on, reason: 'lý do', askedBy: '', documentId: null },
});
const asked = (on: string): Step => ({
  ...{ type: 'supplement-asked', on, items: ['đơn'], reason: 'thiếu', contact: { name: '', phone: '' } },
  documentId: null,
});
const taken = (on: string, due: string): Step => ({
  ...{ type: 'supplement-taken', on, due: { at: march(due), reasons: [] } },
});
const closed = (on: string): Step => ({ type: 'closed', on, reason: 'hết hạn bổ sung' });
const proposed = (on: string): Step => ({ type: 'refusal-proposed', on, reason: 'sai thẩm quyền' });

/** Journals, and the cells of the progress that each stands in at the end of March. */
const COURSES: readonly (readonly [string, readonly Step[], readonly string[]])[] = [
  ['a draft', [], []],
  [
    'solved a day early',
    [received('02 08:00', '09 08:00'), ready('08 17:00'), out('30 09:00')],
    ['solved', 'solved-early'],
  ],
  [
    'solved in the minute of the appointment',
    [received('02 08:00', '09 08:00'), ready('09 08:00')],
    ['solved', 'solved-on-time'],
  ],
  [
    'solved a minute later',
    [received('02 08:00', '09 08:00'), ready('09 08:01', null)],
    ['solved', 'solved-late'],
  ],
  ['in the last minute of the month', [received('31 23:59', null)], ['open', 'open-unknown']],
  ['in the first minute of the month', [received('01 00:00', '31 23:59')], ['open', 'open-in-time']],
  ['late in the last minute', [received('02 08:00', '31 23:58')], ['open', 'open-late']],
  ['refused at the counter', [proposed('03 08:00'), ended('refused', '03 09:00')], ['turned-away']],
  ['refused later', [received('03 08:00', '09 08:00'), ended('refused', '04 09:00')], ['refused']],
  [
    'withdrawn and put away',
    [received('03 08:00', '09 08:00'), ended('withdrawn', '04 09:00'), closed('05 08:00')],
    ['withdrawn'],
  ],
  ['stopped', [received('03 08:00', '09 08:00'), ended('stopped', '20 09:00')], ['stopped']],
  ['waiting for a supplement', [received('03 08:00', '09 08:00'), asked('04 08:00')], ['waiting']],
  [
    'closed without a supplement',
    [received('03 08:00', '09 08:00'), asked('04 08:00'), closed('30 08:00')],
    ['unanswered'],
  ],
  [
    'taken up again and late by the new appointment',
    [received('03 08:00', '09 08:00'), asked('04 08:00'), taken('10 08:00', '17 08:00'), ready('18 08:00')],
    ['solved', 'solved-late'],
  ],
  [
    'a second result in place of the first',
    [received('03 08:00', '09 08:00'), ready('06 08:00', null), ready('20 08:00'), out('21 08:00')],
    ['solved', 'solved-early'],
  ],
];
const EACH = 20;

describe('reports on journals', () => {
  let reports: TestReports;
  let journal: Journal;
  beforeAll(async () => {
    reports = await startReports(NOW);
    const { store } = reports;
    journal = createJournal({ store, bus: createEventBus(), clock: { now: () => new Date(NOW) } });
    COURSES.forEach(([, steps], course) => {
      for (let n = 0; n < EACH; n += 1) write(idOf(course, n), steps);
    });
  });
  afterAll(() => reports.stop());

  const idOf = (course: number, n: number) =>
    `0000${String(course).padStart(4, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

  function write(id: string, steps: readonly Step[]): void {
    const opened = { type: 'opened', at: march('01 00:00'), actor: 'an', dossierId: id, procedure } as const;
    journal.open(id, () => [opened, { type: 'applicant-set', at: opened.at, actor: 'an', applicant }], 'an');
    for (const { on, ...step } of steps) {
      const event = { ...step, at: march(on), actor: 'bế' } as unknown as DossierEvent;
      journal.change(id, 'bế', () => [event]);
    }
  }

  function numberOf(report: Report, column: string): number {
    return report.totals!.cells[report.columns.findIndex((c) => c.id === column)] as number;
  }

  it('counts every course in exactly its cells', async () => {
    const report = await reports.reporting.make(requestOf({ kind: 'progress', ...REPORT }), FIRST);
    const known = new Map<string, number>();
    const add = (cell: string) => known.set(cell, (known.get(cell) ?? 0) + EACH);
    for (const [, steps, cells] of COURSES) {
      if (steps[0]?.type === 'received') for (const c of ['received', 'in-counter', 'to-handle']) add(c);
      for (const cell of cells) add(cell);
    }
    for (const { id } of report.columns) expect([id, numberOf(report, id)]).toEqual([id, known.get(id) ?? 0]);
  });

  it.each(COURSES.map(([name, , cells], course) => [name, course, cells] as const))(
    'finds %s behind its numbers and no others',
    async (_name, course, cells) => {
      const request = requestOf({ kind: 'progress', ...REPORT });
      const { columns } = await reports.reporting.make(request, FIRST);
      const entry = ['received', 'in-counter', 'to-handle'];
      const found: string[] = [];
      for (const { id } of columns) {
        const { rows } = await reports.reporting.open(
          request,
          { row: '', column: id },
          { after: null, limit: 500 },
        );
        const own = rows.filter((row) => row.dossierId.startsWith(idOf(course, 0).slice(0, 8)));
        if (own.length > 0) found.push(id);
        expect([0, EACH]).toContain(own.length);
      }
      expect(found.filter((id) => !entry.includes(id)).sort()).toEqual([...cells].sort());
    },
  );

  it('is the same after every event was replayed', async () => {
    const all = async () =>
      Promise.all(
        (['progress', 'digitisation-766', 'ethnicity', 'tracking-book'] as const).map(async (kind) => {
          const { rows, totals } = await reports.reporting.make(
            requestOf({ kind, by: 'clerk', ...REPORT }),
            FIRST,
          );
          return { kind, rows, totals };
        }),
      );
    const before = await all();
    const facts = reports.store.dossierFacts.get(idOf(3, 0));
    expect(reports.store.rebuild(projectDossier)).toBe(COURSES.length * EACH);
    expect(await all()).toEqual(before);
    expect(reports.store.dossierFacts.get(idOf(3, 0))).toEqual(facts);
  });

  it('keeps what later events cover up', () => {
    const facts = (course: number) => reports.store.dossierFacts.get(idOf(course, 0))!;
    const minute = (text: string) => (Date.parse(march(text)) + 7 * 3_600_000) / 60_000;
    expect(facts(9)).toMatchObject({ state: 'closed', outcome: 'withdrawn', settledAt: minute('04 09:00') });
    expect(facts(12)).toMatchObject({
      state: 'closed',
      outcome: 'unanswered',
      settledAt: minute('30 08:00'),
    });
    expect(facts(13)).toMatchObject({
      firstDueAt: minute('09 08:00'),
      dueAt: minute('17 08:00'),
      supplements: 1,
    });
    expect(facts(1)).toMatchObject({
      clerk: 'bế',
      ethnicity: 12,
      result: 'electronic',
      handedOutTo: 'Y Moan',
    });
    expect(facts(3).result).toBe('paper');
    expect(facts(0)).toMatchObject({
      enteredAt: null,
      outcome: 'none',
      clerk: 'an',
      channel: FRESH_COURSE.intake.channel,
    });
  });
});
