import type { Store } from '../../store/index.ts';
import type { Attachments } from '../journal.ts';

/**
 * Removes every picture and document of a draft that held a secret paper, and what was read of its pages: also pictures
 * that were replaced or set aside. What another dossier holds too stays. The events stay, which name pages and papers, and
 * the rows, which a replay brings back; reading them is VAULT_OBJECT_MISSING. Throws DISK_FAILED; again, it goes on.
 */
export function eraseContent(store: Store, dossierId: string, at: string): Promise<void> {
  return store.vault.erase(() =>
    store.transaction(() => {
      store.pageTexts.forget(dossierId);
      return store.objects.erase(hashesOf(store, dossierId), dossierId, at);
    }),
  );
}

/** Every object that an event of the dossier ever brought. */
function hashesOf(store: Store, dossierId: string): readonly string[] {
  const hashes = store.events.of(dossierId).flatMap((stored) => {
    const { page, document } = stored.payload as Attachments;
    return [page?.imageHash, page?.thumbnailHash, page?.originalHash, document?.vaultHash];
  });
  return [...new Set(hashes.filter((hash) => typeof hash === 'string'))];
}
