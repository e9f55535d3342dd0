import { CounterError } from '../../contract/errors.ts';
import type { PageFindings, PageView } from '../../contract/model.ts';
import type { Place } from '../dossiers/commands.ts';
import { componentOf, type Dossier } from '../dossiers/dossier.ts';
import { readSeparator, type Separator } from '../dossiers/separation.ts';

/** Where one page goes. */
export interface Step {
  readonly componentId: string;
  readonly place: Place;
  readonly separator: PageView['separator'];
  /** Set aside at once: a separator sheet, or the empty back of one. */
  readonly aside: boolean;
}

/** Follows a job's pages, one after the other in their order, and says where each goes. */
export interface Route {
  /**
   * Throws SEPARATOR_OTHER_DOSSIER for the cover sheet of another dossier: what lies behind it must not enter this one.
   */
  decide(dossier: Dossier, page: { readonly index: number; readonly findings: PageFindings }): Step;
  /** Where what comes next goes, as far as is known before it is looked at. */
  component(): string;
  /** The page went where the last step said. */
  kept(pageId: string): void;
  /** What the clerk should know of the whole job. */
  note(): 'backs-differ' | 'no-component' | null;
}

/** The backs of sheets that were scanned before, last sheet first: each goes behind its front. */
export function createBacksRoute(componentId: string, fronts: readonly string[]): Route {
  let came = 0;
  return {
    decide() {
      const front = fronts[fronts.length - 1 - came];
      const place: Place = front === undefined ? { at: 'end' } : { at: 'after', pageId: front };
      return { componentId, place, separator: null, aside: false };
    },
    component: () => componentId,
    kept() {
      came += 1;
    },
    note: () => (came === fronts.length ? null : 'backs-differ'),
  };
}

export interface RouteStart {
  readonly componentId: string;
  readonly place: Place;
  /** A separator sheet sends the pages behind it elsewhere. */
  readonly separate: boolean;
  /** Every second page is the back of the one before. */
  readonly duplex: boolean;
}

export function createRoute(start: RouteStart): Route {
  let { componentId, place } = start;
  let noted: 'no-component' | null = null;
  /** Index of the last page that was a separator sheet. */
  let sheetAt = -2;

  /** The component that a sheet sends to, or null where this procedure has none such. */
  function target(dossier: Dossier, sheet: Separator): string | null {
    if (sheet.kind === 'dossier') return componentId;
    if (sheet.kind === 'component')
      return componentOf(dossier, sheet.componentId)?.spec.handling === 'submit' ? sheet.componentId : null;
    const papers = dossier.components.filter((c) => c.spec.handling === 'submit').map((c) => c.spec.id);
    return papers[papers.indexOf(componentId) + 1] ?? null;
  }

  return {
    decide(dossier, { index, findings }) {
      const sheet = start.separate ? readSeparator(findings.codes) : null;
      if (sheet === null) {
        const back = start.duplex && index % 2 === 1 && index === sheetAt + 1;
        const aside = back && findings.flags.includes('blank');
        return { componentId, place, separator: null, aside };
      }
      if (sheet.kind === 'dossier' && sheet.dossierId !== dossier.id)
        throw new CounterError('SEPARATOR_OTHER_DOSSIER', { page: index + 1 });
      const separator = sheet.kind;
      // Both sides of a sheet may carry the code; the second one says nothing new.
      if (start.duplex && index === sheetAt + 1 && index % 2 === 1)
        return { componentId, place: { at: 'end' }, separator, aside: true };
      const to = target(dossier, sheet);
      if (to === null) noted = 'no-component';
      else if (to !== componentId) {
        componentId = to;
        place = { at: 'end' };
      }
      sheetAt = index;
      return { componentId, place: { at: 'end' }, separator, aside: true };
    },
    component: () => componentId,
    kept(pageId) {
      // What follows a page that took another's place stands behind it.
      if (place.at === 'replace' || place.at === 'after') place = { at: 'after', pageId };
    },
    note: () => noted,
  };
}
