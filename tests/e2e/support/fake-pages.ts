import { CounterError } from '../../../src/contract/errors.ts';
import type {
  ComponentView,
  DossierView,
  FactsSuggestion,
  PageTreatment,
  PageView,
  TreatmentWish,
} from '../../../src/contract/model.ts';
import { drawSlip, treat } from './fake-papers.ts';
import type { Handlers, World } from './fake-world.ts';

type PageOperations =
  | 'pages.image'
  | 'pages.remove'
  | 'pages.restore'
  | 'pages.move'
  | 'pages.treat'
  | 'pages.confirm'
  | 'attachments.remove'
  | 'attachments.restore'
  | 'components.describe'
  | 'components.suggestion'
  | 'separators.sheets';

export interface FakePages {
  readonly handlers: Pick<Handlers, PageOperations>;
  /** What the background reading found on a component's pages; tells the screen so. */
  suggest(dossierId: string, componentId: string, facts: FactsSuggestion): void;
  /** Each treatment waits until the returned function is called. */
  holdTreatments(): () => void;
}

/** What is not named stays as it is. */
function merged(treatment: PageTreatment, wish: TreatmentWish): PageTreatment {
  const named = Object.entries(wish).filter(([, value]) => value !== undefined);
  return { ...treatment, ...Object.fromEntries(named) };
}

export function fakePages(world: World): FakePages {
  const suggestions = new Map<string, FactsSuggestion>();
  let gate: Promise<void> | null = null;

  function changePages(
    dossier: DossierView,
    ids: readonly string[],
    change: (page: PageView) => PageView,
  ): DossierView {
    const known = new Set(dossier.components.flatMap((c) => c.pages).map((p) => p.id));
    if (ids.some((id) => !known.has(id))) throw new CounterError('PAGE_UNKNOWN');
    const components = dossier.components.map((c) =>
      c.pages.some((p) => ids.includes(p.id))
        ? { ...c, signature: null, pages: c.pages.map((p) => (ids.includes(p.id) ? change(p) : p)) }
        : c,
    );
    return world.tell({ ...dossier, components });
  }
  const setRemoved = (dossierId: string, pageId: string, removed: boolean) =>
    changePages(world.taking(dossierId), [pageId], (p) => ({ ...p, removed }));
  function setAttachmentRemoved(dossierId: string, attachmentId: string, removed: boolean): DossierView {
    const dossier = world.taking(dossierId);
    const change = (c: ComponentView) => ({
      ...c,
      attachments: c.attachments.map((a) => (a.id === attachmentId ? { ...a, removed } : a)),
    });
    return world.tell({ ...dossier, components: dossier.components.map(change) });
  }

  return {
    suggest(dossierId, componentId, facts) {
      suggestions.set(`${dossierId} ${componentId}`, facts);
      world.emit('reading.changed', { dossierId, componentId });
    },
    holdTreatments() {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => {
        gate = null;
        open();
      };
    },
    handlers: {
      'pages.image': ({ pageId, variant }) => {
        const kept = world.pictures.get(pageId);
        if (!kept) throw new CounterError('PAGE_UNKNOWN');
        const { picture, original } = kept;
        const bytes = variant === 'original' ? original.jpeg : picture[variant];
        const mime = variant === 'full' ? picture.mime : 'image/jpeg';
        return { mime, base64: Buffer.from(bytes).toString('base64') };
      },
      'pages.remove': ({ dossierId, pageId }) => setRemoved(dossierId, pageId, true),
      'pages.restore': ({ dossierId, pageId }) => setRemoved(dossierId, pageId, false),
      'pages.move': ({ dossierId, pageIds, componentId, index }) => {
        const dossier = world.taking(dossierId);
        const all = new Map(dossier.components.flatMap((c) => c.pages).map((p) => [p.id, p]));
        const moved = pageIds.map((id) => {
          const page = all.get(id);
          if (!page) throw new CounterError('PAGE_UNKNOWN');
          return page;
        });
        const components = dossier.components.map((c) => {
          const rest = c.pages.filter((p) => !pageIds.includes(p.id));
          if (c.spec.id !== componentId)
            return rest.length === c.pages.length ? c : { ...c, pages: rest, signature: null };
          const before = rest.filter((p) => !p.removed)[index];
          const at = before ? rest.indexOf(before) : rest.length;
          return { ...c, signature: null, pages: [...rest.slice(0, at), ...moved, ...rest.slice(at)] };
        });
        return world.tell({ ...dossier, components });
      },
      'pages.treat': async ({ dossierId, pageId, wish }) => {
        await gate;
        const kept = world.pictures.get(pageId);
        const page = world
          .taking(dossierId)
          .components.flatMap((c) => c.pages)
          .find((p) => p.id === pageId);
        if (!kept || !page) throw new CounterError('PAGE_UNKNOWN');
        const plain = { crop: null, turn: 0, straightenedBy: 0, light: false, edges: false } as const;
        const treatment =
          wish === 'original'
            ? { ...plain, colour: 'color' as const }
            : wish === 'auto'
              ? {
                  ...plain,
                  turn: page.findings.orientation.turn,
                  straightenedBy: 0.6,
                  edges: true,
                  colour: 'color' as const,
                }
              : merged(page.treatment, wish);
        const picture = await treat(kept.original, treatment);
        kept.picture = picture;
        return changePages(world.taking(dossierId), [pageId], (p) => ({
          ...p,
          treatment,
          width: picture.width,
          height: picture.height,
          revision: p.revision + 1,
        }));
      },
      'pages.confirm': ({ dossierId, pageIds, confirmed }) =>
        changePages(world.taking(dossierId), pageIds, (p) => ({ ...p, confirmed })),
      'attachments.remove': ({ dossierId, attachmentId }) =>
        setAttachmentRemoved(dossierId, attachmentId, true),
      'attachments.restore': ({ dossierId, attachmentId }) =>
        setAttachmentRemoved(dossierId, attachmentId, false),
      'components.describe': ({ dossierId, componentId, facts }) =>
        world.tell(world.withComponent(world.taking(dossierId), componentId, (c) => ({ ...c, facts }))),
      'components.suggestion': ({ dossierId, componentId }) => {
        const facts = suggestions.get(`${dossierId} ${componentId}`);
        const none = { number: null, date: null, issuer: null, title: null };
        return facts ? { state: 'ready', facts } : { state: 'none', facts: none };
      },
      'separators.sheets': async ({ dossierId }) => {
        const bytes = await drawSlip(world.find(dossierId).procedure.code);
        return {
          mime: 'application/pdf',
          base64: Buffer.from(bytes).toString('base64'),
          name: 'separators.pdf',
        };
      },
    },
  };
}
