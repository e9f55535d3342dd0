import { CounterError } from '../../contract/errors.ts';
import type { PageView, TreatmentWish } from '../../contract/model.ts';
import { treatPage } from '../dossiers/commands.ts';
import { type Dossier, whereIs } from '../dossiers/dossier.ts';
import type { Imaging, ImagingOrder } from '../imaging/port.ts';
import { formatOf } from '../scanning/index.ts';
import type { Store } from '../store/index.ts';
import { keyedLock } from '../store/keyed-lock.ts';
import { keptFindings } from './findings.ts';
import type { Journal } from './journal.ts';

export type Wish = TreatmentWish | 'auto' | 'original';

export interface TreatRequest {
  readonly dossierId: string;
  readonly pageId: string;
  readonly wish: Wish;
  readonly actor: string;
}

/** Nothing is done to the picture; its colours stay as they came. */
const NOTHING: TreatmentWish = { crop: null, turn: 0, straightenedBy: 0, light: false, edges: false };

function orderOf(page: PageView, wish: Wish): ImagingOrder {
  const photo = page.origin === 'photo' ? { photo: true } : {};
  if (wish === 'auto') return photo;
  if (wish === 'original') return { wish: NOTHING };
  return { ...photo, wish: { ...page.treatment, ...wish } };
}

/**
 * Makes a page's picture anew from its original, one wish after the other for one page. The original stays; the
 * picture before can be had again by asking for its treatment.
 * Throws PAGE_UNKNOWN, DOSSIER_STATE and what the pipeline and the vault throw.
 */
export function createPageTreatment(parts: {
  readonly store: Store;
  readonly journal: Journal;
  readonly imaging: Imaging;
}): (request: TreatRequest) => Promise<Dossier> {
  const { store, journal, imaging } = parts;
  const oneByOne = keyedLock();

  async function treat({ dossierId, pageId, wish, actor }: TreatRequest): Promise<Dossier> {
    const page = whereIs(journal.load(dossierId), pageId)?.page;
    const record = store.pages.get(pageId);
    if (!page || !record) throw new CounterError('PAGE_UNKNOWN', { pageId });
    const originalHash = record.originalHash ?? record.imageHash;
    const bytes = await store.vault.read(originalHash);
    const format = formatOf(bytes);
    if (!format) throw new CounterError('VAULT_OBJECT_CORRUPT', { pageId });
    const image = await imaging.process({ index: 0, bytes, format, dpi: page.dpi }, orderOf(page, wish));
    const picture = image.untouched ? null : await store.vault.putBytes(image.image);
    const thumbnail = await store.vault.putBytes(image.thumbnail);
    const { width, height, dpi, treatment } = image;
    const findings = keptFindings(image.findings, page.findings.flags.includes('repeated'));
    return journal.change(
      dossierId,
      actor,
      (d, stamp) => treatPage(d, { pageId, picture: { width, height, dpi, treatment, findings } }, stamp),
      {
        objects: [...(picture ? [picture] : []), thumbnail],
        page: {
          id: pageId,
          imageHash: picture?.hash ?? originalHash,
          thumbnailHash: thumbnail.hash,
          originalHash: picture ? originalHash : null,
        },
      },
    );
  }

  return (request) => oneByOne(request.pageId, () => treat(request));
}
