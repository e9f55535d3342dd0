import { randomUUID } from 'node:crypto';
import { CounterError, type ErrorCode, toErrorShape } from '../../contract/errors.ts';
import type { PendingDossier, SigningBatch } from '../../contract/model.ts';
import { type Dossier, livePages } from '../dossiers/dossier.ts';
import type { KeyUse } from '../signing/port.ts';
import type { DocumentSigner, SignerSource } from '../signing/signers.ts';
import type { Store } from '../store/index.ts';
import type { EventBus } from './events.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import { type DocumentSigning, type UnsignedDocument, unsignedDocuments } from './sign-documents.ts';

export interface SigningBatches {
  /** Drafts with documents that wait for a signature; no ids = all of them. */
  pending(dossierIds: readonly string[]): PendingDossier[];
  /** Opens the key, which spends the PIN, and then signs in the background. Throws what opening throws: nothing is signed then. */
  start(request: BatchRequest): Promise<SigningBatch>;
  /** A new login, then the rest. A wrong PIN ends the batch; a token that is still missing leaves it paused. */
  resume(batchId: string, pin: string): Promise<SigningBatch>;
  cancel(batchId: string): SigningBatch;
  get(batchId: string): SigningBatch;
  /** Ends every batch after the document under way. */
  close(): Promise<void>;
}

export interface BatchRequest {
  readonly dossierIds: readonly string[];
  readonly key: string;
  readonly pin: string;
  readonly actor: string;
}

/** Dossiers that one review shows. */
const MOST_DRAFTS = 200;
/** Batches that have ended and can still be asked for. */
const REMEMBERED = 20;
/** The key is away, not refused: a person can bring it back, and what is done stays done. */
const PAUSES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['TOKEN_REMOVED', 'TOKEN_NOT_PRESENT', 'TOKEN_HOST_CRASHED', 'TOKEN_HUNG'] as const),
  ...(['TOKEN_PIN_NEEDED', 'SIGN_SERVICE_UNREACHABLE'] as const),
]);
/** The document's fault, not the key's: the others of the batch can still be signed. */
const OF_THE_DOCUMENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['DOSSIER_STATE', 'DOSSIER_UNKNOWN', 'COMPONENT_MISSING', 'PAGE_UNKNOWN'] as const),
  ...(['VAULT_OBJECT_MISSING', 'VAULT_OBJECT_CORRUPT', 'PDF_UNREADABLE', 'PDF_ENCRYPTED'] as const),
  ...(['PDF_NO_PAGES', 'PDF_TOO_COMPLEX', 'PDF_CHANGES_FORBIDDEN', 'IMAGE_UNREADABLE'] as const),
]);

interface Batch {
  view: SigningBatch;
  readonly actor: string;
  cancelled: boolean;
  running: Promise<void>;
}

type Item = SigningBatch['documents'][number];

/**
 * Signatures over the documents of one or many drafts with one PIN. Each is recorded as it is made, so that nothing
 * that is done is lost, whatever happens to the token, the PIN or this program.
 */
export function createSigningBatches(parts: {
  readonly store: Pick<Store, 'dossiers'>;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly documents: DocumentSigning;
  readonly openSigner: (uri: string) => SignerSource;
  readonly use: KeyUse;
  /** Told of the name in the certificate, for previews before the next PIN. */
  readonly onSigner: (key: string, signer: string) => void;
  readonly log: Log;
}): SigningBatches {
  const { journal, bus, documents, log } = parts;
  const batches = new Map<string, Batch>();

  function mustFind(batchId: string): Batch {
    const batch = batches.get(batchId);
    if (!batch) throw new CounterError('SIGNING_BATCH_UNKNOWN');
    return batch;
  }

  function change(batch: Batch, view: Partial<SigningBatch>): void {
    batch.view = { ...batch.view, ...view };
    bus.publish('signing.changed', batch.view);
  }

  function mark(batch: Batch, item: Item, state: Item['state']): void {
    const list = batch.view.documents.map((d) => (same(d, item) ? { ...d, state } : d));
    change(batch, { documents: list, done: list.filter((d) => d.state === 'signed').length });
  }

  /** Looked up anew for each: the clerk may have gone on with the pages while the last one was signed. */
  function current(item: Item): UnsignedDocument | undefined {
    return unsignedDocuments(journal.load(item.dossierId)).find(
      (d) => d.component.spec.id === item.componentId && (d.attachment?.id ?? null) === item.attachmentId,
    );
  }

  async function signOne(batch: Batch, item: Item, signer: DocumentSigner): Promise<void> {
    const document = current(item);
    // Its pages were taken away, or somebody else has signed it: there is nothing left to do for it.
    if (!document) {
      change(batch, {
        documents: batch.view.documents.filter((d) => !same(d, item)),
        total: batch.view.total - 1,
      });
      return;
    }
    mark(batch, item, 'signing');
    const signature = await documents.sign(document, signer, batch.actor);
    parts.onSigner(batch.view.key, signature.signer);
    mark(batch, item, 'signed');
  }

  /** True = go on with the next one. */
  function settle(batch: Batch, item: Item, error: unknown): boolean {
    const fault = toErrorShape(error);
    log.warn({ err: error, batchId: batch.view.batchId, dossierId: item.dossierId }, 'a signature failed');
    if (OF_THE_DOCUMENT.has(fault.code)) {
      mark(batch, item, 'failed');
      change(batch, { fault: batch.view.fault ?? fault });
      return true;
    }
    mark(batch, item, 'waiting');
    change(batch, { state: PAUSES.has(fault.code) ? 'paused' : 'stopped', fault });
    return false;
  }

  async function work(batch: Batch, signer: DocumentSigner): Promise<void> {
    try {
      for (;;) {
        const item = batch.view.documents.find((d) => d.state === 'waiting');
        if (!item) {
          change(batch, { state: batch.view.fault ? 'stopped' : 'done' });
          return;
        }
        if (batch.cancelled) {
          change(batch, { state: 'stopped', fault: toErrorShape(new CounterError('CANCELLED')) });
          return;
        }
        try {
          await signOne(batch, item, signer);
        } catch (error) {
          if (!settle(batch, item, error)) return;
        }
      }
    } finally {
      await signer.close().catch((error: unknown) => log.info({ err: error }, 'a key did not close'));
    }
  }

  function run(batch: Batch, signer: DocumentSigner): void {
    batch.running = work(batch, signer);
  }

  /** One batch at a key: a second login would end the first one's. A paused one gives way. */
  function claim(key: string): void {
    for (const other of batches.values()) {
      if (other.view.key !== key) continue;
      if (other.view.state === 'running') throw new CounterError('SIGNING_BUSY');
      if (other.view.state === 'paused')
        change(other, { state: 'stopped', fault: toErrorShape(new CounterError('CANCELLED')) });
    }
  }

  function forgetOld(): void {
    const ended = [...batches.values()].filter((b) => ['done', 'stopped'].includes(b.view.state));
    for (const batch of ended.slice(0, Math.max(0, ended.length - REMEMBERED)))
      batches.delete(batch.view.batchId);
  }

  async function start({ dossierIds, key, pin, actor }: BatchRequest): Promise<SigningBatch> {
    const items = [...new Set(dossierIds)].flatMap((id) => unsignedDocuments(journal.load(id)).map(toItem));
    claim(key);
    const batch: Batch = {
      view: {
        ...{ batchId: randomUUID(), state: 'running', key, done: 0, total: items.length },
        ...{ documents: items, fault: null },
      },
      actor,
      cancelled: false,
      running: Promise.resolve(),
    };
    batches.set(batch.view.batchId, batch);
    forgetOld();
    // Where nothing is left to sign no key is opened.
    if (items.length === 0) {
      change(batch, { state: 'done' });
      return batch.view;
    }
    try {
      const signer = await parts.openSigner(key).open(pin, parts.use);
      bus.publish('signing.changed', batch.view);
      run(batch, signer);
    } catch (error) {
      batches.delete(batch.view.batchId);
      throw error;
    }
    return batch.view;
  }

  async function resume(batchId: string, pin: string): Promise<SigningBatch> {
    const batch = mustFind(batchId);
    if (batch.view.state === 'running') return batch.view;
    if (batch.view.state !== 'paused') throw new CounterError('SIGNING_BATCH_UNKNOWN');
    const { fault } = batch.view;
    change(batch, { state: 'running', fault: null });
    try {
      run(batch, await parts.openSigner(batch.view.key).open(pin, parts.use));
    } catch (error) {
      const met = toErrorShape(error);
      const away = PAUSES.has(met.code);
      change(batch, { state: away ? 'paused' : 'stopped', fault: away ? (fault ?? met) : met });
      throw error;
    }
    return batch.view;
  }

  return {
    pending(dossierIds) {
      const ids = dossierIds.length > 0 ? dossierIds : parts.store.dossiers.takingPapers(MOST_DRAFTS);
      return ids.map((id) => toPending(journal.load(id))).filter((d) => d.documents.length > 0);
    },
    start,
    resume,
    cancel(batchId) {
      const batch = mustFind(batchId);
      batch.cancelled = true;
      if (batch.view.state === 'paused')
        change(batch, { state: 'stopped', fault: toErrorShape(new CounterError('CANCELLED')) });
      return batch.view;
    },
    get: (batchId) => mustFind(batchId).view,
    async close() {
      for (const batch of batches.values()) batch.cancelled = true;
      await Promise.all([...batches.values()].map((batch) => batch.running));
    },
  };
}

function same(a: Item, b: Item): boolean {
  return a.dossierId === b.dossierId && a.componentId === b.componentId && a.attachmentId === b.attachmentId;
}

function toItem({ dossierId, component, attachment }: UnsignedDocument): Item {
  return {
    dossierId,
    componentId: component.spec.id,
    attachmentId: attachment?.id ?? null,
    name: attachment?.name ?? component.spec.name,
    state: 'waiting',
  };
}

function toPending(dossier: Dossier): PendingDossier {
  return {
    dossierId: dossier.id,
    applicant: dossier.applicant?.name ?? '',
    procedure: dossier.procedure.name,
    documents: unsignedDocuments(dossier).map(({ component, attachment }) => ({
      componentId: component.spec.id,
      attachmentId: attachment?.id ?? null,
      name: attachment?.name ?? component.spec.name,
      pages: attachment?.pages ?? livePages(component).length,
      doubtful: attachment
        ? 0
        : livePages(component).filter((p) => p.findings.flags.length > 0 && !p.confirmed).length,
    })),
  };
}
