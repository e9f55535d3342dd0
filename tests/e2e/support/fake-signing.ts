import { randomUUID } from 'node:crypto';
import { CounterError, toErrorShape } from '../../../src/contract/errors.ts';
import type {
  DossierView,
  PendingDocument,
  PendingDossier,
  SignatureView,
  SigningBatch,
  SigningKeyInfo,
} from '../../../src/contract/model.ts';
import { EDITABLE } from '../../../src/main/dossiers/transitions.ts';
import { drawSlip } from './fake-papers.ts';
import type { Handlers, World } from './fake-world.ts';

type SigningOperations =
  | 'signing.pending'
  | 'signing.start'
  | 'signing.resume'
  | 'signing.cancel'
  | 'signing.get'
  | 'signing.preview'
  | 'keys.list';

export interface FakeSigning {
  readonly handlers: Pick<Handlers, SigningOperations>;
  setPinState(state: SigningKeyInfo['pinState']): void;
  /** Takes the token out, or puts it back. */
  setTokenPresent(present: boolean): void;
  /** The token goes once that many documents of a batch are signed. */
  pullTokenAfter(documents: number): void;
  /** The next document fails so. */
  failNext(error: CounterError): void;
  /** Keys in place of the token and the certificate file; null = these again. */
  setKeys(keys: readonly SigningKeyInfo[] | null): void;
  /** Each document waits until the returned function is called. */
  holdSigning(): () => void;
}

export const PIN = '246810';
export const TOKEN = 'pkcs11:vgca?token=HIEN';

interface Batch {
  view: SigningBatch;
  cancelled: boolean;
}

interface Order extends PendingDocument {
  readonly dossierId: string;
}

/** Signs in memory: one batch at a time, paused where the token goes, stopped by a wrong PIN. */
export function fakeSigning(world: World): FakeSigning {
  const batches = new Map<string, Batch>();
  let pinState: SigningKeyInfo['pinState'] = 'ok';
  let tokenPresent = true;
  let pullAfter: number | null = null;
  let failure: CounterError | null = null;
  let own: readonly SigningKeyInfo[] | null = null;
  let gate: Promise<void> | null = null;

  function keys(): readonly SigningKeyInfo[] {
    if (own) return own;
    const token = { uri: TOKEN, label: 'Nông Thị Hiền · VGCA', kind: 'pkcs11' as const, pinState };
    const file = {
      uri: 'pkcs12:counter.p12',
      label: 'Con dấu Trung tâm PVHCC',
      kind: 'pkcs12' as const,
      pinState: 'unknown' as const,
    };
    return tokenPresent ? [token, file] : [file];
  }

  function pendingIn(dossier: DossierView): PendingDocument[] {
    return dossier.components.flatMap((component) => {
      const pages = component.pages.filter((p) => !p.removed);
      const doubtful = pages.filter((p) => p.findings.flags.length > 0 && !p.confirmed).length;
      const { id: componentId, name } = component.spec;
      const own =
        pages.length > 0 && component.signature === null
          ? [{ componentId, attachmentId: null, name, pages: pages.length, doubtful }]
          : [];
      const files = component.attachments
        .filter((a) => !a.removed && a.signatures === 0 && a.signature === null)
        .map((a) => ({ componentId, attachmentId: a.id, name: a.name, pages: a.pages, doubtful: 0 }));
      return [...own, ...files];
    });
  }

  function pending(dossierIds: readonly string[]): PendingDossier[] {
    return [...world.dossiers.values()]
      .filter((d) => EDITABLE.includes(d.state) && (dossierIds.length === 0 || dossierIds.includes(d.id)))
      .map((d) => ({
        dossierId: d.id,
        applicant: d.applicant?.name ?? '',
        procedure: d.procedure.name,
        documents: pendingIn(d),
      }))
      .filter((d) => d.documents.length > 0);
  }

  function tell(batch: Batch, change: Partial<SigningBatch>): SigningBatch {
    batch.view = { ...batch.view, ...change };
    world.emit('signing.changed', batch.view);
    return batch.view;
  }

  async function login(key: string, pin: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (key === TOKEN && !tokenPresent) throw new CounterError('TOKEN_NOT_PRESENT');
    if (key.startsWith('vgca:') || pin === PIN) {
      if (pinState !== 'locked') pinState = 'ok';
      return;
    }
    if (key.startsWith('pkcs12:')) throw new CounterError('PKCS12_PASSWORD_WRONG');
    pinState = pinState === 'ok' ? 'low' : pinState === 'low' ? 'final-try' : 'locked';
    if (pinState === 'locked') {
      throw new CounterError('TOKEN_PIN_LOCKED', { pinState, ckr: 'CKR_PIN_LOCKED' });
    }
    throw new CounterError('TOKEN_PIN_WRONG', { pinState, ckr: 'CKR_PIN_INCORRECT' });
  }

  function keep(order: Order, key: string): void {
    const signature: SignatureView = {
      documentId: randomUUID(),
      sha256: 'cd'.repeat(32),
      bytes: 240_000,
      pages: order.pages,
      signer:
        keys()
          .find((k) => k.uri === key)
          ?.label.split(' · ')[0] ?? 'Nông Thị Hiền',
      signedAt: new Date().toISOString(),
      level: 'B-B',
    };
    const dossier = world.withComponent(world.find(order.dossierId), order.componentId, (c) =>
      order.attachmentId === null
        ? { ...c, signature }
        : {
            ...c,
            attachments: c.attachments.map((a) => (a.id === order.attachmentId ? { ...a, signature } : a)),
          },
    );
    world.tell(dossier);
  }

  async function run(batch: Batch, orders: readonly Order[]): Promise<void> {
    const { key } = batch.view;
    const mark = (at: number, state: SigningBatch['documents'][number]['state']) => {
      const documents = batch.view.documents.map((d, i) => (i === at ? { ...d, state } : d));
      return { documents, done: documents.filter((d) => d.state === 'signed').length };
    };
    let at = -1;
    try {
      for (const order of orders) {
        at += 1;
        if (batch.view.documents[at]?.state === 'signed') continue;
        if (batch.cancelled) throw new CounterError('CANCELLED');
        tell(batch, mark(at, 'signing'));
        await new Promise((resolve) => setTimeout(resolve, 15));
        await gate;
        if (pullAfter !== null && batch.view.done >= pullAfter) {
          pullAfter = null;
          tokenPresent = false;
          throw new CounterError('TOKEN_REMOVED', { ckr: 'CKR_DEVICE_REMOVED' });
        }
        if (failure) {
          const error = failure;
          failure = null;
          tell(batch, mark(at, 'failed'));
          throw error;
        }
        keep(order, key);
        tell(batch, mark(at, 'signed'));
      }
      tell(batch, { state: 'done' });
    } catch (error) {
      const fault = toErrorShape(error);
      const gone = fault.code === 'TOKEN_REMOVED' || fault.code === 'TOKEN_NOT_PRESENT';
      const documents = batch.view.documents.map((d) =>
        d.state === 'signing' ? { ...d, state: 'waiting' as const } : d,
      );
      tell(batch, { state: gone ? 'paused' : 'stopped', fault, documents });
    }
  }

  function find(batchId: string): Batch {
    const batch = batches.get(batchId);
    if (!batch) throw new CounterError('SIGNING_BATCH_UNKNOWN');
    return batch;
  }
  const ordersOf = new Map<string, readonly Order[]>();

  return {
    setPinState(state) {
      pinState = state;
    },
    setTokenPresent(present) {
      tokenPresent = present;
    },
    pullTokenAfter(documents) {
      pullAfter = documents;
    },
    failNext(error) {
      failure = error;
    },
    setKeys(next) {
      own = next;
    },
    holdSigning() {
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
      'keys.list': () => [...keys()],
      'signing.pending': ({ dossierIds }) => pending(dossierIds),
      'signing.start': async ({ dossierIds, key, pin }) => {
        await login(key, pin);
        const orders = pending(dossierIds).flatMap(({ dossierId, documents }) =>
          documents.map((d) => ({ ...d, dossierId })),
        );
        const view: SigningBatch = {
          batchId: randomUUID(),
          state: 'running',
          key,
          done: 0,
          total: orders.length,
          documents: orders.map(({ dossierId, componentId, attachmentId, name }) => ({
            dossierId,
            componentId,
            attachmentId,
            name,
            state: 'waiting',
          })),
          fault: null,
        };
        const batch = { view, cancelled: false };
        batches.set(view.batchId, batch);
        ordersOf.set(view.batchId, orders);
        world.emit('signing.changed', view);
        void run(batch, orders);
        return batch.view;
      },
      'signing.resume': async ({ batchId, pin }) => {
        const batch = find(batchId);
        const { fault } = batch.view;
        tell(batch, { state: 'running', fault: null });
        try {
          await login(batch.view.key, pin);
        } catch (error) {
          const met = toErrorShape(error);
          const away = met.code === 'TOKEN_NOT_PRESENT';
          tell(batch, { state: away ? 'paused' : 'stopped', fault: away ? fault : met });
          throw error;
        }
        void run(batch, ordersOf.get(batchId) ?? []);
        return batch.view;
      },
      'signing.cancel': ({ batchId }) => {
        const batch = find(batchId);
        batch.cancelled = true;
        if (batch.view.state !== 'paused') return batch.view;
        return tell(batch, { state: 'stopped', fault: { code: 'CANCELLED', details: {} } });
      },
      'signing.get': ({ batchId }) => find(batchId).view,
      'signing.preview': async ({ dossierId, componentId }) => {
        const name = world.find(dossierId).components.find((c) => c.spec.id === componentId)?.spec.id ?? '';
        const bytes = await drawSlip(name);
        return {
          mime: 'application/pdf',
          base64: Buffer.from(bytes).toString('base64'),
          name: 'preview.pdf',
        };
      },
    },
  };
}
