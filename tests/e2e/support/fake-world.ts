import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../src/contract/errors.ts';
import type { EventName, EventPayload } from '../../../src/contract/events.ts';
import type {
  AttachmentView,
  ComponentView,
  DossierView,
  PagePlace,
  PageView,
} from '../../../src/contract/model.ts';
import type { OperationName, Output, ParsedInput } from '../../../src/contract/operations.ts';
import { EDITABLE } from '../../../src/main/dossiers/transitions.ts';
import { PLAIN_PAGE } from '../../support/pages.ts';
import { drawOriginal, type Original, type Picture, treat } from './fake-papers.ts';

export type Emit = <N extends EventName>(name: N, payload: EventPayload<N>) => void;
export type Handlers = {
  [N in OperationName]: (input: ParsedInput<N>) => Output<N> | Promise<Output<N>>;
};

/** What a sheet is like when it comes out of the scanner or out of a file. */
export interface Sheet {
  readonly flags?: PageView['findings']['flags'];
  /** A citizen's line on it. */
  readonly qr?: string;
}

export interface Kept {
  readonly original: Original;
  picture: Picture;
}

/** The dossiers in memory, and the few moves that all the handlers share. */
export interface World {
  readonly emit: Emit;
  readonly dossiers: Map<string, DossierView>;
  readonly pictures: Map<string, Kept>;
  find(dossierId: string): DossierView;
  draft(dossierId: string): DossierView;
  /** A dossier whose papers can be changed: a draft, or one that a supplement is awaited for. */
  taking(dossierId: string): DossierView;
  keep(dossier: DossierView): DossierView;
  tell(dossier: DossierView): DossierView;
  withComponent(
    dossier: DossierView,
    componentId: string,
    change: (component: ComponentView) => ComponentView,
  ): DossierView;
  /** Draws a page and keeps it in its place; what it replaces is set aside. */
  addPage(order: PageOrder): Promise<PageView>;
  addAttachment(dossierId: string, componentId: string, attachment: AttachmentView): void;
}

export interface PageOrder {
  readonly dossierId: string;
  readonly componentId: string;
  readonly place: PagePlace;
  readonly dpi: number;
  readonly origin: PageView['origin'];
  readonly sheet: Sheet;
}

const SQUARE = [
  { x: 0.1, y: 0.1 },
  { x: 0.2, y: 0.1 },
  { x: 0.2, y: 0.2 },
  { x: 0.1, y: 0.2 },
] as const;

export function createWorld(emit: Emit): World {
  const dossiers = new Map<string, DossierView>();
  const pictures = new Map<string, Kept>();
  let pageSerial = 0;

  const world: World = {
    emit,
    dossiers,
    pictures,
    find(dossierId) {
      const dossier = dossiers.get(dossierId);
      if (!dossier) throw new CounterError('DOSSIER_UNKNOWN');
      return dossier;
    },
    draft(dossierId) {
      const dossier = world.find(dossierId);
      if (dossier.state !== 'draft') throw new CounterError('DOSSIER_STATE', { state: dossier.state });
      return dossier;
    },
    taking(dossierId) {
      const dossier = world.find(dossierId);
      if (!EDITABLE.includes(dossier.state))
        throw new CounterError('DOSSIER_STATE', { state: dossier.state });
      return dossier;
    },
    keep(dossier) {
      dossiers.set(dossier.id, dossier);
      return dossier;
    },
    tell(dossier) {
      world.keep(dossier);
      emit('dossier.changed', { dossier });
      return dossier;
    },
    withComponent(dossier, componentId, change) {
      const components = dossier.components.map((c) => (c.spec.id === componentId ? change(c) : c));
      return { ...dossier, components };
    },
    async addPage({ dossierId, componentId, place, dpi, origin, sheet }) {
      pageSerial += 1;
      const flags = sheet.flags ?? [];
      const original = await drawOriginal(pageSerial, flags);
      const turn = flags.includes('orientation-unsure') ? 180 : 0;
      const treatment = { ...PLAIN_PAGE.treatment, straightenedBy: 0.6, edges: true, turn } as const;
      const picture = await treat(original, treatment);
      const page: PageView = {
        id: randomUUID(),
        width: picture.width,
        height: picture.height,
        dpi,
        ...PLAIN_PAGE,
        origin,
        treatment,
        findings: {
          ...PLAIN_PAGE.findings,
          flags: [...flags],
          ink: flags.includes('blank') ? 90 : 40_000,
          orientation: { turn, confidence: turn === 180 ? 0.41 : 0.98 },
          codes: sheet.qr ? [{ format: 'qr', text: sheet.qr, corners: [...SQUARE] }] : [],
        },
        addedAt: new Date().toISOString(),
        removed: false,
      };
      pictures.set(page.id, { original, picture });
      world.keep(
        world.withComponent(world.find(dossierId), componentId, (c) => ({
          ...c,
          signature: null,
          pages: placed(c.pages, page, place),
        })),
      );
      return page;
    },
    addAttachment(dossierId, componentId, attachment) {
      world.keep(
        world.withComponent(world.find(dossierId), componentId, (c) => ({
          ...c,
          attachments: [...c.attachments, attachment],
        })),
      );
    },
  };
  return world;
}

function placed(pages: readonly PageView[], page: PageView, place: PagePlace): PageView[] {
  const at = place.at === 'end' ? -1 : pages.findIndex((p) => p.id === place.pageId);
  if (at < 0) return [...pages, page];
  const before = pages.slice(0, at);
  const after = pages.slice(at);
  if (place.at === 'before') return [...before, page, ...after];
  return [...before, page, ...after.map((p, i) => (i === 0 ? { ...p, removed: true } : p))];
}
