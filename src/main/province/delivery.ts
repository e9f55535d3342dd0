import { CounterError } from '../../contract/errors.ts';
import type { Receipt } from '../../contract/model.ts';
import type { OutgoingFile, Province, StoredFile } from './port.ts';
import type { OutboxItem, OutboxQueue } from './queue.ts';
import { recordSha256 } from './record.ts';

export interface DeliveryParts {
  readonly queue: OutboxQueue;
  readonly province: Province;
  /** Makes the documents ready to be sent: time stamps and validation data, where the unit asks for them. */
  readonly prepare: (item: OutboxItem, signal: AbortSignal) => Promise<void>;
  /** The signed document, to be read piece by piece. Throws VAULT_OBJECT_MISSING and the like. */
  readonly openFile: (documentId: string, item: OutboxItem) => Promise<OutgoingFile>;
  /** Gives the dossier its official code where it has none yet. */
  readonly ensureCode: (item: OutboxItem, signal: AbortSignal) => Promise<void>;
  /**
   * The record as it goes out, once the province holds the files. The same item must give the same record for ever: the
   * idempotency key stands for its content, and another content under the key is a conflict that a person has to settle.
   */
  readonly buildRecord: (
    item: OutboxItem,
    stored: ReadonlyMap<string, StoredFile>,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

async function deliverFiles(
  parts: DeliveryParts,
  item: OutboxItem,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StoredFile>> {
  const { queue, province } = parts;
  const stored = new Map<string, StoredFile>();
  for (const { documentId, upload, stored: earlier } of item.files) {
    if (earlier) {
      stored.set(documentId, earlier);
      continue;
    }
    const file = await parts.openFile(documentId, item);
    const onState = (state: { readonly location: string }) =>
      queue.saveUploadState(item.id, documentId, state);
    const confirmed = await province.upload(file, upload, onState, signal);
    queue.saveRemoteFile(item.id, documentId, confirmed);
    stored.set(documentId, confirmed);
  }
  return stored;
}

/**
 * Brings one dossier to the province: signatures raised, code, files, record, in that order. After an attempt whose end is not known the
 * province is asked before anything is sent again. Resolves with a receipt whose hash is that of our own record.
 */
export async function deliver(parts: DeliveryParts, item: OutboxItem, signal: AbortSignal): Promise<Receipt> {
  await parts.prepare(item, signal);
  await parts.ensureCode(item, signal);
  const stored = await deliverFiles(parts, item, signal);
  const record = await parts.buildRecord(item, stored);
  const earlier = item.attempts > 0 ? await parts.province.findReceipt(item.idempotencyKey, signal) : null;
  const receipt = earlier ?? (await parts.province.send(record, item.idempotencyKey, item.updating, signal));
  if (receipt.recordSha256 !== recordSha256(record)) {
    throw new CounterError('PROVINCE_HASH_MISMATCH', { what: 'record', found: earlier !== null });
  }
  return receipt;
}
