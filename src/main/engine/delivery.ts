import { CounterError } from '../../contract/errors.ts';
import { assignCode } from '../dossiers/commands.ts';
import { type Dossier, toView } from '../dossiers/dossier.ts';
import { sleep } from '../province/backoff.ts';
import { createOutbox, type Outbox } from '../province/outbox.ts';
import type { OutgoingFile, Province } from '../province/port.ts';
import { type RecordContext, type RecordFile, type ResultFile, toDongBoHoSoMC } from '../province/record.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { EventBus } from './events.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import type { OfficialNumbers } from './numbers.ts';
import { createOutboxQueue, payloadOf } from './outbox-queue.ts';
import type { SignatureRaiser } from './raise-signatures.ts';
import { documentsToTell } from './tell-province.ts';

/** Brings received dossiers to the province: the outbox over the store, the vault and the province's connector. */
export function createDelivery(parts: {
  readonly store: Store;
  readonly journal: Journal;
  readonly province: Province;
  readonly numbers: OfficialNumbers;
  /** TrangThaiHoSo of a dossier. */
  readonly stateCode: RecordContext['stateCode'];
  /** Null where the unit sends signatures as they were made. */
  readonly raiser: SignatureRaiser | null;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly log: Log;
}): Outbox {
  const { store, journal, province, numbers, raiser, clock, bus, log } = parts;

  async function ensureCode(dossierId: string, signal: AbortSignal): Promise<void> {
    const dossier = journal.load(dossierId);
    if (dossier.code?.kind === 'official') return;
    // The number carries the day of receipt, whenever it is issued (TT 01/2018/TT-VPCP Điều 19).
    const day = new Date(dossier.receivedAt!);
    // One only: what is left over of a day that is past helps nobody.
    if (numbers.inHand(day) === 0) await numbers.fetch(day, 1, signal);
    store.transaction(() => {
      const value = numbers.take(dossierId, day);
      if (value === undefined) throw new CounterError('PROVINCE_NO_NUMBERS');
      journal.change(dossierId, 'outbox', (d, stamp) => assignCode(d, value, stamp));
    });
  }

  function openFile(documentId: string, key: string): OutgoingFile {
    const document = store.documents.get(documentId);
    if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId });
    return {
      key,
      name: document.name,
      sha256: document.sha256,
      bytes: document.bytes,
      read: (offset, length) => store.vault.readRange(document.vaultHash, offset, length),
    };
  }

  /** What the province holds of a dossier's documents, by this row and those before it. */
  function storedFiles(dossier: Dossier): { files: RecordFile[]; results: ResultFile[] } {
    const rows = store.outbox.ofDossier(dossier.id).flatMap((row) => row.files);
    const remote = new Map(rows.map((file) => [file.documentId, file]));
    const files = documentsToTell(dossier).flatMap((documentId): RecordFile[] => {
      const document = store.documents.get(documentId);
      const { remoteId, sha256 } = remote.get(documentId) ?? { remoteId: null, sha256: '' };
      if (!document?.componentId || remoteId === null) return [];
      return [{ componentId: document.componentId, remoteId, name: document.name, sha256 }];
    });
    const results = dossier.results.flatMap(({ id, documentId }): ResultFile[] => {
      const remoteId = documentId === null ? null : (remote.get(documentId)?.remoteId ?? null);
      return remoteId === null ? [] : [{ resultId: id, remoteId }];
    });
    return { files, results };
  }

  return createOutbox({
    queue: createOutboxQueue({ store, journal, clock }),
    province,
    prepare: async (item, signal) => raiser?.prepare(item.id, signal),
    openFile: async (documentId, item) => openFile(documentId, `${item.idempotencyKey}/${documentId}`),
    ensureCode: (item, signal) => ensureCode(item.dossierId, signal),
    buildRecord: async (item) => {
      const { unit, version } = payloadOf(store.outbox.get(item.id)!);
      const now = journal.load(item.dossierId);
      const told = journal.at(item.dossierId, version ?? now.receivedVersion);
      const { files, results } = storedFiles(told);
      // The code may be younger than what is told: a temporary one is never sent.
      return toDongBoHoSoMC({ ...toView(told), code: now.code }, files, {
        unit,
        results,
        stateCode: parts.stateCode,
      });
    },
    clock,
    sleep,
    random: Math.random,
    onChange: (status) => bus.publish('outbox.changed', status),
    onFault: (error, item) => log.warn({ err: error, dossierId: item?.dossierId }, 'delivery failed'),
  });
}
