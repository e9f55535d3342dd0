import { randomUUID } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { ComponentView } from '../../contract/model.ts';
import { type Dossier, liveAttachments } from '../dossiers/dossier.ts';
import type { Store } from '../store/index.ts';
import type { CounterConfig } from './config.ts';
import type { AlongWith } from './journal.ts';
import type { OutboxPayload } from './outbox-queue.ts';

/**
 * Queues a dossier as it is now, with the documents that no earlier row carries. Belongs in the transaction of the
 * change (design, principle 1). Nothing is queued where the province has nothing to be told.
 */
export function createTellProvince(store: Store, unit: CounterConfig['unit']): AlongWith {
  return (dossier) => {
    if (dossier.delivery !== 'waiting' || dossier.toTell !== dossier.version) return;
    const earlier = new Set(
      store.outbox.ofDossier(dossier.id).flatMap((row) => row.files.map((file) => file.documentId)),
    );
    const first = dossier.version === dossier.receivedVersion;
    store.outbox.add({
      id: randomUUID(),
      dossierId: dossier.id,
      // What happened is told once: its place in the dossier's journal is the key, and reception has the dossier's own.
      idempotencyKey: first ? dossier.id : `${dossier.id}/${dossier.version}`,
      // As it was on the day: the record under one key must be the same for ever, whatever an admin changes later.
      payload: {
        unit: { code: unit.code, name: unit.name },
        version: dossier.version,
      } satisfies OutboxPayload,
      files: documentsToTell(dossier)
        .filter((documentId) => !earlier.has(documentId))
        .map((documentId) => {
          const document = store.documents.get(documentId);
          if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId });
          const { id, name, sha256, bytes, vaultHash } = document;
          return { documentId: id, key: id, name, sha256, bytes, vaultHash };
        }),
      createdAt: dossier.changedAt,
    });
  };
}

/** Documents that the province is to hold: signed components, kept files, electronic results. */
export function documentsToTell(dossier: Dossier): readonly string[] {
  const results = dossier.results.flatMap((r) => (r.documentId ? [r.documentId] : []));
  return [...dossier.components.flatMap(documentsOf), ...results];
}

/** The signed pages, and each kept file: under the clerk's signature, or as it came where it has its own. */
function documentsOf(component: ComponentView): readonly string[] {
  const kept = liveAttachments(component).map((a) => a.signature?.documentId ?? a.id);
  return component.signature ? [component.signature.documentId, ...kept] : kept;
}
