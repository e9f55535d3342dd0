import { describe, expect, it } from 'vitest';
import type { Barcode } from '../../../src/contract/model.ts';
import * as commands from '../../../src/main/dossiers/commands.ts';
import { type Dossier, fold } from '../../../src/main/dossiers/dossier.ts';
import { type Separator, separatorText } from '../../../src/main/dossiers/separation.ts';
import { createBacksRoute, createRoute, type Step } from '../../../src/main/engine/page-route.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { procedure, stamp, uuid } from '../dossiers/samples.ts';

const dossier: Dossier = fold(commands.open({ dossierId: uuid(1), procedure }, stamp()));
const CORNERS: Barcode['corners'] = [
  { x: 0.1, y: 0.1 },
  { x: 0.2, y: 0.1 },
  { x: 0.2, y: 0.2 },
  { x: 0.1, y: 0.2 },
];
const PATCH: Barcode = { format: 'patch', text: 'T', corners: CORNERS };
const qr = (separator: Separator): Barcode => ({
  format: 'qr',
  text: separatorText(separator),
  corners: CORNERS,
});

interface Sheet {
  readonly codes?: readonly Barcode[];
  readonly blank?: boolean;
}

/** Feeds sheets and tells where each went; the page ids are the sheets' numbers. */
function feed(
  sheets: readonly Sheet[],
  start: Partial<Parameters<typeof createRoute>[0]> = {},
): { steps: Step[]; note: string | null } {
  const route = createRoute({
    componentId: 'don',
    place: { at: 'end' },
    separate: true,
    duplex: false,
    ...start,
  });
  const steps = sheets.map(({ codes = [], blank = false }, index) => {
    const findings = {
      ...PLAIN_PAGE.findings,
      codes: [...codes],
      flags: blank ? ['blank' as const] : [],
    };
    const step = route.decide(dossier, { index, findings });
    route.kept(uuid(index + 100));
    return step;
  });
  return { steps, note: route.note() };
}

const where = (steps: readonly Step[]) => steps.map((s) => (s.aside ? `(${s.componentId})` : s.componentId));

describe('separator sheets', () => {
  it('send what follows to the next paper that is handed in, and are set aside', () => {
    const { steps, note } = feed([
      {},
      { codes: [PATCH] },
      {},
      { codes: [qr({ kind: 'next-component' })] },
      {},
    ]);
    expect(where(steps)).toEqual(['don', '(giay-phep)', 'giay-phep', '(uy-quyen)', 'uy-quyen']);
    expect(steps.map((s) => s.separator)).toEqual([null, 'next-component', null, 'next-component', null]);
    expect(note).toBeNull();
  });

  it('name a paper, whatever the order', () => {
    const to = (componentId: string) => ({ codes: [qr({ kind: 'component', componentId })] });
    const { steps } = feed([to('uy-quyen'), {}, to('don'), {}, {}]);
    expect(where(steps)).toEqual(['(uy-quyen)', 'uy-quyen', '(don)', 'don', 'don']);
  });

  it('behind the last paper, or of one that is not handed in, leave the pages where they were and say so', () => {
    const last = feed([{ codes: [PATCH] }, {}], { componentId: 'uy-quyen' });
    expect(where(last.steps)).toEqual(['(uy-quyen)', 'uy-quyen']);
    expect(last.note).toBe('no-component');
    for (const componentId of ['cccd', 'nowhere']) {
      const shown = feed([{ codes: [qr({ kind: 'component', componentId })] }, {}]);
      expect(where(shown.steps)).toEqual(['(don)', 'don']);
      expect(shown.note).toBe('no-component');
    }
  });

  it('of this dossier change nothing; of another stop the job before its pages', () => {
    const own = feed([{ codes: [qr({ kind: 'dossier', dossierId: uuid(1) })] }, {}]);
    expect(where(own.steps)).toEqual(['(don)', 'don']);
    const other = () => feed([{}, { codes: [qr({ kind: 'dossier', dossierId: uuid(2) })] }]);
    expect(other).toThrow(expect.objectContaining({ code: 'SEPARATOR_OTHER_DOSSIER', details: { page: 2 } }));
  });

  it('count once in duplex, and take their empty backs along', () => {
    const written = feed([{}, {}, { codes: [PATCH] }, { blank: true }, {}, { blank: true }], {
      duplex: true,
    });
    expect(where(written.steps)).toEqual([
      'don',
      'don',
      '(giay-phep)',
      '(giay-phep)',
      'giay-phep',
      'giay-phep',
    ]);
    const both = feed([{ codes: [PATCH] }, { codes: [PATCH] }, {}, {}], { duplex: true });
    expect(where(both.steps)).toEqual(['(giay-phep)', '(giay-phep)', 'giay-phep', 'giay-phep']);
    const noted = feed([{ codes: [PATCH] }, {}, {}, {}], { duplex: true });
    expect(where(noted.steps)).toEqual(['(giay-phep)', 'giay-phep', 'giay-phep', 'giay-phep']);
  });

  it('that are switched off are pages like others', () => {
    expect(where(feed([{ codes: [PATCH] }, {}], { separate: false }).steps)).toEqual(['don', 'don']);
  });
});

describe('the place of pages', () => {
  it('in front of a page keeps their order', () => {
    const place = { at: 'before', pageId: uuid(10) } as const;
    expect(feed([{}, {}], { place }).steps.map((s) => s.place)).toEqual([place, place]);
  });

  it('in the place of a page goes on behind the first', () => {
    const { steps } = feed([{}, {}, {}], { place: { at: 'replace', pageId: uuid(10) } });
    expect(steps.map((s) => s.place)).toEqual([
      { at: 'replace', pageId: uuid(10) },
      { at: 'after', pageId: uuid(100) },
      { at: 'after', pageId: uuid(101) },
    ]);
  });

  it('of backs is behind their fronts, the last sheet first', () => {
    const run = (backs: number) => {
      const route = createBacksRoute('don', [10, 11, 12].map(uuid));
      const places = Array.from({ length: backs }, (_, index) => {
        const { place } = route.decide(dossier, {
          index,
          findings: { ...PLAIN_PAGE.findings, flags: [], codes: [] },
        });
        route.kept(uuid(index + 100));
        return place;
      });
      return { places, note: route.note() };
    };
    expect(run(3)).toEqual({
      places: [12, 11, 10].map((n) => ({ at: 'after', pageId: uuid(n) })),
      note: null,
    });
    expect(run(2).note).toBe('backs-differ');
    expect(run(4)).toMatchObject({ note: 'backs-differ' });
    expect(run(4).places[3]).toEqual({ at: 'end' });
  });
});
